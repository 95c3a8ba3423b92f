/** The longest delay that `setTimeout` can hold; a longer one would fire at once. */
export const longestTimerMs: number = 2 ** 31 - 1;

/** A deadline that is set anew for each chunk. It keeps one timer and moves it only when it fires, so that a chunk costs no timer. */
export interface Watchdog {
	/**
	 * Starts waiting.
	 *
	 * @param afterMs - calls `onExpire` when this time has passed without `rest`; `Infinity` never does
	 */
	watch(afterMs: number): void;
	/** Stops waiting, until the next `watch`. */
	rest(): void;
	/** Gives the timer back. */
	stop(): void;
}

/**
 * Makes a watchdog.
 *
 * @param onExpire - what happens when a deadline passes
 */
export function createWatchdog(onExpire: () => void): Watchdog {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let timerAt = 0;
	let deadline = Infinity;

	function schedule(delayMs: number): void {
		const limited = Math.min(Math.max(delayMs, 0), longestTimerMs);
		timerAt = performance.now() + limited;
		timer = setTimeout(onTimer, limited);
	}

	function onTimer(): void {
		timer = undefined;
		if (deadline === Infinity) return;
		const left = deadline - performance.now();
		// Timers may fire a little early: under one millisecond counts as passed.
		if (left >= 1) schedule(left);
		else {
			deadline = Infinity;
			onExpire();
		}
	}

	return {
		watch(afterMs) {
			deadline = performance.now() + afterMs;
			if (deadline === Infinity || (timer !== undefined && timerAt <= deadline)) return;
			if (timer !== undefined) clearTimeout(timer);
			schedule(afterMs);
		},
		rest() {
			deadline = Infinity;
		},
		stop() {
			deadline = Infinity;
			if (timer !== undefined) clearTimeout(timer);
			timer = undefined;
		},
	};
}
