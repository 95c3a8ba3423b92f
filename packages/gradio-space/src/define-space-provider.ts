import {
	type AsyncGeneratorProvider,
	type AttemptContext,
	type AttemptContextInput,
	type ChatMessage,
	type ChatSettings,
	type Chunk,
	completeAttemptContext,
	type FinishChunk,
	InvalidRequestError,
	type LimitOptions,
	type Logger,
	type ModelInfo,
	messageList,
	type ProviderRequest,
	type SettingName,
	type Timeouts,
} from "@spaceport/core";
import { type Batches, batchesOf, type Fetch, ungroup } from "@spaceport/http";

import { createCaller, type SpaceCaller, type SubmitInputs } from "./create-space.ts";
import { createTextDeltas, type OutputReading } from "./decode/text-deltas.ts";
import type { SpacePart } from "./files/part-file.ts";
import type { ApiName, FixedEndpoint } from "./handshake/bind-by-name.ts";
import type { SpaceProtocol } from "./handshake/protocol.ts";
import { checkContract, type EndpointContract } from "./introspect/check-contract.ts";
import type { SpaceAuth } from "./login/login.ts";
import { parts } from "./parts/parts.ts";
import { areNeeded, lateTools, loadTools, withTools } from "./provider/late-tools.ts";
import { loadForAttempt } from "./provider/load-for-attempt.ts";
import type { Recipe, StepsDone } from "./provider/run-steps.ts";
import { createAnswer, type SpaceAnswer } from "./provider/space-answer.ts";
import { createCall, type Notes, type SpaceCall, type StepOutputs } from "./provider/space-call.ts";
import { checkSteps, type SpaceStep } from "./provider/space-step.ts";
import type { SpaceTurn } from "./provider/space-turn.ts";
import { toChunk } from "./provider/to-chunk.ts";
import type { warnAboutSettings } from "./provider/warn-about-settings.ts";
import type { LeaveQueueWhen, SubmitOptions } from "./space-options.ts";
import type { WebSocketFactory } from "./transport/open-socket.ts";

/** What makes a Space a provider. */
export interface SpaceProviderDefinition<StepName extends string = string> {
	/** The provider's name. */
	readonly name: string;
	/** Where the Space is: `owner/name`, the URL of its page at the hub, or the URL of a Gradio server. */
	readonly space: string;
	/**
	 * Name of the function, such as `/model_chat`, or several of which the first counts that the Space has: a ChatInterface is `/chat` up to Gradio 5, and has the name
	 * of its Python function on 6. It is looked up in the Space's config.
	 */
	readonly api: ApiName;
	/**
	 * What the function has to take and give: what `space.contract(api)` gave, or its text. Where the Space no longer fits it, nothing is sent, and the error is
	 * `space-contract`. It is that of the call that answers; the steps before it have contracts of their own.
	 */
	readonly contract?: EndpointContract | string;
	readonly models: readonly ModelInfo[];
	/** Calls that the Space needs before the one that answers, in order. All calls of a turn are one session. @default none */
	readonly steps?: readonly SpaceStep<StepName>[];
	/**
	 * The function's inputs for a request: in order, or by name, as `submit` takes them.
	 *
	 * @param request - what is asked, its messages as a list
	 * @param call - what the function takes, and what the steps gave
	 */
	readonly toData: (request: ProviderRequest, call: SpaceCall<StepName>) => SubmitInputs;
	/**
	 * The answer so far, read from all outputs so far: the whole text, or all chunks so far; null or undefined for nothing new. The base makes the deltas.
	 * It is cheapest where the text is returned as it stands in the outputs, not changed and not put together.
	 *
	 * @param data - all outputs, whole
	 * @param request - what is asked
	 * @param final - whether these are the last ones
	 * @param answer - finds files in outputs, and makes chunks of pictures
	 */
	readonly fromData: (data: readonly unknown[], request: ProviderRequest, final: boolean, answer: SpaceAnswer) => OutputReading;
	/** The function's numbers, for the case that the Space has no usable config or the function no name. */
	readonly fallback?: FixedEndpoint;
	/** The kinds of parts beside text that `toData` passes on, with `call.files` or `call.file`. A request with others is `unsupported`. @default none */
	readonly parts?: readonly SpacePart[];
	/** Settings that `toData` passes on: with `system`, the provider's `parameters`. The others are not given to it, with a warning or by `unsupported`. @default none but `system` */
	readonly settings?: readonly (keyof ChatSettings)[];
	/** Headers that the Space needs. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Limits in place of the chain's, for a Space that is known to be slower. */
	readonly timeouts?: Partial<Timeouts>;
	/** How much this Space may be asked. @default no limit */
	readonly limits?: Partial<LimitOptions>;
}

/** What every provider over a Space can be made with. */
export interface SpaceProviderOptions {
	/** Name to register under. @default the provider's own */
	readonly name?: string;
	/** Where the Space is: `owner/name` or a URL, for a copy of it or one on this machine. @default the provider's own */
	readonly baseUrl?: string;
	/** A Hugging Face token, for private Spaces and for the GPU quota of an account. It goes to the Space and to the hub, and to nobody else. */
	readonly token?: string;
	/** User and password of the app's own login. Browsers cannot send what comes for them: `unsupported`, with the capability `login-cookies`. */
	readonly auth?: SpaceAuth;
	/** Used in place of the global `fetch`. */
	readonly fetch?: Fetch;
	/** Hosts from which files of a request may be fetched and uploaded: exact names, or `*.example.org`. @default none: an address is given to the Space as it is */
	readonly fetchHosts?: readonly string[];
	/** Opens the WebSockets that a Space of Gradio 3 needs; without it, browsers, Deno and Cloudflare's workers can send no token with one. @default the runtime's own */
	readonly webSocket?: WebSocketFactory;
	/** Where the hub is, which knows the address and the stage of a Space. @default "https://huggingface.co" */
	readonly hubUrl?: string;
	/** After how long a silence the Space is asked whether its app was started anew, in milliseconds; 0 is before every call. @default 2000 */
	readonly confirmAfterMs?: number;
	/** How the Space is called. It is not checked against the config: a queue that is not the Space's own is refused, or its values are misread. @default what its config says */
	readonly protocol?: SpaceProtocol;
	/** Leaves the Space's queue, with `queue-full`, where it returns true: a chain goes on with the next provider then. */
	readonly leaveQueueWhen?: LeaveQueueWhen;
	/**
	 * How long to wait for a Space that sleeps or is being built, in milliseconds. It has to be less than the time until the first chunk.
	 * @default 1 s less than that time where it is 30 s or more, as where nobody else is left to ask; else 0, since no Space wakes up so fast
	 */
	readonly wakeMs?: number;
	/** More headers for every request to the Space. They win over all others. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Where it logs. @default the logger of the Spaceport that asks */
	readonly logger?: Logger;
	/** Makes the session hash of each call. @default 12 hexadecimal characters of a random UUID */
	readonly createId?: () => string;
	/** Limits in place of the chain's. */
	readonly timeouts?: Partial<Timeouts>;
	/** How much it is asked, in place of the Space's own limits. Those of the Spaceport and of chains are stronger. @default no limit */
	readonly limits?: Partial<LimitOptions>;
}

/** A provider over a Space. It can be asked directly: the context may be left out, and `messages` may be a string. */
export interface SpaceProvider extends AsyncGeneratorProvider {
	/** Where the Space is. */
	readonly url: string;
	/**
	 * Looks whether the Space can be called: by the hub's word on its stage, which does not wake it, then by its config, read anew, and whether that has the function.
	 * No job is begun.
	 *
	 * @throws SpaceportError that says what is wrong where it cannot
	 */
	probe(context: AttemptContext): Promise<void>;
	createAsyncGenerator(request: SpaceProviderRequest, context?: AttemptContextInput): AsyncGenerator<Chunk, void, void>;
}

/** What a provider over a Space is asked. The model may be left out by those who ask it directly. */
export interface SpaceProviderRequest extends ChatSettings {
	readonly model?: string;
	readonly messages: string | readonly ChatMessage[];
}

/**
 * Makes the factory of a provider over a Space. What is left to say is where the Space is, how a request becomes its inputs, and how its outputs become
 * text; queue, event stream, differences, errors and the end of the remote job are done here.
 *
 * @param definition - the Space
 * @returns a factory, which does no I/O
 *
 * @example
 * ```ts
 * import { defineSpaceProvider } from "@spaceport/gradio-space";
 *
 * export const createEcho = defineSpaceProvider({
 *   name: "echo",
 *   space: "somebody/echo",
 *   api: "/echo",
 *   models: [{ id: "echo" }],
 *   toData: (request, call) => [call.conversation(request).prompt],
 *   fromData: ([text]) => (typeof text === "string" ? text : undefined),
 * });
 * ```
 */
export function defineSpaceProvider<StepName extends string = never>(
	definition: SpaceProviderDefinition<StepName>,
): (options?: SpaceProviderOptions) => SpaceProvider {
	const { contract, settings = [], steps = [], parts = [] } = definition;
	// The outputs that it is written for are those of its own steps.
	const turn: SpaceTurn = { ...(definition as SpaceProviderDefinition), settings, steps, parts };
	checkSteps(steps);
	return (options = {}) => {
		if (contract !== undefined) checkContract(contract);
		return createProvider(definition, options, turn, ["system", ...settings.filter(isParameter)]);
	};
}

function isParameter(setting: keyof ChatSettings): setting is SettingName {
	return setting !== "metadata" && setting !== "providerOptions";
}

/** What says how a turn goes, where that depends on the Space. */
export type TurnOf = (space: SpaceCaller, request: ProviderRequest, options: SubmitOptions) => Promise<SpaceTurn>;

/**
 * Makes a provider over a Space.
 *
 * @param definition - what it is called and where it is
 * @param options - the caller's
 * @param turnOf - how a turn goes
 * @param parameters - the settings that it takes, where they are known before it is asked
 */
export function createProvider(
	definition: Pick<SpaceProviderDefinition, "name" | "space" | "models" | "headers" | "timeouts" | "limits">,
	options: SpaceProviderOptions,
	turnOf: SpaceTurn | TurnOf,
	parameters?: readonly SettingName[],
): SpaceProvider {
	const { models } = definition;
	const name = options.name ?? definition.name;
	const space = createCaller(options.baseUrl ?? definition.space, {
		...options,
		headers: { ...definition.headers, ...options.headers },
	});
	const found = createAnswer((value) => lateTools().readFiles(value, space.place()));
	const timeouts = { ...definition.timeouts, ...options.timeouts };

	async function* answer(input: SpaceProviderRequest, given: AttemptContextInput | undefined, context: AttemptContext): Batches<Chunk> {
		const request: ProviderRequest = { ...input, model: input.model ?? models[0]?.id ?? "", messages: messageList(input.messages) };
		if (!Array.isArray(request.messages)) {
			throw new InvalidRequestError("messages is neither a string nor a list of messages.", { path: "messages", provider: name });
		}
		const notes: Notes = { warn: once(context.warn), unsupported: once(context.unsupported) };
		const logger = options.logger ?? context.logger;
		const deltas = createTextDeltas();
		let finish: FinishChunk = { type: "finish", finishReason: "stop" };
		const submitOptions: SubmitOptions = {
			signal: context.signal,
			connectMs: given?.deadlines?.connectMs ?? timeouts.connectMs ?? context.deadlines.connectMs,
			totalMs: context.deadlines.totalMs,
			wakeMs: options.wakeMs ?? timeToWake(context.deadlines.firstChunkMs),
			leaveQueueWhen: options.leaveQueueWhen,
			logger,
			onAlive: context.alive,
			textSoFar: deltas.text,
		};
		const turn = typeof turnOf === "function" ? await turnOf(space, request, submitOptions) : turnOf;
		const { api, contract, fallback, settings, steps, parts, toData, fromData } = turn;
		if (!isPlain(request)) await checkSettings(context.signal, request, settings, name, notes.unsupported, parts);
		const before =
			steps.length === 0
				? undefined
				: yield* await startSteps({ space, steps, request, notes, parts, answer: found, deltas, options: submitOptions });
		const events = (before?.submit ?? space.submit)(
			api,
			(endpoint) => withTools(() => toData(request, createCall(endpoint, before?.outputs ?? noOutputs, notes, parts)), context.signal),
			{ ...submitOptions, fallback, contract },
		);
		for await (const batch of batchesOf(events)) {
			const chunks: Chunk[] = [];
			let failure: { readonly error: unknown } | undefined;
			try {
				for (const event of batch) {
					if (event.type !== "value") chunks.push(toChunk(event));
					else {
						const read = (): OutputReading => fromData(event.data, request, event.final, found);
						let reading: OutputReading;
						try {
							reading = read();
						} catch (error) {
							if (!areNeeded(error)) throw error;
							await loadTools(context.signal);
							reading = read();
						}
						for (const chunk of deltas.take(reading, event.appends)) {
							if (chunk.type === "finish") finish = chunk;
							else chunks.push(chunk);
						}
					}
				}
			} catch (error) {
				failure = { error };
			}
			batch.length = 0;
			// What was read before `fromData` threw is not lost.
			if (chunks.length > 0) yield chunks;
			if (failure !== undefined) throw failure.error;
		}
		yield [finish];
	}

	return {
		name,
		models,
		url: space.url,
		...(parameters && { parameters }),
		...(Object.keys(timeouts).length === 0 ? {} : { timeouts }),
		limits: { ...definition.limits, ...options.limits },
		probe: async (context) => (await loadForAttempt("probes", parts.probeSpace, context.signal)).probeSpace(space, turnOf, context),
		createAsyncGenerator(input, given) {
			const context = completeAttemptContext(given);
			return ungroup(answer(input, given, context), () => context.signal.aborted);
		},
	};
}

/** Whether a request has nothing but texts: then there is nothing that a Space could not honour. */
function isPlain(request: ProviderRequest): boolean {
	return (
		request.messages.every(({ content }) => typeof content === "string") &&
		Object.keys(request).every((member) => /^(?:model|messages|system|metadata|providerOptions)$/.test(member))
	);
}

const noOutputs: StepOutputs = {};

/** Few requests have more. */
async function checkSettings(signal: AbortSignal, ...asked: Parameters<typeof warnAboutSettings>): Promise<void> {
	const part = await loadForAttempt("settings", parts.warnAboutSettings, signal);
	part.warnAboutSettings(...asked);
}

/** Few Spaces have steps. */
async function startSteps(recipe: Recipe): Promise<AsyncGenerator<Chunk[], StepsDone, void>> {
	const { runSteps } = await loadForAttempt("steps", parts.runSteps, recipe.options.signal);
	return runSteps(recipe);
}

/** A Space takes a minute or so to wake up: waiting for it is worth while only where there is that time, and it must end before the chain's own deadline does. */
function timeToWake(firstChunkMs: number): number {
	return firstChunkMs < 30_000 ? 0 : firstChunkMs - 1_000;
}

/** Says the same only once. */
function once<Words extends readonly unknown[]>(say: (...words: Words) => void): (...words: Words) => void {
	const said = new Set<string>();
	return (...words) => {
		const key = words.join();
		if (said.has(key)) return;
		said.add(key);
		say(...words);
	};
}
