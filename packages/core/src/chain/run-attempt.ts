import type { Chunk, FinishChunk, UsageChunk } from "../chunk.ts";
import { ProviderFailedError } from "../errors/provider-failed-error.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";
import { TimeoutError, type TimeoutPhase } from "../errors/timeout-error.ts";
import { abortedError } from "../errors/to-aborted-error.ts";
import { toSpaceportError } from "../errors/to-spaceport-error.ts";
import type { ProviderRequest } from "../message.ts";
import type { AttemptContext } from "../provider.ts";
import type { Candidate } from "../route/candidate.ts";
import { showValue } from "../show-value.ts";
import { type Batches, batchesOf } from "./batches.ts";
import { isContent } from "./is-content.ts";
import type { Limiter, Slot } from "./limits/limiter.ts";
import { createLinkedController } from "./linked-controller.ts";
import { normalizeChunk } from "./normalize-chunk.ts";
import { createWatchdog } from "./watchdog.ts";

/** One attempt: whom to ask for what, and within which limits. */
export interface AttemptTask {
	readonly candidate: Candidate;
	/** What is asked, or what makes it of what the candidate can take. */
	readonly request: ProviderRequest | (() => Promise<ProviderRequest>);
	/** The attempt's context; its signal is the request's, and its deadlines hold. */
	readonly context: AttemptContext;
	readonly limiter: Limiter;
	/** Where it waits for its slot: before those with less. */
	readonly priority: number;
	/** The longest wait for its slot, in milliseconds, where it is known beforehand. One that is longer fails at once. */
	readonly maxWaitMs: number;
	/** What the provider said of its limits is passed over: it is a last resort. */
	readonly force?: boolean;
	/** Called when the attempt waits in our own limiter. */
	readonly onLimiterWait: (position: number) => void;
}

/** How long a provider's `finally` is waited for when its stream is left, in milliseconds. */
const closingMs = 2000;

/**
 * Runs one attempt: takes a limiter slot, asks the provider, holds the deadlines, and gives back typed chunks that end with `finish`, alone in its batch, or
 * throws a typed error. Time that the consumer takes between two batches counts against none of the attempt's deadlines.
 *
 * @param task - what to run
 */
export async function* runAttempt(task: AttemptTask): Batches<Chunk> {
	const { candidate, context } = task;
	const { deadlines } = context;
	const { controller, unlink } = createLinkedController(context.signal);

	let interruption: SpaceportError | undefined;
	let rejectWait: ((error: SpaceportError) => void) | undefined;
	function interrupt(error: SpaceportError): void {
		interruption ??= error;
		rejectWait?.(interruption);
		controller.abort(interruption);
	}
	function onAbort(): void {
		interrupt(abortedError(context.signal.reason));
	}

	let phase: TimeoutPhase = "queue";
	const left: Record<"first-chunk" | "queue" | "idle", number> = {
		"first-chunk": deadlines.firstChunkMs,
		queue: deadlines.queueMs,
		idle: deadlines.idleMs,
	};
	const watchdog = createWatchdog(() => interrupt(timeoutError(candidate.name, phase, deadlines)));

	/** Waits for a step within the deadline of its phase, and no longer than the attempt lives. */
	async function within<Value>(name: "first-chunk" | "queue" | "idle", begin: () => Promise<Value>): Promise<Value> {
		if (interruption !== undefined) throw interruption;
		phase = name;
		const since = name === "idle" ? 0 : performance.now();
		watchdog.watch(left[name]);
		try {
			return await new Promise<Value>((resolve, reject) => {
				rejectWait = reject;
				begin().then(resolve, reject);
			});
		} finally {
			watchdog.rest();
			if (name !== "idle") left[name] -= performance.now() - since;
		}
	}

	/** A sign of life. It counts while a further chunk is waited for, and never after the end. */
	function alive(): void {
		if (phase === "idle" && pending && interruption === undefined) watchdog.watch(left.idle);
	}

	async function takeSlot(request: ProviderRequest): Promise<Slot> {
		const { priority, onLimiterWait: onWait, force } = task;
		const maxWaitMs = Math.min(task.maxWaitMs, left.queue);
		const taken = task.limiter.acquire({ signal: controller.signal, priority, maxWaitMs, request, force, onWait });
		if (!(taken instanceof Promise)) return taken;
		// A slot that comes too late is given back.
		taken.then(
			(late) => {
				if (interruption !== undefined) late.release();
			},
			() => {},
		);
		const inTime = await within("queue", () => taken);
		left.queue = deadlines.queueMs;
		return inTime;
	}

	let slot: Slot | undefined;
	let usage: UsageChunk | undefined;
	let iterator: AsyncGenerator<unknown, void, void> | undefined;
	let pending = false;
	let finished = false;
	try {
		context.signal.addEventListener("abort", onAbort, { once: true });
		if (context.signal.aborted) onAbort();
		const request = typeof task.request === "function" ? await task.request() : task.request;
		slot = await takeSlot(request);
		if (interruption !== undefined) throw interruption;
		const answersTo: AttemptContext = { ...context, signal: controller.signal, alive, reportLimits: slot.report };
		const opened = openGenerator(candidate, request, answersTo);
		const batches = batchesOf(opened);
		iterator = batches ?? opened;
		const next = async (): Promise<(Chunk | string)[] | undefined> => {
			pending = true;
			if (batches !== undefined) return (await batches.next()).value ?? undefined;
			const { done, value } = await opened.next();
			return done === true ? undefined : [value];
		};
		let waiting: "first-chunk" | "queue" | "idle" = "first-chunk";
		while (true) {
			const values = await within(waiting, next);
			pending = false;
			if (values === undefined) {
				iterator = undefined;
				finished = true;
				slot.release(usage);
				yield [{ type: "finish", finishReason: "unknown" }];
				return;
			}
			const { chunks, finish, failure, used } = readChunks(values);
			usage = used ?? usage;
			values.length = 0;
			for (const chunk of chunks) {
				if (waiting === "idle") break;
				if (isContent(chunk)) waiting = "idle";
				else if (chunk.type === "queue-update") waiting = "queue";
				else if (waiting === "queue" && chunk.type === "progress") waiting = "first-chunk";
			}
			if (chunks.length > 0) {
				yield chunks;
				if (interruption !== undefined) throw interruption;
			}
			if (failure !== undefined) throw failure.error;
			if (finish !== undefined) {
				await close(iterator);
				iterator = undefined;
				finished = true;
				slot.release(usage);
				yield [finish];
				return;
			}
		}
	} catch (thrown) {
		if (interruption !== undefined) throw interruption;
		pending = false;
		throw toSpaceportError(thrown, candidate.name);
	} finally {
		context.signal.removeEventListener("abort", onAbort);
		if (!finished) {
			interruption ??= abortedError(undefined);
			controller.abort(interruption);
		}
		unlink();
		if (iterator !== undefined) {
			// A provider that is still at work on the next chunk ends when its signal tells it to; nobody waits for one that does not listen.
			if (pending) void leave(iterator);
			else await close(iterator);
		}
		watchdog.stop();
		slot?.release(usage);
	}
}

/** Values up to the one that ends the attempt: a finish, or what is no chunk. */
function readChunks(values: readonly (Chunk | string)[]): {
	readonly chunks: Chunk[];
	readonly finish?: FinishChunk;
	readonly failure?: { readonly error: unknown };
	readonly used?: UsageChunk | undefined;
} {
	const chunks: Chunk[] = [];
	let used: UsageChunk | undefined;
	try {
		for (const value of values) {
			const chunk = normalizeChunk(value);
			if (chunk.type === "finish") return { chunks, finish: chunk, used };
			if (chunk.type === "usage") used = chunk;
			if (chunk.type !== "text-delta" || chunk.text !== "") chunks.push(chunk);
		}
		return { chunks, used };
	} catch (error) {
		return { chunks, failure: { error }, used };
	}
}

/** Runs a generator's `finally`, and does not wait for ever. What it throws there concerns nobody: the outcome is known. */
async function close(iterator: AsyncGenerator<unknown, void, void>): Promise<void> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const limit = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, closingMs);
	});
	await Promise.race([leave(iterator), limit]);
	clearTimeout(timer);
}

async function leave(iterator: Partial<AsyncGenerator<unknown, void, void>>): Promise<void> {
	try {
		await iterator.return?.();
	} catch {
		// See above.
	}
}

/** Asks the provider. JavaScript lets it give back anything, so that what came is looked at. */
function openGenerator(
	candidate: Candidate,
	request: ProviderRequest,
	context: AttemptContext,
): AsyncGenerator<Chunk | string, void, void> {
	const generator: unknown = candidate.provider.createAsyncGenerator(request, context);
	if (typeof (generator as { readonly next?: unknown } | null | undefined)?.next === "function") {
		return generator as AsyncGenerator<Chunk | string, void, void>;
	}
	const isPromise = generator instanceof Promise;
	if (isPromise) generator.catch(() => {});
	const what = isPromise ? "a promise" : showValue(generator, 200);
	const message = `createAsyncGenerator of "${candidate.name}" gave ${what}, which is no async generator: is it an async function* or async *method?`;
	throw new ProviderFailedError(message, { provider: candidate.name });
}

function timeoutError(name: string, phase: TimeoutPhase, deadlines: AttemptContext["deadlines"]): TimeoutError {
	const [afterMs, what] =
		phase === "queue"
			? [deadlines.queueMs, "was still waiting in the queue"]
			: phase === "idle"
				? [deadlines.idleMs, "sent nothing more"]
				: [deadlines.firstChunkMs, "gave no content"];
	return new TimeoutError(`"${name}" ${what} after ${afterMs} ms.`, {
		phase,
		afterMs,
		provider: name,
		hint: `Raise timeouts.${phase === "queue" ? "queueMs" : phase === "idle" ? "idleMs" : "firstChunkMs"} where this provider is known to be slow.`,
	});
}
