import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link LocalUnavailableError} is made with. */
export interface LocalUnavailableErrorOptions extends SpaceportErrorOptions {
	/** What it needs. */
	readonly needed?: string | undefined;
	/** What there is. */
	readonly available?: string | undefined;
}

/** The model on this machine cannot run: its weights, its engine or the memory is missing. */
export class LocalUnavailableError extends SpaceportError<LocalUnavailableErrorOptions> {
	override readonly name = "LocalUnavailableError";
	readonly code = "local-unavailable";
	/** What it needs. */
	declare readonly needed?: string;
	/** What there is. */
	declare readonly available?: string;
}
