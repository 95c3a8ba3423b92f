import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link RateLimitedError} is made with. */
export interface RateLimitedErrorOptions extends SpaceportErrorOptions {
	/** How long it asks to wait, in milliseconds. */
	readonly retryAfterMs?: number | undefined;
	/** It is our own limit (`limits`, or what the provider said earlier): the provider was not asked, and nothing is wrong with it. */
	readonly own?: true | undefined;
}

/** Too many requests, says the provider, or a limit of our own (`own`). */
export class RateLimitedError extends SpaceportError<RateLimitedErrorOptions> {
	override readonly name = "RateLimitedError";
	readonly code = "rate-limited";
	/** How long it asks to wait, in milliseconds. */
	declare readonly retryAfterMs?: number;
	/** It is our own limit (`limits`, or what the provider said earlier): the provider was not asked, and nothing is wrong with it. */
	declare readonly own?: true;
}
