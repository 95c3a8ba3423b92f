import { beginsLine } from "./anchor.ts";
import { characterBefore, isSpacedWord, isWord } from "./characters.ts";
import { evidence } from "./evidence.ts";
import type { OpenBlock } from "./open-block.ts";
import type { Opening } from "./openings.ts";
import type { Hit } from "./retrace.ts";
import type { VisibleText } from "./visible-text.ts";

/** What a repetition is judged by, beside itself. */
export interface OverlapFacts {
	readonly sent: VisibleText;
	readonly block: OpenBlock;
	/** The visible character at which the words begin that the next provider was asked to repeat. */
	readonly anchor: number;
	readonly starts: readonly number[];
	readonly way: "prefill" | "instruction";
}

/** As much evidence as it takes in a text that nobody was asked to begin with a repetition. */
const unexpected = 4;
/** Two words that nobody would write twice in a row. */
const enough = 2;
/** Two characters of Chinese, three of a syllabary, four of Thai. */
const enoughUnspaced = 1.3;

/**
 * Whether a new text that begins with the end of what was sent repeats it, or goes on with the same words by chance ("all the faith he had" – "had had no effect").
 * Losing a word is worse than repeating one, so what may be chance counts as chance.
 *
 * @param hit - what is in both texts
 * @param opening - what stands before it in the new text, if anything
 * @param spaceBefore - the white space before it in the new text
 */
export function isRepetition(hit: Hit, opening: Opening | undefined, spaceBefore: string, facts: OverlapFacts): boolean {
	const { sent, block, anchor, starts, way } = facts;
	const { characters, spaceAtEnd, text } = sent;
	const repeated = sent.between(hit.start, characters.length);
	const endsInWord = isSpacedWord(characterBefore(repeated, repeated.length));
	// What was sent had ended its word, and the new text goes on in it: "that " – "thatched".
	if (endsInWord && spaceAtEnd !== "" && hit.next !== "" && isWord(hit.next)) return false;
	const weight = evidence(repeated);
	if (way === "prefill") return weight >= unexpected;
	// A lead-in that is not known to be one needs more.
	if (opening?.kind === "preamble" && !opening.sure) {
		return weight >= 3 || (hit.start <= anchor && weight >= 1) || starts.includes(hit.start);
	}
	if (weight >= enough) return true;
	// A model that goes on in the middle of a text begins with its blank; one that begins anew, or repeats, does not.
	const line = text.slice(block.lastLine).trimStart();
	const ofLine = beginsLine(sent, hit.start) && (sent.offsets[hit.start] as number) >= block.lastLine;
	const indentation = text.slice(block.lastLine, sent.offsets[hit.start]);
	if (ofLine && block.withinLine && weight >= 1 && spaceBefore === indentation) return true;
	const goesOn = opening === undefined && spaceBefore !== "" && !spaceBefore.includes("\n");
	if (goesOn) return false;
	if (starts.includes(hit.start)) return true;
	if (hit.start <= anchor && weight >= 0.5) return true;
	const unspacedAtEnd = !endsInWord && isWord(characterBefore(repeated, repeated.length));
	if (unspacedAtEnd && weight >= enoughUnspaced) return true;
	// The line that broke off, from its beginning; or an item, which no list has twice in a row.
	if (ofLine && block.withinLine && (block.table !== undefined || block.item || weight >= 1)) return true;
	if (ofLine && block.item && weight >= 0.5 && line !== "") return true;
	if (opening?.sure === true && (weight >= 1 || (ofLine && opening.kind === "table"))) return true;
	// As it stands, the two would make one word of it: "he had" – "had left".
	if (opening === undefined && spaceBefore === "" && spaceAtEnd === "" && endsInWord && /\p{L}/u.test(repeated)) return true;
	// One word, after a blank, where lists of values and closing tags are not to be expected. "Very, very" was begun already.
	return block.code === undefined && weight >= 1 && /\p{L}{4}/u.test(repeated) && !isDoubled(repeated, text);
}

/** Whether the word stands twice at the end already. */
function isDoubled(word: string, text: string): boolean {
	const before = text.trimEnd().slice(0, -word.length);
	return before.replace(/[\s\p{P}]+$/u, "").endsWith(word.replace(/[\s\p{P}]+$/u, ""));
}
