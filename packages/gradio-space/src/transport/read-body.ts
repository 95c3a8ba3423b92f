import { raceSignal } from "./race.ts";
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
 * The pieces of a body.
 *
 * @param body - the body
 * @param options - when to stop
 */
export async function* readBody(body: ReadableStream<Uint8Array>, options: ReadBodyOptions): AsyncGenerator<Uint8Array, void, void> {
	const { signal, idleMs = Infinity, silent } = options;
	const reader = body.getReader();
	try {
		while (true) {
			const { done, value } = await withinSilence(raceSignal(reader.read(), signal), idleMs, silent);
			if (done) return;
			yield value;
		}
	} finally {
		reader.cancel().catch(() => {});
	}
}

/**
 * What a promise brings, unless it takes too long.
 *
 * @param promise - the work
 * @param idleMs - milliseconds
 * @param silent - makes the error for a promise that took longer
 */
export function withinSilence<Value>(promise: Promise<Value>, idleMs: number, silent: (() => Error) | undefined): Promise<Value> {
	return new Promise((resolve, reject) => {
		const clear = startTimer(() => reject(silent?.()), idleMs);
		promise.then(
			(value) => {
				clear();
				resolve(value);
			},
			(error: unknown) => {
				clear();
				reject(error);
			},
		);
	});
}
