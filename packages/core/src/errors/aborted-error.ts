import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link AbortedError} is made with. */
export interface AbortedErrorOptions extends SpaceportErrorOptions {
	/** The signal's reason, where there is one. */
	readonly reason?: unknown;
}

/** The caller left: by its signal, or by leaving the loop. */
export class AbortedError extends SpaceportError<AbortedErrorOptions> {
	override readonly name = "AbortedError";
	readonly code = "aborted";
	/** The signal's reason, where there is one. */
	declare readonly reason?: unknown;
}
