import { characterAt, characterBefore, isSpacedWord } from "./characters.ts";
import type { OpenBlock } from "./open-block.ts";
import type { OpeningKind } from "./openings.ts";

/** So much white space is read before it is decided what of it is the text's own. */
export const longestSpace = 64;

/**
 * How much of the white space that a text goes on with was sent already, where what was sent ends in white space too.
 *
 * @param sent - the white space at the end of what was sent
 * @param text - the new text from there on
 * @param ended - whether no more of it comes
 * @returns how many UTF-16 units to leave out; undefined while that is not known
 */
export function spaceAlreadySent(sent: string, text: string, ended: boolean): number | undefined {
	if (sent === "" || text.startsWith(sent)) return sent.length;
	const space = text.length - text.trimStart().length;
	if (space === text.length && !ended && space < sent.length + longestSpace) return undefined;
	const same = sameBeginning(sent, text.slice(0, space));
	const own = text.slice(same, space);
	const newline = sent.lastIndexOf("\n");
	// A line that ends in the new text only is ended.
	if (newline === -1) return own.includes("\n") ? same + own.indexOf("\n") : space;
	// What stands behind a line that was ended is its indentation, unless it is the one blank between two words.
	return own.includes("\n") || own === " " ? space : same + sameBeginning(sent.slice(newline + 1), own);
}

function sameBeginning(one: string, other: string): number {
	let same = 0;
	while (same < one.length && same < other.length && one[same] === other[same]) same += 1;
	return same;
}

/**
 * What goes between what was sent and a text that goes on behind a lead-in or another opening: the model began a line of its own, and the blank or the line's end that
 * the text has there is in the separator. Where a word was cut it would go on without one; but models begin with a word after a lead-in, and streams break between
 * words more often than within.
 *
 * @param sent - what was sent
 * @param text - how it goes on, the separator left out
 */
export function joint(sent: string, text: string, kind: OpeningKind, block: OpenBlock): "" | " " | "\n" {
	if (!block.withinLine || text === "") return "";
	const oneWord = isSpacedWord(characterBefore(sent, sent.length)) && isSpacedWord(characterAt(text, 0));
	if (block.table !== undefined && kind === "table" && text.startsWith("|")) return "\n";
	if (lineBreak(sent, text, block, true) === "\n") return "\n";
	if (block.table !== undefined) return oneWord ? " " : "";
	if (block.code !== undefined) return oneWord || /^(?: {2}|\t)/.test(text) ? "\n" : "";
	return oneWord ? " " : "";
}

/**
 * The newline that is missing where a text begins with the next item of a numbered list, or the next row of a table, and the one before it was sent to its end: models
 * leave white space out at the beginning of what they say.
 *
 * @returns undefined while that is not known
 */
export function lineBreak(sent: string, text: string, block: OpenBlock, ended: boolean): "" | "\n" | undefined {
	if (!block.withinLine || sent.endsWith("\n")) return "";
	const line = sent.slice(block.lastLine).trim();
	if (block.table !== undefined) {
		const { header } = block.table;
		return text.startsWith("|") && line.length > 1 && line.endsWith("|") && cells(line) === cells(header) ? "\n" : "";
	}
	const [, last] = /^(\d{1,3})[.)]\s+\S/.exec(line) ?? [];
	if (!block.item || last === undefined) return "";
	const marks = [".", ")"].map((sign) => `${Number(last) + 1}${sign} `);
	if (marks.some((mark) => text.startsWith(mark))) return "\n";
	return !ended && marks.some((mark) => mark.startsWith(text)) ? undefined : "";
}

function cells(row: string): number {
	return row.split("|").length;
}
