import { startTimer } from "./timer.ts";

/** When the reading of a body ends early. */
export interface ReadBodyOptions {
	/** Its reason is thrown at once when it aborts, also where the `fetch` that gave the body does not heed signals. */
	readonly signal: AbortSignal;
	/** The longest wait for the next piece, in milliseconds. @default Infinity */
	readonly idleMs?: number;
	/** What is thrown then. */
	readonly silent?: () => Error;
}

/**
 * The pieces of a body. One timer and one listener serve all of them, so that a piece costs no more than its reading.
 *
 * @param body - the body
 * @param options - when to stop
 */
export async function* readBody(body: ReadableStream<Uint8Array>, options: ReadBodyOptions): AsyncGenerator<Uint8Array, void, void> {
	const { signal, idleMs = Infinity, silent } = options;
	const reader = body.getReader();
	let stopped: { readonly reason: unknown } | undefined;
	/** When the present wait began; the time that the caller takes between two pieces is no silence. */
	let waitingSince: number | undefined;
	/** A read that is under way ends at once when its reader is cancelled. */
	const stop = (reason: unknown): void => {
		stopped ??= { reason };
		clear();
		reader.cancel().catch(() => {});
	};
	const onAbort = (): void => stop(signal.reason);
	let clear = startTimer(onTimer, idleMs);
	function onTimer(): void {
		const left = waitingSince === undefined ? idleMs : waitingSince + idleMs - performance.now();
		if (left > 0) clear = startTimer(onTimer, left);
		else stop(silent?.());
	}
	signal.addEventListener("abort", onAbort, { once: true });
	if (signal.aborted) onAbort();
	try {
		while (true) {
			waitingSince = performance.now();
			const { done, value } = await reader.read();
			waitingSince = undefined;
			if (stopped !== undefined) break;
			if (done) return;
			yield value;
		}
	} catch (error) {
		if (stopped === undefined) throw error;
	} finally {
		clear();
		signal.removeEventListener("abort", onAbort);
		reader.cancel().catch(() => {});
	}
	throw stopped?.reason;
}
