import { beginsLine } from "./anchor.ts";
import { characterAt, characterBefore, isSpacedWord, plain } from "./characters.ts";
import { evidence } from "./evidence.ts";
import type { OpenBlock } from "./open-block.ts";
import { refusalOpeners, speaksOfConversation } from "./preamble-words.ts";
import type { Retrace } from "./retrace.ts";
import type { VisibleText } from "./visible-text.ts";

/**
 * Whether a new text that is not gone on with by a repetition began the answer over and then said something else. Texts have parts that begin alike (verses, functions,
 * rows), so it takes much where a new sentence may begin, less within a sentence, and little where the two would make one word.
 *
 * @param retrace - what it has in common with what was sent
 * @param head - the beginning of the new text
 * @param mayBeginAnew - whether the model was asked in words, and does not begin with a blank
 */
export function hasDiverged(retrace: Retrace, head: string, sent: VisibleText, block: OpenBlock, mayBeginAnew: boolean): boolean {
	const { characters } = sent;
	const { start, end } = retrace.fromStart;
	const weight = evidence(sent.between(start, end));
	const share = (end - start) / (characters.length - start || 1);
	const oneWord = isSpacedWord(characterBefore(sent.text, sent.text.length)) && isSpacedWord(characterAt(head, 0));
	// A sentence that goes on, goes on with a blank, with a sign, or in small letters.
	const beginsAnew = block.code === undefined && block.withinSentence && mayBeginAnew && /^[\p{Lu}\p{Lo}\p{N}"“„«「*_#>]/u.test(head);
	const needed = oneWord ? 2 : beginsAnew ? 3 : 8;
	if (weight >= needed || (weight >= 3 && share >= 0.6)) return true;
	// The same from a sentence in the middle of what was sent.
	const { stretch } = retrace;
	const isSentence =
		beginsLine(sent, stretch.start) || /[.!?…。！？]["”»)*_]*$/u.test(characters.slice(Math.max(0, stretch.start - 4), stretch.start));
	return beginsAnew && isSentence && evidence(sent.between(stretch.start, stretch.end)) >= (oneWord ? 3 : 8);
}

/** A sentence that may be a refusal is waited for so long, in UTF-16 units. */
const longestRefusal = 240;

/**
 * Whether a new text speaks of the conversation instead of going on: a refusal, an apology, a question back. Letters and stories have such sentences too, so it must speak
 * of what an assistant can do, or begin within another sentence.
 *
 * @param head - the beginning of the new text
 * @param ended - whether no more of it comes
 * @returns undefined while that is not known
 */
export function isRefusal(head: string, block: OpenBlock, sent: string, ended: boolean): boolean | undefined {
	// Somebody is about to speak in the text itself.
	if (/["“„«「『:：(—–-]\s*$/u.test(sent) || block.code !== undefined) return false;
	const spoken = plain(head.slice(0, longestRefusal)).toLowerCase().trimStart();
	const opener = refusalOpeners.find((known) => spoken.startsWith(known));
	if (opener === undefined) return refusalOpeners.some((known) => known.startsWith(spoken)) && !ended ? undefined : false;
	if (speaksOfConversation.test(spoken)) return true;
	if (
		block.withinSentence &&
		/^(?:i'm sorry|i am sorry|sorry|i apologi|as an ai|es tut mir|je suis dés|lo siento|sinto muito|mi dispiace|抱歉|对不起|很抱歉|申し訳|죄송|извините)/u.test(
			spoken,
		)
	) {
		return /^[^\s\p{Ll}]/u.test(head);
	}
	const sentences = spoken.match(/[.!?。！？\n]/gu)?.length ?? 0;
	return sentences >= 2 || spoken.length >= longestRefusal || ended ? false : undefined;
}

/**
 * Words that begin a sentence and are written small within one; in English, and in German and French those that no name begins with.
 */
const beginsSentence =
	/^(?:the|this|that|these|those|it|he|she|we|they|you|if|when|while|there|here|however|although|because|since|some|many|most|all|every|each|both|what|why|how|who|where|which|my|our|your|his|her|their|in|on|at|as|for|with|from|by|to|an?|and|but|so|let|please|something|nothing|everything|someone|yes|no|not|once|after|before|then|first|next|finally|\p{L}{3,}ly|der|das|ein|eine|einen|ich|wir|es|dies|diese|le|les|un|une|il|elle|je|nous)(?:'\p{L}+)?,? \p{Ll}/u;

/** A subject and what it does, as a sentence has them. */
const isClause = /^\p{Lu}[\p{L}'-]*(?: \p{Lu}[\p{L}'-]*){0,3} (?:is|are|was|were|has|have|had|can|will|would|should|could) \p{Ll}/u;

/** So much of a new text shows whether it begins a sentence, in UTF-16 units. */
const longestBeginning = 80;

/**
 * Whether a new text begins an answer of its own though what was sent stands within a sentence: with a word in large letters that would be small there, with a second
 * subject and verb ("The capital of France is " – "Bananas are rich in potassium."), with a lead-in to something else, or with a heading. Names, and what else may
 * be large within a sentence, go on.
 *
 * @param head - the beginning of the new text
 * @param introduces - whether it begins with a line that leads in, and is known not to lead in to the rest
 * @param ended - whether no more of it comes
 * @returns undefined while that is not known
 */
export function isAnotherAnswer(head: string, block: OpenBlock, sent: string, introduces: boolean, ended: boolean): boolean | undefined {
	if (!/[\p{Ll}\p{Nd}]\s?$/u.test(sent) || block.code !== undefined || block.table !== undefined || !block.withinSentence) return false;
	const text = plain(head.slice(0, longestBeginning));
	if (text.startsWith("#")) {
		if (/^#{1,6} \S[^\n]*\n/.test(text)) return true;
		return /^#{1,6}(?: [^\n]*)?$/.test(text) && text.length < longestBeginning && !ended ? undefined : false;
	}
	if (!/^\p{Lu}/u.test(text)) return false;
	if (introduces || beginsSentence.test(text.charAt(0).toLowerCase() + text.slice(1))) return true;
	if (isClause.test(text) && /(?:\p{L}|\b(?:is|are|was|were|be|been)\s)$/u.test(sent)) return true;
	// The words so far may be followed by one that tells.
	const mayTell = /^\p{Lu}[\p{L}'-]*,?(?: \p{Lu}[\p{L}'-]*){0,3}(?: \p{Ll}*)? ?$/u.test(text);
	return mayTell && text.length < longestBeginning && !ended ? undefined : false;
}
