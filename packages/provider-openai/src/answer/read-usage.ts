import type { UsageChunk } from "@spaceport/core";
import { asFields, defined } from "@spaceport/http";

/**
 * What an answer used, as it says.
 *
 * @param usage - its `usage`
 * @returns undefined where it says nothing that can be true: an answer has tokens
 */
export function readUsage(usage: unknown): UsageChunk | undefined {
	const fields = asFields(usage);
	const inputTokens = count(fields?.prompt_tokens) ?? count(fields?.input_tokens);
	const outputTokens = count(fields?.completion_tokens) ?? count(fields?.output_tokens);
	if (!inputTokens && !outputTokens) return undefined;
	return { type: "usage", source: "provider", ...defined({ inputTokens: inputTokens || undefined, outputTokens }) };
}

function count(value: unknown): number | undefined {
	return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}
