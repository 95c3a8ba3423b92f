import type { SpaceportError } from "../errors/spaceport-error.ts";
import type { RetryOptions } from "./chain-options.ts";

/**
 * How long to wait before the same provider is asked again, in milliseconds: what it asked for (Retry-After) and a little more, at random, else a delay that doubles with
 * each failure and is stretched at random by up to twice. `undefined` where it asks for more than `maxRetryAfterMs`.
 *
 * @param error - the failure
 * @param failures - how often this provider has failed in this request, this failure included
 * @param retry - the options
 * @param random - a random number from 0 up to 1
 */
export function retryDelay(error: SpaceportError, failures: number, retry: RetryOptions, random: () => number): number | undefined {
	const asked = (error as { readonly retryAfterMs?: unknown }).retryAfterMs;
	// "At once" is no delay: whoever says so gets the usual one.
	if (typeof asked === "number" && asked > 0) {
		if (asked > retry.maxRetryAfterMs || asked === Infinity) return undefined;
		// All who were refused were told the same moment. They come back one after the other, and who would have been waited for still is.
		const most = asked <= retry.patienceMs ? retry.patienceMs : retry.maxRetryAfterMs;
		return Math.min(most, asked + random() * Math.min(asked, retry.minDelayMs));
	}
	const doubled = retry.minDelayMs * 2 ** (failures - 1);
	return Math.min(retry.maxDelayMs, doubled * (1 + random()));
}
