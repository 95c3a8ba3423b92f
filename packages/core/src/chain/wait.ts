import { longestTimerMs } from "./watchdog.ts";

/**
 * Waits, and stops waiting when the signal aborts.
 *
 * @param delayMs - how long; what is beyond the longest timer, of 24 days, is cut to it
 * @param signal - rejects with its reason at once when it aborts
 */
export function wait(delayMs: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(signal.reason);
			return;
		}
		const onAbort = (): void => {
			clearTimeout(timer);
			reject(signal.reason);
		};
		const timer = setTimeout(
			() => {
				signal.removeEventListener("abort", onAbort);
				resolve();
			},
			Math.min(delayMs, longestTimerMs),
		);
		signal.addEventListener("abort", onAbort, { once: true });
	});
}
