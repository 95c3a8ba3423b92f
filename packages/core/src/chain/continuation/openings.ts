import { characterAt, isSpace } from "./characters.ts";
import { evidence } from "./evidence.ts";
import type { OpenBlock } from "./open-block.ts";
import { readLeadIn } from "./read-lead-in.ts";
import { readUnknown } from "./read-unknown.ts";

/** What stands before the place in a new text at which it may go on. */
export type OpeningKind = "preamble" | "line" | "token" | "fence" | "table" | "marker" | "ellipsis" | "quote";

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
export const longestSentence = 200;
/** Lead-ins, fences and rows are read within so much of a new text, the header of a table not counted. */
export const longestOpening = 600;
const longestToken = 60;
const longestWrapper = 20;

const token =
	/^(?:<\|[a-z_]{2,24}\|>(?:(?:assistant|model)(?:<\|[a-z_]{2,24}\|>)?(?=\s))?|<\/?s>|\[\/INST\]|<(?:start|end)_of_turn>(?:model(?=\s))?|#{2,3} (?:Response|Assistant|Answer):(?=\s))/;

/** No more openings than this are read. */
const mostOpenings = 12;

/** What a reader finds at a place: an opening, nothing, or what more text may make an opening. */
export type Reading = { readonly end: number; readonly kind: OpeningKind; readonly sure: boolean } | "pending" | undefined;

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
		(from) => (expectsPreamble ? readToken(head, from, block, sent) : undefined),
		(from) => readRule(head, from, lastSure()),
		(from) => readFence(head, from, block, lastSure(), mayLeadIn),
		(from) => readHeader(head, from, block),
		(from) => readMarker(head, from, block, sent),
		(from) => readDots(head, from, block, sent, lastSure(), expectsPreamble),
		(from) => readQuote(head, from),
		(from) => (mayLeadIn ? readUnknown(head, from, block, openings) : undefined),
	];
	next: while (openings.length < mostOpenings) {
		let from = at;
		while (isSpace(head.charAt(from))) from += 1;
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
	return { openings, pending: openings.length < mostOpenings };
}

/** What a model's own format has before an answer, where its server leaves that in the text: `<|im_start|>assistant`, `[/INST]`, `### Response:`. */
function readToken(head: string, from: number, block: OpenBlock, sent: string): Reading {
	const rest = head.slice(from, from + longestToken);
	const [found = ""] = token.exec(rest) ?? [];
	// A role may follow, and the sign that ends it.
	const isAtEnd = /^<.*>[a-z]*(?:<\|?[a-z_]*\|?)?$/.test(rest) && rest.length < longestToken;
	if (found !== "" && isAtEnd) return "pending";
	if (found === "")
		return /^(?:<(?:\||\/?s?$|[a-z_]{0,14}$)|\[(?:\/?I?N?S?T?)$|#{1,3}(?: \p{L}{0,9})?$)/u.test(rest) ? "pending" : undefined;
	// A text may be about such signs.
	const sure = block.code === undefined && /^(?:<\||\[)/.test(found) && !/<\||INST|token/i.test(sent);
	return { end: from + found.length, kind: "token", sure };
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
function readFence(head: string, from: number, block: OpenBlock, sureBefore: boolean, mayWrap: boolean): Reading {
	if (block.code === undefined) return mayWrap && block.withinSentence ? readWrapper(head, from) : undefined;
	const rest = head.slice(from, from + longestSentence);
	const [, fence = "", info = "", newline] = /^(`+|~+)([^\n`]*)(\n?)/.exec(rest) ?? [];
	if (newline === "") return rest.length < longestSentence && /^[`~]{1,8}[^\n`]{0,40}$/.test(rest) ? "pending" : undefined;
	if (fence.length < 3) return undefined;
	const language = info.trim().toLowerCase();
	const { language: open } = block.code;
	const end = from + fence.length + info.length + 1;
	const next = head.charAt(end);
	if (language === "" && sureBefore && next === "") return "pending";
	// Without a language it closes the block, unless the model has just said that it goes on, and code follows at once.
	const sure = language === "" ? sureBefore && next !== "\n" : sureBefore || language === open || open === "";
	return { end, kind: "fence", sure: sure && !/^(?:md|markdown)$/.test(open) };
}

/** A fence around text that is none of code: the model has put what it repeats into a block. */
function readWrapper(head: string, from: number): Reading {
	const rest = head.slice(from, from + longestWrapper);
	const [fence] = /^`{3}(?:markdown|md|text|txt|plaintext)?[ \t]*\n/i.exec(rest) ?? [];
	if (fence !== undefined) return { end: from + fence.length, kind: "fence", sure: false };
	return /^`{1,3}$|^`{3}[a-z]*[ \t]*$/i.test(rest) && rest.length < longestWrapper ? "pending" : undefined;
}

/** The header of the open table with the line under it. */
function readHeader(head: string, from: number, block: OpenBlock): Reading {
	if (block.table === undefined) return undefined;
	const { header } = block.table;
	const [first = "", second, third] = head.slice(from).split("\n", 3);
	const row = first.replaceAll(/\s/g, "");
	if (second === undefined) return header.startsWith(row) ? "pending" : undefined;
	if (row !== header || !/^[\s|:-]*$/.test(second)) return undefined;
	if (third === undefined) return "pending";
	return second.includes("-") ? { end: from + first.length + second.length + 2, kind: "table", sure: true } : undefined;
}

/** A list's mark: where what was sent ends with one, or before an item that is begun again with another mark, such as with the first number. */
function readMarker(head: string, from: number, block: OpenBlock, sent: string): Reading {
	if (block.marker === undefined && !(block.item && block.withinLine)) return undefined;
	const rest = head.slice(from, from + 8);
	if (/^(?:\d{1,2}[.)]?|[-*+•])$/.test(rest)) return "pending";
	const [mark = "", number] = /^(?:(\d{1,2})[.)]|[-*+•])(?=\s)/.exec(rest) ?? [];
	if (mark === "") return undefined;
	const end = from + mark.length;
	if (block.marker !== undefined)
		return (block.marker === "number") === (number !== undefined) ? { end, kind: "marker", sure: true } : undefined;
	// A number that comes later is that of another item.
	const [, own] = /^\s*(\d{1,4})/.exec(sent.slice(block.lastLine)) ?? [];
	const isLater = number !== undefined && Number(number) > Number(own ?? 0);
	return isLater ? undefined : { end, kind: "marker", sure: false };
}

/** Dots that stand for what was said before. */
function readDots(head: string, from: number, block: OpenBlock, sent: string, sureBefore: boolean, mayTalk: boolean): Reading {
	const [dots] = /^[[(]?(?:\.{3,}|…+)[\])]?\s*/u.exec(head.slice(from, from + longestSentence)) ?? [];
	if (dots === undefined) return /^[[(]?(?:\.{1,2})?$/.test(head.slice(from)) ? "pending" : undefined;
	const end = from + dots.length;
	const next = characterAt(head, end);
	if (next === "") return dots.length < longestSentence ? "pending" : undefined;
	// Dots of the text itself stand at the word before them, and a blank follows: "Well... what?" Long sentences are seldom broken off so.
	const isBroken = from === 0 && evidence(lastSentence(sent)) >= 4;
	const standsApart = sent.trimEnd() !== sent || !/\s$/.test(dots) || /^[[(]/.test(dots) || isBroken;
	const goesOn = mayTalk && block.code === undefined && block.table === undefined && block.withinSentence && standsApart;
	return { end, kind: "ellipsis", sure: sureBefore || (goesOn && /\p{Ll}|\p{Lo}/u.test(next)) };
}

function lastSentence(text: string): string {
	return (
		text
			.slice(-longestSentence)
			.split(/[.!?。！？\n]/u)
			.at(-1) ?? ""
	);
}

/** Quotes, and marks of emphasis or of a quotation, around what is repeated. */
function readQuote(head: string, from: number): Reading {
	const [signs] = /^["“”„«»‹›「『'‘`*_>]{1,3}/u.exec(head.slice(from)) ?? [];
	if (signs === undefined) return undefined;
	return from + signs.length < head.length ? { end: from + signs.length, kind: "quote", sure: false } : "pending";
}

/** The white space between what was left out and the text, which is none of the text's own: to the end of a line and one empty line, else one blank. */
export function withoutSeparator(text: string): string {
	return text.replace(/^[ \t]*\r?\n(?:[ \t]*\r?\n)?|^[ \t]/, "");
}
