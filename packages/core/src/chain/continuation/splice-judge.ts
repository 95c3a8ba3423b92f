import { anchorStart } from "./anchor.ts";
import { cutCharacter } from "./cut-character.ts";
import { joint, spaceAlreadySent } from "./joint.ts";
import { hasDiverged, isRefusal } from "./judge-mismatch.ts";
import { isRepetition, type OverlapFacts } from "./judge-overlap.ts";
import { openBlock } from "./open-block.ts";
import { longestOpening, type Opening, type Openings, readOpenings, withoutSeparator } from "./openings.ts";
import { createRetrace, type Retrace } from "./retrace.ts";
import type { AlignedBy, Judge, JudgeOptions, Verdict } from "./verdict.ts";
import { readVisible } from "./visible-text.ts";

interface Place {
	readonly at: number;
	readonly opening: Opening | undefined;
	readonly retrace: Retrace;
}

/** Judges text that may be gone on with. Where the verdict falls follows from the text alone, and not from how it was cut. */
export function createSpliceJudge({ sent, before, way }: JudgeOptions): Judge {
	const visible = readVisible(before + sent);
	const block = openBlock(visible.text);
	const ownStart = readVisible(before).characters.length;
	const starts = ownStart === 0 ? [0] : [0, ownStart];
	const facts: OverlapFacts = { sent: visible, block, anchor: anchorStart(visible, block), starts, way };
	const longestHead = longestOpening + 3 * (block.table?.header.length ?? 0);
	const pieces: string[] = [];
	let head = "";
	let openings: Openings = { openings: [], pending: true };
	const places: Place[] = [{ at: 0, opening: undefined, retrace: createRetrace(visible, starts, 0) }];
	/** A repetition was found; what is left to do is to look at the white space behind it. */
	let found: { readonly how: AlignedBy; readonly at: number; readonly quoted: boolean; after: string } | undefined;

	function readHead(): void {
		if (!openings.pending) return;
		openings = head.length < longestHead ? readOpenings(head, block, visible.text, way === "instruction") : { ...openings, pending: false };
		for (const opening of openings.openings.slice(places.length - 1)) {
			const retrace = createRetrace(visible, starts, opening.at);
			for (const character of head.slice(opening.at)) retrace.step(character);
			places.push({ at: opening.at, opening, retrace });
		}
	}

	function decide(ended: boolean): Verdict | undefined {
		if (found !== undefined) return behindRepetition(ended);
		for (const { at, opening, retrace } of places) {
			const waits = retrace.alive || retrace.hits.at(-1)?.next === "";
			if (waits && !ended) return undefined;
			const space = spaceBefore(head, at);
			// The longest first. Where there are very many, the text repeats itself, and the others say no more.
			const hit = retrace.hits.slice(-16).findLast((each) => isRepetition(each, opening, space, facts));
			if (hit === undefined) continue;
			const quoted = openings.openings.some((each) => each.kind === "quote" && each.at <= at);
			const how = starts.includes(hit.start) ? "same-start" : "overlap";
			found = { how, at: hit.end, quoted, after: pieces.join("").slice(hit.end) };
			return behindRepetition(ended);
		}
		if (openings.pending && !ended) return undefined;
		return withoutRepetition(ended);
	}

	function behindRepetition(ended: boolean): Verdict | undefined {
		const { how, at, quoted, after } = found as NonNullable<typeof found>;
		const quote = quoted ? closingQuote(after, ended) : 0;
		if (quote === undefined) return undefined;
		const space = spaceAlreadySent(visible.spaceAtEnd, after.slice(quote), ended);
		return space === undefined ? undefined : { state: "aligned", how, joint: "", offset: at + Math.min(quote + space, after.length) };
	}

	function withoutRepetition(ended: boolean): Verdict | undefined {
		const sure = places.findLast(({ opening }) => opening?.sure);
		for (const { retrace, at } of places) {
			if (!hasDiverged(retrace, head.slice(at), visible, block)) continue;
			return { state: "mismatch", how: retrace.alive ? "shorter" : "diverged" };
		}
		if (sure?.opening === undefined) {
			if (way === "instruction") {
				const refused = isRefusal(head, block, visible.text, ended);
				if (refused === undefined) return undefined;
				if (refused) return { state: "mismatch", how: "refused" };
			}
			return exactly(ended);
		}
		const { kind, at } = sure.opening;
		const rest = kind === "preamble" ? withoutSeparator(head.slice(at)) : head.slice(at);
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
		const offset = cutCharacter(visible.text, head, ended);
		return offset === undefined ? undefined : { state: "aligned", how: "exact", joint: "", offset };
	}

	return {
		step(character) {
			pieces.push(character);
			if (head.length < longestHead) head += character;
			for (const { retrace } of places) retrace.step(character);
			if (found !== undefined) found.after += character;
			readHead();
			return decide(false);
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

/** How long the dots and the quote are that end a repetition in quotes; undefined while more of them may come. */
function closingQuote(after: string, ended: boolean): number | undefined {
	const [quote = ""] = /^(?:\.{3}|…)?["”“»«›‹」』'’`*_]{1,3}/u.exec(after) ?? [];
	const mayGrow = /^(?:\.{0,3}|…?)["”“»«›‹」』'’`*_]{0,3}$/u.test(after);
	return mayGrow && !ended ? undefined : quote.length;
}
