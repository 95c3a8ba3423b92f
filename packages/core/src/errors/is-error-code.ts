import type { SpaceportErrorCode } from "./spaceport-error.ts";

/** They stand apart from the table of decisions, which is loaded after a failure. */
const codes: readonly string[] = [
	"invalid-request",
	"no-such-provider",
	"no-such-model",
	"unsupported",
	"authentication",
	"rate-limited",
	"quota-exceeded",
	"limiter-full",
	"queue-full",
	"space-unavailable",
	"space-contract",
	"local-unavailable",
	"network",
	"timeout",
	"protocol",
	"generation",
	"context-length",
	"content-filtered",
	"stream-interrupted",
	"provider-failed",
	"aborted",
	"chain-exhausted",
] satisfies readonly SpaceportErrorCode[];

/** Whether a text is the code of an error. */
export function isErrorCode(text: string): text is SpaceportErrorCode {
	return codes.includes(text);
}
