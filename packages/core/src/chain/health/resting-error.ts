import { AuthenticationError } from "../../errors/authentication-error.ts";
import { GenerationError } from "../../errors/generation-error.ts";
import { LocalUnavailableError } from "../../errors/local-unavailable-error.ts";
import { NetworkError } from "../../errors/network-error.ts";
import { NoSuchModelError } from "../../errors/no-such-model-error.ts";
import { ProtocolError } from "../../errors/protocol-error.ts";
import { ProviderFailedError } from "../../errors/provider-failed-error.ts";
import { QueueFullError } from "../../errors/queue-full-error.ts";
import { QuotaExceededError } from "../../errors/quota-exceeded-error.ts";
import { RateLimitedError } from "../../errors/rate-limited-error.ts";
import { SpaceContractError } from "../../errors/space-contract-error.ts";
import { SpaceUnavailableError } from "../../errors/space-unavailable-error.ts";
import type { SpaceportError, SpaceportErrorCode, SpaceportErrorOptions } from "../../errors/spaceport-error.ts";
import { StreamInterruptedError } from "../../errors/stream-interrupted-error.ts";
import { TimeoutError } from "../../errors/timeout-error.ts";
import type { Candidate } from "../../route/candidate.ts";
import { restReason } from "../rest-reason.ts";
import type { Resting } from "./health.ts";

/** Makes the error of a code from the fields that were kept of it; what is not known is said to be so. */
const classes: { readonly [Code in SpaceportErrorCode]?: (message: string, fields: SpaceportErrorOptions) => SpaceportError } = {
	authentication: (message, fields) => new AuthenticationError(message, fields),
	"rate-limited": (message, fields) => new RateLimitedError(message, fields),
	"quota-exceeded": (message, fields) => new QuotaExceededError(message, fields),
	"queue-full": (message, fields) => new QueueFullError(message, fields),
	"space-unavailable": (message, fields) => new SpaceUnavailableError(message, { stage: "unknown", ...fields }),
	"space-contract": (message, fields) => new SpaceContractError(message, { expected: "not known", found: "not known", ...fields }),
	"local-unavailable": (message, fields) => new LocalUnavailableError(message, fields),
	"no-such-model": (message, fields) => new NoSuchModelError(message, { reference: "", known: [], ...fields }),
	network: (message, fields) => new NetworkError(message, { phase: "unknown", ...fields }),
	timeout: (message, fields) => new TimeoutError(message, { phase: "first-chunk", afterMs: 0, ...fields }),
	protocol: (message, fields) => new ProtocolError(message, { protocol: "unknown", ...fields }),
	generation: (message, fields) => new GenerationError(message, fields),
	"stream-interrupted": (message, fields) => new StreamInterruptedError(message, { textSoFar: "", ...fields }),
};

/**
 * What keeps a candidate from being asked, as an error: that of its last failure, with the time that is left of its rest.
 *
 * @param candidate - who is not asked
 * @param resting - why
 * @param now - the clock, in milliseconds since 1970
 */
export function restingError(candidate: Candidate, resting: Resting, now: number): SpaceportError {
	const make = classes[resting.code] ?? ((message, fields) => new ProviderFailedError(message, fields));
	const retryAfterMs = resting.until === Infinity ? undefined : Math.max(0, resting.until - now);
	const fields = { ...resting.details, retryAfterMs, provider: candidate.name, hint: hintFor(candidate.name, resting) };
	return make(`"${candidate.name}" ${restReason(resting, now)}`, fields);
}

function hintFor(name: string, { state, byHand }: Resting): string {
	if (state === "refused") return `Mend the credential and register "${name}" anew, or call reset("${name}").`;
	return byHand === true ? `reset("${name}") brings it back.` : "Ask again later, or ask another provider.";
}
