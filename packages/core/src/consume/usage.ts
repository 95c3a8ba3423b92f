import type { Usage, UsageChunk } from "../chunk.ts";

/** The weakest of the sources of usages. */
function weakest(usages: readonly Usage[]): Usage["source"] {
	const sources = usages.map(({ source }) => source);
	return (["estimate", "tokenizer"] as const).find((source) => sources.includes(source)) ?? "provider";
}

/**
 * What one attempt has said so far of what it used: a later figure takes the place of an earlier one.
 *
 * @param before - what it said before
 * @param said - what it says now
 */
export function updateUsage(before: Usage | undefined, { type: _, ...said }: UsageChunk): Usage {
	const keeps = before !== undefined && Object.keys(before).some((figure) => !(figure in said));
	return { ...before, ...said, source: weakest(keeps ? [before, said] : [said]) };
}

/**
 * What several attempts used together. A figure that one of them lacks is left out; undefined where none is left.
 *
 * @param usages - of each attempt, at least one
 */
export function sumUsage(usages: readonly Usage[]): Usage | undefined {
	const sum: { inputTokens?: number; outputTokens?: number } = {};
	for (const figure of ["inputTokens", "outputTokens"] as const) {
		const total = usages.reduce((so, usage) => so + (usage[figure] ?? Number.NaN), 0);
		if (!Number.isNaN(total)) sum[figure] = total;
	}
	return Object.keys(sum).length === 0 ? undefined : { ...sum, source: weakest(usages) };
}
