import { openBlock } from "./open-block.ts";

/** The last sign of a sentence, with the quotes, brackets and marks of emphasis that may stand behind it. */
const sentenceEnd = /[.!?…。！？．।۔؟]["'”’»›」』)\]*_`]*$/u;

/**
 * Whether a text may end where it does: behind a sentence, a block of code that is closed, or a whole row of a table.
 *
 * @param text - an answer so far
 */
export function isFinished(text: string): boolean {
	const { code, table, lastLine } = openBlock(text);
	const visible = text.trimEnd();
	const line = visible.slice(lastLine);
	if (code !== undefined) return false;
	if (table !== undefined) return line.endsWith("|") && line.split("|").length === table.header.split("|").length && /[^\s|:-]/.test(line);
	// A number of a list is no sentence.
	return (sentenceEnd.test(line) && /\p{L}/u.test(line)) || /^[ \t>]*(?:`{3,}|~{3,})$/.test(line);
}
