import { describe, expect, test } from "vitest";

import { anchorStart, beginsLine } from "../src/chain/continuation/anchor.ts";
import {
	characterAt,
	characterBefore,
	fold,
	isMark,
	isSpace,
	isUnspaced,
	plain,
	withoutHalf,
} from "../src/chain/continuation/characters.ts";
import { closingSigns } from "../src/chain/continuation/closing-signs.ts";
import { cutCharacter } from "../src/chain/continuation/cut-character.ts";
import { evidence, isPhrase } from "../src/chain/continuation/evidence.ts";
import { joint, spaceAlreadySent } from "../src/chain/continuation/joint.ts";
import { missingSpace } from "../src/chain/continuation/missing-space.ts";
import { openBlock } from "../src/chain/continuation/open-block.ts";
import { separatorRest } from "../src/chain/continuation/separator-row.ts";
import { readVisible } from "../src/chain/continuation/visible-text.ts";

describe("evidence", () => {
	test.each([
		["fox", 1],
		["fox fox fox", 1],
		["fox dog", 2],
		["a", 0.7],
		["7", 0.5],
		["42", 0.5],
		["100", 1],
		["2026", 1],
		["a1", 1],
		["1a", 1],
		["...", 0],
		["snake_case", 1],
		["cafe\u0301", 1],
		["天", 0.67],
		["カ", 0.67],
		["か", 0.5],
		["ท", 0.35],
		["天天", 0.67],
		["天地", 1.34],
		["fox天dog", 2.67],
		["one two three four five six seven eight nine ten a1 a2 a3 a4 a5 a6 a7 a8", 16],
	])("of %j is %d", (text, weight) => expect(evidence(text)).toBeCloseTo(weight));

	test.each([
		["number, b: number): number {", true],
		["number, b: number", false],
		["number,b:number)", true],
		["number,b:number", false],
		["processQueueItemsNow();", false],
		["true, true, true, true, ", false],
		["true, false, true, false, ", false],
		["true, true, true, tr", false],
		["1, 2, 3, 4, 5, 6, 7, 8, 9", false],
		["ab cd ab cd ab cd ab ce", true],
		[`${"ab ".repeat(100)}ac`, false],
	])("%j is a phrase: %s", (text, expected) => expect(isPhrase(text)).toBe(expected));
});

describe("characters", () => {
	test.each([" ", "\n", "\t", "\u00a0", "\u200b", "\u200e", "\u00ad", "\u3000", "\0"])("%j is white space", (character) =>
		expect(isSpace(character)).toBe(true),
	);
	test.each(["a", "~", "\u007f", "é", "天", "-"])("%j is none", (character) => expect(isSpace(character)).toBe(false));
	test.each(["天", "あ", "ア", "ท", "ລ", "ក", "မ", "བ"])("%j is of a script without blanks", (character) =>
		expect(isUnspaced(character)).toBe(true),
	);
	test.each(["a", "я", "ا", "한", "न"])("%j is not", (character) => expect(isUnspaced(character)).toBe(false));
	test.each(["\u0301", "🏽", "\u200d", "\u200c", "\ude00", "\u093e"])("%j belongs to the one before it", (character) =>
		expect(isMark(character)).toBe(true),
	);
	test.each(["a", "é", "😀", " ", "\u007f"])("%j does not", (character) => expect(isMark(character)).toBe(false));

	test("are read whole", () => {
		expect(characterBefore("a😀", 3)).toBe("😀");
		expect(characterBefore("a😀", 2)).toBe("\ud83d");
		expect(characterBefore("ab", 2)).toBe("b");
		expect(characterBefore("ab", 1)).toBe("a");
		expect(characterBefore("\ud83db", 2)).toBe("b");
		expect(characterBefore("a\ude00", 2)).toBe("\ude00");
		expect(characterBefore("\ude00", 1)).toBe("\ude00");
		expect(characterBefore("", 0)).toBe("");
		expect([characterAt("a😀", 1), characterAt("a😀", 2), characterAt("a", 1)]).toEqual(["😀", "\ude00", ""]);
		expect([withoutHalf("a\ud83d"), withoutHalf("a😀"), withoutHalf("ab"), withoutHalf("")]).toEqual(["a", "a😀", "ab", ""]);
	});

	test("are compared in one form", () => {
		expect(plain("‘a’ “b” – c—d")).toBe("'a' \"b\" - c-d");
		expect(plain("plain")).toBe("plain");
		expect([..."‘“–…：（é한a\ud83d"].map(fold)).toEqual(["'", '"', "-", "...", ":", "(", "e\u0301", "한", "a", "\ud83d"]);
		expect([fold("À"), fold("¿"), fold("～"), fold("＀"), fold("\uac00")]).toEqual(["A\u0300", "¿", "~", "＀", "\uac00"]);
	});
});

describe("a visible text", () => {
	test("has no white space, and knows where its characters stand", () => {
		const text = readVisible(" a b\n\n“c… \n");
		expect(text.characters).toBe('ab"c...');
		expect(text.spaceAtEnd).toBe(" \n");
		expect([...text.offsets.slice(0, 7)]).toEqual([1, 3, 6, 7, 8, 8, 8]);
		expect([text.between(0, 2), text.between(1, 4), text.between(3, 3), text.between(4, 2), text.between(3, 7)]).toEqual([
			"a b",
			"b\n\n“c",
			"",
			"",
			"c…",
		]);
		expect(readVisible("  ").spaceAtEnd).toBe("  ");
		expect(readVisible("ab").spaceAtEnd).toBe("");
		expect(readVisible("…".repeat(50)).offsets[149]).toBe(49);
	});

	test.each([
		["ab cd", "10" + "10"],
		["a,b", "111"],
		["天地", "11"],
		["ab天cd", "10110"],
		["e\u0301a", "100"],
		["éa", "100"],
		["a👨\u200d👩b", "1100001"],
		["snake_case", "1000000000"],
		["a1", "10"],
	])("begins words in %j at %s", (text, begins) => {
		const visible = readVisible(text);
		expect([...visible.characters.split("").keys()].map((index) => (visible.beginsWord(index) ? "1" : "0")).join("")).toBe(begins);
	});
});

describe("the words to begin with", () => {
	const wordsOf = (text: string) => {
		const visible = readVisible(text);
		return text.slice(visible.offsets[anchorStart(visible, openBlock(text))]);
	};

	test("are some six", () => {
		expect(wordsOf("one two three four five six seven eight")).toBe("three four five six seven eight");
		expect(wordsOf("one two")).toBe("one two");
		expect(wordsOf("the the the the the the the the")).toBe("the the the the the the the the");
	});

	test("are whole lines of code and of tables", () => {
		expect(wordsOf("```js\nlet one = 1;\nlet two = two(one, three, four, five, six);\nret")).toBe(
			"let two = two(one, three, four, five, six);\nret",
		);
		expect(wordsOf("| a | b |\n|---|---|\n| one two three | four five six |\n| sev")).toBe("| one two three | four five six |\n| sev");
	});

	test("are at most two hundred characters long", () => {
		const line = `\`\`\`js\nf(${"word, ".repeat(80)}`;
		const words = wordsOf(line);
		expect(words.replaceAll(/\s/g, "").length).toBeLessThanOrEqual(200);
		expect(words.replaceAll(/\s/g, "").length).toBeGreaterThan(190);
		expect(words.startsWith("word")).toBe(true);
		expect(wordsOf("a".repeat(500))).toBe("a".repeat(200));
		expect(wordsOf(`${"x ".repeat(300)}`).replaceAll(/\s/g, "").length).toBe(200);
	});

	test("begin a line where nothing is before them in it", () => {
		const visible = readVisible("a b\n  c\nd");
		expect([0, 1, 2, 3].map((index) => beginsLine(visible, index))).toEqual([true, false, true, true]);
	});
});

describe("what a text stands in the middle of", () => {
	test.each([
		["```js\na", { fence: "```", language: "js" }],
		["```JS \na", { fence: "```", language: "js" }],
		["~~~~\na\n~~~\nb", { fence: "~~~~", language: "" }],
		["> ```\n> a", { fence: "```", language: "" }],
		["  ```py\na", { fence: "```", language: "py" }],
		["```js\na\n```js\nb", { fence: "```", language: "js" }],
		["```\na\n~~~\nb", { fence: "```", language: "" }],
		["~~~a`b\nc", { fence: "~~~", language: "a`b" }],
		["```js\na\n```\nb", undefined],
		["```js\na\n```` \nb", undefined],
		["```a`b\nc", undefined],
		["a ```js\nb", undefined],
		["``\na", undefined],
		["~~a~~ b", undefined],
	])("%j is in code: %j", (text, code) => expect(openBlock(text).code).toEqual(code));

	test.each([
		["| a | b |\n|---|---|\n| 1", "|a|b|"],
		["x\n | a | b |\n|---", "|a|b|"],
		["| a | b", ""],
		["a | b\n| c", ""],
		["a | b", undefined],
		["```\n| a | b |\n| c", undefined],
		["| a |\n\n| b", ""],
	])("%j is in a table under %j", (text, header) => expect(openBlock(text).table?.header).toBe(header));

	test.each([
		["3. ", "number"],
		["a\n12) ", "number"],
		["1234.", "number"],
		["- ", "bullet"],
		["  *", "bullet"],
		["+ \n", undefined],
		["3. a", undefined],
		["a 3.", undefined],
		["```\n- ", undefined],
		["12345.", undefined],
		["-a", undefined],
	])("%j ends with a %s", (text, marker) => expect(openBlock(text).marker).toBe(marker));

	test.each([
		["- a", true],
		["1234. a", true],
		["a\n  3) b\n", true],
		["-", true],
		["a - b", false],
		["-a", false],
		["```\n- a", false],
		["12345. a", false],
	])("%j is in an item: %s", (text, item) => expect(openBlock(text).item).toBe(item));

	test.each([
		["One two", true, true],
		["One two ", true, true],
		["One, ", true, true],
		["One; ", true, true],
		["Call `one`", true, true],
		["**One**", true, true],
		["(one)", true, true],
		["One.", true, false],
		["One.)", true, false],
		["One\n", false, false],
		["", false, false],
		[" ", false, false],
		["e\u0301", true, true],
	])("%j is within a line: %s, within a sentence: %s", (text, withinLine, withinSentence) =>
		expect(openBlock(text)).toMatchObject({ withinLine, withinSentence }),
	);

	test("its last line is the last that has something", () => {
		expect([openBlock("a\nbc").lastLine, openBlock("a\nbc\n\n").lastLine, openBlock("a").lastLine]).toEqual([2, 2, 0]);
	});
});

describe("a cut character", () => {
	const flag = "🇫🇷";
	test.each([
		["a e", "e\u0301s", false, 1],
		["a e", "e", false, undefined],
		["a e", "e", true, 0],
		["a e", "", false, undefined],
		["a e", "et", false, 0],
		["a e", "x", false, 0],
		["a e", "e\u0301", false, undefined],
		["a e", "e\u0301", true, 1],
		["a 🇫", flag, true, 2],
		["a 🇫", `${flag} b`, false, 2],
		["a 👨\u200d", "👨\u200d👩 b", false, 3],
		["a \ud83d", "😀 b", false, 1],
		["a ", " b", false, 0],
		["", "b", false, 0],
		["a e", `e${"\u0301".repeat(70)}`, false, 1],
	] as const)("%j, then %j", (sent, text, ended, expected) => expect(cutCharacter(sent, text, ended)).toBe(expected));
});

describe("white space that was sent already", () => {
	test.each([
		["", " a", 0],
		[" ", " a", 1],
		[" ", "a", 0],
		[" ", "  a", 1],
		["\n", "\n\na", 1],
		["\n\n", "\na", 1],
		["\n\n", "  a", 0],
		["\n\n", " a", 1],
		["\n    ", "    a", 4],
		["\n    ", "      a", 4],
		["\n  ", "\n    a", 3],
		[" ", "\n\na", 0],
		[" ", " \na", 1],
		["  ", " \t\na", 2],
		["\n", "\t\n", 2],
	])("%j, then %j", (sent, text, length) => expect(spaceAlreadySent(sent, text, true)).toBe(length));

	test("is waited for, though not without end", () => {
		expect(spaceAlreadySent("\n\n", "\n", false)).toBeUndefined();
		expect(spaceAlreadySent("\n\n", "\n", true)).toBe(1);
		expect(spaceAlreadySent("\n\n", "\na", false)).toBe(1);
		expect(spaceAlreadySent("\t", " ".repeat(64), false)).toBeUndefined();
		expect(spaceAlreadySent("\t", " ".repeat(65), false)).toBe(65);
	});
});

describe("white space that is missing", () => {
	const missing = (sent: string, text: string, ended = false) => missingSpace(sent, text, openBlock(sent), ended);
	test.each([
		["1. One\n2. Two", "3. Three", "\n"],
		["1. One\n2. Two", "3) Three", "\n"],
		["99. One", "100. Two", "\n"],
		["2. Two ", "3. Three", "\n"],
		["2. Two\n", "3. Three", ""],
		["2. Two", "4. Four", ""],
		["2. Two", "3", undefined],
		["2. Two", "3.", undefined],
		["2. Two", "3.5", ""],
		["- One", "- Two", "\n"],
		["  * One", "* Two", "\n"],
		["- One", "* Two", ""],
		["- One ", "- two", ""],
		["- One", "-", undefined],
		["- One", "-5", ""],
		["| a | b |\n|---|---|\n| 1 | 2 |", "| 3", "\n"],
		["| a | b |\n|---|---|\n| 1 | 2 | ", "| 3", "\n"],
		["| a | b |\n|---|---|\n| 1 |", "| 3", ""],
		["| a | b |\n|---|---|\n| 1 | 2 |", " 3", ""],
		["It ends.", "## Next", "\n\n"],
		["**It ends:**", "# Next", "\n\n"],
		["It ends.", "#", undefined],
		["It ends.", "## ", undefined],
		["It ends.", "#tag", ""],
		["It ends", "## Next", ""],
		["It ends. Here", "## Next", ""],
		["It is: a b", "- salt", ""],
		["You need:", "a - b", ""],
		["You need:", "1", undefined],
		["Call ` it\nall of it", "Paris", " "],
		["See a/b,", "then", ""],
		["See a,b", "then", ""],
		["(yes,", "then", " "],
		["It rained,", "- then", ""],
		["It is 2. Two", "3. Three", ""],
		["-  One", "- Two", "\n"],
		["It ends.", "####### Next", ""],
		["You need:", "- salt", "\n\n"],
		["You need:", "1. Salt", "\n\n"],
		["You need:", "1) Salt", "\n\n"],
		["You need:", "2. Salt", ""],
		["You need:", "-", undefined],
		["You need:", "-5", ""],
		["You need", "- salt", ""],
		["The capital is", "Paris", " "],
		["The capital is", "P", undefined],
		["The capital is", "PARIS", ""],
		["The capital is", "A city", " "],
		["The capital is", "paris", ""],
		["The capital is ", "Paris", ""],
		["It rained.", "Then", " "],
		["It rained!", "Then", " "],
		["He saw Paris.", "Then", " "],
		["It rained,", "then", " "],
		["It rained;", "then", " "],
		["It costs 1,", "250", ""],
		["It rained.", "then", ""],
		["It is Java", "Script", ""],
		["It is an i", "Phone", ""],
		["See example.com/a.", "Then", ""],
		["Call `get", "Name", ""],
		["Call `get` and", "Then", " "],
		["```js\nlet is", "Paris", ""],
		["The “city", "Paris", " "],
	] as const)("%j, then %j", (sent, text, space) => expect(missing(sent, text)).toBe(space));

	test("is known at the end", () => {
		expect(missing("2. Two", "3", true)).toBe("");
		expect(missing("It ends.", "#", true)).toBe("");
		expect(missing("You need:", "-", true)).toBe("");
		expect(missing("The capital is", "P", true)).toBe(" ");
	});
});

describe("behind a lead-in", () => {
	const between = (sent: string, text: string, kind: "preamble" | "table" = "preamble") => joint(sent, text, kind, openBlock(sent));
	test.each([
		["a word", "on", " "],
		["a word ", "on", ""],
		["a line\n", "on", ""],
		["a word", "", ""],
		["天气", "很好", ""],
		["word", "很好", ""],
		["end.", "New", " "],
		["end).", "(new)", " "],
		["a ", "(new)", ""],
		["a **b**", "on", " "],
		["a **b", "** on", ""],
		["a **", "b**", ""],
		["a `b`", "`c`", " "],
		['a "b', '" on', ""],
		['a "b"', '"c"', " "],
		["a `b.", "New `c`", " "],
		["a `b", "``c``", " "],
		["a _b", "__c__", " "],
		["a ` b\nc `d`", "on", " "],
		["a", "| b", ""],
		["a-", "b", ""],
		["a/", "b", ""],
		["a", ", b", ""],
		["2. Two", "3. Three", "\n"],
		["```js\nlet a", "let b", "\n"],
		["```js\na(", "b", ""],
		["```js\na(", "  b", "\n"],
		["```js\na(", "\tb", "\n"],
		["```js\na(", " b", ""],
		["```js\na(", "b  c", ""],
		["| a | b |\n|---|---|\n| 1 | 2 |", "| 3 |", "\n"],
		["| a | b |\n|---|---|\n| 1", "| 2 |", " "],
		["| a | b |\n|---|---|\n| one", "two |", " "],
		["| a | b |\n|---|---|\n| 1 |", "| 2 |", ""],
	] as const)("between %j and %j", (sent, text, space) => expect(between(sent, text)).toBe(space));

	test("of a table's header stands a newline", () => {
		expect(between("| a | b |\n|---|---|\n| 1", "| 2 |", "table")).toBe("\n");
		expect(between("| a | b |\n|---|---|\n| 1", "2 |", "table")).toBe(" ");
	});
});

describe("a separator row", () => {
	const rest = (sent: string, text: string, ended = false) => separatorRest(sent, openBlock(sent))?.(text, ended);
	const head = "| a | b |\n";
	test.each([
		[`${head}|---`, "|---|\n", 0],
		[`${head}|---`, "|---|---|\n", 4],
		[`${head}|---|`, "|---|---|\n", 5],
		[`${head}|---|`, "---|\n", 0],
		[`${head}|`, "|---|---|\n", 1],
		[`${head}|`, "---|---|\n", 0],
		[`${head}|---|-`, "|-----|-----|\n", 8],
		[`${head}|----------|-----`, "|:-:|:-:|\n", 7],
		[`${head}|----------|-----`, "|---|---|\n", 8],
		[`${head}| --- | -`, "| --- | --- |\n", 9],
		[`${head}|:`, "|---|---|\n", 1],
		[`${head}|---|---|`, "|---|---|\n", 9],
		[`${head}|---`, "\n|---|---|\n", 5],
		[`${head}|---`, "|---|---|", undefined],
		[`${head}|---`, "", undefined],
		[`${head}|---`, "| 1 | 2 |\n", "none"],
		[`${head}|---`, "|---|---|---|\n", "none"],
		[`${head}|---`, "\n", undefined],
		[`${head}|---|---`, "|\n", 0],
		[`${head}|`, "|  |\n", "none"],
		[`${head}|---`, "|---|---|  \n", 4],
		[`${head}|---`, "|---|---", undefined],
		[`${head}|---`, "---|---|\n", 0],
		[`${head}|----------|-----`, "|: :|--: :|\n", 7],
		[`${head}|---|`, "|---| :-|\n", 5],
		[`${head}  |---`, "|---|---|\n", 4],
	] as const)("%j, then %j", (sent, text, at) => expect(rest(sent, text)).toBe(at));

	test.each([
		"| a | b |\n|---|---|\n| 1",
		"| a | b |\n|---|---|\n|",
		"| a | b",
		"|---",
		"a | b\n|---",
		"| a | b |\n|---\n",
		"```\n| a | b |\n|---",
	])("%j does not end in one", (sent) => expect(rest(sent, "|---|\n")).toBeUndefined());

	test("may end the text", () => {
		expect(rest(`${head}|---`, "|---|---|", true)).toBe(4);
		expect(separatorRest("| a |\n|-", openBlock("| a |\n|-"))?.("|--|\n", false)).toBe(2);
	});
});

describe("signs around a repetition", () => {
	const closing = (after: string, opened: string, line = "", ended = false) => closingSigns(after, opened, line, ended);
	test.each([
		['" on', '"', "", 1],
		["” on", '"', "", 1],
		['..." on', '"', "", 4],
		['…" on', '"', "", 2],
		["... on", '"', "", 0],
		["on", '"', "", 0],
		["** on", "**", "", 2],
		["**** on", "**", "", 3],
		["` on", "`", "", 1],
		["」と", "「", "", 1],
		["' on", "'", "", 1],
		["_ on", "_", "", 1],
		["* on", '"', "", 0],
		["> on", ">", "", 0],
		['" on', '"', 'He said "yes', 0],
		['" on', '"', 'He said "yes"', 1],
		["", '"', "", undefined],
		["..", '"', "", undefined],
		["...", '"', "", undefined],
		['"', '"', "", undefined],
		['""""', '"', "", 3],
		["\n```\non", "```\n", "", 4],
		["\n```js\non", "```\n", "", 0],
		["on\n```\n", "```\n", "", 0],
		["", "```\n", "", undefined],
		["*_ on", "*_", "", 2],
		["a...", '"', "", 0],
		["a..", '"', "", 0],
		['..."""" on', '"', "", 6],
		['""""', '"', "", 3],
		['"""', '"', "", 3],
		["\n``", "```\n", "", undefined],
		[" \n", "```\n", "", undefined],
		[" on", "```\n", "", 0],
	] as const)("%j behind %j in %j", (after, opened, line, length) => expect(closing(after, opened, line)).toBe(length));

	test("may be the last", () => {
		expect([closing('"', '"', "", true), closing("..", '"', "", true), closing("\n```", "```", "", true)]).toEqual([1, 0, 4]);
		expect(closing(" ".repeat(80), "```")).toBe(0);
	});
});
