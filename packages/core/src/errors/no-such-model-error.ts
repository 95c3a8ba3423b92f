import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link NoSuchModelError} is made with. */
export interface NoSuchModelErrorOptions extends SpaceportErrorOptions {
	/** What was asked for. */
	readonly reference: string;
	/** The models that the provider offers. */
	readonly known: readonly string[];
}

/** A model that the provider does not offer. */
export class NoSuchModelError extends SpaceportError {
	override readonly name = "NoSuchModelError";
	readonly code = "no-such-model";
	/** What was asked for. */
	readonly reference: string;
	/** The models that the provider offers. */
	readonly known: readonly string[];

	constructor(message: string, options: NoSuchModelErrorOptions) {
		super(message, options);
		this.reference = options.reference;
		this.known = options.known;
	}
}
