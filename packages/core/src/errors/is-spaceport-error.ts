import type { AbortedError } from "./aborted-error.ts";
import type { AuthenticationError } from "./authentication-error.ts";
import type { ChainExhaustedError } from "./chain-exhausted-error.ts";
import type { ContentFilteredError } from "./content-filtered-error.ts";
import type { ContextLengthError } from "./context-length-error.ts";
import type { GenerationError } from "./generation-error.ts";
import type { InvalidRequestError } from "./invalid-request-error.ts";
import type { LimiterFullError } from "./limiter-full-error.ts";
import type { LocalUnavailableError } from "./local-unavailable-error.ts";
import type { NetworkError } from "./network-error.ts";
import type { NoSuchModelError } from "./no-such-model-error.ts";
import type { NoSuchProviderError } from "./no-such-provider-error.ts";
import type { ProtocolError } from "./protocol-error.ts";
import type { ProviderFailedError } from "./provider-failed-error.ts";
import type { QueueFullError } from "./queue-full-error.ts";
import type { QuotaExceededError } from "./quota-exceeded-error.ts";
import type { RateLimitedError } from "./rate-limited-error.ts";
import type { SpaceContractError } from "./space-contract-error.ts";
import type { SpaceUnavailableError } from "./space-unavailable-error.ts";
import { hasErrorBrand, type SpaceportError, type SpaceportErrorCode } from "./spaceport-error.ts";
import type { StreamInterruptedError } from "./stream-interrupted-error.ts";
import type { TimeoutError } from "./timeout-error.ts";
import type { UnsupportedError } from "./unsupported-error.ts";

/** Which class belongs to which code. */
export interface SpaceportErrorByCode {
	readonly "invalid-request": InvalidRequestError;
	readonly "no-such-provider": NoSuchProviderError;
	readonly "no-such-model": NoSuchModelError;
	readonly unsupported: UnsupportedError;
	readonly authentication: AuthenticationError;
	readonly "rate-limited": RateLimitedError;
	readonly "quota-exceeded": QuotaExceededError;
	readonly "limiter-full": LimiterFullError;
	readonly "queue-full": QueueFullError;
	readonly "space-unavailable": SpaceUnavailableError;
	readonly "space-contract": SpaceContractError;
	readonly "local-unavailable": LocalUnavailableError;
	readonly network: NetworkError;
	readonly timeout: TimeoutError;
	readonly protocol: ProtocolError;
	readonly generation: GenerationError;
	readonly "context-length": ContextLengthError;
	readonly "content-filtered": ContentFilteredError;
	readonly "stream-interrupted": StreamInterruptedError;
	readonly "provider-failed": ProviderFailedError;
	readonly aborted: AbortedError;
	readonly "chain-exhausted": ChainExhaustedError;
}

/**
 * Whether a value is an error of Spaceport's. It recognises errors across copies and versions of this package, where `instanceof` does not.
 *
 * @param value - anything that was caught
 */
export function isSpaceportError(value: unknown): value is SpaceportError;
/**
 * Whether a value is an error of Spaceport's with a certain code; its type is narrowed to that error's.
 *
 * @param value - anything that was caught
 * @param code - the code it must have
 */
export function isSpaceportError<Code extends SpaceportErrorCode>(value: unknown, code: Code): value is SpaceportErrorByCode[Code];
export function isSpaceportError(value: unknown, code?: SpaceportErrorCode): boolean {
	return hasErrorBrand(value) && (code === undefined || value.code === code);
}
