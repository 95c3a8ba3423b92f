import { longestTimerMs } from "../watchdog.ts";

/** One timer for whoever is next. */
export interface TurnTimer {
	/** Rings after a time, or earlier; 0 and `Infinity` mean not at all. */
	set(afterMs: number): void;
}

/**
 * Makes a timer. It is moved only where it would ring too late, so that setting it over and over costs nothing.
 *
 * @param onRing - looks whether the time has come, and sets it anew where it has not
 */
export function createTurnTimer(onRing: () => void): TurnTimer {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let ringsAt = Infinity;

	function stop(): void {
		clearTimeout(timer);
		ringsAt = Infinity;
	}

	return {
		set(afterMs) {
			if (afterMs === 0 || afterMs === Infinity) return stop();
			const delay = Math.min(Math.ceil(afterMs), longestTimerMs);
			const at = performance.now() + delay;
			if (ringsAt <= at) return;
			stop();
			ringsAt = at;
			timer = setTimeout(() => {
				ringsAt = Infinity;
				onRing();
			}, delay);
		},
	};
}
