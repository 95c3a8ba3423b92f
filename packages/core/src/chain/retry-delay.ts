import type { SpaceportError } from "../errors/spaceport-error.ts";
import type { RetryOptions } from "./chain-options.ts";

/**
 * How long to wait before the same provider is asked again, in milliseconds: what it asked for (Retry-After), else a delay that doubles with each
 * failure and is stretched at random by up to twice. `undefined` where it asks for more than `maxRetryAfterMs`.
 *
 * @param error - the failure
 * @param failures - how often this provider has failed in this request, this failure included
 * @param retry - the options
 * @param random - a random number from 0 up to 1
 */
export function retryDelay(error: SpaceportError, failures: number, retry: RetryOptions, random: () => number): number | undefined {
	const asked = (error as { readonly retryAfterMs?: unknown }).retryAfterMs;
	if (typeof asked === "number" && Number.isFinite(asked)) {
		return asked <= retry.maxRetryAfterMs ? Math.max(0, asked) : undefined;
	}
	const doubled = retry.minDelayMs * 2 ** (failures - 1);
	return Math.min(retry.maxDelayMs, doubled * (1 + random()));
}
