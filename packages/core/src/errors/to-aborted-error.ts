import { AbortedError } from "./aborted-error.ts";
import { hasErrorBrand, type SpaceportError } from "./spaceport-error.ts";

/** The error that an aborted signal stands for: the one that it carries, else `aborted`. */
export function abortedError(reason: unknown): SpaceportError {
	if (hasErrorBrand(reason)) return reason;
	return new AbortedError("The caller aborted the request.", { reason, cause: reason });
}
