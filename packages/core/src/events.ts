import type { AttemptDecision } from "./completion.ts";
import type { SpaceportError } from "./errors/spaceport-error.ts";

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
}

/** The same provider is asked again after a wait. */
export interface RetryEvent extends AttemptIdentity {
	readonly type: "retry";
	readonly delayMs: number;
	readonly error: SpaceportError;
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
	| WarningEvent;

/** Receives events as they happen. What it throws is logged and otherwise ignored: an observer cannot break an answer. */
export type Observer = (event: SpaceportEvent) => void;
