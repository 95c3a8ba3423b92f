import type { FinishReason, ToolCallChunk, Usage } from "./chunk.ts";
import type { SpaceportError } from "./errors/spaceport-error.ts";

/**
 * What was done after an attempt: it gave the answer (`answered`), the same provider is asked again (`retry`), another one is (`fallback`),
 * or the request ends here (`fail`).
 */
export type AttemptDecision = "answered" | "retry" | "fallback" | "fail";

/** One attempt at a request, as kept in a completion and in a `chain-exhausted` error. */
export interface AttemptRecord {
	/** The provider's registered name. */
	readonly provider: string;
	/** The provider's model id. */
	readonly model: string;
	/** Counts the request's attempts, from 1. */
	readonly number: number;
	/** Why it failed; absent where it answered. */
	readonly error?: SpaceportError;
	/** What was done then. */
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

/** A whole answer. */
export interface Completion {
	/** Identifies the request in events and logs. */
	readonly requestId: string;
	readonly text: string;
	/** The model's reasoning, where the provider tells it apart. */
	readonly reasoning?: string;
	readonly toolCalls?: readonly ToolCallChunk[];
	/** The provider that answered. */
	readonly provider: string;
	/** The model that answered. */
	readonly model: string;
	readonly finishReason: FinishReason;
	/**
	 * What the answer used: the sum over the attempts whose content is in it, as they said it, with the weakest of their sources. Where an answer broke off and was gone on with by
	 * another provider, that is both; where it was begun anew, what was thrown away is not counted, and neither are attempts that failed before their first content: what these
	 * said is in `attempts`. Left out where one did not say, with a warning if others did.
	 */
	readonly usage?: Usage;
	/** What the caller should know although the answer is whole, such as a setting that the provider cannot honour: of the attempts whose content is in the answer. */
	readonly warnings: readonly string[];
	/** Every attempt that was made, the last one being the one that answered. */
	readonly attempts: readonly AttemptRecord[];
}
