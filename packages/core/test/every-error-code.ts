import type { SpaceportErrorCode } from "@spaceport/core";

/** All codes, each once: in this form one that is new, or gone, does not compile until it is written down here. */
export const everyErrorCode: Readonly<Record<SpaceportErrorCode, true>> = {
	"invalid-request": true,
	"no-such-provider": true,
	"no-such-model": true,
	unsupported: true,
	authentication: true,
	"rate-limited": true,
	"quota-exceeded": true,
	"limiter-full": true,
	"queue-full": true,
	"space-unavailable": true,
	"space-contract": true,
	"local-unavailable": true,
	network: true,
	timeout: true,
	protocol: true,
	generation: true,
	"context-length": true,
	"content-filtered": true,
	"stream-interrupted": true,
	"provider-failed": true,
	aborted: true,
	"chain-exhausted": true,
};
