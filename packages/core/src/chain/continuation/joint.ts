import { characterAt, characterBefore, isSpacedWord, isUnspaced } from "./characters.ts";
import { missingSpace } from "./missing-space.ts";
import type { OpenBlock } from "./open-block.ts";
import type { OpeningKind } from "./openings.ts";
import type { Joint } from "./verdict.ts";

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
	if (text.startsWith(sent)) return sent.length;
	const space = text.length - text.trimStart().length;
	if (space === text.length && !ended && space < sent.length + longestSpace) return undefined;
	const same = sameBeginning(sent, text);
	const own = text.slice(same, space);
	const newline = sent.lastIndexOf("\n");
	// A line that ends in the new text only is ended.
	if (newline === -1) return own.includes("\n") ? same + own.indexOf("\n") : space;
	// What stands behind a line that was ended is its indentation, unless it is the one blank between two words.
	return own.includes("\n") || own === " " ? space : same + sameBeginning(sent.slice(newline + 1), own);
}

function sameBeginning(one: string, other: string): number {
	let same = 0;
	while (same < one.length && one[same] === other[same]) same += 1;
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
export function joint(sent: string, text: string, kind: OpeningKind, block: OpenBlock): Joint {
	if (!block.withinLine) return "";
	const oneWord = isSpacedWord(characterBefore(sent, sent.length)) && isSpacedWord(characterAt(text, 0));
	if (kind === "table" && text.startsWith("|")) return "\n";
	const missing = missingSpace(sent, text, block, true);
	if (missing) return missing;
	if (block.code !== undefined) return oneWord || /^(?: {2}|\t)/.test(text) ? "\n" : "";
	const line = sent.slice(sent.lastIndexOf("\n") + 1);
	const endsCell = block.table !== undefined && text.startsWith("|") && !line.endsWith("|");
	return oneWord || endsCell || endsWord(line, text) ? " " : "";
}

/** Whether a word, or a sign that closes something, is behind a text, and a word, or a sign that opens something, before the next one. */
function endsWord(line: string, text: string): boolean {
	return (
		// The same signs open and close.
		!isOpen(line, /[`*_"]+$/.exec(line)?.[0]) &&
		/[\p{L}\p{N}\p{M},;:.!?)\]”»`*_"]$/u.test(line) &&
		/^[\p{L}\p{N}([“«`*_"#]/u.test(text) &&
		!isUnspaced(characterAt(text, 0)) &&
		!isOpen(line, /^(?:`+|\*+|_+|")/.exec(text)?.[0])
	);
}

/** Whether a line has opened what certain signs close. */
function isOpen(line: string, signs: string | undefined): boolean {
	return signs !== undefined && line.split(signs).length % 2 === 0;
}
