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
	let same = 0;
	while (same < space && same < sent.length && text[same] === sent[same]) same += 1;
	if (same === sent.length) return same;
	// A line that ends in one of them only is ended; otherwise what was sent stands.
	const newline = text.slice(same, space).indexOf("\n");
	return newline === -1 || sent.slice(same).includes("\n") ? space : same + newline;
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
	const next = characterAt(text, 0);
	const oneWord = isSpacedWord(characterBefore(sent, sent.length)) && isSpacedWord(next);
	if (block.table !== undefined) return kind === "table" && next === "|" ? "\n" : oneWord ? " " : "";
	if (block.code !== undefined) return oneWord || /^(?: {2}|\t)/.test(text) ? "\n" : "";
	return oneWord ? " " : "";
}
