import type { Batches } from "./batches.ts";
import { startTimer } from "./timer.ts";

/** When the reading of a body ends early. */
export interface ReadBodyOptions {
	/** Its reason is thrown at once when it aborts, also where the `fetch` that gave the body does not heed signals. */
	readonly signal: AbortSignal;
	/** The longest wait for the next piece, in milliseconds. @default Infinity */
	readonly idleMs?: number;
	/** What is thrown then. */
	readonly silent?: () => Error;
	/** Called whenever a piece has come. */
	readonly onAlive?: (() => void) | undefined;
	/** Takes the reader where the body is left before its end. @default cancels it */
	readonly leave?: (reader: ReadableStreamDefaultReader<Uint8Array>) => void;
}

/**
 * The pieces of a body, each alone in its batch. One timer and one listener serve all of them, so that a piece costs no more than its reading.
 *
 * @param body - the body
 * @param options - when to stop
 */
export async function* readBody(body: ReadableStream<Uint8Array>, options: ReadBodyOptions): Batches<Uint8Array> {
	const { signal, idleMs = Infinity, silent, onAlive, leave = cancel } = options;
	const reader = body.getReader();
	let ended = false;
	let stopped: { readonly reason: unknown } | undefined;
	/** When the present wait began; the time that the caller takes between two pieces is no silence. */
	let waitingSince: number | undefined;
	/** A read that is under way ends at once when its reader is cancelled. */
	const stop = (reason: unknown): void => {
		stopped ??= { reason };
		clear();
		cancel(reader);
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
			const pieces = ownPiece(await reader.read());
			waitingSince = undefined;
			if (stopped !== undefined) break;
			if (pieces === undefined) {
				ended = true;
				return;
			}
			onAlive?.();
			yield pieces;
		}
	} catch (error) {
		if (stopped === undefined) throw error;
	} finally {
		clear();
		signal.removeEventListener("abort", onAbort);
		if (!ended && stopped === undefined) leave(reader);
	}
	throw stopped?.reason;
}

/** A piece, held by nothing but its batch; undefined at the end. */
function ownPiece({ done, value }: ReadableStreamReadResult<Uint8Array>): Uint8Array[] | undefined {
	return done ? undefined : [value];
}

/** Ends a body. */
export function cancel(reader: ReadableStreamDefaultReader<Uint8Array>): void {
	reader.cancel().catch(() => {});
}

/** Reads what is left of a body, for nothing but its end. */
export async function readRest(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
	try {
		while (!(await reader.read()).done);
	} catch {
		// It was cut short.
	}
}
