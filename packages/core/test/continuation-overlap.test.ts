import { describe, expect, test } from "vitest";

import { judgeOverlap, type OverlapJudgement } from "../src/chain/continuation/judge-overlap.ts";
import { openBlock } from "../src/chain/continuation/open-block.ts";
import type { Opening, OpeningKind } from "../src/chain/continuation/openings.ts";
import { readVisible } from "../src/chain/continuation/visible-text.ts";

interface Facts {
	/** What follows the repetition in the new text. */
	readonly next?: string;
	/** The white space before it. */
	readonly space?: string;
	/** What stands before it. */
	readonly behind?: OpeningKind;
	readonly sure?: boolean;
	readonly way?: "prefill" | "instruction";
	/** Its first character, where that differs. */
	readonly first?: string;
	/** Where the answer began, beside 0, as a text that is before it. */
	readonly before?: string;
}

/** Judges that a text which ended in `[` and what stands behind it is gone on with by the same: what is behind the bracket is repeated. */
function judged(marked: string, { next = " ", space = "", behind, sure = false, way = "instruction", first, before = "" }: Facts = {}) {
	const [begin = "", end = ""] = marked.split("⟦");
	const sent = readVisible(begin + end);
	const block = openBlock(sent.text);
	const start = readVisible(begin).characters.length;
	const opening: Opening | undefined = behind && { at: 0, kind: behind, sure };
	const starts = [0, readVisible(before).characters.length];
	const hit = { start, end: 0, first: first ?? sent.characters.charAt(start), next };
	return judgeOverlap(hit, opening, space, { sent, block, starts, way });
}

const long = "Once upon a time there was a king who had three daughters and lived by the sea. ";
const code = "```js\nlet one = two(three, four, five, six, seven, eight);\n";

const cases: readonly (readonly [what: string, marked: string, facts: Facts, expected: OverlapJudgement])[] = [
	// How much it says.
	["two words", `${long}The ⟦quick brown`, {}, "sure"],
	["two words within a word", `${long}The qu⟦ick brown`, {}, "sure"],
	["a word's end", `${long}The qu⟦ick`, {}, "chance"],
	["two words within a word, in another case", `${long}The qu⟦ick brown`, { first: "I" }, "chance"],
	["two words in another case", `${long}The ⟦quick brown`, { first: "Q" }, "sure"],
	["one word in another case", `${long}The ⟦brown`, { first: "B" }, "chance"],
	["few words that are long", "```js\nf(a: ⟦number, b: number): number {", {}, "sure"],
	["the word goes on", `${long}He said ⟦that `, { next: "c" }, "chance"],
	["the word goes on, as it was cut", `${long}He said ⟦that`, { next: "c" }, "likely"],
	["the word ends", `${long}He said ⟦that `, { next: "," }, "likely"],
	["nothing follows", `${long}He said ⟦that `, { next: "" }, "likely"],
	// What was asked for.
	["a word that the model was asked to begin with", "``` \n⟦word", {}, "likely"],
	["the beginning", "⟦word", {}, "sure"],
	["a sign at the beginning", "⟦#", {}, "sure"],
	["a letter at the beginning", "⟦a", {}, "likely"],
	["a letter at the beginning, behind a blank", "⟦a", { space: " " }, "chance"],
	["a word at the beginning, behind a blank", "⟦word", { space: " " }, "chance"],
	["a word at the beginning, in a new line", "⟦word", { space: "\n" }, "sure"],
	["what follows the caller's beginning", "I say: ⟦word", { before: "I say: " }, "sure"],
	["a digit at the beginning", "⟦7", {}, "likely"],
	// A fence.
	["a letter before a fence", "Here:\n\n⟦x```", {}, "likely"],
	["a fence", "Here:\n\n⟦```", {}, "sure"],
	["a long fence", "Here:\n\n⟦~~~~", {}, "sure"],
	["a fence with a language", "Here:\n\n⟦```js", {}, "likely"],
	["no fence", "Here:\n\n⟦~", {}, "chance"],
	["a fence behind something", "Here ⟦```", {}, "chance"],
	// A list's mark.
	["a bullet", "- One\n⟦-", { next: " " }, "likely"],
	["a bullet that is none", "- One\n⟦*", { next: "*" }, "chance"],
	["a bullet, and nothing more", "- One\n⟦-", { next: "" }, "likely"],
	["an item's number", "1. One\n⟦2.", {}, "likely"],
	["an item of one digit", "1. One\n⟦2. 7\n", {}, "likely"],
	["an item of one letter", "- One\n⟦- B\n", {}, "likely"],
	["an item of a sign", "- One\n⟦- !\n", {}, "chance"],
	["a line of one digit", `${long}\n⟦7\n`, {}, "chance"],
	["two items of one digit", "- One\n⟦- 7\n- 8", {}, "chance"],
	["an item of a digit alone", "- One\n⟦- 7\n", {}, "likely"],
	// A prefill.
	["after a prefill, three words", `${long}The ⟦quick brown fox`, { way: "prefill" }, "chance"],
	["after a prefill, four words", `${long}The ⟦quick brown fox jumps`, { way: "prefill" }, "sure"],
	["after a prefill, four words from within a word", `${long}Th⟦e quick brown fox jumps`, { way: "prefill" }, "sure"],
	["after a prefill, three words from within a word", `${long}qu⟦ick brown fox`, { way: "prefill" }, "chance"],
	["after a prefill, from the beginning", "⟦One two", { way: "prefill" }, "sure"],
	["after a prefill, one word from the beginning", "⟦One", { way: "prefill" }, "chance"],
	["after a prefill, the line of code that broke off", `${code}⟦let nine`, { way: "prefill" }, "sure"],
	["after a prefill, the word that it begins with", `${code}⟦let`, { way: "prefill" }, "chance"],
	["after a prefill, within that line", `${code}let ⟦nine ten`, { way: "prefill" }, "chance"],
	["after a prefill, the line of code before", `${code}⟦let nine = ten;\n`, { way: "prefill" }, "chance"],
	["after a prefill, two lines of code", `${code}⟦nine();\nten(eleven);\n`, { way: "prefill" }, "sure"],
	["after a prefill, two short lines of code", `${code}⟦nine();\nten();\n`, { way: "prefill" }, "chance"],
	["after a prefill, two lines of code that stand twice", `${code}a(b, cc);\ndd();\n⟦a(b, cc);\ndd();\n`, { way: "prefill" }, "chance"],
	["after a prefill, two lines of a text", `${long}\n⟦Nine ten\neleven`, { way: "prefill" }, "chance"],
	// Lines that are not known.
	["behind a line, two words", `${long}The ⟦quick brown`, { behind: "line" }, "sure"],
	["behind a line, one word", `${long}The ⟦brown`, { behind: "line" }, "chance"],
	["behind a line in code, three words", `${code}⟦let nine = ten;`, { behind: "line" }, "chance"],
	["behind a line in code, six words", `${code}⟦let nine = ten(eleven, twelve, thirteen);`, { behind: "line" }, "sure"],
	["behind a line in code, that is surely one", `${code}⟦let nine = ten;`, { behind: "line", sure: true }, "sure"],
	["behind a line, the beginning of code", "⟦```js\nlet one", { behind: "line" }, "sure"],
	["behind another number", "1. One\n2. ⟦Two", { behind: "marker" }, "chance"],
	["behind another number, a long word", "1. One\n2. ⟦Three", { behind: "marker" }, "chance"],
	["behind another number, two words", "1. One\n2. ⟦Two three", { behind: "marker" }, "sure"],
	["behind a list's mark", "1. One\n2. ⟦Two", { behind: "marker", sure: true }, "likely"],
	["behind a fence around text", `${long}The ⟦brown`, { behind: "fence" }, "chance"],
	["behind a sign of the model's own", `${long}The ⟦brown`, { behind: "token" }, "chance"],
	["behind such a sign that is surely one", `${long}The ⟦brown`, { behind: "token", sure: true }, "likely"],
	// Quotes.
	["in quotes", `${long}The ⟦brown`, { behind: "quote" }, "likely"],
	["in quotes, in a new paragraph", `${long}The ⟦brown`, { behind: "quote", space: "\n\n" }, "chance"],
	["in quotes, in a new paragraph, two words", `${long}The ⟦quick brown`, { behind: "quote", space: "\n\n" }, "sure"],
	// Patterns.
	["what stands twice", "[true, false, ⟦true, false, ", {}, "chance"],
	["what stands twice, four words", "Be one two three four, ⟦one two three four, ", {}, "sure"],
	["what stands twice, at the beginning of a line that broke off", "```py\nx = Context.id\n⟦Context.id", {}, "sure"],
	["signs that stand twice", "```js\n((⟦(", {}, "chance"],
	// What may be a lead-in.
	["behind what may lead in, the beginning", "⟦One", { behind: "preamble" }, "sure"],
	["behind what may lead in, a word", `${long}The ⟦brown`, { behind: "preamble" }, "chance"],
	["behind what may lead in, two words", `${long}The ⟦quick brown`, { behind: "preamble" }, "chance"],
	["behind what may lead in, three words", `${long}The ⟦quick brown fox`, { behind: "preamble" }, "sure"],
	["behind what may lead in, a paragraph", `${long}\n⟦The quick brown fox\n`, { behind: "preamble" }, "chance"],
	["behind what may lead in, the end of a paragraph", `${long}\nThe ⟦quick brown fox\n`, { behind: "preamble" }, "sure"],
	["behind what may lead in, what was asked for", "```js\nlet one = 1;\n⟦foo\n", { behind: "preamble" }, "chance"],
	["behind what may lead in, the words to begin with", `One. ${"⟦"}${long.trim()}`, { behind: "preamble" }, "sure"],
	["behind a lead-in, a word", `${long}He ⟦is `, { behind: "preamble", sure: true }, "likely"],
	["behind a lead-in and a blank, a word", `${long}He ⟦is `, { behind: "preamble", sure: true, space: " " }, "likely"],
	["behind a lead-in, a letter", `${long}Plan ⟦B `, { behind: "preamble", sure: true }, "chance"],
	["behind a lead-in, a sign", `${long}Plan ⟦! `, { behind: "preamble", sure: true }, "chance"],
	["behind a table's header, the first sign of a row", "| a | b |\n|---|---|\n| 1 | 2 |\n⟦|\n", { behind: "table", sure: true }, "likely"],
	["behind a header, a sign within a row", "| a | b |\n|---|---|\n| 1 | 2 ⟦|\n", { behind: "table", sure: true }, "chance"],
	["behind a lead-in, the first sign of a row", "| a | b |\n|---|---|\n| 1 | 2 |\n⟦|\n", { behind: "preamble", sure: true }, "chance"],
	// The line that broke off.
	["a word that begins it", `${long}\n⟦Then`, {}, "likely"],
	["a word that begins it, indented", `${code}  ⟦then`, { space: "  " }, "likely"],
	["a word that begins it, indented otherwise", `${code}  ⟦then`, { space: " " }, "chance"],
	["a letter that begins it", `${long}\n⟦A`, {}, "likely"],
	["a letter and a sign that begin it", `${long}\n⟦A:`, {}, "likely"],
	["a digit that begins it", `${long}\n⟦7`, {}, "chance"],
	["a digit that begins an item", "- One\n⟦- 7", {}, "likely"],
	["the first sign of a row", "| a | b |\n|---|---|\n⟦|", {}, "likely"],
	["a sign that begins a line of code", `${code}⟦}`, {}, "chance"],
	["a word that begins the line before", `${code}⟦break;\n`, {}, "chance"],
	// Numbers.
	["a number that was cut at its point", `${long}About ⟦3.`, { next: "1" }, "likely"],
	["a number at the end of a sentence", `${long}About ⟦3.`, { next: " " }, "chance"],
	["a part of a version", `${long}About 1.⟦3.`, { next: "1" }, "chance"],
	["a number that was cut, behind a blank", `${long}About ⟦3.`, { next: "1", space: " " }, "chance"],
	["a number behind which a blank was sent", `${long}About ⟦3. `, { next: "1" }, "chance"],
	["a long number that was cut", `${long}About ⟦12,`, { next: "1" }, "likely"],
	["one digit", `${long}It costs ⟦1`, {}, "chance"],
	["two digits", `${long}It costs ⟦12`, {}, "likely"],
	// Scripts without blanks.
	["two characters of Chinese", "昨天下雨了。今天我⟦喜欢", {}, "likely"],
	["one character of Chinese", "昨天下雨了。今天我喜⟦欢", {}, "chance"],
	["one character four times", "昨天下雨了。他笑：⟦哈哈哈哈", {}, "chance"],
	["three of Hiragana", "昨日は雨でした。今日は晴れて⟦いまし", {}, "likely"],
	["two of Hiragana", "昨日は雨でした。今日は晴れていま⟦した", {}, "chance"],
	// One word.
	["a short word, which would be doubled", `${long}He ⟦is`, {}, "likely"],
	["a short word behind a blank", `${long}He ⟦is `, {}, "chance"],
	["a short word with a blank before it", `${long}He ⟦is`, { space: " " }, "chance"],
	["a short word in a new line", `${long}He ⟦is`, { space: "\n" }, "chance"],
	["a short word in quotes", `${long}He ⟦is`, { behind: "quote" }, "chance"],
	["a long word behind a blank", `${long}The ⟦brown `, {}, "likely"],
	["a long word with a comma", `${long}The ⟦brown, `, {}, "likely"],
	["a long word that stands twice", `${long}It was very, ⟦very, `, {}, "chance"],
	["a long word that stands twice, in other words", `${long}It was every, ⟦very, `, {}, "chance"],
	["a long word that stood before another one", `${long}It was very much ⟦very `, {}, "likely"],
	["a long word behind a blank, in code", `${code}one, ⟦null, `, {}, "chance"],
	["a word over two lines", `${long}Very ⟦brown\n\n*`, {}, "chance"],
	["a sign", `${long}The ⟦! `, {}, "chance"],
];

describe("a repetition is judged", () => {
	test.each(cases)("%s", (_, marked, facts, expected) => expect(judged(marked, facts)).toBe(expected));
});
