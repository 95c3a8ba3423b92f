import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link LimiterFullError} is made with. */
export interface LimiterFullErrorOptions extends SpaceportErrorOptions {
	/** How many requests wait. */
	readonly queueSize: number;
}

/** Our own queue in front of the provider is full: `limits.queueSize` requests wait already. */
export class LimiterFullError extends SpaceportError<LimiterFullErrorOptions> {
	override readonly name = "LimiterFullError";
	readonly code = "limiter-full";
	/** How many requests wait. */
	declare readonly queueSize: number;
}
