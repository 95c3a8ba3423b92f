import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link RateLimitedError} is made with. */
export interface RateLimitedErrorOptions extends SpaceportErrorOptions {
	/** How long it asks to wait, in milliseconds. */
	readonly retryAfterMs?: number | undefined;
}

/** Too many requests, says the provider. */
export class RateLimitedError extends SpaceportError<RateLimitedErrorOptions> {
	override readonly name = "RateLimitedError";
	readonly code = "rate-limited";
	/** How long it asks to wait, in milliseconds. */
	declare readonly retryAfterMs?: number;
}
