import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link InvalidRequestError} is made with. */
export interface InvalidRequestErrorOptions extends SpaceportErrorOptions {
	/** Where the bad value stands, such as `messages[2].role`. */
	readonly path: string;
}

/** The request, an option or the configuration is not well-formed. Nobody was asked. */
export class InvalidRequestError extends SpaceportError<InvalidRequestErrorOptions> {
	override readonly name = "InvalidRequestError";
	readonly code = "invalid-request";
	/** Where the bad value stands, such as `messages[2].role`. */
	declare readonly path: string;
}
