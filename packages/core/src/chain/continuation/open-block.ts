/** What a text stands in the middle of. */
export interface OpenBlock {
	/** A block of code that is not closed: the fence that ends it, and its language in small letters (empty where it has none). */
	readonly code?: { readonly fence: string; readonly language: string };
	/** A table in Markdown: its first row, without white space. */
	readonly table?: { readonly header: string };
	/** The last line has a list's mark alone: `3. `, `- `. */
	readonly marker?: "number" | "bullet";
	/** Where the last line begins that has something in it: the line that broke off, or the one before it where that is empty. */
	readonly lastLine: number;
	/** Whether that line is an item of a list. */
	readonly item: boolean;
	/** Whether the text ends within a line, white space aside. */
	readonly withinLine: boolean;
	/** Whether it ends in a word, or after a comma: what follows is no new sentence. */
	readonly withinSentence: boolean;
}

const fenceLine = /^[ \t>]*(`{3,}|~{3,})([^\n]*)$/;
const tableLine = /^\s*\|/;
const itemLine = /^\s*(?:\d{1,4}[.)]|[-*+•])\s/;
const markerLine = /^\s*(?:(\d{1,4}[.)])|[-*+•])\s*$/;

/**
 * Says what a text stands in the middle of. A time that grows with its length.
 *
 * @param text - an answer so far
 */
export function openBlock(text: string): OpenBlock {
	const code = openCode(text);
	const visibleEnd = text.trimEnd().length;
	const lastLine = text.lastIndexOf("\n", visibleEnd - 1) + 1;
	const line = text.slice(lastLine, visibleEnd);
	const withinLine = visibleEnd > 0 && !text.includes("\n", visibleEnd);
	const table = code === undefined && tableLine.test(line) ? openTable(text, lastLine) : undefined;
	const marker = code === undefined && withinLine ? markerLine.exec(line) : null;
	return {
		...(code && { code }),
		...(table && { table }),
		...(marker && { marker: marker[1] === undefined ? "bullet" : "number" }),
		lastLine,
		item: code === undefined && itemLine.test(`${line} `),
		withinLine,
		withinSentence: withinLine && /[\p{L}\p{N}\p{M},;][`*_"”’»)\]]*$/u.test(text.slice(Math.max(0, visibleEnd - 8), visibleEnd)),
	};
}

function openCode(text: string): OpenBlock["code"] {
	if (!text.includes("```") && !text.includes("~~~")) return undefined;
	let open: OpenBlock["code"];
	for (const line of text.split("\n")) {
		const [, fence = "", info = ""] = fenceLine.exec(line) ?? [];
		if (fence === "") continue;
		if (open === undefined) open = fence.startsWith("`") && info.includes("`") ? undefined : { fence, language: info.trim().toLowerCase() };
		else if (fence.startsWith(open.fence) && info.trim() === "") open = undefined;
	}
	return open;
}

/** The rows above the last line, as far as they belong to its table. */
function openTable(text: string, lastLine: number): OpenBlock["table"] {
	let first = lastLine;
	while (first > 0) {
		const before = text.lastIndexOf("\n", first - 2) + 1;
		if (!tableLine.test(text.slice(before, first - 1))) break;
		first = before;
	}
	const header = text.slice(first, lastLine).split("\n", 1)[0] ?? "";
	return { header: header.replaceAll(/\s/g, "") };
}
