import {
	AbortedError,
	type AsyncGeneratorProvider,
	type AttemptContext,
	AuthenticationError,
	type Chunk,
	ContentFilteredError,
	ContextLengthError,
	GenerationError,
	InvalidRequestError,
	NetworkError,
	ProtocolError,
	ProviderFailedError,
	type ProviderRequest,
	QueueFullError,
	QuotaExceededError,
	RateLimitedError,
	type SpaceportError,
	type SpaceportErrorCode,
	SpaceUnavailableError,
	StreamInterruptedError,
	TimeoutError,
	UnsupportedError,
} from "@spaceport/core";

import type { Actor, Behaviour, Ending } from "./world.ts";

/** A secret that providers let slip wherever they can. */
export const secret = "hf_thisIsASecretThatNobodyMaySee";

/** One call of a provider, as it went. */
export interface Call {
	readonly provider: string;
	readonly request: ProviderRequest;
	readonly context: AttemptContext;
	/** What it found of the answer in its request. */
	readonly found: string;
	/** Whether its `finally` ran, or began to. */
	closed: boolean;
	/** Whether it waits for ever, and hears nothing. */
	deaf: boolean;
	/** Whether it was told to stop. */
	readonly stopped: boolean;
}

/** What those say who do not go on with the answer. */
export const otherWords =
	"Bakers rise early. Their ovens take hours to warm, and nobody buys yesterday's bread, not even for half of its price.";

/** The arguments of the tool call that some make. */
export const toolArguments = '{"city":"Paris","days":3}';

/** Makes the provider that an actor is. */
export function createActor(name: string, actor: Actor, truth: string, calls: Call[]): AsyncGeneratorProvider {
	let asked = 0;
	const provider: AsyncGeneratorProvider = {
		name,
		models: [{ id: name, prefill: name === "B" }],
		...(actor.keys && { keys: actor.keys }),
		...(actor.concurrency !== undefined && { limits: { concurrency: actor.concurrency } }),
		async *createAsyncGenerator(request, context): AsyncGenerator<Chunk | string, void, void> {
			const behaviour = actor.behaviours[Math.min(asked, actor.behaviours.length - 1)] as Behaviour;
			asked += 1;
			const call: Call = {
				provider: name,
				request,
				context,
				found: longestBeginning(request, truth),
				closed: false,
				deaf: false,
				get stopped() {
					return context.signal.aborted;
				},
			};
			calls.push(call);
			try {
				yield* tell(behaviour, truth, call);
			} finally {
				call.closed = true;
				await leave(name, behaviour);
			}
		},
	};
	const { batch } = actor;
	if (batch === undefined) return provider;
	return { ...provider, createAsyncGenerator: (request, context) => inBatches(provider.createAsyncGenerator(request, context), batch) };
}

/** The same generator for those who know of batches, as the packages of Spaceport's own do. */
function inBatches<Item>(items: AsyncGenerator<Item, void, void>, most: number): AsyncGenerator<Item, void, void> {
	async function* batches(): AsyncGenerator<Item[], void, void> {
		let batch: Item[] = [];
		try {
			for await (const item of items) {
				batch.push(item);
				// What waits for more would keep what there is from its reader.
				if (batch.length < most && typeof item === "string") continue;
				yield batch;
				batch = [];
			}
		} catch (error) {
			if (batch.length > 0) yield batch;
			throw error;
		}
		if (batch.length > 0) yield batch;
	}
	return Object.defineProperty(items, Symbol.for("spaceport.batches"), { value: batches() });
}

async function leave(name: string, { leaves }: Behaviour): Promise<void> {
	if (leaves === "throws") throw new Error(`the finally of ${name} failed with ${secret}`);
	if (leaves === "after a while") await sleep(700);
	if (leaves === "never") await new Promise(() => {});
}

async function* tell(behaviour: Behaviour, truth: string, call: Call): AsyncGenerator<Chunk | string, void, void> {
	const { context, found } = call;
	for (const step of behaviour.before) {
		if (step === "queue") yield { type: "queue-update", position: 2 };
		else if (step === "started") yield { type: "progress", stage: "started" };
		else if (step === "log") yield { type: "log", level: "info", text: "still there" };
		else if (step === "alive") context.alive();
		else if (step === "white space" && found === "") yield " \n";
		else if (step === "white space") continue;
		else await sleep(step.wait, context.signal);
	}
	if (behaviour.mute && found !== "") return;
	const { lead, from } = goesOn(behaviour, truth, found, call.request.messages.at(-1)?.role === "assistant");
	const text = lead + truth.slice(from);
	// An answer of nothing is one where nothing was told before.
	const ends = behaviour.ending === "finish" || behaviour.ending === "return";
	const end = ends && found !== "" ? text.length : Math.round(text.length * behaviour.tells);
	let told = "";
	for (let piece = 0; told.length < end; piece += 1) {
		if (piece > 0 && behaviour.pauses.length > 0) await sleep(behaviour.pauses[piece % behaviour.pauses.length] ?? 0, context.signal);
		const next = text.slice(told.length, Math.min(end, told.length + (behaviour.cuts[piece % behaviour.cuts.length] ?? 1)));
		told += next;
		yield behaviour.replaces ? { type: "text-replace", text: told } : next;
	}
	if (behaviour.tool !== undefined) {
		const id = `${call.provider}-${context.number}`;
		for (let at = 0; at < Math.min(behaviour.tool, toolArguments.length); at += 9) {
			const argumentsDelta = toolArguments.slice(at, Math.min(at + 9, behaviour.tool));
			yield { type: "tool-call-delta", id, name: "weather", argumentsDelta };
		}
		if (behaviour.tool >= toolArguments.length) yield { type: "tool-call", id, name: "weather", arguments: toolArguments };
	}
	yield* finish(behaviour.ending, call);
}

/** Where it goes on in the answer, and what it says before that. */
function goesOn({ way }: Behaviour, truth: string, found: string, isPrefill: boolean): { lead: string; from: number } {
	if (found === "" || (way === "starts over" && (!isPrefill || found.length > 25))) return { lead: "", from: 0 };
	// A model that goes on from its own words has nothing to say before them. Where it repeats some, nobody can tell whether they belong there.
	if (isPrefill) return { lead: "", from: found.length };
	if (way === "with some words again") {
		// From the beginning of a word, some words back.
		const from = found.slice(0, Math.max(0, found.length - 25)).lastIndexOf(" ") + 1;
		return { lead: "", from };
	}
	// Those who begin with a lead-in go on with a whole word: where one was cut, they begin with words that tell which. Between the signs of a table none does.
	if (way !== "after a preamble" || found.length < 40 || !/^ ?\p{L}/u.test(truth.slice(found.length)))
		return { lead: "", from: found.length };
	const isCut = /[\p{Script=Latin}\p{Script=Arabic}\d]$/u.test(found) && /^[\p{L}\d]/u.test(truth.slice(found.length));
	const from = isCut ? found.lastIndexOf(" ", found.length - 20) + 1 : found.length;
	return { lead: "Sure, continuing:\n\n", from };
}

async function* finish(ending: Ending, call: Call): AsyncGenerator<Chunk | string, void, void> {
	if (ending === "finish") yield { type: "finish", finishReason: "stop" };
	else if (ending === "hang") await hang(call.context.signal);
	else if (ending === "ignore") {
		call.deaf = true;
		await new Promise(() => {});
	} else if (ending === "untyped") throw new TypeError(`cannot read "x" of undefined, Authorization: Bearer ${secret}`);
	else if (ending === "garbage") yield { type: "nonsense", token: secret } as unknown as Chunk;
	else if (ending === "own abort") throw new AbortedError("I leave");
	else if (typeof ending === "object") throw failureOf(ending.fails, ending.retryAfterMs);
}

function failureOf(code: SpaceportErrorCode, retryAfterMs: number | undefined): SpaceportError {
	const message = `it failed with ${secret}`;
	const cause = new Error(`https://user:${secret}@example.org/?token=${secret}`);
	switch (code) {
		case "network":
			return new NetworkError(message, { phase: "join", cause });
		case "authentication":
			return new AuthenticationError(message, { status: 401, cause });
		case "protocol":
			return new ProtocolError(message, { protocol: "sse", sample: `data: ${secret}`, cause });
		case "queue-full":
			return new QueueFullError(message, { queueSize: 3, cause });
		case "stream-interrupted":
			return new StreamInterruptedError(message, { textSoFar: "", cause });
		case "context-length":
			return new ContextLengthError(message, { cause });
		case "space-unavailable":
			return new SpaceUnavailableError(message, { stage: "sleeping", cause });
		case "content-filtered":
			return new ContentFilteredError(message, { reason: secret, cause });
		case "invalid-request":
			return new InvalidRequestError(message, { path: "messages", cause });
		case "unsupported":
			return new UnsupportedError(message, { capability: "tools", cause });
		case "timeout":
			return new TimeoutError(message, { phase: "connect", afterMs: 5, cause });
		case "rate-limited":
			return new RateLimitedError(message, { retryAfterMs, cause });
		case "quota-exceeded":
			return new QuotaExceededError(message, { retryAfterMs, cause });
		case "provider-failed":
			return new ProviderFailedError(message, { cause });
		default:
			return new GenerationError(message, { title: secret, detail: secret, cause });
	}
}

/** The longest beginning of the answer that stands in the request: what another provider has told already. */
function longestBeginning(request: ProviderRequest, truth: string): string {
	const texts = request.messages.flatMap(({ content }) =>
		typeof content === "string" ? [content] : content.flatMap((part) => (part.type === "text" ? [part.text] : [])),
	);
	let longest = 0;
	for (const text of texts) {
		const lead = truth.indexOf("Ω");
		for (let at = text.indexOf("Ω"); at >= 0; at = text.indexOf("Ω", at + 1)) {
			let length = 0;
			while (length < truth.length && text[at - lead + length] === truth[length]) length += 1;
			longest = Math.max(longest, length);
		}
	}
	return truth.slice(0, longest);
}

/** How many timers the world itself has. */
export let sleepers = 0;

/** A wait of the world's own, which is told apart from those of what is tested. */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal?.aborted === true) return reject(signal.reason);
		sleepers += 1;
		const end = (): void => {
			sleepers -= 1;
			signal?.removeEventListener("abort", onAbort);
			clearTimeout(timer);
		};
		const onAbort = (): void => {
			end();
			reject(signal?.reason);
		};
		const timer = setTimeout(() => {
			end();
			resolve();
		}, milliseconds);
		signal?.addEventListener("abort", onAbort, { once: true });
	});
}

/** Waits for nothing but the signal. */
function hang(signal: AbortSignal): Promise<never> {
	return new Promise((_, reject) => {
		if (signal.aborted) reject(signal.reason);
		else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
	});
}
