import type { BoundedText } from "@spaceport/http";
import type { ToError } from "../space-failure.ts";
import type { SpacePhase } from "../to-spaceport-error.ts";

/**
 * The error of an answer that was not read to its end.
 *
 * @param limit - the most bytes that were read
 */
export function brokenOff({ end, cause }: BoundedText, phase: SpacePhase, limit: number, toError: ToError): Error {
	if (end === "cut") return toError({ kind: "too-large", limit, cause: undefined });
	return toError({ kind: "no-answer", phase, cause: new Error("The answer broke off.", { cause }) });
}
