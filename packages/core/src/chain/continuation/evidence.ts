import { isUnspaced } from "./characters.ts";

/** No repetition needs more than this to be believed, so no more is counted. */
const most = 16;

/**
 * How much a repeated stretch of text says: about the number of its different words. Words that stand in it twice count once, since what repeats itself (`0, 0, 0`) may
 * well go on so; a single letter and a short number say little, signs say nothing.
 *
 * @param text - what stands in both texts
 */
export function evidence(text: string): number {
	const seen = new Set<string>();
	let weight = 0;
	for (const [run] of text.matchAll(/[\p{L}\p{N}\p{M}_]+/gu)) {
		for (const piece of pieces(run)) {
			if (seen.has(piece)) continue;
			seen.add(piece);
			weight += pieceWeight(piece);
			if (weight >= most) return weight;
		}
	}
	return weight;
}

/** As many visible characters as nobody writes twice by chance, and as many as are looked at. */
const shortestPhrase = 16;
const longestPhrase = 200;

/**
 * Whether a repeated stretch of text, though it has few different words, is one that nobody writes twice in a row: long, of several words, and no pattern that may go
 * on as it is, such as `true, true, true`. `number, b: number): number {` is one.
 *
 * @param text - what stands in both texts
 */
export function isPhrase(text: string): boolean {
	const visible = text.replaceAll(/\s/g, "").slice(0, longestPhrase);
	if (visible.length < shortestPhrase || !/\p{L}{2}/u.test(text) || !/[\p{L}\p{N}][^\p{L}\p{N}\p{M}_]+[\p{L}\p{N}]/u.test(text))
		return false;
	for (let period = 1; period <= visible.length / 2; period += 1) if (visible.startsWith(visible.slice(period))) return false;
	return true;
}

/** Each character of a script without blanks is a piece; what stands between them is one. */
function* pieces(run: string): Generator<string> {
	let word = "";
	for (const character of run) {
		if (!isUnspaced(character)) {
			word += character;
			continue;
		}
		if (word !== "") yield word;
		word = "";
		yield character;
	}
	if (word !== "") yield word;
}

function pieceWeight(piece: string): number {
	// Two Chinese characters make a word, three of a syllabary in which words are often doubled, four of the scripts of South-East Asia.
	if (isUnspaced(piece)) return /[\p{Script=Han}\p{Script=Katakana}]/u.test(piece) ? 0.67 : /\p{Script=Hiragana}/u.test(piece) ? 0.5 : 0.35;
	if (/^\p{N}+$/u.test(piece)) return piece.length < 3 ? 0.5 : 1;
	return piece.length === 1 ? 0.7 : 1;
}
