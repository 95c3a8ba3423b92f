import type { SpaceportError, SpaceportErrorCode } from "../errors/spaceport-error.ts";

/** The failures that stay what they are: a chain does not wrap them, and neither does a stream that has begun. */
const passedThrough: ReadonlySet<SpaceportErrorCode> = new Set(["invalid-request", "content-filtered", "aborted"]);

/** Whether a failure reaches the caller as it is. */
export function passesThrough(error: SpaceportError): boolean {
	return passedThrough.has(error.code);
}
