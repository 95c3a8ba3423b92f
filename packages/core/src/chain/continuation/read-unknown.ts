import type { OpenBlock } from "./open-block.ts";
import type { Opening, Reading } from "./openings.ts";

/** A line that may be a lead-in in a language that is not known here is waited for so long, in UTF-16 units, and so many of them are read. */
const longestUnknown = 120;
const mostUnknown = 4;

/**
 * A line that begins a new sentence within another, or prose within code: a lead-in in any language, or the question again, if what was sent is repeated behind it. Within
 * code it is one surely where a fence with the block's own language follows.
 *
 * @param openings - what was found before it
 */
export function readUnknown(head: string, from: number, block: OpenBlock, openings: readonly Opening[]): Reading {
	if (block.code === undefined && !block.withinSentence) return undefined;
	const lines = openings.filter(({ kind }) => kind === "line").length;
	if (lines === mostUnknown || openings.some(({ kind }) => kind !== "line" && kind !== "quote" && kind !== "token")) return undefined;
	// A new paragraph may begin with any word.
	if (openings.length === 0 && from > 0) return undefined;
	// More than one of them is read where the first is a sentence or a label, and not a line of a text.
	if (lines > 0 && !/[:：.!?。！？][*_ \t]*\s*$/u.test(head.slice(0, from))) return undefined;
	const text = head.slice(from, from + longestUnknown);
	const begins = block.code === undefined ? /^\p{Lu}/u : /^(?:\p{Lu}[\p{L}\p{M}']*(?:[ ,!.:?]|$)|\p{Lo})/u;
	if (!begins.test(text)) return undefined;
	// An address has a colon as well.
	const end = /\n|:(?=[*_]*\s+\S)|：(?=\s*\S)/u.exec(text);
	if (end === null) return text.length < longestUnknown ? "pending" : undefined;
	const behind = from + end.index + 1;
	if (block.code === undefined || block.code.language === "") return { end: behind, kind: "line", sure: false };
	const fence = `\`\`\`${block.code.language}\n`;
	const rest = head.slice(behind).trimStart().slice(0, fence.length).toLowerCase();
	if (rest !== fence && fence.startsWith(rest)) return "pending";
	if (rest === fence) return { end: behind, kind: "line", sure: true };
	// Three words without other signs, and an empty line behind them, are none of code, unless that is text.
	const words = /^\p{Lu}[\p{L}\p{M}',]*(?: [\p{L}\p{M}',]+){2,}[.!:：]?[ \t]*\n\s*\n/u;
	const isProse = words.test(head.slice(from)) && !/^(?:te?xt|md|markdown|plain)/.test(block.code.language);
	return { end: behind, kind: isProse ? "preamble" : "line", sure: false };
}
