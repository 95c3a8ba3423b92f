/** How many requests may still be sent. */
export interface RequestBudget {
	/** Takes one request out of the budget; false where none is left for now. */
	take(): boolean;
	/** Allows no request for a time, in milliseconds. */
	pause(forMs: number): void;
	/** Whether nothing of the past counts any more. */
	isFresh(): boolean;
}

/**
 * Makes a budget of requests over a moving window.
 *
 * @param most - how many requests in any `windowMs`
 * @param windowMs - milliseconds
 */
export function createRequestBudget(most: number, windowMs: number): RequestBudget {
	let sent: number[] = [];
	let pausedUntil = -Infinity;

	function prune(now: number): void {
		sent = sent.filter((at) => now - at <= windowMs);
	}

	return {
		take() {
			const now = performance.now();
			prune(now);
			if (now < pausedUntil || sent.length >= most) return false;
			sent.push(now);
			return true;
		},
		pause(forMs) {
			pausedUntil = Math.max(pausedUntil, performance.now() + forMs);
		},
		isFresh() {
			const now = performance.now();
			prune(now);
			return now >= pausedUntil && sent.length === 0;
		},
	};
}
