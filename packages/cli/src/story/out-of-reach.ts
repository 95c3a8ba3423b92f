import { isSpaceportError, type SpaceportError } from "@spaceport/core";
import { formatDuration } from "../duration.ts";

const words: Readonly<Record<string, string>> = {
	ENOTFOUND: "its name has no address",
	EAI_AGAIN: "its name has no address",
	ECONNREFUSED: "the connection was refused",
	ENETUNREACH: "there is no network",
	EHOSTUNREACH: "there is no way there",
};

/**
 * That somebody cannot be reached, in few words, for whoever did not choose them. The whole message is in the table of attempts.
 *
 * @param error - why an attempt failed
 * @returns undefined where it is another failure, or more is known of it
 */
export function outOfReach(error: SpaceportError): string | undefined {
	if (isSpaceportError(error, "timeout") && error.phase === "connect") {
		return `is out of reach: no answer after ${formatDuration(error.afterMs)}`;
	}
	if (!isSpaceportError(error, "network")) return undefined;
	const known = words[codeOf(error)];
	return known === undefined ? undefined : `is out of reach: ${known}`;
}

function codeOf(error: unknown, depth = 0): string {
	const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
	if (typeof code === "string" && code in words) return code;
	return cause === undefined || depth > 4 ? "" : codeOf(cause, depth + 1);
}
