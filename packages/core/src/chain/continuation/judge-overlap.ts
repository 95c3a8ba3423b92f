import { beginsLine } from "./anchor.ts";
import { characterBefore, isSpacedWord, isUnspaced, isWord } from "./characters.ts";
import { evidence, isPhrase } from "./evidence.ts";
import type { OpenBlock } from "./open-block.ts";
import type { Opening } from "./openings.ts";
import type { Hit } from "./retrace.ts";
import type { VisibleText } from "./visible-text.ts";

/** What a repetition is judged by, beside itself. */
export interface OverlapFacts {
	readonly sent: VisibleText;
	readonly block: OpenBlock;
	readonly starts: readonly number[];
	readonly way: "prefill" | "instruction";
}

/** How sure it is that a text repeats another: what is likely gives way to anything that says otherwise. */
export type OverlapJudgement = "sure" | "likely" | "chance";

/** As much evidence as it takes in a text that nobody was asked to begin with a repetition. */
const unexpected = 4;
/** Three words that stand in several lines of code. */
const several = 3;
/** Two words that nobody would write twice in a row. */
const enough = 2;
/** A line and more. */
const veryMuch = 6;
/** Two characters of Chinese, three of Hiragana, four of Thai. */
const enoughUnspaced = 1.3;

/**
 * Whether a new text that begins with the end of what was sent repeats it, or goes on with the same words by chance ("all the faith he had" – "had had no effect").
 * Losing a word is worse than repeating one, so what may be chance counts as chance.
 *
 * @param hit - what is in both texts
 * @param opening - what stands before it in the new text, if anything
 * @param spaceBefore - the white space before it in the new text
 */
export function judgeOverlap(hit: Hit, opening: Opening | undefined, spaceBefore: string, facts: OverlapFacts): OverlapJudgement {
	const { sent, block, starts, way } = facts;
	const { characters, spaceAtEnd, text } = sent;
	const repeated = sent.between(hit.start, characters.length);
	const endsInWord = isSpacedWord(characterBefore(repeated, repeated.length));
	// What was sent had ended its word, and the new text goes on in it: "that " – "thatched".
	if (endsInWord && spaceAtEnd !== "" && isWord(hit.next)) return "chance";
	const ownLine = beginsLine(sent, hit.start);
	const brokeOff = ownLine && (sent.offsets[hit.start] as number) >= block.lastLine;
	// A fence that broke off is begun again: none has another one behind it, and the language that may follow is the block's.
	if (brokeOff && /^(?:`{3,}|~{3,})$/.test(repeated)) return "sure";
	// A list's mark stands apart from its item: `*` may be the first half of `**`.
	if (/^[-*+•]$/.test(repeated) && /\S/.test(hit.next)) return "chance";
	const weight = Math.max(evidence(repeated), isPhrase(repeated) ? enough : 0);
	// A repetition begins where a word does, unless it is a long one: `aaab` after `aaaa` repeats nothing.
	const isSameCase = hit.first === characters[hit.start];
	if (!sent.beginsWord(hit.start)) return isSameCase && weight >= (way === "prefill" ? unexpected : enough) ? "sure" : "chance";
	const isStart = starts.includes(hit.start);
	if (way === "prefill") {
		// Nobody begins a line of code in its midst, and seldom writes two lines twice in a row.
		const again = brokeOff && block.withinLine ? enough : repeated.includes("\n") && !isDoubled(repeated, text) ? several : unexpected;
		return weight >= (isStart ? enough : block.code === undefined ? unexpected : again) ? "sure" : "chance";
	}
	// Code has lines that are alike, with others between them.
	if (opening?.kind === "line" && !opening.sure && block.code !== undefined)
		return weight >= (isStart ? enough : veryMuch) ? "sure" : "chance";
	const isUnsure = opening?.sure === false && (opening.kind === "marker" || opening.kind === "fence" || opening.kind === "token");
	if (isUnsure || opening?.kind === "line" || !isSameCase) return weight >= enough ? "sure" : "chance";
	// A new paragraph that begins with the last word in bold letters.
	if (opening?.kind === "quote" && spaceBefore !== "" && weight < enough) return "chance";
	// A pattern goes on as it is: `true, false, true, false, `.
	const visible = characters.slice(hit.start);
	if (weight < unexpected && !(brokeOff && block.withinLine) && /\p{L}/u.test(visible) && characters.endsWith(visible + visible))
		return "chance";
	// What may be a lead-in may be the text's own as well, with a part behind it that is like one that was sent: "Here's another example:".
	if (opening?.kind === "preamble" && !opening.sure) {
		return isStart || (weight >= 3 && (block.withinLine || !ownLine)) ? "sure" : "chance";
	}
	if (weight >= enough) return "sure";
	// A model that goes on in the middle of a text begins with its blank; one that begins anew, or repeats, does not.
	const goesOn = opening === undefined && spaceBefore !== "" && !spaceBefore.includes("\n");
	// One letter may begin many things, but signs alone, such as a fence or a heading's mark, begin the same answer.
	if (isStart && !goesOn && (weight >= 1 || weight === 0)) return "sure";
	const indentation = text.slice(block.lastLine, sent.offsets[hit.start]);
	if (brokeOff && block.withinLine && weight >= 1 && spaceBefore === indentation) return "likely";
	if (goesOn) return "chance";
	// A number that was cut at its point: "about 3." – "3.14". As it stands it would be none.
	if (/(?<![\p{N}.,])\p{N}+[.,]$/u.test(text.slice(-20)) && /\p{N}/u.test(hit.next)) return "likely";
	if (isStart) return "likely";
	if (isUnspaced(characterBefore(repeated, repeated.length)) && weight >= enoughUnspaced) return "likely";
	// The line that broke off, from its beginning; or an item, which no list has twice in a row.
	if (brokeOff && block.withinLine && (block.table !== undefined || block.item || weight >= 0.7)) return "likely";
	if (brokeOff && block.item && weight >= 0.5) return "likely";
	if (opening?.sure === true && (weight >= 1 || (brokeOff && opening.kind === "table"))) return "likely";
	// As it stands, the two would make one word of it: "he had" – "had left". One digit may well stand twice.
	if (opening === undefined && spaceBefore === "" && spaceAtEnd === "" && endsInWord && /\p{L}|\p{N}.*\p{N}/u.test(repeated))
		return "likely";
	// One word, after a blank, where lists of values and closing tags are not to be expected. "Very, very" was begun already.
	return block.code === undefined && weight >= 1 && /\p{L}{4}/u.test(repeated) && !repeated.includes("\n") && !isDoubled(repeated, text)
		? "likely"
		: "chance";
}

/** Whether the word stands twice at the end already. */
function isDoubled(word: string, text: string): boolean {
	const before = text.trimEnd().slice(0, -word.length);
	const letters = word.replace(/[\s\p{P}]+$/u, "");
	return before.replace(/[\s\p{P}]+$/u, "").endsWith(letters);
}
