import { type Batches, parseJson, type StreamEvent, startTimer } from "@spaceport/http";
import type { EventStream } from "../transport/event-stream.ts";

/** Reads the stream of a job whose session is used again: to the end that the server gives it, also when the job is over. */
export interface RestOfStream {
	/**
	 * The stream's events. Leaving them does not close it.
	 *
	 * @param stream - the stream
	 * @param signal - its reason is thrown when it aborts, until the job is over
	 * @param idleMs - the longest silence, in milliseconds
	 * @param onAlive - called whenever something has come
	 */
	events(stream: EventStream, signal: AbortSignal, idleMs: number, onAlive?: () => void): AsyncIterable<StreamEvent[]>;
	/** The job is over: reads on in the background, where there is a stream. */
	finish(): void;
	/** Whether the server came to its end, as soon as that is known. It is not before {@link finish}. */
	readonly settled: Promise<boolean>;
}

/** How long a server may take from the end of its last job to the end of the stream, in milliseconds. Real ones take one. */
const longestRestMs = 5_000;

/**
 * Makes what reads a job's stream to its end. A stream that the client closes leaves its session behind in a state in which further jobs of it never end
 * (Gradio 4.16, 4.29 and later), or get messages of the one before (4.19 to 4.21). Up to 4.21 the body ends; later a `close_stream` says that it will.
 */
export function createRestOfStream(): RestOfStream {
	const settled = Promise.withResolvers<boolean>();
	const closing = new AbortController();
	/** Whether the server has said that it closes the stream: it may do so together with the job's end. */
	let closed = false;
	let unlink: () => void = () => {};
	let finish: () => void = () => settled.resolve(true);

	async function next(events: Batches<StreamEvent>): Promise<IteratorResult<StreamEvent[], void>> {
		const result = await events.next();
		if (result.done !== true) closed = hasClose(result.value);
		return result;
	}

	async function readOn(stream: EventStream, events: Batches<StreamEvent>): Promise<void> {
		const clear = startTimer(() => closing.abort(), longestRestMs);
		try {
			while (!closed && (await next(events)).done !== true);
			settled.resolve(true);
			if (closed) stream.finish();
		} catch {
			// Its time is over, or the connection broke: the session cannot be trusted any more.
			settled.resolve(false);
			stream.close();
		} finally {
			clear();
			await events.return();
		}
	}

	return {
		events(stream, signal, idleMs, onAlive) {
			const onAbort = (): void => closing.abort(signal.reason);
			signal.addEventListener("abort", onAbort, { once: true });
			unlink = () => signal.removeEventListener("abort", onAbort);
			if (signal.aborted) onAbort();
			const events = stream.events(closing.signal, idleMs, onAlive);
			finish = () => void readOn(stream, events);
			return { [Symbol.asyncIterator]: () => ({ next: () => next(events) }) };
		},
		finish() {
			unlink();
			finish();
		},
		settled: settled.promise,
	};
}

/** It is a short message, and the last one. */
function hasClose(events: readonly StreamEvent[]): boolean {
	const { data = "" } = events.at(-1) ?? {};
	return data.length < 200 && data.includes("close_stream") && (parseJson(data) as { msg?: unknown } | undefined)?.msg === "close_stream";
}
