import { fold, isSpace } from "./characters.ts";
import type { VisibleText } from "./visible-text.ts";

/** A place where the new text has come to the end of what was sent: everything before it stood in both. */
export interface Hit {
	/** The visible character of what was sent at which the repeated part begins. */
	readonly start: number;
	/** Where the repeated part ends in the new text. */
	readonly end: number;
	/** Its first UTF-16 unit in the new text, which may differ in case. */
	readonly first: string;
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

/**
 * So many beginnings at words, and within words, are followed at once, those nearest to the end: it bounds the time where a text repeats itself all over.
 */
const mostBeginnings = 256;

/**
 * Looks for the longest end of what was sent that the new text begins with. White space does not count.
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
	let firstUnit = "";
	const hits: Hit[] = [];
	let stretch: Stretch = { start: 0, end: 0 };
	let fromStart: Stretch = { start: 0, end: 0 };

	/**
	 * @param isWhole - whether the new text's character ends with it
	 */
	function follow(unit: string, isWhole: boolean): void {
		let after: number[] = [];
		if (beginnings === undefined) {
			firstUnit = unit;
			after = beginningsWith(unit);
		}
		for (const start of beginnings ?? []) if (characters[start + matched] === unit) after.push(start);
		matched += 1;
		beginnings = after;
		// They are in order, so only the last can have come to the end.
		const last = after.at(-1);
		if (last !== undefined && last + matched === characters.length) {
			after.pop();
			if (isWhole) hits.push({ start: last, end: position + 1, first: firstUnit, next: "" });
		}
		const first = after[0];
		if (first === undefined) return;
		stretch = { start: first, end: first + matched };
		const begun = starts.find((start) => start === first || after.includes(start));
		if (begun !== undefined) fromStart = { start: begun, end: begun + matched };
	}

	/** Models write the first letter large where they begin. */
	function beginningsWith(unit: string): number[] {
		const found = new Set<number>();
		for (const letter of new Set([unit, otherCase(unit)])) {
			let atWords = 0;
			let withinWords = 0;
			for (let index = characters.lastIndexOf(letter); index >= 0 && atWords < mostBeginnings; ) {
				const atWord = sent.beginsWord(index);
				if (atWord || withinWords < mostBeginnings) found.add(index);
				if (atWord) atWords += 1;
				else withinWords += 1;
				index = index === 0 ? -1 : characters.lastIndexOf(letter, index - 1);
			}
			for (const start of starts) if (characters[start] === letter) found.add(start);
		}
		return [...found].sort((one, other) => one - other);
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
			for (const unit of character.split("")) {
				const parts = fold(unit);
				for (let part = 0; part < parts.length; part += 1) follow(parts.charAt(part), part === parts.length - 1);
				position += 1;
			}
		},
	};
}

function otherCase(letter: string): string {
	const small = letter.toLowerCase();
	const other = small === letter ? letter.toUpperCase() : small;
	return other.length === 1 ? other : letter;
}
