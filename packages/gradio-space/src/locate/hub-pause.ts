import { readRetryAfter } from "@spaceport/core";

/** The hub counts in windows of five minutes. */
const longestPauseMs = 600_000;

/**
 * How long the hub wants no more requests after a 429: `Retry-After`, else the `t` of its `RateLimit` header (`"api";r=0;t=55`, seconds).
 *
 * @param headers - of the response
 * @returns milliseconds; undefined where they do not say
 */
export function hubPauseMs(headers: Headers): number | undefined {
	const pause = readRetryAfter({ headers });
	return pause === undefined ? undefined : Math.min(pause, longestPauseMs);
}
