import { type Batches, type BatchResult, over, pullFrom } from "../chain/batches.ts";
import type { Chunk, FinishChunk } from "../chunk.ts";
import type { Completion } from "../completion.ts";
import { AbortedError } from "../errors/aborted-error.ts";
import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import { StreamInterruptedError } from "../errors/stream-interrupted-error.ts";
import { type AppendOnlyText, createAppendOnlyText, type Revisions } from "./append-only-text.ts";
import { type CompletionRecorder, createCompletionRecorder } from "./completion-recorder.ts";

/**
 * One answer as it comes. Nothing starts before it is read. It can be read once, as chunks or as text; `completion` may be read besides, or alone.
 */
export interface ChatStream extends AsyncIterable<Chunk> {
	/** The answer's text as it grows. Its pieces together are `completion.text`. */
	readonly textStream: AsyncIterable<string>;
	/** The whole answer. Reading it alone drives the stream; leaving the loop rejects it with `aborted`. */
	readonly completion: Promise<Completion>;
}

/** What a stream is made from. */
export interface ChatStreamSource {
	/** Starts the work. Called once, when the stream is first read. */
	readonly start: (signal: AbortSignal, recorder: CompletionRecorder) => Batches<Chunk>;
	/** The caller's signal. */
	readonly signal: AbortSignal | undefined;
	readonly revisions: Revisions;
	/** Sees each chunk when it comes. It must not throw. */
	readonly onChunk: ((chunk: Chunk) => void) | undefined;
}

/**
 * Makes a stream over chunks that end with `finish` or in a typed error.
 *
 * @param source - how the work starts, and the caller's wishes
 */
export function createChatStream(source: ChatStreamSource): OpenStream {
	const recorder = createCompletionRecorder();
	const { promise, resolve, reject } = Promise.withResolvers<Completion>();
	// Whoever reads `completion` gets the rejection; where nobody does, it is no unhandled one.
	promise.catch(() => {});

	let work: { readonly batches: Batches<Chunk>; readonly controller: AbortController; readonly unlink: () => void } | undefined;
	let ended = false;
	/** Whether the caller has aborted: of the chunks that came together, those that were not given yet are not. */
	let aborted = false;
	/** Whether the next chunks are waited for. */
	let pulling = false;
	/** The chunks that came together, and which of them is the next. */
	let batch = none;
	let position = 0;
	let claimed = false;
	let text: AppendOnlyText | undefined;
	/** Chunks that came while `completion` alone drove the stream, for an iteration that begins later. */
	const buffered: Chunk[] = [];
	/** While it goes on, a chunk may be on its way to `buffered`. */
	let driving: Promise<unknown> | undefined;
	/** What ended the stream while nobody iterated. */
	let failure: { readonly error: unknown } | undefined;

	function begin(): NonNullable<typeof work> {
		if (work !== undefined) return work;
		const controller = new AbortController();
		const onAbort = (): void => {
			aborted = true;
			controller.abort(toAbortedError(source.signal?.reason));
			endIdle();
		};
		const unlink = (): void => source.signal?.removeEventListener("abort", onAbort);
		work = { batches: source.start(controller.signal, recorder), controller, unlink };
		if (source.signal?.aborted === true) onAbort();
		else source.signal?.addEventListener("abort", onAbort, { once: true });
		return work;
	}

	/** Ends a stream that was aborted while nobody waited for its next chunk: whoever reads on, or reads `completion`, hears of it. */
	function endIdle(): void {
		const error = work?.controller.signal.reason;
		if (ended || pulling) return;
		failure = { error };
		void end(() => reject(error));
	}

	async function end(outcome: () => void): Promise<void> {
		if (ended) return;
		ended = true;
		outcome();
		work?.unlink();
		await work?.batches.return();
	}

	async function fail(error: unknown): Promise<never> {
		await end(() => reject(error));
		throw error;
	}

	/** Completes with the finish chunk, after the text stream has had its say. */
	async function settle<Result>(chunk: FinishChunk, result: Result): Promise<Result> {
		if (text?.differs() === true) {
			recorder.warn(
				"White space in text that was streamed already was rewritten later: completion.text has the final form, the text stream differs from it.",
			);
		}
		await end(() => resolve(recorder.completion(chunk)));
		return result;
	}

	/**
	 * Reads on, to the first chunk that `step` makes something of. It is no async function: of chunks that are there a result is made at once, and those that are waited
	 * for cost one promise, however many it takes.
	 *
	 * @param step - turns a chunk into what is given out, `undefined` for nothing
	 * @param done - called when a result is there
	 */
	function createReader<Value>(step: (chunk: Chunk) => Value | undefined, done: () => void) {
		type Result = IteratorResult<Value, void>;
		let give: (result: Result | Promise<Result>) => void;

		/** What is made of a chunk; undefined for nothing. */
		function pass(chunk: Chunk): Result | Promise<Result> | undefined {
			try {
				const value = step(chunk);
				const result: Result | undefined = value === undefined ? undefined : { done: false, value };
				return chunk.type === "finish" ? settle(chunk, result ?? over).finally(done) : result;
			} catch (error) {
				batch = none;
				work?.controller.abort(error);
				return fail(error).finally(done);
			}
		}
		/** What is made of what is there; undefined where more has to come. */
		function ready(): Result | Promise<Result> | undefined {
			// The first of those that came together is given in any case.
			while (position < batch.length && (position === 0 || !(aborted || ended))) {
				const chunk = batch[position] as Chunk;
				position += 1;
				if (position === batch.length) {
					batch = none;
					position = 0;
				}
				recorder.take(chunk);
				source.onChunk?.(chunk);
				const result = pass(chunk);
				if (result !== undefined) return result;
			}
			return ended ? over : undefined;
		}
		function pull(): void {
			pulling = true;
			try {
				pullFrom(begin().batches, onBatch, onFailure);
			} catch (error) {
				onFailure(error);
			}
		}
		function onBatch(result: BatchResult<Chunk>): void {
			pulling = false;
			if (!result.done) {
				batch = result.value;
				position = 0;
			} else if (!ended) {
				onFailure(new StreamInterruptedError("The stream ended without its finish.", { textSoFar: recorder.text() }));
				return;
			}
			const next = ready();
			if (next === undefined) pull();
			else give(given(next));
		}
		function onFailure(error: unknown): void {
			pulling = false;
			give(fail(error).finally(done));
		}
		function wait(resolve: typeof give): void {
			give = resolve;
			pull();
		}
		function read(): Result | Promise<Result> {
			return ready() ?? new Promise(wait);
		}
		function given(result: Result | Promise<Result>): Result | Promise<Result> {
			if (!(result instanceof Promise)) done();
			return result;
		}
		return { pass, read, given };
	}

	function claim(): void {
		if (claimed) {
			throw new InvalidRequestError("This stream is being read already.", {
				path: "stream",
				hint: "The stream and its textStream share one iteration. Ask again for a second one, or read completion besides.",
			});
		}
		claimed = true;
	}

	async function leave(): Promise<void> {
		if (ended) return;
		const error = new AbortedError("The stream was left before its end.");
		work?.controller.abort(error);
		await end(() => reject(error));
	}

	/** One iteration over what `step` makes of the chunks. */
	function iterate<Value>(step: (chunk: Chunk) => Value | undefined): AsyncIterator<Value, void, void> {
		type Result = IteratorResult<Value, void>;
		claim();
		let left = false;
		/** Calls of `next` take turns, whether or not the caller waits for each. */
		let busy = false;
		const turns: (() => void)[] = [];
		const yieldTurn = (): void => {
			busy = turns.length > 0;
			// The result that is there comes first.
			if (busy) queueMicrotask(turns.shift() as () => void);
		};
		const reader = createReader(step, yieldTurn);

		function advance(): Result | Promise<Result> {
			// What is there is given at once; only then is the chunk that `completion` asked for waited for.
			while (buffered.length > 0 && !left) {
				const result = reader.pass(buffered.shift() as Chunk);
				if (result !== undefined) return result;
			}
			if (left) return over;
			if (driving !== undefined) return driving.then(() => reader.given(advance()));
			if (failure === undefined) return reader.read();
			// The failure that ended the stream while `completion` drove it belongs to the iteration as well.
			const { error } = failure;
			failure = undefined;
			return Promise.reject(error).finally(yieldTurn);
		}
		return {
			next() {
				if (busy) return new Promise((resolve) => turns.push(() => resolve(reader.given(advance()))));
				busy = true;
				return Promise.resolve(reader.given(advance()));
			},
			async return() {
				left = true;
				await leave();
				return over;
			},
		};
	}

	function complete(): Promise<Completion> {
		if (claimed || driving !== undefined) return promise;
		const keep = (chunk: Chunk): true | undefined => {
			buffered.push(chunk);
			return claimed || undefined;
		};
		const driver = createReader(keep, () => {});
		// An iteration that begins in the same breath comes first.
		driving = Promise.resolve()
			.then(() => claimed || driver.read())
			.catch((error: unknown) => {
				failure = { error };
			})
			.finally(() => {
				driving = undefined;
			});
		return promise;
	}
	async function readWhole(): Promise<Completion> {
		await iterate(() => undefined).next();
		return promise;
	}
	function readText(): AsyncIterator<string, void, void> {
		const append = createAppendOnlyText(source.revisions);
		const iterator = iterate((chunk) => append.take(chunk) || undefined);
		text = append;
		return iterator;
	}
	return new OpenStream({ readChunks: () => iterate((chunk) => chunk), readText, complete, readWhole });
}

/** No chunks. It is never written to. */
const none: Chunk[] = [];

/** The ways to read a stream. */
interface Readings {
	readonly readChunks: () => AsyncIterator<Chunk, void, void>;
	readonly readText: () => AsyncIterator<string, void, void>;
	readonly complete: () => Promise<Completion>;
	readonly readWhole: () => Promise<Completion>;
}

/** It is a class for the sake of `completion`: the engine makes a type of its own of each object that has a getter of its own. */
export class OpenStream implements ChatStream {
	readonly textStream: AsyncIterable<string>;
	readonly #readings: Readings;
	constructor(readings: Readings) {
		this.#readings = readings;
		this.textStream = { [Symbol.asyncIterator]: readings.readText };
	}
	get completion(): Promise<Completion> {
		return this.#readings.complete();
	}
	[Symbol.asyncIterator](): AsyncIterator<Chunk, void, void> {
		return this.#readings.readChunks();
	}
	/** The whole answer, of which nothing is kept for an iteration that begins later. */
	static whole(stream: OpenStream): Promise<Completion> {
		return stream.#readings.readWhole();
	}
}

/** The caller's reason as `aborted`: below, a reason that is an error of Spaceport's own is always a deadline's or this one. */
function toAbortedError(reason: unknown): AbortedError {
	return isSpaceportError(reason, "aborted") ? reason : new AbortedError("The caller aborted the request.", { reason, cause: reason });
}
