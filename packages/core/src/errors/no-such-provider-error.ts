import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link NoSuchProviderError} is made with. */
export interface NoSuchProviderErrorOptions extends SpaceportErrorOptions {
	/** What was asked for. */
	readonly reference: string;
	/** The names that would have been understood. */
	readonly known: readonly string[];
}

/** A name that no provider, chain or model has. */
export class NoSuchProviderError extends SpaceportError<NoSuchProviderErrorOptions> {
	override readonly name = "NoSuchProviderError";
	readonly code = "no-such-provider";
	/** What was asked for. */
	declare readonly reference: string;
	/** The names that would have been understood. */
	declare readonly known: readonly string[];
}
