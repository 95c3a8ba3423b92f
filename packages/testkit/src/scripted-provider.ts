import type {
	AsyncGeneratorProvider,
	AttemptContext,
	AttemptContextInput,
	Chunk,
	LimitOptions,
	ModelInfo,
	ProviderEmbeddings,
	ProviderEmbedRequest,
	ProviderRequest,
	SettingName,
	Timeouts,
} from "@spaceport/core";
import { AbortedError, completeAttemptContext } from "@spaceport/core";

/**
 * One step of a script: text or a chunk is yielded; `wait` waits that many milliseconds and listens to the signal; `hang` waits for the signal alone;
 * `ignore` waits for ever and listens to nothing; `fail` throws; `run` is called.
 */
export type ScriptStep =
	| string
	| Chunk
	| { readonly wait: number }
	| { readonly hang: true }
	| { readonly ignore: true }
	| { readonly fail: unknown }
	| { readonly run: (context: AttemptContext) => void | Promise<void> };

/** What is done at one call: steps, or a function that makes them of what was asked, such as for a provider that goes on with a given answer. */
export type Script = readonly ScriptStep[] | ((request: ProviderRequest, context: AttemptContext) => Iterable<ScriptStep>);

/** One step of a script for embeddings: `embed` gives them, and ends the script; all else is as in a {@link ScriptStep}. */
export type EmbedStep = Exclude<ScriptStep, string | Chunk> | { readonly embed: ProviderEmbeddings };

/** What is done at one call of `embed`: steps, or a function that makes them of what was asked. One that comes to its end without `embed` gives no embeddings at all. */
export type EmbedScript = readonly EmbedStep[] | ((request: ProviderEmbedRequest, context: AttemptContext) => Iterable<EmbedStep>);

/** One call that a scripted provider got. */
export interface ScriptedCall<Request = ProviderRequest> {
	readonly request: Request;
	readonly context: AttemptContext;
	/** `finished` when the script came to its end, `left` when the consumer left or aborted before, `failed` when a step threw. */
	state: "running" | "finished" | "left" | "failed";
}

/** What {@link createScriptedProvider} takes. */
export interface ScriptedProviderOptions {
	/** @default "scripted" */
	readonly name?: string;
	/** @default one model, under the provider's name */
	readonly models?: readonly ModelInfo[];
	/** What is done at the first call, the second, …; the last script serves all further calls. */
	readonly scripts: readonly Script[];
	/** What is done at the first call of `embed`, the second, …; the last one serves all further calls. @default it has no `embed` */
	readonly embedScripts?: readonly EmbedScript[];
	readonly timeouts?: Partial<Timeouts>;
	/** The settings that it takes. @default not known: all of them are given to it */
	readonly parameters?: readonly SettingName[];
	/** Limits of its own. @default none */
	readonly limits?: Partial<LimitOptions>;
	/** Names of its credentials. @default none */
	readonly keys?: readonly string[];
}

/** A provider that does what a script says, and keeps what it was asked. */
export interface ScriptedProvider extends AsyncGeneratorProvider {
	readonly calls: readonly ScriptedCall[];
	/** The calls of `embed`. */
	readonly embedCalls: readonly ScriptedCall<ProviderEmbedRequest>[];
	/** Asks it. The context may be partial, or missing. */
	createAsyncGenerator(request: ProviderRequest, context?: AttemptContextInput): AsyncGenerator<Chunk | string, void, void>;
}

/**
 * Makes a provider that follows scripts: for tests of chains, and of what is built on them.
 *
 * @param options - its name and scripts
 *
 * @example
 * ```ts
 * import { NetworkError } from "@spaceport/core";
 * import { createScriptedProvider } from "@spaceport/testkit";
 *
 * const provider = createScriptedProvider({
 *   name: "flaky",
 *   scripts: [[{ fail: new NetworkError("connection reset", { phase: "join" }) }], ["Hello", " world"]],
 * });
 * console.log(provider.calls.length); // 0
 * ```
 */
export function createScriptedProvider(options: ScriptedProviderOptions): ScriptedProvider {
	const { name = "scripted", scripts, embedScripts } = options;
	const calls: ScriptedCall[] = [];
	const embedCalls: ScriptedCall<ProviderEmbedRequest>[] = [];
	return {
		name,
		models: options.models ?? [{ id: name }],
		...(options.timeouts && { timeouts: options.timeouts }),
		...(options.parameters && { parameters: options.parameters }),
		...(options.limits && { limits: options.limits }),
		...(options.keys && { keys: options.keys }),
		calls,
		embedCalls,
		createAsyncGenerator: (request, input) => follow(scripts, calls, request, input),
		...(embedScripts && {
			async embed(request: ProviderEmbedRequest, input?: AttemptContextInput): Promise<ProviderEmbeddings> {
				for await (const { embed } of follow(embedScripts, embedCalls, request, input)) return embed;
				return undefined as unknown as ProviderEmbeddings;
			},
		}),
	};
}

/** Follows the script of one call, notes how it went, and gives what is to be given. */
async function* follow<Request, Given extends string | object>(
	scripts: readonly (readonly (Deed | Given)[] | ((request: Request, context: AttemptContext) => Iterable<Deed | Given>))[],
	calls: ScriptedCall<Request>[],
	request: Request,
	input: AttemptContextInput | undefined,
): AsyncGenerator<Given, void, void> {
	const context = completeAttemptContext(input);
	if (context.signal.aborted) throw aborted(context.signal);
	const call: ScriptedCall<Request> = { request, context, state: "running" };
	calls.push(call);
	const script = scripts[Math.min(calls.length, scripts.length) - 1] ?? [];
	try {
		for (const step of typeof script === "function" ? script(request, context) : script) {
			if (isDeed(step)) await perform(step, context);
			else {
				if (typeof step === "object" && "embed" in step) call.state = "finished";
				yield step;
			}
		}
		call.state = "finished";
	} catch (error) {
		if (!context.signal.aborted) {
			call.state = "failed";
			throw error;
		}
		throw aborted(context.signal);
	} finally {
		if (call.state === "running") call.state = "left";
	}
}

function isDeed(step: string | object): step is Deed {
	return typeof step === "object" && !("type" in step || "embed" in step);
}

function aborted({ reason }: AbortSignal): AbortedError {
	return new AbortedError("The script was aborted.", { reason, cause: reason });
}

/** A step that gives nothing. */
type Deed = Exclude<ScriptStep, string | Chunk>;

async function perform(step: Deed, context: AttemptContext): Promise<void> {
	if ("fail" in step) throw step.fail;
	if ("run" in step) return step.run(context);
	if ("ignore" in step) return new Promise(() => {});
	const { signal } = context;
	await new Promise<void>((resolve, reject) => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const onAbort = (): void => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		if (signal.aborted) return onAbort();
		signal.addEventListener("abort", onAbort, { once: true });
		if ("wait" in step) {
			timer = setTimeout(() => {
				signal.removeEventListener("abort", onAbort);
				resolve();
			}, step.wait);
		}
	});
}
