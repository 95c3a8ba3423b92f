import { redact } from "./redact.ts";
import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link SpaceContractError} is made with. */
export interface SpaceContractErrorOptions extends SpaceportErrorOptions {
	/** What the provider was written for. */
	readonly expected: string;
	/** What the Space has. */
	readonly found: string;
}

/** The Space has changed: the function that the provider calls is not what it was written for. */
export class SpaceContractError extends SpaceportError {
	override readonly name = "SpaceContractError";
	readonly code = "space-contract";
	/** What the provider was written for. */
	readonly expected: string;
	/** What the Space has. */
	readonly found: string;

	constructor(message: string, options: SpaceContractErrorOptions) {
		super(message, options);
		this.expected = redact(options.expected);
		this.found = redact(options.found);
	}
}
