import { characterAt, isSpace, plain } from "./characters.ts";
import type { OpenBlock } from "./open-block.ts";
import { openers, polite, speaksOfGoingOn } from "./preamble-words.ts";

/** What stands before the place in a new text at which it may go on. */
export type OpeningKind = "preamble" | "line" | "fence" | "table" | "marker" | "ellipsis" | "quote";

/** A place in a new text at which it may go on. */
export interface Opening {
	readonly at: number;
	readonly kind: OpeningKind;
	/** Whether what is before it is surely no part of the answer; otherwise only if what was sent is repeated behind it. */
	readonly sure: boolean;
}

/** What is known of the beginning of a new text. */
export interface Openings {
	readonly openings: readonly Opening[];
	/** Whether more text can bring another one: `line` where only a lead-in in a language that is not known could be one. */
	readonly pending: boolean | "line";
}

/** The longest sentence, and the longest line of a fence or a mark, that is waited for to its end, in UTF-16 units. */
const longestSentence = 200;
/** A line that may be a lead-in in a language that is not known here is waited for so long. */
const longestUnknown = 120;
/** Lead-ins, fences and rows are read within so much of a new text, the header of a table not counted. */
export const longestOpening = 600;

type Reading = { readonly end: number; readonly kind: OpeningKind; readonly sure: boolean } | "pending" | undefined;

/**
 * Reads what may stand before the answer at the beginning of a new text: a lead-in, a fence, a table's header, a list's mark, dots, quotes. For any text it finds at least
 * what it found for the beginning of that text.
 *
 * @param head - the beginning of the new text
 * @param block - what the text that was sent stands in the middle of
 * @param sent - that text
 * @param expectsPreamble - whether the next provider is a model that was asked to go on, and may talk about it
 */
export function readOpenings(head: string, block: OpenBlock, sent: string, expectsPreamble: boolean): Openings {
	const openings: Opening[] = [];
	let at = 0;
	const lastSure = (): boolean => openings.some(({ sure }) => sure);
	// A blank before it goes on with a sentence.
	const mayLeadIn = expectsPreamble && !/^[ \t]+\S/.test(head);
	const readers: ((at: number) => Reading)[] = [
		(from) => (mayLeadIn ? readLeadIn(head, from, block, sent) : undefined),
		(from) => readRule(head, from, lastSure()),
		(from) => readFence(head, from, block, lastSure()),
		(from) => readHeader(head, from, block),
		(from) => readMarker(head, from, block),
		(from) => readDots(head, from, block, sent, lastSure()),
		(from) => readQuote(head, from),
		(from) => (expectsPreamble && from === 0 ? readUnknown(head, block) : undefined),
	];
	next: while (at < head.length && openings.length < 12) {
		let from = at;
		while (from < head.length && isSpace(head.charAt(from))) from += 1;
		if (from === head.length) break;
		for (const read of readers) {
			const reading = read(from);
			if (reading === "pending") return { openings, pending: read === readers.at(-1) ? "line" : true };
			if (reading === undefined) continue;
			openings.push({ at: reading.end, kind: reading.kind, sure: reading.sure });
			at = reading.end;
			continue next;
		}
		return { openings, pending: false };
	}
	return { openings, pending: at < head.length };
}

/** One sentence of a lead-in: "Sure!", "Here is the rest of the answer:". */
function readLeadIn(head: string, from: number, block: OpenBlock, sent: string): Reading {
	const rest = head.slice(from, from + longestSentence);
	const [decoration = ""] = /^[*_#[(>~\s]{0,6}/u.exec(rest) ?? [];
	const spoken = small(rest.slice(decoration.length));
	if (spoken === "") return decoration === "" || block.code !== undefined ? undefined : "pending";
	const begun = openers.some((opener) => spoken.startsWith(opener) && !continuesWord(opener, spoken));
	if (!begun) return openers.some((opener) => opener.startsWith(spoken) || spoken === opener) ? "pending" : undefined;
	// A point ends a sentence where white space follows.
	const end = /[:：。！…]|\n|[.!](?=\s)|\.{3}|[\])]/u.exec(spoken);
	if (end === null) return rest.length < longestSentence ? "pending" : undefined;
	const behind = decoration.length + end.index + end[0].length;
	const [closing = ""] = /^(?:\.{2,}|[.:：*_\])])*/u.exec(rest.slice(behind)) ?? [];
	// More of the closing signs may come.
	if (behind + closing.length >= rest.length && rest.length < longestSentence && !end[0].includes("\n")) return "pending";
	const sentence = spoken.slice(0, end.index).trim();
	const stops = /^[.!]$/.test(end[0]);
	const kind = "preamble";
	const after = head.slice(from + behind + closing.length);
	// What follows in its line says more.
	if (/^[ \t]{0,16}$/.test(after) && end[0] !== "\n") return "pending";
	const behindSentence = from + behind + closing.length;
	const goingOn = speaksOfGoingOn(sentence);
	if (goingOn !== "no") {
		// In a text of its own, such a sentence goes on in its line; a lead-in says expressly that it was cut, or ends its line.
		const saysSo = !stops || /^[ \t]*\n/.test(after) || /left off|cut off|interrupt|unterbr|interromp/.test(sentence);
		return { end: behindSentence, kind, sure: goingOn === "surely" && saysSo };
	}
	const endsLine = end[0] === "\n" || /^[ \t]*\n/.test(after);
	const introduces = !stops && (/[:：]$/.test(end[0]) || endsLine);
	if (!introduces && !polite.test(sentence)) return undefined;
	// "Sure!" as a line of its own within a sentence, or before small letters, is nobody's but the model's.
	const standsAlone = endsLine || /^\s+\p{Ll}/u.test(after);
	const sure = from === 0 && polite.test(sentence) && standsAlone && block.withinSentence && !sent.trimEnd().endsWith(",");
	return { end: behindSentence, kind, sure };
}

/** Whether the text goes on in the word that an opener ends with. Openers in scripts without blanks, and those that are stems, may be gone on with. */
function continuesWord(opener: string, spoken: string): boolean {
	return /^[a-zà-ÿ' ]+$/.test(opener) && opener !== "kontynu" && /^[a-zà-ÿ']/.test(spoken.slice(opener.length)) && /[a-z]$/.test(opener);
}

/** A line between the lead-in and the text. */
function readRule(head: string, from: number, sureBefore: boolean): Reading {
	if (!sureBefore) return undefined;
	const rest = head.slice(from, from + 40);
	const [rule] = /^(?:-{3,}|\*{3,}|_{3,})[ \t]*\n/.exec(rest) ?? [];
	if (rule !== undefined) return { end: from + rule.length, kind: "preamble", sure: true };
	return /^(?:-+|\*+|_+)[ \t]*$/.test(rest) && rest.length < 40 ? "pending" : undefined;
}

/** A fence that is opened again, though the one that was sent is open. */
function readFence(head: string, from: number, block: OpenBlock, sureBefore: boolean): Reading {
	if (block.code === undefined) return undefined;
	const rest = head.slice(from, from + longestSentence);
	const [, fence = "", info, newline] = /^(`+|~+)([^\n`]*)(\n?)/.exec(rest) ?? [];
	if (fence === "") return undefined;
	if (newline === "") return rest.length < longestSentence && /^[`~]{1,8}[^\n`]{0,40}$/.test(rest) ? "pending" : undefined;
	if (fence.length < 3) return undefined;
	const language = (info ?? "").trim().toLowerCase();
	const { language: open } = block.code;
	const end = from + fence.length + (info ?? "").length + 1;
	const next = head.charAt(end);
	if (language === "" && sureBefore && next === "") return "pending";
	// Without a language it closes the block, unless the model has just said that it goes on, and code follows at once.
	const sure = language === "" ? sureBefore && next !== "\n" : sureBefore || language === open || open === "";
	return { end, kind: "fence", sure: sure && !/^(?:md|markdown)$/.test(open) };
}

/** The header of the open table with the line under it. */
function readHeader(head: string, from: number, block: OpenBlock): Reading {
	if (block.table === undefined) return undefined;
	const { header } = block.table;
	const lineEnd = head.indexOf("\n", from);
	const line = head.slice(from, lineEnd === -1 ? undefined : lineEnd).replaceAll(/\s/g, "");
	if (header === "" || (lineEnd === -1 ? !header.startsWith(line) : line !== header)) return undefined;
	if (lineEnd === -1) return "pending";
	const secondEnd = head.indexOf("\n", lineEnd + 1);
	const second = head.slice(lineEnd + 1, secondEnd === -1 ? undefined : secondEnd);
	if (!/^[\s|:-]*$/.test(second)) return undefined;
	if (secondEnd === -1) return "pending";
	return second.includes("-") ? { end: secondEnd + 1, kind: "table", sure: true } : undefined;
}

/** A list's mark, where what was sent ends with one. */
function readMarker(head: string, from: number, block: OpenBlock): Reading {
	if (block.marker === undefined) return undefined;
	const rest = head.slice(from, from + 8);
	const marker = block.marker === "number" ? /^\d{1,2}[.)](?=\s)/.exec(rest) : /^[-*+•](?=\s)/.exec(rest);
	if (marker !== null) return { end: from + marker[0].length, kind: "marker", sure: true };
	return /^(?:\d{1,2}[.)]?|[-*+•])$/.test(rest) ? "pending" : undefined;
}

/** Dots that stand for what was said before. */
function readDots(head: string, from: number, block: OpenBlock, sent: string, sureBefore: boolean): Reading {
	const [dots, inner = ""] = /^[[(]?(\.{3,}|…+)[\])]?\s*/u.exec(head.slice(from, from + longestSentence)) ?? [];
	if (dots === undefined || inner === "") return /^[[(]?(?:\.{1,2})?$/.test(head.slice(from)) ? "pending" : undefined;
	const end = from + dots.length;
	const next = characterAt(head, end);
	if (next === "") return dots.length < longestSentence ? "pending" : undefined;
	// Dots of the text itself stand at the word before them, and a blank follows: "Well... what?"
	const standsApart = sent.trimEnd() !== sent || !/\s$/.test(dots);
	const sure = sureBefore || (block.code === undefined && block.withinSentence && standsApart && /\p{Ll}|\p{Lo}/u.test(next));
	return { end, kind: "ellipsis", sure };
}

/** Quotes, and marks of emphasis or of a quotation, around what is repeated. */
function readQuote(head: string, from: number): Reading {
	const [signs] = /^["“”„«»‹›「『'‘`*_>]{1,3}/u.exec(head.slice(from)) ?? [];
	if (signs === undefined) return undefined;
	return from + signs.length < head.length ? { end: from + signs.length, kind: "quote", sure: false } : "pending";
}

/**
 * A first line that begins a new sentence within another: a lead-in in any language, if what was sent is repeated behind it. Within code it is one surely where a fence
 * with the block's own language follows.
 */
function readUnknown(head: string, block: OpenBlock): Reading {
	if (block.code !== undefined) return readUnknownBeforeFence(head, block.code.language);
	if (!block.withinSentence || !/^\p{Lu}/u.test(head)) return undefined;
	const end = /\n|[:：](?=\s*\S)/u.exec(head.slice(0, longestUnknown));
	if (end !== null) return { end: end.index + 1, kind: "line", sure: false };
	return head.length < longestUnknown ? "pending" : undefined;
}

function readUnknownBeforeFence(head: string, language: string): Reading {
	if (language === "") return undefined;
	const [line, newline = ""] = /^\p{Lu}[\p{L}\p{P} ]*(\n\s*)?/u.exec(head.slice(0, longestSentence)) ?? [];
	if (line === undefined || !/^\p{Lu}\p{Ll}*[,!]?(?: \p{L}| ?$)/u.test(line)) return undefined;
	if (line.length === head.length) return head.length < longestSentence ? "pending" : undefined;
	if (newline === "") return undefined;
	const fence = `\`\`\`${language}\n`;
	const rest = head.slice(line.length, line.length + fence.length).toLowerCase();
	if (rest === fence) return { end: line.length, kind: "line", sure: true };
	return fence.startsWith(rest) ? "pending" : undefined;
}

/** Plain and in small letters; each character stays where it stands. */
function small(text: string): string {
	const lower = plain(text).toLowerCase();
	return lower.length === text.length ? lower : text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}

/** The white space between what was left out and the text, which is none of the text's own: to the end of a line and one empty line, else one blank. */
export function withoutSeparator(text: string): string {
	return text.replace(/^[ \t]*\r?\n(?:[ \t]*\r?\n)?|^[ \t]/, "");
}
