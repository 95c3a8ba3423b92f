import { redact } from "./redact.ts";
import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link GenerationError} is made with. */
export interface GenerationErrorOptions extends SpaceportErrorOptions {
	/** The provider's heading for it. */
	readonly title?: string | undefined;
	/** The provider's words. */
	readonly detail?: string | undefined;
}

/** The provider's own failure while it made the answer, or an empty answer. */
export class GenerationError extends SpaceportError {
	override readonly name = "GenerationError";
	readonly code = "generation";
	/** The provider's heading for it. */
	declare readonly title?: string;
	/** The provider's words. */
	declare readonly detail?: string;

	constructor(message: string, options: GenerationErrorOptions = {}) {
		super(message, options);
		if (options.title !== undefined) this.title = redact(options.title);
		if (options.detail !== undefined) this.detail = redact(options.detail);
	}
}
