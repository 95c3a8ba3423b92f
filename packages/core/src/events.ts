import type { Usage } from "./chunk.ts";
import type { AttemptDecision } from "./completion.ts";
import type { SpaceportError, SpaceportErrorCode } from "./errors/spaceport-error.ts";

interface AttemptIdentity {
	/** The request's id. */
	readonly requestId: string;
	/** The provider's registered name. */
	readonly provider: string;
	/** The provider's model id. */
	readonly model: string;
	/** The attempt's number, from 1. */
	readonly number: number;
}

/** An attempt begins: a provider is about to be asked. Every one has its `attempt-end`. */
export interface AttemptStartEvent extends AttemptIdentity {
	readonly type: "attempt-start";
}

/** The attempt waits, in our own limiter or in the provider's queue. It comes again when its place changes. */
export interface QueuedEvent extends AttemptIdentity {
	readonly type: "queued";
	/** Whose queue it is. */
	readonly where: "limiter" | "provider";
	/** How many are before it, where that is known. */
	readonly position?: number;
}

/** The attempt's first content has come: from here on the answer is this provider's. */
export interface FirstChunkEvent extends AttemptIdentity {
	readonly type: "first-chunk";
	/** Milliseconds since the attempt began. */
	readonly afterMs: number;
}

/** An attempt ended: it answered, failed or was left. What it carries is a record of the completion's `attempts`. */
export interface AttemptEndEvent extends AttemptIdentity {
	readonly type: "attempt-end";
	/** Why it failed; absent where it answered. */
	readonly error?: SpaceportError;
	/** What is done then: it gave the answer (`answered`), the same provider is asked again (`retry`), another one is (`fallback`), or the request ends here (`fail`). */
	readonly decision: AttemptDecision;
	/** When it began, in milliseconds since 1970. */
	readonly startedAt: number;
	/** How long it took, in milliseconds. */
	readonly durationMs: number;
	/** The name of the credential that was used, where the provider has several. */
	readonly key?: string;
	/** What it used, where the provider said so. */
	readonly usage?: Usage;
}

/** The same provider is asked again after a wait. It comes before the wait; the identity is that of the attempt that failed. */
export interface RetryEvent extends AttemptIdentity {
	readonly type: "retry";
	/** How long the wait is, in milliseconds. */
	readonly delayMs: number;
	/** Why the attempt failed. */
	readonly error: SpaceportError;
}

/** A provider, one of its models or one of its credentials rests: it is not asked for a while. It comes again where the rest becomes longer. */
export interface CooldownEvent {
	readonly type: "cooldown";
	/** The request whose failure it was, where it was one's. */
	readonly requestId?: string;
	/** The provider's registered name. */
	readonly provider: string;
	/** The provider's model id. */
	readonly model: string;
	/** The name of the credential that rests, where the provider has several. */
	readonly key?: string;
	/** Until when, in milliseconds since 1970; `Infinity` where it has to be reset. */
	readonly until: number;
	/** How often it has failed in a row. */
	readonly failures: number;
	/** The code of the last failure. */
	readonly code: SpaceportErrorCode;
	/** Whether the provider said how long. */
	readonly stated: boolean;
}

/** A provider that rested is well again: it answered, was found well, or was reset. */
export interface RecoveredEvent {
	readonly type: "recovered";
	/** The request that showed it, where it was one. */
	readonly requestId?: string;
	/** The provider's registered name. */
	readonly provider: string;
	/** The provider's model id. */
	readonly model: string;
	/** The name of the credential, where the provider has several. */
	readonly key?: string;
}

/** A request passes a provider over, because it rests, cannot take the conversation, or does not make the embeddings that are wanted. Once for each request and provider. */
export interface LeftOutEvent {
	readonly type: "left-out";
	/** The request's id. */
	readonly requestId: string;
	/** The provider's registered name. */
	readonly provider: string;
	/** The provider's model id. */
	readonly model: string;
	/** Why, in one line. */
	readonly reason: string;
	/** When it may be asked again, in milliseconds since 1970, where that is known. */
	readonly retryAt?: number;
}

/** A request waits for a provider that rests: nobody else is left. */
export interface WaitingEvent {
	readonly type: "waiting";
	/** The request's id. */
	readonly requestId: string;
	/** The provider that is waited for. */
	readonly provider: string;
	/** How long at most, in milliseconds. */
	readonly delayMs: number;
}

/** Another provider goes on with an answer that broke off. */
export interface SeamEvent {
	readonly type: "seam";
	/** The request's id. */
	readonly requestId: string;
	/** The provider that broke off. */
	readonly from: string;
	/** The provider that goes on. */
	readonly to: string;
	/** Whether the text goes on, or another answer takes its place. */
	readonly how: "continue" | "restart";
	/** Why, in one line. */
	readonly reason: string;
	/** Offset in the text (UTF-16 units) where it goes on. */
	readonly at: number;
}

/** Another provider is asked after a failure. */
export interface FallbackEvent {
	readonly type: "fallback";
	/** The request's id. */
	readonly requestId: string;
	/** The provider that failed. */
	readonly from: string;
	/** The provider that is asked now. */
	readonly to: string;
	/** Why the first one failed. */
	readonly error: SpaceportError;
}

/** A sentence for the completion's warnings: something that the caller should know although the answer is whole. */
export interface WarningEvent extends AttemptIdentity {
	readonly type: "warning";
	/** The sentence. */
	readonly text: string;
}

/** What happens on the way to an answer, for logs, traces, metrics and tests. */
export type SpaceportEvent =
	| AttemptStartEvent
	| QueuedEvent
	| FirstChunkEvent
	| AttemptEndEvent
	| RetryEvent
	| FallbackEvent
	| SeamEvent
	| CooldownEvent
	| RecoveredEvent
	| LeftOutEvent
	| WaitingEvent
	| WarningEvent;

/** Receives events as they happen. What it throws is logged and otherwise ignored: an observer cannot break an answer. */
export type Observer = (event: SpaceportEvent) => void;
