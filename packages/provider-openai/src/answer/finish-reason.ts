import type { FinishReason } from "@spaceport/core";

/** What a word for the end of an answer means: `given-up` is no end, but a failure. */
export type ReadReason = FinishReason | "given-up";

const words: ReadonlyMap<string, ReadReason> = new Map(
	Object.entries({
		stop: ["stop", "eos", "eos_token", "end_turn", "stop_sequence", "end", "complete", "completed", "done", "finished", "normal"],
		length: ["length", "max_tokens", "max_length", "max_output_tokens", "model_length", "token_limit"],
		"content-filter": [
			...["content_filter", "content-filter", "contentfilter", "safety", "sensitive", "recitation", "blocklist", "prohibited_content"],
			...["spii", "guardrail_intervened", "refusal"],
		],
		"tool-calls": ["tool_calls", "tool-calls", "tool_call", "tool_use", "function_call"],
		"given-up": [
			...["error", "failed", "abort", "aborted", "cancelled", "canceled", "timeout", "network_error", "overloaded"],
			"insufficient_system_resource",
		],
	} satisfies Record<Exclude<ReadReason, "unknown">, readonly string[]>).flatMap(([reason, all]) =>
		all.map((word): [string, ReadReason] => [word, reason as ReadReason]),
	),
);

/**
 * What a finish reason means. Google says more after a colon: `content_filter: PROHIBITED_CONTENT`.
 *
 * @param word - as it was sent; undefined where none was
 */
export function readFinishReason(word: string | undefined): ReadReason {
	return words.get(word?.toLowerCase().replace(/:.*$/s, "").trim() ?? "") ?? "unknown";
}
