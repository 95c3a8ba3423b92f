/** How a new text was found to go on: `exact` where what was sent ended, behind a part of it that it repeats (`overlap`), or behind all of it (`same-start`). */
export type AlignedBy = "exact" | "overlap" | "same-start";

/** Why a new text is no continuation: it began the same and said something else, ended before what was sent did, speaks of the conversation
 * instead, or begins another answer within a sentence. */
export type MismatchReason = "diverged" | "shorter" | "refused" | "another-answer";

/** What stands between what was sent and a new text, where that has left it out. */
export type Joint = "" | " " | "\n" | "\n\n";

/** What is decided about a new text. The answer is what was sent, then `joint`, then the new text from `offset` on. */
export type Verdict =
	| { readonly state: "aligned"; readonly how: AlignedBy; readonly joint: Joint; readonly offset: number }
	| { readonly state: "mismatch"; readonly how: MismatchReason };

/** Decides about a text that comes in pieces. */
export interface Judge {
	/** Takes the next character; gives the verdict as soon as there is one. */
	step(character: string): Verdict | undefined;
	/** There is no more. */
	end(): Verdict;
}

/** What a new text is held against. */
export interface JudgeOptions {
	/** What was handed out of the answer. */
	readonly sent: string;
	/** What the caller itself had begun the answer with: it stands before `sent`, and was never handed out. */
	readonly before: string;
	/** How the next provider was asked to go on. */
	readonly way: "prefill" | "instruction";
}
