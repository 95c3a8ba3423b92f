import { plain } from "./characters.ts";
import type { OpenBlock } from "./open-block.ts";
import { longestSentence, type Reading } from "./openings.ts";
import { isNothingElse, openers, polite, speaksOfAnswer, speaksOfGoingOn } from "./preamble-words.ts";

/** One sentence of a lead-in: "Sure!", "Here is the rest of the answer:". */
export function readLeadIn(head: string, from: number, block: OpenBlock, sent: string): Reading {
	const rest = head.slice(from, from + longestSentence);
	const undecorated = rest.replace(/^[*_#[(>~¡¿\s]{0,6}/u, "");
	const spoken = small(undecorated);
	if (spoken === "") return "pending";
	const begun = openers.some((opener) => spoken.startsWith(opener) && !continuesWord(opener, spoken));
	if (!begun && from === 0) {
		const title = readContinuedTitle(rest);
		if (title !== undefined) return title;
	}
	if (!begun) return openers.some((opener) => opener.startsWith(spoken)) ? "pending" : undefined;
	// A point ends a sentence where white space follows.
	const end = /:(?![^\s*_\])])|[：。！…]|\n|[.!](?=\s)|\.{3}|[\])]/u.exec(spoken);
	if (end === null) return rest.length < longestSentence ? "pending" : undefined;
	const sentence = spoken.slice(0, end.index).trim();
	const stops = /^[.!。！]$/u.test(end[0]);
	const kind = "preamble";
	const behind = from + rest.length - undecorated.length + end.index + end[0].length;
	const after = head.slice(behind).replace(/^[.:：*_\])]*/u, "");
	// What follows in its line says more, and more of the closing signs may come.
	if (/^[ \t]{0,16}$/.test(after) && end[0] !== "\n") return "pending";
	const behindSentence = head.length - after.length;
	const endsLine = end[0] === "\n" || /^[ \t]*\n/.test(after);
	const goingOn = speaksOfGoingOn(sentence);
	if (goingOn !== "no") {
		// A text of its own goes on in small letters ("The work" – "continued until dawn"), or in the line ("Weiter ging es nicht: …").
		const isOfText = block.withinSentence && /^\p{Ll}/u.test(rest);
		const saysSo = endsLine || end[0] === "]" || end[0] === ")" || speaksOfAnswer.test(sentence) || (!stops && isNothingElse(sentence));
		return { end: behindSentence, kind, sure: goingOn === "surely" && saysSo && !isOfText };
	}
	const introduces = !stops && (/[:：]/u.test(end[0]) || endsLine);
	if (!introduces && !polite.test(sentence)) return undefined;
	// "Sure!" as a line of its own within a sentence, or before small letters, is nobody's but the model's.
	const standsAlone = endsLine || /^\s+\p{Ll}/u.test(after);
	const sure = polite.test(sentence) && standsAlone && block.withinSentence && !sent.trimEnd().endsWith(",");
	return { end: behindSentence, kind, sure };
}

/** The title of the answer again, which says that it is continued: `# The Dragon (continued)`. */
function readContinuedTitle(rest: string): Reading {
	if (!/^#{1,6}(?: |$)/.test(rest)) return undefined;
	const [title] =
		/^[^\n]{1,80}[([](?:continued|cont\.?(?:'?d)?|forts\.|fortsetzung|suite|continuación|continuação|segue|vervolg|продолжение|续|續|続き|계속)[\])][*_:]*[ \t]*\n/iu.exec(
			rest,
		) ?? [];
	if (title !== undefined) return { end: title.length, kind: "preamble", sure: true };
	return !rest.includes("\n") && rest.length < 100 ? "pending" : undefined;
}

/** Whether the text goes on in the word that an opener ends with. Openers in scripts without blanks, and those that are stems, may be gone on with. */
function continuesWord(opener: string, spoken: string): boolean {
	return /[a-z]$/.test(opener) && !/^(?:kontynu|pokrač)$/.test(opener) && /^[a-zà-ÿ']/.test(spoken.slice(opener.length));
}

/** Plain and in small letters; each character stays where it stands. */
function small(text: string): string {
	const lower = plain(text).toLowerCase();
	return lower.length === text.length ? lower : text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
