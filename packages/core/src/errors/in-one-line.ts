import { redact } from "./redact.ts";

/** How much of a text is looked at: what comes from a server may be any size. */
const mostRead = 4000;

/** What would break a line, move a terminal's cursor, or turn the direction of what follows. */
const unseemly = /[\p{Cc}\p{Cs}\s\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** A command to a terminal, such as one that sets a colour. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const terminalCommand = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g;

/**
 * A text from elsewhere as a part of one line: no line ends, no control characters, no secrets, not too long.
 *
 * @param text - such as the message of a provider's error
 * @param longest - how many characters it may have
 */
export function inOneLine(text: string, longest = 200): string {
	// What other people's errors have for a message may be no text.
	if (typeof text !== "string") return "";
	const line = redact(text.slice(0, mostRead)).replace(terminalCommand, "").replace(unseemly, " ").trim();
	const characters = [...line.slice(0, 2 * longest + 2)];
	return characters.length > longest || text.length > mostRead
		? `${characters
				.slice(0, longest - 1)
				.join("")
				.trimEnd()}…`
		: line;
}
