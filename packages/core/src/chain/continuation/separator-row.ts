import type { OpenBlock } from "./open-block.ts";

/** How many UTF-16 units of a new text were sent already; `none` where it is about something else, undefined while that is not known. */
export type SeparatorRest = (text: string, ended: boolean) => number | "none" | undefined;

/**
 * How a table's separator row that was cut goes on. Its cells are all alike, so that only their number tells whether a new text goes on with the row (`|---` –
 * `|---|`) or begins it again (`|---` – `|---|---|`).
 *
 * @param sent - what was sent
 * @param block - what it stands in the middle of
 * @returns undefined where it does not end within such a row
 */
export function separatorRest(sent: string, block: OpenBlock): SeparatorRest | undefined {
	const header = block.table?.header ?? "";
	const row = sent.slice(block.lastLine).trim();
	const above = sent.slice(sent.lastIndexOf("\n", block.lastLine - 2) + 1, block.lastLine).replaceAll(/\s/g, "");
	if (!block.withinLine || !/^\|[-:| ]*$/.test(row) || !/^\|.+\|$/.test(header) || above !== header) return undefined;
	const columns = cells(header);
	return (text, ended) => {
		const begin = text.length - text.trimStart().length;
		const lineEnd = text.indexOf("\n", begin);
		const next = text.slice(begin, lineEnd === -1 ? undefined : lineEnd).trimEnd();
		if (!/^[-:| \t]*$/.test(next)) return "none";
		if (lineEnd === -1 && !ended) return undefined;
		if (!next.includes("-") && !row.includes("-")) return "none";
		if (cells(row + next) === columns && next.endsWith("|")) return begin;
		if (!next.startsWith("|") || cells(next) !== columns) return "none";
		return begin + restOfRow(row, next);
	};
}

/** Where in the whole row the cut one ends. */
function restOfRow(row: string, whole: string): number {
	const parts = whole.split("|");
	const last = row.split("|").length - 1;
	const cell = parts[last] ?? "";
	const cut = row.slice(row.lastIndexOf("|") + 1);
	// One dash is as good as many. What is left of the cell is its colon.
	const left = cell.startsWith(cut)
		? cell.length - cut.length
		: cut.includes("-")
			? cell.length - cell.search(/[: ]*$/)
			: cell.trimStart().length;
	return parts.slice(0, last + 1).join("|").length - left;
}

/** How many cells a row has between its bars. */
function cells(row: string): number {
	return row.split("|").length - 2;
}
