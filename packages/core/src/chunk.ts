/** The chunks that a provider yields and that a caller reads. Every kind is one member of {@link Chunk}. */

/** More text of the answer. */
export interface TextDeltaChunk {
	readonly type: "text-delta";
	readonly text: string;
}

/** More of the model's reasoning, where the provider tells it apart from the answer. */
export interface ReasoningDeltaChunk {
	readonly type: "reasoning-delta";
	readonly text: string;
}

/** The whole text so far, rewritten: what `text-delta` chunks gave before is replaced by `text`. */
export interface TextReplaceChunk {
	readonly type: "text-replace";
	readonly text: string;
}

/** A piece of a tool call whose arguments (JSON text) are still being written. */
export interface ToolCallDeltaChunk {
	readonly type: "tool-call-delta";
	readonly id: string;
	readonly name?: string;
	readonly argumentsDelta: string;
}

/** A finished tool call. `arguments` is JSON text, as the model wrote it. */
export interface ToolCallChunk {
	readonly type: "tool-call";
	readonly id: string;
	readonly name: string;
	readonly arguments: string;
}

/** An image of the answer: where it is (`url`, which may be a data URL) or what it is (`data`). */
export interface ImageChunk {
	readonly type: "image";
	readonly url?: string;
	readonly data?: Uint8Array;
	readonly mediaType?: string;
}

/** The request waits in the provider's queue. */
export interface QueueUpdateChunk {
	readonly type: "queue-update";
	/** How many requests are before this one: 0 is the next to run. */
	readonly position: number;
	/** How many requests are in the queue. */
	readonly size?: number;
	/** Estimated wait, in milliseconds. */
	readonly etaMs?: number;
}

/** The provider is at work on something that is not the answer yet. */
export interface ProgressChunk {
	readonly type: "progress";
	/**
	 * What is being done: `started` (the queue is over, the job runs), `downloading` or `loading` (a model),
	 * `waking` (a sleeping Space), `step` (the provider's own progress bar).
	 */
	readonly stage: "started" | "downloading" | "loading" | "waking" | "step";
	/** The provider's words. */
	readonly description?: string;
	/** How many units are done. */
	readonly index?: number;
	/** How many units there are. */
	readonly length?: number;
	/** What is counted: `bytes`, `steps`… */
	readonly unit?: string;
	/** How far it is, from 0 to 1, where it is not counted in units. */
	readonly fraction?: number;
	/** Estimated rest, in milliseconds. */
	readonly etaMs?: number;
}

/** A line that the provider's side logged for the user. */
export interface LogChunk {
	readonly type: "log";
	readonly level: "info" | "success" | "warning" | "error";
	readonly text: string;
}

/** The place where one provider's text ends and the next one's goes on. */
export interface SeamChunk {
	readonly type: "seam";
	/** Name of the provider that broke off. */
	readonly from: string;
	/** Name of the provider that goes on. */
	readonly to: string;
	/** Why, in one line. */
	readonly reason: string;
	/** Whether the new provider goes on with the text (`continue`), or answers anew and its answer takes the place of what was there (`restart`). */
	readonly how: "continue" | "restart";
	/** Offset in the text (UTF-16 units) where the new provider's text begins. */
	readonly at: number;
}

/** Tokens used, and how that is known. Never made up: what is not known is left out. */
export interface Usage {
	readonly inputTokens?: number;
	readonly outputTokens?: number;
	/** Who counted: the provider, a tokenizer on this side, or nobody. */
	readonly source: "provider" | "tokenizer" | "estimate";
}

/** What the answer used so far: a later figure takes the place of an earlier one. */
export interface UsageChunk extends Usage {
	readonly type: "usage";
}

/** Why a stream ended: `unknown` where the provider does not say. */
export type FinishReason = "stop" | "length" | "content-filter" | "tool-calls" | "unknown";

/** The end of a whole answer. It is the last chunk; a stream without it ended in an error. */
export interface FinishChunk {
	readonly type: "finish";
	readonly finishReason: FinishReason;
}

/** One step of a stream. */
export type Chunk =
	| TextDeltaChunk
	| ReasoningDeltaChunk
	| TextReplaceChunk
	| ToolCallDeltaChunk
	| ToolCallChunk
	| ImageChunk
	| QueueUpdateChunk
	| ProgressChunk
	| LogChunk
	| SeamChunk
	| UsageChunk
	| FinishChunk;
