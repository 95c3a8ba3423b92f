import { type Batches, later } from "./chain/batches.ts";
import type { ChainHost } from "./chain/chain-host.ts";
import { type ChainOptionsInput, checkChainOptions } from "./chain/chain-options.ts";
import { type ChainEntry, type ChainProvider, createChain } from "./chain/create-chain.ts";
import { createHealth } from "./chain/health/health.ts";
import type { HealthDesk } from "./chain/health/provider-health.ts";
import type { StateStore } from "./chain/health/state-store.ts";
import { isChainProvider } from "./chain/is-chain-provider.ts";
import { createLimiters } from "./chain/limits/limiter.ts";
import { askChain, runChain } from "./chain/run-chain.ts";
import type { Chunk } from "./chunk.ts";
import type { Completion } from "./completion.ts";
import type { Revisions } from "./consume/append-only-text.ts";
import { type ChatStream, createChatStream, OpenStream } from "./consume/chat-stream.ts";
import type { Embeddings, EmbedOptions, EmbedRequest } from "./embed/embedding.ts";
import { InvalidRequestError } from "./errors/invalid-request-error.ts";
import type { Observer, SpaceportEvent } from "./events.ts";
import type { Explanation } from "./explain/explanation.ts";
import { loadPart } from "./load-part.ts";
import { type Logger, silentLogger } from "./logger.ts";
import type { ChatRequest } from "./message.ts";
import { messageList } from "./message-text.ts";
import { parts } from "./parts/parts.ts";
import type { AsyncGeneratorProvider } from "./provider.ts";
import { type GivenRequest, readRequest } from "./read-request.ts";
import { createRegistry, type Registry } from "./registry/registry.ts";
import { findRoute } from "./route/find-route.ts";
import { showValue } from "./show-value.ts";

/** What {@link createSpaceport} takes. The options of chains are the defaults for every chain in it, and for a provider that is asked alone. */
export interface CreateSpaceportOptions extends ChainOptionsInput {
	/** Providers to register: under their own names, or under the keys of a record. */
	readonly providers?: readonly AsyncGeneratorProvider[] | Readonly<Record<string, AsyncGeneratorProvider>>;
	/** Chains to register: made with `createChain`, or lists of entries by name. */
	readonly chains?: readonly ChainProvider[] | Readonly<Record<string, readonly ChainEntry[]>>;
	/** Where it logs. @default silent */
	readonly logger?: Logger;
	/** Receives what happens on the way to each answer. */
	readonly onEvent?: Observer;
	/** Where it keeps who is not well. @default in memory */
	readonly stateStore?: StateStore;
	/** Makes ids. @default crypto.randomUUID */
	readonly createId?: () => string;
	/** A random number from 0 up to 1, for the jitter of delays. @default Math.random */
	readonly random?: () => number;
}

/** How one request is asked. Options of chains that are given here are stronger than those of any chain that takes part. */
export interface AskOptions extends Omit<ChainOptionsInput, "limits" | "dispositions"> {
	/** Identifies the request in events, logs and the completion. @default one that `createId` makes */
	readonly requestId?: string | undefined;
	/** Where it waits for a provider's limits: before those with less. @default 0 */
	readonly priority?: number | undefined;
	/** Ends the request when it aborts: the stream throws `aborted`, and the remote job is ended. */
	readonly signal?: AbortSignal | undefined;
	/** What the text stream does about text that a provider may still rewrite. @default "replace" */
	readonly revisions?: Revisions | undefined;
	/** Sees each chunk before the reader does: progress and queue positions, say, while the text stream is read. */
	readonly onChunk?: ((chunk: Chunk) => void) | undefined;
	/** Receives what happens on the way to this answer, besides the Spaceport's own observer. */
	readonly onEvent?: Observer | undefined;
}

/** The registry of providers and chains, and the way to ask them by name. */
export interface Spaceport extends Registry, HealthDesk {
	/**
	 * Asks, and gives the answer as a stream. It never throws: what is wrong comes out of the stream. Nothing starts until it is read.
	 *
	 * @param request - whom to ask what
	 * @param options - signal and observer
	 */
	stream(request: ChatRequest, options?: AskOptions): ChatStream;
	/**
	 * Asks, and gives the whole answer.
	 *
	 * @param request - whom to ask what
	 * @param options - signal and observer
	 */
	complete(request: ChatRequest, options?: AskOptions): Promise<Completion>;
	/**
	 * Says who would be asked, in what order and why, and who would be passed over, without asking anybody. `String(explanation)` is for a terminal.
	 *
	 * @param request - whom to ask what
	 * @param options - as it would be asked
	 * @throws what asking would throw before anybody is asked, such as NoSuchProviderError or InvalidRequestError
	 *
	 * @example
	 * ```ts
	 * import { createSpaceport } from "@spaceport/core";
	 * import { createLocal } from "@spaceport/provider-local";
	 * import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";
	 *
	 * const spaceport = createSpaceport({
	 *   providers: [createQwen2_72b(), createLocal()],
	 *   chains: { default: ["qwen-2-72b", "local"] },
	 * });
	 * const { candidates } = await spaceport.explain({ messages: "What is the capital of France?", temperature: 0.2 });
	 * console.log(candidates.map(({ provider, reason }) => `${provider}: ${reason}`));
	 * ```
	 */
	explain(request: ChatRequest, options?: AskOptions): Promise<Explanation>;
	/**
	 * Asks for embeddings of texts: numbers that are alike where the texts are. They come through the same registry and chains as answers, and all of them from one provider and one model.
	 *
	 * Only embeddings of one model can be compared: a chain asks those of its members that have the model of the first one that says it makes embeddings, else of the first that may, unless `otherModels` or a list of models
	 * says otherwise.
	 *
	 * @param request - whom to ask for embeddings of what
	 * @param options - signal, observer, and which models may make them
	 * @throws SpaceportError: `invalid-request`, `aborted`, `chain-exhausted`, or a lone provider's own, such as `unsupported` where it makes no embeddings
	 *
	 * @example
	 * ```ts
	 * import { type AsyncGeneratorProvider, createSpaceport, UnsupportedError } from "@spaceport/core";
	 *
	 * const lengths: AsyncGeneratorProvider = {
	 *   name: "lengths",
	 *   models: [{ id: "words-and-letters", embeddings: true }],
	 *   async *createAsyncGenerator() {
	 *     throw new UnsupportedError("It makes embeddings alone.", { capability: "answers" });
	 *   },
	 *   embed: async ({ input }) => ({ embeddings: input.map((text) => [text.split(" ").length, text.length]) }),
	 * };
	 * const spaceport = createSpaceport({ providers: [lengths] });
	 * const { embeddings } = await spaceport.embed({ model: "words-and-letters", input: ["Hello", "How are you?"] });
	 * console.log(embeddings); // [[1, 5], [3, 12]]
	 * ```
	 */
	embed(request: EmbedRequest, options?: EmbedOptions): Promise<Embeddings>;
}

/**
 * Makes a Spaceport: providers registered by name, chains of them, and one way to ask.
 *
 * @param options - what is registered, and the defaults for retries, deadlines and limits
 * @throws InvalidRequestError where an option is wrong or a name is taken twice
 *
 * @example
 * ```ts
 * import { createSpaceport } from "@spaceport/core";
 * import { createLocal } from "@spaceport/provider-local";
 * import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";
 *
 * const spaceport = createSpaceport({
 *   providers: [createQwen2_72b(), createLocal()],
 *   chains: { default: ["qwen-2-72b", "local"] },
 * });
 * for await (const text of spaceport.stream({ messages: "What is the capital of France?" }).textStream) {
 *   process.stdout.write(text);
 * }
 * ```
 */
export function createSpaceport(options: CreateSpaceportOptions = {}): Spaceport {
	checkChainOptions(options);
	const {
		providers = [],
		chains = [],
		logger = silentLogger,
		onEvent,
		createId = () => crypto.randomUUID(),
		random = Math.random,
	} = options;
	const defaults: ChainOptionsInput = options;
	const limiters = createLimiters();
	const health = createHealth({
		store: options.stateStore,
		report: (event) => notify(onEvent, event, logger),
		logger,
	});
	const registry = createRegistry(health.forget);
	const desk = async (): Promise<HealthDesk> => (await health.book()).desk({ registry, defaults, limiters });
	if (isList(providers)) for (const provider of providers) registry.register(provider);
	else for (const [name, provider] of Object.entries(providers)) registry.register(name, provider);
	if (isList(chains)) for (const chain of chains) registry.register(checkChain(chain));
	else for (const [name, entries] of Object.entries(chains)) registry.register(createChain({ name, providers: entries }));

	function createHost(asked: AskOptions, observers: readonly (Observer | undefined)[]): ChainHost {
		let attempts = 0;
		const requestId = asked.requestId ?? createId();
		return {
			requestId,
			chains: [],
			resolve: (name) => ({ name, provider: registry.get(name) }),
			defaults,
			overrides: overridesOf(asked),
			priority: asked.priority ?? 0,
			limiters,
			nextAttemptNumber: () => {
				attempts += 1;
				return attempts;
			},
			attemptsMade: () => attempts,
			mostAttempts: Infinity,
			hasOthers: false,
			health,
			report(event) {
				notify((seen) => logger.debug(seen, seen.type), event, logger);
				for (const observer of observers) notify(observer, event, logger);
			},
			logger,
			createId,
			random,
		};
	}

	function ask({ request, isPlain }: GivenRequest, signal: AbortSignal, host: ChainHost): Batches<Chunk> {
		if (isPlain) return run(request, signal, host);
		return later(async () => {
			const { validateRequest } = await loadPart("looking at requests", parts.validateRequest, signal);
			return run(validateRequest(request), signal, host);
		});
	}

	function run(request: ChatRequest, signal: AbortSignal, host: ChainHost, route = findRoute(request.model, registry)): Batches<Chunk> {
		const { model, ...rest } = request;
		if (route === undefined) {
			return later(async () => {
				const { resolveRoute } = await loadPart(`telling why ${showValue(model)} cannot be asked`, parts.resolveRoute, signal);
				return run(request, signal, host, resolveRoute(model, registry));
			});
		}
		const { candidates, name, isList: wrap } = route;
		const [first] = candidates;
		const context = { id: host.requestId, signal, logger, host };
		if (!wrap && isChainProvider(first.provider)) {
			return askChain(first.provider, { ...rest, model: first.model, messages: messageList(request.messages) }, context);
		}
		return runChain({
			name,
			candidates,
			request: { ...rest, messages: messageList(request.messages) },
			context: { signal, logger },
			host,
			given: [defaults, host.overrides],
			limiters,
			exhausted: wrap ? "wrap" : "own",
		});
	}

	function open(request: ChatRequest, askOptions: AskOptions | undefined): OpenStream {
		const { signal, revisions = "replace", onChunk, onEvent: onRequestEvent } = askOptions ?? {};
		// The request is read now, so that what the caller changes later changes nothing; what is wrong with it comes out of the stream.
		const given = attempt(() => {
			checkAskOptions(askOptions ?? undefined);
			return readRequest(request);
		});
		return createChatStream({
			signal: isAbortSignal(signal) ? signal : undefined,
			revisions,
			onChunk: onChunk && ((chunk) => notify(onChunk, chunk, logger)),
			start: (inner, recorder) => ask(given(), inner, createHost(askOptions ?? {}, [recorder.observe, onEvent, onRequestEvent])),
		});
	}

	let embedPart: Awaited<ReturnType<typeof parts.embed>> | undefined;
	const spaceport: Spaceport = {
		...registry,
		stream: open,
		complete: async (request, askOptions) => OpenStream.whole(open(request, askOptions)),
		health: async () => (await desk()).health(),
		reset: async (name) => (await desk()).reset(name),
		rest: async (name, options) => (await desk()).rest(name, options),
		probe: async (name, options) => (await desk()).probe(name, options),
		async explain(request, askOptions) {
			checkAskOptions(askOptions ?? undefined);
			const { explainRequest } = await loadPart("explaining", parts.explain, askOptions?.signal);
			return explainRequest(request, { registry, host: createHost(askOptions ?? {}, []), look: health.look, now: Date.now() });
		},
		async embed(request, embedOptions) {
			const options = embedOptions ?? {};
			checkAskOptions(options);
			const { request: given } = readRequest(request);
			embedPart ??= await loadPart("embeddings", parts.embed, options.signal);
			return embedPart.embed(given, options, {
				run: (asked, kind, signal, observer) => run(asked, signal, { ...createHost(options, [observer, onEvent, options.onEvent]), kind }),
			});
		},
	};
	return spaceport;
}

/** Does it now, and gives or throws what came of it when it is asked. */
function attempt<Value>(make: () => Value): () => Value {
	try {
		const value = make();
		return () => value;
	} catch (error) {
		return () => {
			throw error;
		};
	}
}

function checkAskOptions(options: AskOptions = {}): void {
	const { signal, revisions, requestId, priority } = options;
	checkChainOptions(overridesOf(options));
	if (requestId !== undefined && (typeof requestId !== "string" || requestId === "")) {
		throw new InvalidRequestError(`requestId is ${showValue(requestId)}, and must be a text.`, { path: "requestId" });
	}
	if (priority !== undefined && !Number.isFinite(priority)) {
		throw new InvalidRequestError(`priority is ${showValue(priority)}, and must be a number.`, { path: "priority" });
	}
	if (signal !== undefined && !isAbortSignal(signal)) {
		throw new InvalidRequestError(`signal is ${showValue(signal)}, and must be an AbortSignal.`, {
			path: "signal",
			hint: "Give controller.signal, and not the controller.",
		});
	}
	if (revisions !== undefined && revisions !== "replace" && revisions !== "hold-back") {
		throw new InvalidRequestError(`revisions is ${showValue(revisions)}, and must be "replace" or "hold-back".`, { path: "revisions" });
	}
}

/** The options of chains that a request may set itself. */
function overridesOf({ retry, timeouts, onInterruption, onMismatch, unsupportedParameters }: AskOptions): ChainOptionsInput {
	return { retry, timeouts, onInterruption, onMismatch, unsupportedParameters };
}

function isAbortSignal(value: unknown): value is AbortSignal {
	return typeof (value as { readonly addEventListener?: unknown } | null | undefined)?.addEventListener === "function";
}

function isList<Item>(value: readonly Item[] | object): value is readonly Item[] {
	return Array.isArray(value);
}

function checkChain(chain: ChainProvider): ChainProvider {
	if (typeof chain === "object" && chain !== null && isChainProvider(chain)) return chain;
	throw new InvalidRequestError("chains has a member that is no chain.", {
		path: "chains",
		hint: "Make chains with createChain, or give a record of lists.",
	});
}

function notify<Seen extends Chunk | SpaceportEvent>(observer: ((seen: Seen) => void) | undefined, seen: Seen, logger: Logger): void {
	const onError = (error: unknown): void => {
		try {
			logger.warn({ err: error, seen: seen.type }, "An observer threw; the answer goes on.");
		} catch {
			// A logger of the caller's own.
		}
	};
	try {
		const returned: unknown = observer?.(seen);
		if (returned instanceof Promise) returned.catch(onError);
	} catch (error) {
		onError(error);
	}
}
