import { stripVTControlCharacters } from "node:util";

/**
 * A text from elsewhere as one line that is safe to show: no control characters, no line ends.
 *
 * @param text - such as an error's message, or what a Space has logged
 */
export function oneLine(text: string): string {
	return stripVTControlCharacters(text)
		.replace(/[\p{Cc}\s]+/gu, " ")
		.trim();
}
