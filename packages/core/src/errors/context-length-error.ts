import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link ContextLengthError} is made with. */
export interface ContextLengthErrorOptions extends SpaceportErrorOptions {
	/** How many tokens it takes. */
	readonly limit?: number | undefined;
	/** How many tokens the request has. */
	readonly requested?: number | undefined;
}

/** The conversation is longer than the model can take. */
export class ContextLengthError extends SpaceportError<ContextLengthErrorOptions> {
	override readonly name = "ContextLengthError";
	readonly code = "context-length";
	/** How many tokens it takes. */
	declare readonly limit?: number;
	/** How many tokens the request has. */
	declare readonly requested?: number;
}
