/** Scripts that put no blanks between words: a word's beginning cannot be seen in them. */
const unspaced =
	/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;
const word = /[\p{L}\p{N}\p{M}_]/u;
const mark = /[\p{M}\p{EMod}\u200c\u200d]|[\udc00-\udfff]/u;
const space = /[\s\u00ad\u200b\u200e\u200f\u2060]/;

/** White space, and characters that cannot be seen: models change both when they repeat a text. */
export function isSpace(character: string): boolean {
	const code = character.charCodeAt(0);
	return code <= 0x20 || (code > 0x7e && space.test(character));
}

/** A character of a word: a letter, a digit, an accent. */
export function isWord(character: string): boolean {
	return word.test(character);
}

/** A letter of a script without blanks between words. */
export function isUnspaced(character: string): boolean {
	return character.charCodeAt(0) > 0x7f && unspaced.test(character);
}

/** A character of a word in a script whose words stand apart. */
export function isSpacedWord(character: string): boolean {
	return isWord(character) && !isUnspaced(character);
}

/** Belongs to the character before it: an accent, a colour of skin, the second half of a surrogate pair. */
export function isMark(character: string): boolean {
	return character.charCodeAt(0) > 0x7f && mark.test(character);
}

export function isHighSurrogate(code: number): boolean {
	return (code & 0xfc00) === 0xd800;
}

/** The character that ends before `end`: a whole pair of surrogates where one stands there. */
export function characterBefore(text: string, end: number): string {
	const low = text.charCodeAt(end - 1);
	const start = (low & 0xfc00) === 0xdc00 && isHighSurrogate(text.charCodeAt(end - 2)) ? end - 2 : end - 1;
	return text.slice(Math.max(0, start), Math.max(0, end));
}

/** The character that begins at `at`; empty at the end. */
export function characterAt(text: string, at: number): string {
	const code = text.codePointAt(at);
	return code === undefined ? "" : String.fromCodePoint(code);
}

/** Typographic quotes and dashes as plain ones: models exchange them when they repeat a text. One unit stays one unit. */
export function plain(text: string): string {
	return /[\u2010-\u201f]/.test(text)
		? text
				.replaceAll(/[\u2018-\u201b]/g, "'")
				.replaceAll(/[\u201c-\u201f]/g, '"')
				.replaceAll(/[\u2010-\u2015]/g, "-")
		: text;
}

/** What characters come to that were looked at already: it is asked for each of a long text. */
const folded = new Map<string, string>();

/**
 * A UTF-16 unit as it is compared: quotes and dashes plain, wide signs narrow, an accent apart from its letter, `…` as three dots. Models write them in either way when
 * they repeat a text. What comes of one unit may be several; the syllables of Korean stay whole.
 */
export function fold(unit: string): string {
	const code = unit.charCodeAt(0);
	if (code < 0xc0 || (code >= 0xac00 && code <= 0xdfff)) return unit;
	let known = folded.get(unit);
	if (known === undefined) {
		const isWide = code > 0xff00 && code < 0xff5f;
		known = isWide ? String.fromCharCode(code - 0xfee0) : unit === "…" ? "..." : plain(unit).normalize("NFD");
		folded.set(unit, known);
	}
	return known;
}

/** Text without a first half of a surrogate pair at its end. */
export function withoutHalf(text: string): string {
	return isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.slice(0, -1) : text;
}
