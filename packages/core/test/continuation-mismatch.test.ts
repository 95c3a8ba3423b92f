import { describe, expect, test } from "vitest";

import { hasDiverged, isAnotherAnswer, isRefusal } from "../src/chain/continuation/judge-mismatch.ts";
import { openBlock } from "../src/chain/continuation/open-block.ts";
import { createRetrace } from "../src/chain/continuation/retrace.ts";
import { readVisible } from "../src/chain/continuation/visible-text.ts";

describe("a new text", () => {
	const diverged = (sent: string, head: string, mayBeginAnew = true) => {
		const visible = readVisible(sent);
		const retrace = createRetrace(visible, [0], 0);
		for (const character of head) retrace.step(character);
		return hasDiverged(retrace, head, visible, openBlock(sent), mayBeginAnew);
	};
	const story = "The king of the old land had three daughters, and one of them was blind. The second one could sing. ";

	test.each([
		["three words of the beginning, within a sentence", `${story}And then `, "The king of a", true],
		["three words of the beginning, of a sentence that may begin", `${story}And then,`, "The king of the new", true],
		["three words, in small letters", `${story}And then,`, "the king of the new", false],
		["three words behind a blank", `${story}And then,`, " The king of the new", false],
		["three words at a new sentence", story, "The king of the new", false],
		["eight words at a new sentence", story, "The king of the old land had three sons", true],
		["seven words at a new sentence", story, "The king of the old land had two", false],
		["two words that make one with the last", `${story}And the`, "The king. Oh", true],
		["one word that makes one with the last", `${story}And the`, "The queen", false],
		["three words that are most of it", "One two three four. ", "One two three five", true],
		["two words that are most of it", "One two three. ", "One two four", false],
		["three words that are half of it", "One two three four five six. ", "One two three seven", false],
		["a sentence from its midst", `${story}And then,`, "The second one could dance", false],
		["a long sentence from its midst", `Begin. ${story}And then,`, "The king of the old land had three daughters, and two", true],
		["a long sentence from its midst, where one may begin", `Begin. ${story}`, "The king of the old land had two", false],
		["a long part of a sentence", `Begin when ${story}And then,`, "The king of the old land had three daughters, and two", false],
		["a line from its midst", `Begin\n${story}And then,`, "The king of the old land had three daughters, and two", true],
		["three words of a sentence that make one with the last", `Begin. ${story}And the`, "The second one could dance", true],
		["a sentence in quotes", `Begin. "Go!" ${story}And then,`, "The king of the old land had three daughters, and two", true],
		["nothing at all", "", "The king", false],
		["something else", story, "Bananas are yellow", false],
	])("with %s", (_, sent, head, expected) => expect(diverged(sent, head)).toBe(expected));

	test("is measured in another way in code, and after a prefill", () => {
		const head = "Begin the king of the";
		const sent = "Begin the king of a land, and then,";
		expect([diverged(sent, head), diverged(sent, head, false), diverged(`\`\`\`txt\n${sent}`, `\`\`\`txt\n${head}`)]).toEqual([
			true,
			false,
			false,
		]);
	});
});

describe("a refusal", () => {
	const refused = (sent: string, head: string, ended = false) => isRefusal(head, openBlock(sent), sent, ended);
	const within = "To pick a lock you first";
	const behind = "A lock has pins.\n\n";

	test.each([
		[within, "I'm sorry, but I can't assist with that.", true],
		[within, "\n\nI'm sorry, but I can't assist with that.", true],
		[within, "I'm sorry for him", true],
		[within, "i'm sorry for him", false],
		[within, " I'm sorry for him", false],
		[within, "He said he was sorry", false],
		[behind, "I'm sorry, but I can't assist with that.", true],
		[behind, "I'm sorry", undefined],
		[behind, "I'm", undefined],
		[behind, "I'm sad", false],
		[behind, "I'm sorry. It is late. Good night.", false],
		[behind, "I'm sorry. It is late", undefined],
		[behind, `I'm sorry ${"that it is late ".repeat(20)}`, false],
		[behind, `I'm sorry ${"that it is late ".repeat(20)} and I cannot assist`, false],
		[`${behind}"`, "I'm sorry, but I can't assist with that.", false],
		[`${behind}He said:\n`, "I'm sorry, but I can't assist with that.", false],
		[`${behind}— `, "I'm sorry, but I can't assist with that.", false],
		["```text\nA lock", "I'm sorry, but I can't assist with that.", false],
		[within, "Es tut mir leid, aber es ist spät", true],
		[within, "Je suis désolé", true],
		[within, "抱歉", true],
		[within, "Unfortunately, it is late", undefined],
		[behind, "The previous response was already complete.", true],
		[behind, "There is nothing more to add.", true],
		[behind, "There is nothing like a good lock. It holds. Well.", false],
		[behind, "Could you please provide more context?", true],
		[behind, "您的消息似乎被截断了。", true],
		[behind, "メッセージが途中で切れています。", true],
		[behind, "Parece que tu mensaje se cortó.", true],
		[behind, "I must decline to go on.", true],
		[behind, "I won't answer that.", true],
	])("behind %j: %j", (sent, head, expected) => expect(refused(sent, head)).toBe(expected));

	test("is known at the end", () => {
		expect(refused(behind, "I'm sorry", true)).toBe(false);
		expect(refused(behind, "I'm", true)).toBe(false);
	});
});

describe("another answer", () => {
	const another = (sent: string, head: string, introduces = false, ended = false) =>
		isAnotherAnswer(head, openBlock(sent), sent, introduces, ended);
	const is = "The capital of France is";
	const has = "He had";

	test.each([
		[is, "Bananas are rich", true],
		[`${is} `, "Bananas are rich", true],
		[is, "Bananas", undefined],
		[is, "Bananas ", undefined],
		[is, "Bananas ar", undefined],
		[is, "Bananas are", undefined],
		[is, "Bananas are ", undefined],
		[is, "Bananas in", undefined],
		[is, "Bananas in t", false],
		[is, "Paris, the", undefined],
		[is, "Paris,", undefined],
		[is, "Paris; a", false],
		[is, "New York City", undefined],
		[is, "New York City is big", true],
		[is, "New York City Hall Steps", false],
		[is, "New York City Hall is big", true],
		[is, "New-York's is big", true],
		[is, "Paris.", false],
		[is, "paris is big", false],
		[is, " Bananas are rich", false],
		[is, "There are cities", true],
		[is, "There's more to it", true],
		[is, "However, it is", true],
		[is, "Theresa May", undefined],
		[is, "The Hague", undefined],
		[is, "Usually it rains", true],
		[has, "Bananas are rich", true],
		[`${has} `, "Bananas are rich", false],
		["It was 7", "There are more", true],
		["It was 7", "Bananas are rich", false],
		["This ", "Bananas are rich", false],
		["It is. ", "Bananas are rich", false],
		["It is NATO", "There are cities", false],
		["```txt\nit is", "There are cities", false],
		["| a | b |\n|---|---|\n| it is", "There are cities", false],
		[is, "# Fruits\n", true],
		[is, "### Fruits are good\n", true],
		[is, "# Fruits", undefined],
		[is, "#", undefined],
		[is, "## ", undefined],
		[is, "#fruits", false],
		[is, "####### Fruits\n", false],
		[is, "#\n", false],
		[is, `# ${"Fruits ".repeat(20)}`, false],
		[is, `A${"a".repeat(90)}`, false],
		[is, `A${"a".repeat(78)}`, undefined],
	])("behind %j: %j", (sent, head, expected) => expect(another(sent, head)).toBe(expected));

	test("is known at the end, and where a line leads in", () => {
		expect([another(is, "Bananas", false, true), another(is, "# Fruits", false, true)]).toEqual([false, false]);
		expect([another(is, "Bananas", true), another(is, "bananas", true)]).toEqual([true, false]);
	});
});
