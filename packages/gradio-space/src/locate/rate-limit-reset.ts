import { retryAfterMs } from "../transport/retry-after.ts";

/** The hub counts in windows of five minutes. */
const longestPauseMs = 600_000;
const defaultPauseMs = 60_000;

/**
 * How long the hub wants no more requests after a 429: `Retry-After`, else the `t` of its `RateLimit` header (`"api";r=0;t=55`, seconds), else a minute.
 *
 * @param headers - of the response
 * @returns milliseconds
 */
export function rateLimitResetMs(headers: Headers): number {
	const reset = /;\s*t\s*=\s*(\d+)/.exec(headers.get("ratelimit") ?? "")?.[1];
	const pause = retryAfterMs(headers.get("retry-after")) ?? (reset === undefined ? defaultPauseMs : Number(reset) * 1000);
	return Math.min(pause, longestPauseMs);
}
