import { redact } from "./redact.ts";
import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link ContentFilteredError} is made with. */
export interface ContentFilteredErrorOptions extends SpaceportErrorOptions {
	/** Its reason. */
	readonly reason?: string | undefined;
}

/** The provider refused the content. */
export class ContentFilteredError extends SpaceportError {
	override readonly name = "ContentFilteredError";
	readonly code = "content-filtered";
	/** Its reason. */
	declare readonly reason?: string;

	constructor(message: string, options: ContentFilteredErrorOptions = {}) {
		super(message, options);
		if (options.reason !== undefined) this.reason = redact(options.reason);
	}
}
