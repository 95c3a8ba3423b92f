import { characterAt, characterBefore, fold, isMark, isSpace, isUnspaced, isWord } from "./characters.ts";

/** A text without its white space, and where each of its characters stands. */
export interface VisibleText {
	/** The text as it is. */
	readonly text: string;
	/** Its visible characters as they are compared: see `fold`. */
	readonly characters: string;
	/** Where each of them stands in `text`. */
	readonly offsets: Int32Array;
	/** The white space at the end of `text`. */
	readonly spaceAtEnd: string;
	/** Whether a word, or a character of a script without blanks, begins at this visible character. */
	beginsWord(index: number): boolean;
	/** The stretch of `text` from one visible character up to, and without, another. */
	between(start: number, end: number): string;
}

/**
 * Reads a text once, in a time that grows with its length.
 *
 * @param text - what was sent
 */
export function readVisible(text: string): VisibleText {
	/** A character may come to several. */
	let offsets = new Int32Array(text.length);
	let length = 0;
	const units: string[] = [];
	for (let at = 0; at < text.length; at += 1) {
		const unit = text.charAt(at);
		if (isSpace(unit)) continue;
		const compared = fold(unit);
		units.push(compared);
		for (let part = 0; part < compared.length; part += 1) {
			if (length === offsets.length) offsets = grown(offsets);
			offsets[length] = at;
			length += 1;
		}
	}
	const offset = (index: number): number => offsets[index] as number;
	return {
		text,
		characters: units.join(""),
		offsets,
		spaceAtEnd: length === 0 ? text : text.slice(offset(length - 1) + 1),
		beginsWord(index) {
			const at = offset(index);
			const character = characterAt(text, at);
			if (isMark(character)) return false;
			if (index > 0 && offset(index - 1) === at) return false;
			if (index === 0 || offset(index - 1) !== at - 1) return true;
			const before = characterBefore(text, at);
			if (before === "\u200d") return false;
			return isUnspaced(character) || !isWord(character) || !isWord(before) || isUnspaced(before);
		},
		between(start, end) {
			return end <= start ? "" : text.slice(offset(start), offset(end - 1) + 1);
		},
	};
}

function grown(offsets: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
	const longer = new Int32Array(2 * offsets.length + 8);
	longer.set(offsets);
	return longer;
}
