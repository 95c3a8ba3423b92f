import type { AttemptRecord } from "../completion.ts";
import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** A provider that a request passed over. */
export interface LeftOut {
	/** The provider's registered name. */
	readonly provider: string;
	/** The provider's model id. */
	readonly model: string;
	/** Why, in one line. */
	readonly reason: string;
	/** When it may be asked again, in milliseconds since 1970, where that is known. */
	readonly retryAt?: number;
}

/** What a {@link ChainExhaustedError} is made with. */
export interface ChainExhaustedErrorOptions extends SpaceportErrorOptions {
	/** Each attempt, in order. */
	readonly attempts: readonly AttemptRecord[];
	/** The last attempt's failure. */
	readonly lastError: SpaceportError;
	/** Who was not asked, and why. */
	readonly leftOut?: readonly LeftOut[] | undefined;
	/** When it is worth asking again, in milliseconds from now, where that is known. */
	readonly retryAfterMs?: number | undefined;
}

/** Every provider of the chain failed. `attempts` lists each attempt and why; `lastError` is the last failure. */
export class ChainExhaustedError extends SpaceportError<ChainExhaustedErrorOptions> {
	override readonly name = "ChainExhaustedError";
	readonly code = "chain-exhausted";
	/** Each attempt, in order. */
	declare readonly attempts: readonly AttemptRecord[];
	/** The last attempt's failure. */
	declare readonly lastError: SpaceportError;
	/** Who was not asked, and why. */
	readonly leftOut: readonly LeftOut[];
	/** When it is worth asking again, in milliseconds from now, where that is known. */
	declare readonly retryAfterMs?: number;

	constructor(message: string, options: ChainExhaustedErrorOptions) {
		super(message, options);
		this.leftOut = options.leftOut ?? [];
	}
}
