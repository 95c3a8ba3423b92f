import type { AttemptRecord } from "../completion.ts";
import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link ChainExhaustedError} is made with. */
export interface ChainExhaustedErrorOptions extends SpaceportErrorOptions {
	/** Each attempt, in order. */
	readonly attempts: readonly AttemptRecord[];
	/** The last attempt's failure. */
	readonly lastError: SpaceportError;
}

/** Every provider of the chain failed. `attempts` lists each attempt and why; `lastError` is the last failure. */
export class ChainExhaustedError extends SpaceportError<ChainExhaustedErrorOptions> {
	override readonly name = "ChainExhaustedError";
	readonly code = "chain-exhausted";
	/** Each attempt, in order. */
	declare readonly attempts: readonly AttemptRecord[];
	/** The last attempt's failure. */
	declare readonly lastError: SpaceportError;
}
