import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link NoSuchModelError} is made with. */
export interface NoSuchModelErrorOptions extends SpaceportErrorOptions {
	/** What was asked for. */
	readonly reference: string;
	/** The models that the provider offers. */
	readonly known: readonly string[];
}

/** A model that the provider does not offer. */
export class NoSuchModelError extends SpaceportError<NoSuchModelErrorOptions> {
	override readonly name = "NoSuchModelError";
	readonly code = "no-such-model";
	/** What was asked for. */
	declare readonly reference: string;
	/** The models that the provider offers. */
	declare readonly known: readonly string[];
}
