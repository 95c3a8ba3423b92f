import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link UnsupportedError} is made with. */
export interface UnsupportedErrorOptions extends SpaceportErrorOptions {
	/** What is missing, such as `images` or `tools`. */
	readonly capability: string;
}

/** The provider, or this runtime, cannot do what the request needs. */
export class UnsupportedError extends SpaceportError<UnsupportedErrorOptions> {
	override readonly name = "UnsupportedError";
	readonly code = "unsupported";
	/** What is missing, such as `images` or `tools`. */
	declare readonly capability: string;
}
