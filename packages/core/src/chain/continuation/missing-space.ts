import type { OpenBlock } from "./open-block.ts";
import type { Joint } from "./verdict.ts";

/**
 * The white space that is missing where a text goes on without what would surely stand before it: models leave it out at the beginning of what they say, or their
 * servers do. Before the next item of a list or the next row of a table, behind one that was sent to its end, a newline; before a heading an empty line; before a word
 * with a capital letter, or behind a comma, a blank. Before other words nobody can tell whether the last one was cut.
 *
 * @param sent - what was sent
 * @param text - the beginning of the new text
 * @param ended - whether no more of it comes
 * @returns undefined while that is not known
 */
export function missingSpace(sent: string, text: string, block: OpenBlock, ended: boolean): Joint | undefined {
	if (!block.withinLine || block.code !== undefined) return "";
	const line = sent.slice(block.lastLine).trimStart();
	if (block.table !== undefined) {
		const { header } = block.table;
		return text.startsWith("|") && /\|\s*$/.test(line) && cells(line) === cells(header) ? "\n" : "";
	}
	const marks = nextMarks(line);
	if (marks.some((mark) => text.startsWith(mark))) return "\n";
	if (!ended && marks.some((mark) => mark.startsWith(text))) return undefined;
	return betweenSentences(sent, text, ended);
}

/** How the next item of a list begins. */
function nextMarks(line: string): readonly string[] {
	const [, number, bullet] = /^(?:(\d{1,3})[.)]|([-*+•]))\s+\S/.exec(line) ?? [];
	if (number !== undefined) return [`${Number(number) + 1}. `, `${Number(number) + 1}) `];
	return bullet === undefined || /\s$/.test(line) ? [] : [`${bullet} `];
}

function betweenSentences(sent: string, text: string, ended: boolean): Joint | undefined {
	if (/[.!?:…。！？：][*_"”)]*$/u.test(sent) && /^#{1,6}(?: |$)/.test(text)) return /^#+ \S/.test(text) ? "\n\n" : ended ? "" : undefined;
	if (/[:：]$/u.test(sent) && /^(?:[-*+•]|1[.)]?)(?: |$)/.test(text)) return /^\S+ \S/.test(text) ? "\n\n" : ended ? "" : undefined;
	const isCode = sent.slice(sent.lastIndexOf("\n") + 1).split("`").length % 2 === 0;
	if (isCode) return "";
	const word = sent.slice(sent.search(/\S*$/u));
	// Neither a name with a capital letter in its midst, nor an address, nor code.
	if (/^[("'“‘«*_]*\p{L}[\p{Ll}'’-]*[,;]$/u.test(word) && /^\p{L}/u.test(text)) return " ";
	if (!/^[("'“‘«*_]*(?:\p{Ll}[\p{Ll}'’-]+|\p{L}[\p{Ll}'’-]+[.!?:])$/u.test(word)) return "";
	if (/^\p{Lu}$/u.test(text) && !ended) return undefined;
	return /^\p{Lu}(?:\p{Ll}|\s|$)/u.test(text) ? " " : "";
}

function cells(row: string): number {
	return row.split("|").length;
}
