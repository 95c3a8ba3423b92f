import type { UsageChunk } from "./chunk.ts";
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

/** An attempt begins. */
export interface AttemptStartEvent extends AttemptIdentity {
	readonly type: "attempt-start";
}

/** The attempt waits: in our own limiter, or in the provider's queue. */
export interface QueuedEvent extends AttemptIdentity {
	readonly type: "queued";
	readonly where: "limiter" | "provider";
	readonly position?: number;
}

/** The attempt's first content has come: from here on the answer is this provider's. */
export interface FirstChunkEvent extends AttemptIdentity {
	readonly type: "first-chunk";
	/** Milliseconds since the attempt began. */
	readonly afterMs: number;
}

/** An attempt ended. */
export interface AttemptEndEvent extends AttemptIdentity {
	readonly type: "attempt-end";
	readonly error?: SpaceportError;
	readonly decision: AttemptDecision;
	/** When it began, in milliseconds since 1970. */
	readonly startedAt: number;
	readonly durationMs: number;
	/** The name of the credential that was used, where the provider has several. */
	readonly key?: string;
	/** What it used, where the provider said so. */
	readonly usage?: Omit<UsageChunk, "type">;
}

/** The same provider is asked again after a wait. */
export interface RetryEvent extends AttemptIdentity {
	readonly type: "retry";
	readonly delayMs: number;
	readonly error: SpaceportError;
}

/** A provider is not asked for a while. */
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

/** A provider that rested is well again. */
export interface RecoveredEvent {
	readonly type: "recovered";
	/** The request that showed it, where it was one. */
	readonly requestId?: string;
	readonly provider: string;
	readonly model: string;
	readonly key?: string;
}

/** A request passes a provider over. */
export interface LeftOutEvent {
	readonly type: "left-out";
	readonly requestId: string;
	readonly provider: string;
	readonly model: string;
	/** Why, in one line. */
	readonly reason: string;
	/** When it may be asked again, in milliseconds since 1970, where that is known. */
	readonly retryAt?: number;
}

/** A request waits for a provider that rests: nobody else is left. */
export interface WaitingEvent {
	readonly type: "waiting";
	readonly requestId: string;
	/** The provider that is waited for. */
	readonly provider: string;
	readonly delayMs: number;
}

/** Another provider goes on with an answer that broke off. */
export interface SeamEvent {
	readonly type: "seam";
	readonly requestId: string;
	readonly from: string;
	readonly to: string;
	readonly how: "continue" | "restart";
	readonly reason: string;
	/** Offset in the text (UTF-16 units) where it goes on. */
	readonly at: number;
}

/** Another provider is asked. */
export interface FallbackEvent {
	readonly type: "fallback";
	readonly requestId: string;
	/** The provider that failed. */
	readonly from: string;
	/** The provider that is asked now. */
	readonly to: string;
	readonly error: SpaceportError;
}

/** A sentence for the completion's warnings. */
export interface WarningEvent extends AttemptIdentity {
	readonly type: "warning";
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
