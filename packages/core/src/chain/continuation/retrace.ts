import { isSpace, plain } from "./characters.ts";
import type { VisibleText } from "./visible-text.ts";

/** A place where the new text has come to the end of what was sent: everything before it stood in both. */
export interface Hit {
	/** The visible character of what was sent at which the repeated part begins. */
	readonly start: number;
	/** Where the repeated part ends in the new text. */
	readonly end: number;
	/** The character that follows it in the new text; empty where none has come. */
	next: string;
}

/** Follows a new text for as long as all of it stands somewhere in what was sent. */
export interface Retrace {
	/** Takes the next character of the new text. */
	step(character: string): void;
	/** Whether it still goes over what was sent. True before its first visible character. */
	readonly alive: boolean;
	/** From the shortest repetition to the longest. */
	readonly hits: readonly Hit[];
	/** The longest stretch that was gone over without coming to the end. */
	readonly stretch: Stretch;
	/** The longest such stretch from the beginning of what was sent. */
	readonly fromStart: Stretch;
}

/** Visible characters of what was sent. */
export interface Stretch {
	readonly start: number;
	readonly end: number;
}

/** So many beginnings are followed at once, those nearest to the end: it bounds the time where a text repeats itself all over. */
const mostBeginnings = 1000;

/**
 * Looks for the longest end of what was sent that the new text begins with. White space does not count. A repeated part begins where a word does: `aaab` after `aaaa`
 * repeats nothing.
 *
 * @param sent - what was sent
 * @param starts - the visible characters at which an answer began
 * @param at - where it begins in the new text
 */
export function createRetrace(sent: VisibleText, starts: readonly number[], at: number): Retrace {
	const { characters } = sent;
	let beginnings: number[] | undefined;
	let matched = 0;
	let position = at;
	const hits: Hit[] = [];
	let stretch: Stretch = { start: 0, end: 0 };
	let fromStart: Stretch = { start: 0, end: 0 };

	function follow(unit: string): void {
		const before = beginnings ?? beginningsWith(unit);
		const after: number[] = [];
		for (const start of before) if (characters[start + matched] === unit) after.push(start);
		matched += 1;
		beginnings = after;
		// They are in order, so only the last can have come to the end.
		const last = after.at(-1);
		if (last !== undefined && last + matched === characters.length) {
			after.pop();
			hits.push({ start: last, end: position + 1, next: "" });
		}
		const first = after[0];
		if (first === undefined) return;
		stretch = { start: first, end: first + matched };
		const begun = starts.find((start) => start === first || after.includes(start));
		if (begun !== undefined) fromStart = { start: begun, end: begun + matched };
	}

	function beginningsWith(unit: string): number[] {
		const found: number[] = [];
		for (let index = characters.lastIndexOf(unit); index >= 0 && found.length < mostBeginnings; ) {
			if (sent.beginsWord(index)) found.push(index);
			index = index === 0 ? -1 : characters.lastIndexOf(unit, index - 1);
		}
		for (const start of starts) if (characters[start] === unit && !found.includes(start)) found.push(start);
		return found.sort((one, other) => one - other);
	}

	return {
		get alive() {
			return beginnings === undefined || beginnings.length > 0;
		},
		hits,
		get stretch() {
			return stretch;
		},
		get fromStart() {
			return fromStart;
		},
		step(character) {
			const hit = hits.at(-1);
			if (hit !== undefined && hit.next === "") hit.next = character;
			if (isSpace(character) || beginnings?.length === 0) {
				position += character.length;
				return;
			}
			for (const unit of plain(character).split("")) {
				follow(unit);
				position += 1;
			}
		},
	};
}
