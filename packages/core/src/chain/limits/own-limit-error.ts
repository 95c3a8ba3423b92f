import { LimiterFullError } from "../../errors/limiter-full-error.ts";
import { RateLimitedError } from "../../errors/rate-limited-error.ts";
import type { BucketWait } from "./bucket.ts";

/** A wait that would be too long: what keeps the attempt, and for how long. */
export function tooLongError({ waitMs, limit }: BucketWait, maxWaitMs: number): RateLimitedError {
	const room = Number.isFinite(waitMs) ? `there is room in ${inSeconds(waitMs)}` : "there will be no room";
	const what =
		limit === undefined
			? `It is held back by us: it said earlier that it takes no more, and ${room}.`
			: `Our own limit for it, limits.${limit.name} (${limit.limit}), is reached, and ${room}.`;
	const options = { own: true, ...(Number.isFinite(waitMs) && { retryAfterMs: Math.ceil(waitMs) }) } as const;
	const hint = limit === undefined ? "Ask again then, or ask another provider." : `Ask again then, or raise limits.${limit.name}.`;
	return new RateLimitedError(`${what} That is more than the ${inSeconds(maxWaitMs)} that may be waited.`, { ...options, hint });
}

/** One more than may wait. */
export function tooManyError(waiting: number, queueSize: number): LimiterFullError {
	const message = `${waiting} attempts wait for this provider already, and limits.queueSize is ${queueSize}.`;
	return new LimiterFullError(message, { queueSize: waiting, hint: "Ask fewer at once, or raise limits.queueSize." });
}

function inSeconds(ms: number): string {
	return ms < 1000 ? `${Math.ceil(ms)} ms` : `${Math.ceil(ms / 1000)} s`;
}
