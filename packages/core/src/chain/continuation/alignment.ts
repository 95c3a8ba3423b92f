import { isHighSurrogate } from "./characters.ts";
import type { ContinuationKind } from "./continuation-kind.ts";
import { createSpliceJudge } from "./splice-judge.ts";
import { createValueJudge } from "./value-judge.ts";
import type { AlignedBy, Judge, JudgeOptions, MismatchReason, Verdict } from "./verdict.ts";
import { withoutThinking } from "./without-thinking.ts";

/** What an {@link Alignment} is made of. */
export interface AlignmentOptions {
	/**
	 * What was handed out of the answer, all providers' parts together. It should not end in the first half of a surrogate pair: text is better handed out when the second
	 * half has come. Where it does, a continuation that brings the second half, or the whole character, is aligned, and any other leaves the half behind.
	 */
	readonly sent: string;
	readonly kind: ContinuationKind;
	/** How the next provider was asked, as `composeContinuation` says. With kind `whole`, where it is asked the request itself, it makes no difference. */
	readonly way: "prefill" | "instruction";
	/** The beginning of the answer that the caller gave in its own request, as `composeContinuation` says. */
	readonly before?: string;
}

/** What a text that was rewritten comes to. */
export type Rewrite =
	/** Nothing of it was handed out before: this may be now. */
	| { readonly append: string }
	/** Some of it was: the caller's whole text is this now, and goes out in a `text-replace`. */
	| { readonly whole: string };

/** Decides what of the next provider's text may be handed out, so that together with what was sent it is one text in which nothing is lost and nothing stands twice. */
export interface Alignment {
	/**
	 * Takes more of the next provider's text. Once `state` is no longer `undecided` it passes everything on (`aligned`), or keeps it (`mismatch`), without looking at it:
	 * an engine that has no use for `heldBack` or `replace` need not call it any more.
	 *
	 * @returns what may be handed out now; empty while it is undecided and after a mismatch
	 */
	take(delta: string): string;
	/** Takes a text in place of all that this provider gave so far. It may change `state` and `how`. */
	replace(text: string): Rewrite;
	/** The provider is done. Decides, where it was not decided yet, and gives the rest. Not to be called where its stream broke: what was held back then is dropped. */
	end(): string;
	readonly state: "undecided" | "aligned" | "mismatch";
	/** How it goes on, or why it does not; undefined while it is undecided. */
	readonly how: AlignedBy | MismatchReason | undefined;
	/** The provider's text that was not handed out where it is a mismatch: what a restart, or a seam, goes on with. While it is undecided, what waits. */
	readonly heldBack: string;
}

/**
 * Makes the state of one alignment. It decides as early as the text allows: an exact continuation mostly within its first word. Until then it holds back what the text
 * has in common with what was sent, to the end of that, and at most a thousand UTF-16 units more. The time grows with the length of both texts.
 *
 * @param options - what was sent, and how the next provider was asked to go on
 */
export function createAlignment({ sent, kind, way, before = "" }: AlignmentOptions): Alignment {
	const judged: JudgeOptions = { sent, before, way };
	const newJudge = (): Judge => withoutThinking(() => (kind === "whole" ? createValueJudge(judged) : createSpliceJudge(judged)), sent);
	let judge = newJudge();
	let verdict: Verdict | undefined;
	/** All of the provider's text. */
	let pieces: string[] = [];
	/** The first half of a surrogate pair, which waits for the second. */
	let half = "";
	let handedOut = false;

	const text = (): string => {
		if (pieces.length > 1) pieces = [pieces.join("")];
		return (pieces[0] ?? "") + half;
	};

	/** What may be handed out of the text so far, when the verdict has just been given. */
	function release(): string {
		if (verdict?.state !== "aligned") return "";
		const rest = text().slice(verdict.offset);
		half = "";
		if (rest === "") return "";
		handedOut = true;
		return verdict.joint + rest;
	}

	function decide(delta: string): string {
		let given = half + delta;
		half = "";
		if (isHighSurrogate(given.charCodeAt(given.length - 1))) {
			half = given.slice(-1);
			given = given.slice(0, -1);
		}
		pieces.push(given);
		for (const character of given) {
			verdict = judge.step(character);
			if (verdict !== undefined) return release();
		}
		return "";
	}

	return {
		take(delta) {
			if (verdict === undefined) return decide(delta);
			if (verdict.state === "mismatch") {
				pieces.push(delta);
				return "";
			}
			handedOut = true;
			return delta;
		},
		replace(rewritten) {
			const wasHandedOut = handedOut;
			judge = newJudge();
			verdict = undefined;
			pieces = [];
			half = "";
			const append = decide(rewritten);
			return wasHandedOut ? { whole: sent + append } : { append };
		},
		end() {
			if (verdict !== undefined) return "";
			for (const character of half) verdict ??= judge.step(character);
			verdict ??= judge.end();
			return release();
		},
		get state() {
			return verdict?.state ?? "undecided";
		},
		get how() {
			return verdict?.how;
		},
		get heldBack() {
			return verdict?.state === "aligned" ? "" : text();
		},
	};
}
