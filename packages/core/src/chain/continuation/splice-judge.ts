import { closingSigns } from "./closing-signs.ts";
import { cutCharacter } from "./cut-character.ts";
import { joint, longestSpace, spaceAlreadySent } from "./joint.ts";
import { hasDiverged, isAnotherAnswer, isRefusal } from "./judge-mismatch.ts";
import { judgeOverlap, type OverlapFacts } from "./judge-overlap.ts";
import { missingSpace } from "./missing-space.ts";
import { openBlock } from "./open-block.ts";
import { longestOpening, type Opening, type Openings, readOpenings, withoutSeparator } from "./openings.ts";
import { createRetrace, type Retrace } from "./retrace.ts";
import { separatorRest } from "./separator-row.ts";
import type { AlignedBy, Joint, Judge, JudgeOptions, Verdict } from "./verdict.ts";
import { readVisible } from "./visible-text.ts";
import { endOfThinking } from "./without-thinking.ts";

interface Place {
	readonly at: number;
	readonly opening: Opening | undefined;
	readonly retrace: Retrace;
	/** Nothing is repeated here: it was looked at. */
	rejected: boolean;
	/** It began the same and went on otherwise. */
	diverged: boolean | undefined;
}

/** No more of a new text is waited for than twice what was sent and so many UTF-16 units; what is in it of its own is less than this. */
export const longestLookAhead = 1000;

/** Judges text that may be gone on with. Where the verdict falls follows from the text alone, and not from how it was cut. */
export function createSpliceJudge({ sent, before, way }: JudgeOptions): Judge {
	const visible = readVisible(before + sent);
	const block = openBlock(visible.text);
	const visibleLength = (text: string): number => readVisible(text).characters.length;
	const thinking = visible.text.startsWith("<think>") ? visible.text.indexOf(endOfThinking) + endOfThinking.length : 0;
	const starts = [...new Set([0, visibleLength(before), visibleLength(visible.text.slice(0, thinking))])];
	const facts: OverlapFacts = { sent: visible, block, starts, way };
	const separator = separatorRest(visible.text, block);
	const longestHead = longestOpening + (block.table === undefined ? 0 : visible.text.length);
	const longest = 2 * visible.text.length + longestLookAhead;
	const pieces: string[] = [];
	let length = 0;
	let head = "";
	let openings: Openings = { openings: [], pending: true };
	const places: Place[] = [{ at: 0, opening: undefined, retrace: createRetrace(visible, starts, 0), rejected: false, diverged: undefined }];
	/** A repetition was found; what is left to do is to look at the white space behind it. */
	let found: { readonly how: AlignedBy; readonly at: number; readonly around: string; after: string } | undefined;

	function readHead(): void {
		if (!openings.pending) return;
		openings = head.length < longestHead ? readOpenings(head, block, visible.text, way === "instruction") : { ...openings, pending: false };
		for (const opening of openings.openings.slice(places.length - 1)) {
			const retrace = createRetrace(visible, starts, opening.at);
			for (const character of head.slice(opening.at)) retrace.step(character);
			places.push({ at: opening.at, opening, retrace, rejected: false, diverged: undefined });
		}
	}

	function decide(ended: boolean): Verdict | undefined {
		if (found !== undefined) return behindRepetition(ended);
		const row = separator?.(head, ended);
		if (separator !== undefined && row === undefined) return undefined;
		if (typeof row === "number") return { state: "aligned", how: row === 0 ? "exact" : "overlap", joint: "", offset: row };
		for (const place of places) {
			if (place.rejected) continue;
			const { at, opening, retrace } = place;
			const waits = retrace.alive || retrace.hits.at(-1)?.next === "";
			if (waits && !ended) return undefined;
			const space = (opening?.kind === "quote" ? spaceBefore(head, 0) : "") + spaceBefore(head, at);
			// The longest first. Where there are very many, the text repeats itself, and the others say no more.
			const judged = retrace.hits.slice(-16).map((each) => ({ hit: each, judgement: judgeOverlap(each, opening, space, facts) }));
			const best = judged.findLast(({ judgement }) => judgement !== "chance");
			if (best === undefined) {
				place.rejected = true;
				continue;
			}
			const { hit, judgement } = best;
			if (judgement === "likely") {
				// One letter may be the first of a lead-in, or of a refusal.
				if (openings.pending === true && !ended) return undefined;
				if (openings.openings.some((each) => each.sure && each.at > at)) continue;
				const refused = refusal(ended);
				if (refused === undefined) return undefined;
				if (refused) continue;
			}
			const around = signsBefore(at);
			const how = starts.includes(hit.start) ? "same-start" : "overlap";
			found = { how, at: hit.end, around, after: pieces.join("").slice(hit.end) };
			return behindRepetition(ended);
		}
		if (!openings.pending || ended) return withoutRepetition(ended);
		return openings.pending === "line" ? (divergence() ?? refusal(false)) || undefined : undefined;
	}

	/** The quotes, marks of emphasis or fence that a model has put before a place. */
	function signsBefore(at: number): string {
		return openings.openings
			.filter(({ kind, ...each }) => each.at <= at && (kind === "quote" || (kind === "fence" && block.code === undefined)))
			.map((each) => /\S*\s*$/.exec(head.slice(0, each.at))?.[0] ?? "")
			.join("");
	}

	function divergence(): Verdict | undefined {
		for (const place of places) {
			if (place.retrace.alive) place.diverged = undefined;
			place.diverged ??= hasDiverged(place.retrace, head.slice(place.at), visible, block, way === "instruction" && !/^[ \t]/.test(head));
			if (place.diverged) return { state: "mismatch", how: place.retrace.alive ? "shorter" : "diverged" };
		}
		return undefined;
	}

	/** False where it is none, undefined where that is not known. */
	function refusal(ended: boolean): Verdict | false | undefined {
		const refused = way === "instruction" && isRefusal(head, block, visible.text, ended);
		return refused ? { state: "mismatch", how: "refused" } : refused;
	}

	function behindRepetition(ended: boolean): Verdict | undefined {
		const { how, at, around, after } = found as NonNullable<typeof found>;
		const closing = around === "" ? 0 : closingSigns(after, around, visible.text.slice(block.lastLine), ended);
		if (closing === undefined) return undefined;
		const rest = after.slice(closing);
		const space = spaceAlreadySent(visible.spaceAtEnd, rest, ended);
		if (space === undefined) return undefined;
		const own = sentenceBreak(rest, closing > 0, ended);
		if (own === undefined) return undefined;
		const between: Joint = own > 0 && visible.spaceAtEnd === "" ? " " : "";
		return { state: "aligned", how, joint: between, offset: at + closing + Math.max(own, Math.min(space, rest.length)) };
	}

	/** The empty line that a model puts between what it repeats and the rest of the sentence. */
	function sentenceBreak(rest: string, isQuoted: boolean, ended: boolean): number | undefined {
		if (block.code !== undefined || block.table !== undefined || !block.withinSentence || way === "prefill") return 0;
		const space = rest.length - rest.trimStart().length;
		const breaks = rest.slice(0, space).split("\n").length - 1;
		if (breaks === 0) return 0;
		if (space === rest.length && !ended && space < longestSpace) return undefined;
		// A verse goes on in a new line, and seldom in a new paragraph.
		return breaks >= (isQuoted ? 1 : 2) && /^\p{Ll}/u.test(rest.slice(space)) ? space : 0;
	}

	function withoutRepetition(ended: boolean): Verdict | undefined {
		const diverged = divergence();
		if (diverged !== undefined) return diverged;
		const sure = places.findLast(({ opening }) => opening?.sure);
		if (sure?.opening === undefined) {
			const refused = refusal(ended);
			if (refused !== false) return refused;
			const introduces = openings.openings.some(({ kind, at }) => kind === "preamble" && leadsIn(head, at));
			const another = way === "instruction" && isAnotherAnswer(head, block, visible.text, introduces, ended);
			if (another === undefined) return undefined;
			return another ? { state: "mismatch", how: "another-answer" } : exactly(ended);
		}
		const { kind, at } = sure.opening;
		const rest = kind === "preamble" || kind === "token" ? withoutSeparator(head.slice(at)) : head.slice(at);
		const offset = head.length - rest.length;
		if (kind === "marker")
			return { state: "aligned", how: "exact", joint: "", offset: at + (spaceAlreadySent(visible.spaceAtEnd, rest, ended) ?? 0) };
		return { state: "aligned", how: "exact", joint: joint(visible.text, rest, kind, block), offset };
	}

	function exactly(ended: boolean): Verdict | undefined {
		// A prefill goes without the white space at its end, which the model may then write again.
		if (way === "prefill" && visible.spaceAtEnd !== "") {
			const space = spaceAlreadySent(visible.spaceAtEnd, head, ended);
			return space === undefined ? undefined : { state: "aligned", how: "exact", joint: "", offset: Math.min(space, head.length) };
		}
		if (way === "prefill") {
			const offset = cutCharacter(visible.text, head, ended);
			return offset === undefined ? undefined : { state: "aligned", how: "exact", joint: "", offset };
		}
		// Both have the blank between two words.
		if (block.code === undefined && /\S $/.test(visible.text) && /^ (?:\S|$)/.test(head)) {
			return head === " " && !ended ? undefined : { state: "aligned", how: "exact", joint: "", offset: 1 };
		}
		const offset = cutCharacter(visible.text, head, ended);
		const missing = missingSpace(visible.text, head, block, ended);
		return offset === undefined || missing === undefined ? undefined : { state: "aligned", how: "exact", joint: missing, offset };
	}

	return {
		step(character) {
			pieces.push(character);
			length += character.length;
			if (head.length < longestHead) head += character;
			for (const { retrace } of places) retrace.step(character);
			if (found !== undefined) found.after += character;
			readHead();
			// Nothing but white space, for the most part.
			return decide(length >= longest);
		},
		end() {
			return decide(true) as Verdict;
		},
	};
}

/** The white space that follows a place. */
function spaceBefore(head: string, at: number): string {
	const text = head.slice(at);
	return text.slice(0, text.length - text.trimStart().length);
}

/** Whether a lead-in that ends at a place ends its line too, with a colon. */
function leadsIn(head: string, at: number): boolean {
	return /[:：][*_]*$/u.test(head.slice(0, at)) && /^\s*\n/.test(head.slice(at));
}
