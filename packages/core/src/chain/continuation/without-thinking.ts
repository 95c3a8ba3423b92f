import type { Judge, Verdict } from "./verdict.ts";

const opening = "<think>";

/** After so much white space no block is waited for. */
const longestSpace = 200;

/** Ends what a reasoning model thinks. */
export const endOfThinking = "</think>";

/**
 * Leaves out what a reasoning model thinks before it answers, where its provider gives that as text: a `<think>` block at the very beginning. It is held back to its end,
 * however long it is, since none of it is the answer.
 *
 * @param newJudge - makes the judge of what follows
 * @param sent - what was sent; where it broke off within such a block, the block is text like any other
 */
export function withoutThinking(newJudge: () => Judge, sent: string): Judge {
	let judge = newJudge();
	/** What came so far, white space at the beginning left out, until it is known whether it thinks; then its last characters. */
	let recent = "";
	let state: "beginning" | "thinking" | "answering" =
		sent.lastIndexOf(opening) > sent.lastIndexOf(endOfThinking) ? "answering" : "beginning";
	let length = 0;
	/** Where what follows the block begins. */
	let offset = 0;
	const placed = (verdict: Verdict | undefined): Verdict | undefined =>
		verdict?.state === "aligned" ? { ...verdict, offset: verdict.offset + offset } : verdict;

	return {
		step(character) {
			length += character.length;
			if (state === "answering") return placed(judge.step(character));
			recent = (recent + character).trimStart();
			if (state === "thinking") {
				recent = recent.slice(-endOfThinking.length);
				if (recent === endOfThinking) {
					state = "answering";
					offset = length;
					judge = newJudge();
				}
				return undefined;
			}
			if (recent === opening) state = "thinking";
			else if (!opening.startsWith(recent) || length > longestSpace) state = "answering";
			// A verdict stays what it is when more is taken.
			const verdict = judge.step(character);
			return state === "answering" ? verdict : undefined;
		},
		end() {
			if (state === "thinking") {
				// It never came to an answer.
				judge = newJudge();
				offset = length;
			}
			return placed(judge.end()) as Verdict;
		},
	};
}
