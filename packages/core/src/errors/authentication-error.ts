import { SpaceportError, type SpaceportErrorOptions } from "./spaceport-error.ts";

/** What a {@link AuthenticationError} is made with. */
export interface AuthenticationErrorOptions extends SpaceportErrorOptions {
	/** HTTP status of the refusal. */
	readonly status?: number | undefined;
}

/** The token or key was refused, or is missing. */
export class AuthenticationError extends SpaceportError<AuthenticationErrorOptions> {
	override readonly name = "AuthenticationError";
	readonly code = "authentication";
	/** HTTP status of the refusal. */
	declare readonly status?: number;
}
