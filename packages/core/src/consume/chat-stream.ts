import type { Batches } from "../chain/batches.ts";
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
export function createChatStream(source: ChatStreamSource): ChatStream {
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
	let batch: Chunk[] = [];
	let position = 0;
	let claimed = false;
	let text: AppendOnlyText | undefined;
	/** Chunks that came while `completion` alone drove the stream, for an iteration that begins later. */
	const buffered: Chunk[] = [];
	/** While it goes on, a chunk may be on its way to `buffered`. */
	let driving: Promise<void> | undefined;
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
		failure ??= { error };
		await end(() => reject(error));
		throw error;
	}

	/** The next chunk, noted for the completion; `undefined` after the end. */
	async function pull(): Promise<Chunk | undefined> {
		if (ended) return undefined;
		if (position < batch.length && !aborted) return takeNext();
		pulling = true;
		try {
			const result = await begin().batches.next();
			if (result.done) {
				if (ended) return undefined;
				const message = "The stream ended without its finish.";
				throw new StreamInterruptedError(message, { textSoFar: recorder.text });
			}
			batch = result.value;
			position = 0;
		} catch (error) {
			return fail(error);
		} finally {
			pulling = false;
		}
		return takeNext();
	}

	/** The next chunk of those that are there. */
	function takeNext(): Chunk {
		const chunk = batch[position] as Chunk;
		position += 1;
		if (position === batch.length) {
			batch.length = 0;
			position = 0;
		}
		recorder.take(chunk);
		source.onChunk?.(chunk);
		return chunk;
	}

	/** Completes with the finish chunk, after the text stream has had its say. */
	async function settle(chunk: FinishChunk): Promise<void> {
		if (text?.differs === true) {
			recorder.warn(
				"White space in text that was streamed already was rewritten later: completion.text has the final form, the text stream differs from it.",
			);
		}
		await end(() => resolve(recorder.completion(chunk)));
	}

	/** Reads to the end for `completion`, and stops where an iteration takes over. */
	async function drive(): Promise<void> {
		// An iteration that begins in the same breath comes first.
		await Promise.resolve();
		while (!claimed && !ended) {
			const chunk = await pull();
			if (chunk === undefined) return;
			buffered.push(chunk);
			if (chunk.type === "finish") await settle(chunk);
		}
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

	async function nextChunk(): Promise<Chunk | undefined> {
		// What is there is given at once; only then is the chunk that `completion` asked for waited for.
		if (buffered.length === 0 && driving !== undefined) await driving;
		const chunk = buffered.shift();
		if (chunk !== undefined) return chunk;
		// The failure that ended the stream while `completion` drove it belongs to the iteration as well.
		if (ended && failure !== undefined) {
			const { error } = failure;
			failure = undefined;
			throw error;
		}
		return pull();
	}

	async function leave(): Promise<void> {
		if (ended) return;
		const error = new AbortedError("The stream was left before its end.");
		begin().controller.abort(error);
		await end(() => reject(error));
	}

	/** One iteration: `step` turns a chunk into what is given out, `undefined` for nothing. */
	function iterate<Value>(step: (chunk: Chunk) => Value | undefined): AsyncIterator<Value, void, void> {
		claim();
		let over = false;
		/** Calls of `next` take turns, whether or not the caller waits for each. */
		let turn: Promise<unknown> = Promise.resolve();
		let turns = 0;

		async function refuse(error: unknown): Promise<never> {
			over = true;
			work?.controller.abort(error);
			return fail(error);
		}
		async function advance(): Promise<IteratorResult<Value, void>> {
			while (!over) {
				let chunk: Chunk | undefined;
				try {
					chunk = await nextChunk();
				} catch (error) {
					over = true;
					failure = undefined;
					throw error;
				}
				if (chunk === undefined) break;
				let value: Value | undefined;
				try {
					value = step(chunk);
				} catch (error) {
					return await refuse(error);
				}
				if (chunk.type === "finish") await settle(chunk);
				if (value !== undefined) return { done: false, value };
			}
			over = true;
			return { done: true, value: undefined };
		}
		/** What can be given without waiting; undefined where there is nothing. A finish, which has more to do, comes by `advance`. */
		function ready(): Promise<IteratorResult<Value, void>> | undefined {
			// Who is told of a chunk may ask for the next one, which waits for its turn.
			turns += 1;
			try {
				while (position < batch.length && !aborted && batch[position]?.type !== "finish") {
					const value = step(takeNext());
					if (value !== undefined) return Promise.resolve({ done: false, value });
				}
				return undefined;
			} catch (error) {
				return refuse(error);
			} finally {
				turns -= 1;
			}
		}
		return {
			next() {
				if (turns === 0 && !over && !ended && !pulling && driving === undefined && buffered.length === 0) {
					const there = ready();
					if (there !== undefined) return there;
				}
				turns += 1;
				const result = (turns === 1 ? advance() : turn.then(advance)).finally(() => {
					turns -= 1;
				});
				turn = result.catch(() => {});
				return result;
			},
			async return() {
				over = true;
				await leave();
				return { done: true, value: undefined };
			},
		};
	}

	return {
		[Symbol.asyncIterator]: () => iterate((chunk) => chunk),
		textStream: {
			[Symbol.asyncIterator]: () => {
				const append = createAppendOnlyText(source.revisions);
				const iterator = iterate((chunk) => append.take(chunk) || undefined);
				text = append;
				return iterator;
			},
		},
		get completion() {
			if (!claimed && driving === undefined) {
				driving = drive()
					.catch(() => {})
					.finally(() => {
						driving = undefined;
					});
			}
			return promise;
		},
	};
}

/** The caller's reason as `aborted`: below, a reason that is an error of Spaceport's own is always a deadline's or this one. */
function toAbortedError(reason: unknown): AbortedError {
	return isSpaceportError(reason, "aborted") ? reason : new AbortedError("The caller aborted the request.", { reason, cause: reason });
}
