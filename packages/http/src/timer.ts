const longestTimer = 2_147_483_647;

/**
 * Calls back once after a time, unless it is cleared before. A time that no timer can hold, such as `Infinity`, never comes.
 *
 * @param callback - what to do then
 * @param afterMs - milliseconds
 * @returns clears it
 */
export function startTimer(callback: () => void, afterMs: number): () => void {
	if (!(afterMs <= longestTimer)) return () => {};
	const timer = setTimeout(callback, Math.max(0, afterMs));
	return () => clearTimeout(timer);
}

/**
 * Waits.
 *
 * @param forMs - milliseconds
 * @param signal - its reason is thrown at once when it aborts
 */
export function pause(forMs: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		signal?.throwIfAborted();
		const onAbort = (): void => {
			clear();
			reject(signal?.reason);
		};
		const clear = startTimer(() => {
			signal?.removeEventListener("abort", onAbort);
			resolve();
		}, forMs);
		signal?.addEventListener("abort", onAbort, { once: true });
	});
}
