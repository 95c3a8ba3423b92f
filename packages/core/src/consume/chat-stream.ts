import { type Batches, over, pullFrom, type Taker } from "../chain/batches.ts";
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
	 * Reads on at each call of `next`, to the first chunk that `step` makes something of. Nothing in it is async: of chunks that are there a result is made at once, and
	 * those that are waited for cost one promise, however many it takes.
	 *
	 * @param step - turns a chunk into what is given out, `undefined` for nothing
	 */
	function createReader<Value>(step: (chunk: Chunk) => Value | undefined): Reader<Value> {
		type Result = IteratorResult<Value, void>;
		let give: (result: Result | Promise<Result>) => void;
		/** Asks for the next chunks, once there were some. */
		let more: (() => void) | undefined;
		let left = false;
		/** Calls of `next` take turns, whether or not the caller waits for each. */
		let busy = false;
		const turns: (typeof give)[] = [];
		const taker: Taker<Chunk> = { take: onBatch, end: onEnd, fail: onFailure };

		function ask(resolve: typeof give): void {
			if (busy) {
				turns.push(resolve);
				return;
			}
			busy = true;
			give = resolve;
			if (buffered.length > 0 || left || driving !== undefined || failure !== undefined) giveWhatIsKept();
			else advance();
		}
		/** What came while `completion` drove the stream is given first; only then is the chunk that it asked for waited for. */
		function giveWhatIsKept(): void {
			while (buffered.length > 0 && !left) if (pass(buffered.shift() as Chunk)) return;
			if (left) giveNow(over);
			else if (driving !== undefined) void driving.then(giveWhatIsKept);
			else if (failure === undefined) advance();
			else {
				// The failure that ended the stream while `completion` drove it belongs to the iteration as well.
				const { error } = failure;
				failure = undefined;
				giveLater(Promise.reject(error));
			}
		}
		/** Gives what is made of the chunks that are there, or asks for more. */
		function advance(): void {
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
				if (pass(chunk)) return;
			}
			if (ended) giveNow(over);
			else pull();
		}
		/** Gives what is made of a chunk, and says whether that is anything. */
		function pass(chunk: Chunk): boolean {
			try {
				const value = step(chunk);
				if (chunk.type === "finish") giveLater(settle(chunk, value === undefined ? over : { done: false, value }));
				else if (value === undefined) return false;
				else giveNow({ done: false, value });
			} catch (error) {
				batch = none;
				work?.controller.abort(error);
				giveLater(fail(error));
			}
			return true;
		}
		function pull(): void {
			pulling = true;
			if (more !== undefined) more();
			else
				try {
					pullFrom(begin().batches, taker);
				} catch (error) {
					onFailure(error);
				}
		}
		function onBatch(chunks: Chunk[], next: () => void): void {
			pulling = false;
			more = next;
			batch = chunks;
			position = 0;
			advance();
		}
		function onEnd(): void {
			pulling = false;
			if (ended) giveNow(over);
			else onFailure(new StreamInterruptedError("The stream ended without its finish.", { textSoFar: recorder.text() }));
		}
		function onFailure(error: unknown): void {
			pulling = false;
			giveLater(fail(error));
		}
		function giveNow(result: Result): void {
			give(result);
			endTurn();
		}
		function giveLater(result: Promise<Result>): void {
			give(result.finally(endTurn));
		}
		function endTurn(): void {
			// The result that is there comes first.
			if (turns.length > 0) queueMicrotask(startNextTurn);
			else busy = false;
		}
		function startNextTurn(): void {
			busy = false;
			ask(turns.shift() as typeof give);
		}
		return {
			next: () => new Promise(ask),
			async return() {
				left = true;
				await leave();
				return over;
			},
			drive: () =>
				new Promise((resolve) => {
					give = resolve;
					advance();
				}),
		};
	}

	async function leave(): Promise<void> {
		if (ended) return;
		const error = new AbortedError("The stream was left before its end.");
		work?.controller.abort(error);
		await end(() => reject(error));
	}

	/** The one iteration that there is, over what `step` makes of the chunks. */
	function iterate<Value>(step: (chunk: Chunk) => Value | undefined): Reader<Value> {
		if (claimed) {
			throw new InvalidRequestError("This stream is being read already.", {
				path: "stream",
				hint: "The stream and its textStream share one iteration. Ask again for a second one, or read completion besides.",
			});
		}
		claimed = true;
		return createReader(step);
	}

	function complete(): Promise<Completion> {
		if (claimed || driving !== undefined) return promise;
		const keep = (chunk: Chunk): true | undefined => {
			buffered.push(chunk);
			return claimed || undefined;
		};
		const driver = createReader(keep);
		// An iteration that begins in the same breath comes first.
		driving = Promise.resolve()
			.then(() => claimed || driver.drive())
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

/** One iteration. */
interface Reader<Value> extends AsyncIterator<Value, void, void> {
	/** Reads on as `next`, but for chunks that were kept. */
	drive(): Promise<unknown>;
}

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
