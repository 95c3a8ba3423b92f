import { evidence } from "./evidence.ts";
import type { OpenBlock } from "./open-block.ts";
import type { VisibleText } from "./visible-text.ts";

/** The words that the next provider is asked to begin with say at least so much, unless they would be longer than `longestAnchor` visible characters. */
const enoughEvidence = 6;
const longestAnchor = 200;

/**
 * Where the last words of a text begin that the next provider is asked to repeat: some six words, at most 200 visible characters. Within code and tables whole lines.
 *
 * @param sent - what was sent
 * @param block - what it stands in the middle of
 * @returns the visible character at which they begin
 */
export function anchorStart(sent: VisibleText, block: OpenBlock): number {
	const { length } = sent.characters;
	const first = Math.max(0, length - longestAnchor);
	const wholeLines = block.code !== undefined || block.table !== undefined;
	const mayBegin = (index: number): boolean => (wholeLines ? beginsLine(sent, index) : sent.beginsWord(index));
	let start = length;
	for (let index = length - 1; index >= first; index -= 1) {
		if (!mayBegin(index)) continue;
		start = index;
		if (evidence(sent.between(index, length)) >= enoughEvidence) return start;
	}
	if (start < length) return first === 0 ? 0 : start;
	// One very long line, or one very long word.
	for (let index = first; index < length; index += 1) if (sent.beginsWord(index)) return index;
	return first;
}

/** Whether nothing but white space stands before a visible character in its line. */
export function beginsLine(sent: VisibleText, index: number): boolean {
	if (index === 0) return true;
	return sent.text.slice((sent.offsets[index - 1] as number) + 1, sent.offsets[index]).includes("\n");
}
