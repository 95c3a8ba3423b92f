import { startTimer } from "./timer.ts";

/**
 * A promise that is given up when a signal aborts: what it would have brought later goes to `dispose`.
 *
 * @param promise - the work
 * @param signal - when it aborts, the result rejects with its reason at once
 * @param dispose - receives a late result, so that it can be closed
 */
export function raceSignal<Value>(
	promise: Promise<Value>,
	signal: AbortSignal | undefined,
	dispose?: (value: Value) => void,
): Promise<Value> {
	if (signal === undefined) return promise;
	return new Promise<Value>((resolve, reject) => {
		let left = false;
		const onAbort = (): void => {
			left = true;
			reject(signal.reason);
		};
		if (signal.aborted) onAbort();
		else signal.addEventListener("abort", onAbort, { once: true });
		promise.then(
			(value) => {
				signal.removeEventListener("abort", onAbort);
				if (left) dispose?.(value);
				else resolve(value);
			},
			(error: unknown) => {
				signal.removeEventListener("abort", onAbort);
				if (!left) reject(error);
			},
		);
	});
}

/**
 * What a promise brings, unless it takes too long.
 *
 * @param promise - the work
 * @param maxMs - milliseconds
 * @param late - makes the error for a promise that took longer
 */
export function raceTimer<Value>(promise: Promise<Value>, maxMs: number, late: () => Error): Promise<Value> {
	return new Promise((resolve, reject) => {
		const clear = startTimer(() => reject(late()), maxMs);
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
