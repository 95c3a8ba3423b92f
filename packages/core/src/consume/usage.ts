import type { UsageChunk } from "../chunk.ts";

/** What was used, and how that is known. */
export type Usage = Omit<UsageChunk, "type">;

/** How it is known, from the weakest. */
const sources = ["estimate", "tokenizer", "provider"] as const;

function weaker(one: Usage, other: Usage): Usage["source"] {
	return sources[Math.min(sources.indexOf(one.source), sources.indexOf(other.source))] ?? other.source;
}

/**
 * What one attempt has said so far of what it used: a later figure takes the place of an earlier one.
 *
 * @param before - what it said before
 * @param said - what it says now
 */
export function updateUsage(before: Usage | undefined, { type: _, ...said }: UsageChunk): Usage {
	if (before === undefined) return said;
	const isWhole = Object.keys(before).every((figure) => figure in said);
	return { ...before, ...said, source: isWhole ? said.source : weaker(before, said) };
}

/**
 * What several attempts used together. A figure that one of them lacks is left out; undefined where none is left.
 *
 * @param usages - of each attempt, at least one
 */
export function sumUsage(usages: readonly Usage[]): Usage | undefined {
	const sum = usages.reduce((one, other) => {
		const add = (a: number | undefined, b: number | undefined): number | undefined =>
			a === undefined || b === undefined ? undefined : a + b;
		const inputTokens = add(one.inputTokens, other.inputTokens);
		const outputTokens = add(one.outputTokens, other.outputTokens);
		return {
			...(inputTokens !== undefined && { inputTokens }),
			...(outputTokens !== undefined && { outputTokens }),
			source: weaker(one, other),
		};
	});
	return usages.length > 1 && sum.inputTokens === undefined && sum.outputTokens === undefined ? undefined : sum;
}
