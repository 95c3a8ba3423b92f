import PQueue from "p-queue";

import { LimiterFullError } from "../errors/limiter-full-error.ts";
import type { LimitOptions } from "./chain-options.ts";
import type { Limiter, Release } from "./limiter.ts";

/**
 * Makes a limiter over p-queue.
 *
 * @param limits - one of them at least is finite
 */
export function createQueueLimiter(limits: LimitOptions): Limiter {
	const queue = new PQueue({
		concurrency: limits.concurrency,
		...(limits.intervalCap === Infinity ? {} : { intervalCap: limits.intervalCap, interval: limits.intervalMs }),
	});
	return {
		acquire(signal, onWait) {
			return new Promise<Release>((resolve, reject) => {
				const before = queue.size;
				const mustWait = before > 0 || queue.pending >= limits.concurrency || queue.isRateLimited;
				if (mustWait && before >= limits.queueSize) {
					const message = `${before} attempts wait for this provider already, and limits.queueSize is ${limits.queueSize}.`;
					reject(new LimiterFullError(message, { queueSize: before, hint: "Ask fewer at once, or raise limits.queueSize." }));
					return;
				}
				let started = false;
				const slot = (): Promise<void> =>
					new Promise((release) => {
						started = true;
						resolve(() => release());
					});
				queue.add(slot, { signal }).catch(reject);
				if (!started) onWait?.(before);
			});
		},
	};
}
