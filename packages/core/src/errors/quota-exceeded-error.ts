import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link QuotaExceededError} is made with. */
export interface QuotaExceededErrorOptions extends SpaceportErrorOptions {
	/** GPU seconds that the call asked for. */
	readonly requestedS?: number | undefined;
	/** GPU seconds that are left. */
	readonly leftS?: number | undefined;
	/** When the quota comes back, in milliseconds from now. */
	readonly retryAfterMs?: number | undefined;
}

/** A quota is used up: GPU seconds of ZeroGPU, or a paid plan's credit. */
export class QuotaExceededError extends SpaceportError<QuotaExceededErrorOptions> {
	override readonly name = "QuotaExceededError";
	readonly code = "quota-exceeded";
	/** GPU seconds that the call asked for. */
	declare readonly requestedS?: number;
	/** GPU seconds that are left. */
	declare readonly leftS?: number;
	/** When the quota comes back, in milliseconds from now. */
	declare readonly retryAfterMs?: number;
}
