import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import type { SpaceStage } from "../errors/space-unavailable-error.ts";
import type { SpaceportError, SpaceportErrorCode } from "../errors/spaceport-error.ts";

/** For the failures that do not pass by themselves: what has to happen first. */
const words: { readonly [Code in SpaceportErrorCode]?: string } = {
	unsupported: "Not for this request.",
	authentication: "Not before its key is changed.",
	"limiter-full": "Once fewer requests wait here.",
	"space-contract": "Not before the provider is brought in line with its Space.",
	"local-unavailable": "Not before what it needs is there.",
	"no-such-model": "Not for this model.",
	"context-length": "Not for a conversation of this length.",
	"content-filtered": "Not for this request.",
};

const stages: { readonly [Stage in SpaceStage]?: string } = {
	sleeping: "Once it is awake.",
	building: "Once it is built.",
	paused: "Not before its owner brings it back.",
	error: "Not before its owner brings it back.",
	gone: "Not before its owner brings it back.",
};

/**
 * When a provider is worth asking again, where no time is known: undefined where it may be at any time.
 *
 * @param error - its last failure
 */
export function whenAgain(error: SpaceportError): string | undefined {
	if (!isSpaceportError(error, "space-unavailable")) return words[error.code];
	return stages[error.stage];
}
