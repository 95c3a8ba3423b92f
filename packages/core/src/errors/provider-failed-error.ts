import { SpaceportError } from "./spaceport-error.ts";

/** The provider threw something that is no Spaceport error: most likely a mistake in its code. `cause` has it. */
export class ProviderFailedError extends SpaceportError {
	override readonly name = "ProviderFailedError";
	readonly code = "provider-failed";
}
