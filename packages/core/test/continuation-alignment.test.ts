import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createAlignment } from "../src/chain/continuation/alignment.ts";

interface Outcome {
	/** What the caller has in the end, or undefined for a mismatch. */
	readonly text: string | undefined;
	readonly how: string | undefined;
	readonly heldBack: string;
}

type Way = "prefill" | "instruction";

function align(sent: string, deltas: readonly string[], way: Way = "instruction", kind: "splice" | "whole" = "splice"): Outcome {
	const alignment = createAlignment({ sent, kind, way });
	let text = sent;
	for (const delta of deltas) text += alignment.take(delta);
	text += alignment.end();
	const { state, how, heldBack } = alignment;
	return { text: state === "mismatch" ? undefined : text, how, heldBack };
}

/** Cuts of a text: whole, in single UTF-16 units, and at random. */
function cuts(text: string): string[][] {
	const random = fc.sample(fc.array(fc.nat(text.length), { maxLength: 8 }), { numRuns: 6, seed: 7 }).map((places) => {
		const sorted = [0, ...places.sort((one, other) => one - other), text.length];
		return sorted.slice(1).map((end, index) => text.slice(sorted[index], end));
	});
	return [[text], text.split(""), ...random];
}

function expectEach(sent: string, next: string, expected: Partial<Outcome>, way: Way = "instruction", kind: "splice" | "whole" = "splice") {
	for (const deltas of cuts(next)) expect(align(sent, deltas, way, kind), JSON.stringify({ sent, deltas })).toMatchObject(expected);
}

/** What was sent, what the next provider gives, and the whole text; where nothing is to be left out, the two together. */
type Case = readonly [what: string, sent: string, next: string, whole?: string];

function each(cases: readonly Case[], outcome: Partial<Outcome> = {}) {
	for (const [what, sent, next, whole = sent + next] of cases) test(what, () => expectEach(sent, next, { text: whole, ...outcome }));
}

const fox = "The quick brown fox jumps over the lazy dog.";

describe("goes on exactly", () => {
	const cases: readonly Case[] = [
		["at a blank", "The quick brown", " fox jumps over the lazy dog."],
		["behind a blank", "The quick brown ", "fox jumps over the lazy dog."],
		["within a word", "The quick bro", "wn fox jumps."],
		["at a newline", "One.\n\n", "Two."],
		["with a newline", "One.", "\n\nTwo."],
		["with the same sign", "aaaa", "aaab"],
		["with the same word again, as English has it", "All the faith he had", " had had no effect."],
		["with the same short word behind a blank", "All the faith he had ", "had no effect."],
		["with a word that begins as the last one", "He said that ", "thatched roofs burn."],
		["with a repeated emoji", "Great 🎉", "🎉 news"],
		["with values that repeat", "[0, 0, 0, 0, ", "0, 0]"],
		["with the end of a block in a block", "  if x\n    y\n  end\n", "end\n"],
		["with closing tags", "<div><div>a</div>\n", "</div>\n"],
		["with a single letter behind a blank", "There is plan B ", "B or not B"],
		["within a number", "It costs 1", "1.50 euros"],
		["with the words of the beginning", "The cat sat.\nThe dog ran.\n", "The bird flew."],
		[
			"with a verse that begins as the first one",
			"I have a dream that one day this nation will rise up.\n\n",
			"I have a dream that my four children",
		],
		["with a word that lead-ins begin with", "Do you agree? ", "Sure, why not? It is fine."],
		["with an instruction", "1. Press start.\n2. ", "Continue to the next screen: it is blue."],
		["with an apology that belongs to the text", "Dear Ms. Smith,\n\n", "I'm sorry, but I can't attend your party."],
		["with a name", "The capital of France is ", "Paris, the city of light."],
		["with names", "She was born in ", "New York City and lived there."],
		["with a name that has an article", "They live in ", "The Hague now."],
		["with I", "And that is what ", "I think of it."],
		["with speech", 'The robot said: "', "I'm sorry, but I can't assist with that."],
		["in Chinese", "今天天气很", "好，我们去公园。"],
		["in Chinese, with one character twice", "他笑：哈", "哈哈"],
		["in Arabic", "ذهب الولد إلى ", "المدرسة صباحا"],
		["in Hebrew", "הילד הלך ", "לבית הספר"],
		["in Thai", "วันนี้อากาศ", "ดีมาก"],
		["with the rest of a cut character", "cafe", "\u0301 au lait"],
		["with the rest of a family", "a 👨\u200d", "👩\u200d👧 b"],
		["with the second half of a pair", "a \ud83d", "\ude00 b"],
		["with nothing", "The end.", ""],
		["behind nothing that can be seen", "\n\n", "Hello"],
		["with a new row", "| a | b |\n|---|---|\n| 1 | 2 |\n", "| 3 | 4 |\n"],
		["with the next item", "1. Apple\n2. Banana\n", "3. Cherry"],
		["with the end of a block of code", "```js\nfoo();\n", "```\n\nThis calls foo."],
		["with dots of its own", "Well", "... what now?"],
		["with dots in code", "```js\nf(", "...args)\n```"],
		["with a block of code", "Here is the code:\n\n", "```python\nprint(1)\n```"],
	];
	each(cases, { how: "exact" });
});

describe("starts the same answer over", () => {
	const cases: readonly Case[] = [
		["the whole of it", "The quick brown", fox, fox],
		["with nothing new", fox, fox, fox],
		["within a word", "The quick bro", fox, fox],
		["with other white space", "One.\n\nTwo", "One.\nTwo and three", "One.\n\nTwo and three"],
		["behind white space", "The quick", `\n\n${fox}`, fox],
		["after one word", "The", fox, fox],
		["after half a word, behind a lead-in", "he", "Sure! Here is the full answer:\n\nheart and soul", "heart and soul"],
		["after one sign", "#", "# Title", "# Title"],
		["behind a lead-in", "The quick brown", `Sure! Here is the full answer:\n\n${fox}`, fox],
		["with other quotes", "It’s “fine” to", 'It\'s "fine" to go', "It’s “fine” to go"],
		["in Chinese", "今天天气很", "今天天气很好。", "今天天气很好。"],
		["an emoji that was cut", "Yes \ud83d", "Yes 😀 no", "Yes 😀 no"],
	];
	each(cases, { how: "same-start" });
});

describe("repeats the last words", () => {
	const story = "Once upon a time there was a king. The quick brown";
	const cases: readonly Case[] = [
		["one word", story, "brown fox", `${story} fox`],
		["one word behind a blank", `${story} `, "brown fox", `${story} fox`],
		["two words", story, "quick brown fox", `${story} fox`],
		["two words, behind a blank", story, " quick brown fox", `${story} fox`],
		["a word that was cut", `${story} fo`, "brown fox", `${story} fox`],
		["the cut word alone", `${story} fo`, "fox jumps", `${story} fox jumps`],
		[
			"several lines",
			"Intro to it.\nOne fine line.\nTwo fine lines.\n",
			"One fine line.\nTwo fine lines.\nThree.",
			"Intro to it.\nOne fine line.\nTwo fine lines.\nThree.",
		],
		["with other white space", "Intro.\n\nOne fine line and\n", "One  fine\nline and more", "Intro.\n\nOne fine line and\nmore"],
		["with an empty line behind it", `${story} `, "The quick brown\n\nfox", `${story} fox`],
		["with an empty line behind it, and a new sentence", story, "The quick brown\n\nAnd more", `${story}\n\nAnd more`],
		["with a newline behind it, as verses have it", story, "The quick brown\nfox", `${story}\nfox`],
		["from within a word", story, "ick brown fox", `${story} fox`],
		["with its first letter large", "And then he saw the quick brown", "The quick brown fox", "And then he saw the quick brown fox"],
		["dots before", story, "...quick brown fox", `${story} fox`],
		["a sign for dots before", story, "… quick brown fox", `${story} fox`],
		["in quotes", story, '"The quick brown" fox', `${story} fox`],
		["in quotes, with dots", story, '"...The quick brown..." fox', `${story} fox`],
		["behind a lead-in", story, "Sure, continuing:\n\nThe quick brown fox", `${story} fox`],
		["behind a lead-in that is not known", story, "Jatkan tästä:\n\nThe quick brown fox", `${story} fox`],
		["behind a lead-in, in quotes with dots", story, 'Of course! Here is the rest:\n\n"…The quick brown fox', `${story} fox`],
		["in Chinese", "今天天气很好，我们去公园散", "公园散步吧", "今天天气很好，我们去公园散步吧"],
		["in Chinese, two characters", "昨天下雨了。今天我喜欢", "喜欢吃苹果", "昨天下雨了。今天我喜欢吃苹果"],
		["in Japanese", "昨日は雨でした。今日は晴れていま", "今日は晴れています。", "昨日は雨でした。今日は晴れています。"],
		["in Arabic", "في يوم من الأيام ذهب الولد إلى", "الولد إلى المدرسة", "في يوم من الأيام ذهب الولد إلى المدرسة"],
		["in Hebrew", "פעם אחת הילד הלך", "הילד הלך לבית", "פעם אחת הילד הלך לבית"],
		["a character that was cut", "un cafe", "cafe\u0301 noir", "un cafe\u0301 noir"],
	];
	each(cases, { how: "overlap" });
});

describe("begins a cut character again", () => {
	const cases: readonly Case[] = [
		["an accent", "He likes cafe", "e\u0301s", "He likes cafe\u0301s"],
		["a pair", "a \ud83d", "😀 b", "a 😀 b"],
		["a family", "a 👨\u200d", "👨\u200d👩\u200d👧 b", "a 👨\u200d👩\u200d👧 b"],
		["a flag", "a 🇫", "🇫🇷 b", "a 🇫🇷 b"],
		["a colour of skin", "ok 👍", "👍🏽 yes", "ok 👍🏽 yes"],
	];
	each(cases);
});

describe("goes on behind a lead-in", () => {
	const sent = "The quick brown ";
	const whole = `${sent}fox jumps.`;
	const leadIns = [
		"Sure, continuing:\n\n",
		"Sure, continuing: ",
		"Here is the rest of the answer:\n\n",
		"Certainly! Here's the continuation:\n\n",
		"Of course! Continuing from where I left off:\n\n",
		"Continuing from where I left off...\n\n",
		"I apologize for the interruption. Here is the rest of my answer:\n\n",
		"It seems my previous response was cut off. Here's the continuation:\n\n",
		"**Continued:**\n\n",
		"[Continued]\n\n",
		"(continued) ",
		"Okay, let me continue:\n",
		"Sure! I'll pick up where I left off.\n\n",
		"Natürlich, hier geht es weiter:\n\n",
		"Hier ist die Fortsetzung:\n\n",
		"Bien sûr, voici la suite :\n\n",
		"Claro, aquí está la continuación:\n\n",
		"Aquí tienes el resto de la respuesta:\n\n",
		"Claro, continuando:\n\n",
		"Aqui está o restante da resposta:\n\n",
		"Certo, ecco il resto della risposta:\n\n",
		"Natuurlijk, hier is het vervolg:\n\n",
		"Oczywiście, oto dalszy ciąg:\n\n",
		"Tabii, devam ediyorum:\n\n",
		"Конечно, продолжаю:\n\n",
		"Вот продолжение:\n\n",
		"بالطبع، إليك بقية الإجابة:\n\n",
		"好的，继续：\n\n",
		"以下是剩余的内容：\n",
		"はい、続きです：\n\n",
		"承知しました。続きは以下の通りです：\n\n",
		"네, 계속하겠습니다:\n\n",
	];
	test.each(leadIns)("%j", (leadIn) => {
		expectEach(sent, `${leadIn}fox jumps.`, { text: whole });
		expectEach(sent, `${leadIn}...fox jumps.`, { text: whole });
		expectEach("Once upon a time the quick brown", `${leadIn}the quick brown fox`, { text: "Once upon a time the quick brown fox" });
		expectEach("The quick brown", `${leadIn}fox jumps.`, { text: "The quick brown fox jumps." });
	});
});

describe("in code", () => {
	const code = "Here it is:\n\n```python\ndef add(a, b):\n    total = a + b\n";
	const rest = "    return total\n```\nDone.";
	const cases: readonly Case[] = [
		["exactly", code, rest, code + rest],
		["with its own fence", code, `\`\`\`python\n${rest}`, code + rest],
		["with the fence that broke off", "Here it is:\n\n```", "```python\nfoo()\n```", "Here it is:\n\n```python\nfoo()\n```"],
		["with the fence that broke off, which has no language", "Here it is:\n\n```", "```\nfoo()\n```", "Here it is:\n\n```\nfoo()\n```"],
		["with the fence that closes it", `${code}\`\`\``, "```\n\nDone.", `${code}\`\`\`\n\nDone.`],
		["behind the fence that broke off", "Here it is:\n\n```", "python\nfoo()\n```"],
		["with its own fence and the last line", code, `\`\`\`python\n    total = a + b\n${rest}`, code + rest],
		["with its own fence and the whole block", code, `\`\`\`python\ndef add(a, b):\n    total = a + b\n${rest}`, code + rest],
		["without indentation", code, `def add(a, b):\ntotal = a + b\n${rest}`, code + rest],
		["with a lead-in and its own fence", code, `Here is the rest of the code:\n\n\`\`\`python\n${rest}`, code + rest],
		["with a lead-in and a bare fence", code, `Sure, continuing:\n\n\`\`\`\n${rest}`, code + rest],
		["with a lead-in, and the block's end", code, "Sure, continuing:\n\n```\n\nDone.", `${code}\`\`\`\n\nDone.`],
		["within a line", `${code}    retur`, "n total\n```\nDone.", code + rest],
		["the line that broke off", `${code}    return`, `    ${rest.trimStart()}`, code + rest],
		["the line that broke off, with its own fence", `${code}    return`, `\`\`\`python\n${rest}`, code + rest],
		["the next line, with its own fence", code.trimEnd(), `\`\`\`python\n${rest}`, code + rest],
		["the indentation that was sent", `${code}    `, `    total = a + b\n${rest}`, code + rest],
	];
	each(cases);
});

describe("in a table or a list", () => {
	const table = "Fruits:\n\n| Name | Price |\n|------|-------|\n| Apple | 1 |\n";
	const rest = "| Pear | 2 |\n| Plum | 3 |\n";
	const list = "1. Apple\n2. Banana\n";
	const cases: readonly Case[] = [
		["the header again", table, `| Name | Price |\n|------|-------|\n${rest}`, table + rest],
		["the header again, with other dashes", table, `| Name | Price |\n|---|---|\n${rest}`, table + rest],
		["the header and the last row", table, `| Name | Price |\n|---|---|\n| Apple | 1 |\n${rest}`, table + rest],
		["the header within a row", `${table}| Pear |`, `| Name | Price |\n|---|---|\n${rest}`, table + rest],
		["the row that broke off", `${table}| Pear |`, rest, table + rest],
		["the first sign of a row", `${table}|`, rest, table + rest],
		["the next row behind the header", table.trimEnd(), `| Name | Price |\n|---|---|\n${rest}`, table + rest],
		["a lead-in and the header", table, `Here is the rest of the table:\n\n| Name | Price |\n|---|---|\n${rest}`, table + rest],
		["a lead-in and the next row, behind a row without its newline", table.trimEnd(), `Sure, continuing:\n\n${rest}`, table + rest],
		["the last item", list, "2. Banana\n3. Cherry", `${list}3. Cherry`],
		["the item that broke off", `${list}3. Che`, "3. Cherry\n", `${list}3. Cherry\n`],
		["the number", `${list}3. `, "3. Cherry", `${list}3. Cherry`],
		["numbers from the first", `${list}3. `, "1. Cherry", `${list}3. Cherry`],
		["numbers from the first, at a new line", list, "1. Cherry", `${list}1. Cherry`],
		["the last bullet", "- Apple\n- Banana\n", "- Banana\n- Cherry", "- Apple\n- Banana\n- Cherry"],
		["a bullet's sign", "- Apple\n- ", "- Banana", "- Apple\n- Banana"],
		["another bullet's sign", "- Apple\n-", "* Banana", "- Apple\n- Banana"],
	];
	each(cases);
});

describe("in a table or a list, behind what was sent whole", () => {
	const cases: readonly Case[] = [
		["the next number without its newline", "1. Apple\n2. Banana", "3. Cherry", "1. Apple\n2. Banana\n3. Cherry"],
		["a capital letter in a row", "| a | b |\n|---|---|\n| the", " The king is here |"],
		["a capital letter in code", "```ts\ntype", "The thing is\n"],
		["another number", "1. Apple\n2. Banana", "4. Cherry"],
		["the next row without its newline", "| a | b |\n|---|---|\n| 1 | 2 |", "| 3 | 4 |", "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"],
		["the rest of a row", "| a | b |\n|---|---|\n| 1 |", " 2 |\n"],
	];
	each(cases, { how: "exact" });
});

describe("a reasoning model", () => {
	const sent = "Once upon a time there was a king who had three";
	const thought = "<think>\nThe user wants the rest. I begin with: there was a king who had three\n</think>\n\n";
	const cases: readonly Case[] = [
		["thinks, and repeats the last words", sent, `${thought}a king who had three daughters.`, `${sent} daughters.`],
		["thinks, and starts over", sent, `${thought}${sent} daughters.`, `${sent} daughters.`],
		["thinks, and goes on", `${sent} `, `${thought.trimEnd()}daughters.`, `${sent} daughters.`],
		["thinks, and that is all", sent, thought.slice(0, 30), sent],
		["thought before, and thinks again", `<think>Hm.</think>\n\nThe`, `${thought}The king.`, "<think>Hm.</think>\n\nThe king."],
		[
			"was cut while it thought",
			"<think>\nThe user wants",
			"<think>\nThe user wants a story.\n</think>\nOnce",
			"<think>\nThe user wants a story.\n</think>\nOnce",
		],
		["begins with another tag", "See ", "<thing>it</thing>"],
		["begins with less than", "a ", "< b"],
	];
	each(cases);
});

describe("an answer that the caller began", () => {
	const before = "The capital of";
	const sent = " France is";
	const parts = (next: string, kind: "splice" | "whole" = "splice", way: Way = "instruction") => {
		const alignment = createAlignment({ sent, before, kind, way });
		return sent + alignment.take(next) + alignment.end();
	};

	test("may be repeated from its own beginning, from what was sent, or not at all", () => {
		const whole = " France is Paris.";
		expect(parts("The capital of France is Paris.")).toBe(whole);
		expect(parts("capital of France is Paris.")).toBe(whole);
		expect(parts("France is Paris.")).toBe(whole);
		expect(parts(" Paris.")).toBe(whole);
		expect(parts("The capital of France is Paris.", "splice", "prefill")).toBe(whole);
	});

	test("is the same value from either beginning", () => {
		const value = (next: string) => {
			const alignment = createAlignment({ before: "{", sent: '"a": 1', kind: "whole", way: "instruction" });
			return [alignment.take(next) + alignment.end(), alignment.state];
		};
		expect(value('{"a": 1, "b": 2}')).toEqual([', "b": 2}', "aligned"]);
		expect(value('"a": 1, "b": 2}')).toEqual([', "b": 2}', "aligned"]);
		expect(value('{"b": 2}')).toEqual(["", "mismatch"]);
	});
});

describe("after a prefill", () => {
	const cases: readonly Case[] = [
		["a repeated word goes on", "ha", "ha!", "haha!"],
		["two repeated words go on", "I said no, no", "no, no, no"],
		["a lead-in's words go on", "He said, ", "Sure, continuing: yes."],
		["an apology goes on", "And then he wrote ", "I'm sorry, but I can't assist with that."],
		["a server gives the prefill back", "The quick brown fox", "The quick brown fox jumps", "The quick brown fox jumps"],
		["white space comes again", "One.\n\n", "\n\nTwo.", "One.\n\nTwo."],
		["white space comes again, otherwise", "One. ", "\n\nTwo.", "One. \n\nTwo."],
		["white space does not come again", "One. ", "Two."],
		["indentation comes again", "if x:\n    ", "\n    return", "if x:\n    return"],
	];
	for (const [what, sent, next, whole = sent + next] of cases) test(what, () => expectEach(sent, next, { text: whole }, "prefill"));
});

describe("a JSON value", () => {
	const value = '{"name": "A b", "list": [1, 20';
	const json = (sent: string, next: string, expected: Partial<Outcome>) => expectEach(sent, next, expected, "instruction", "whole");

	test.each([
		["the same", value, `${value}0]}`, `${value}0]}`],
		["the same without white space", value, '{"name":"A b","list":[1,200]}', `${value}0]}`],
		["the same with more white space", '{"a":1', '\n{\n  "a": 1,\n  "b": 2\n}', '{"a":1,\n  "b": 2\n}'],
		["nothing new", '{"a":1}', '{"a":1}', '{"a":1}'],
		["within an escape", '{"a":"x\\', '{"a":"x\\"y"}', '{"a":"x\\"y"}'],
		["text that was asked for anew", 'One "two".\n', 'One "two".\n\nThree.', 'One "two".\n\nThree.'],
		["text with other white space", "One. ", "\nOne.\n\nTwo.", "One. \n\nTwo."],
	])("%s", (_, sent, next, whole) => json(sent, next, { text: whole, how: "same-start" }));

	test.each([
		["an exact continuation", value, "0]}", "diverged"],
		["another value", value, '{"name": "A c"}', "diverged"],
		["other white space in a string", value, '{"name": "A  b"}', "diverged"],
		["a number that was ended", '{"a": 12 ', '{"a": 125}', "diverged"],
		["a lead-in", value, `Here is the JSON:\n${value}`, "diverged"],
		["a shorter one", value, '{"name"', "shorter"],
	])("%s is a mismatch", (_, sent, next, how) => json(sent, next, { text: undefined, how, heldBack: next }));
});

test("any text that is begun anew the same keeps the white space at the place where it goes on", () => {
	const text = 'Plant something.\n\n```ts\nlet one = "a \\" b";\n\n\n\tlet two = 2;\n```\n\n  That is "all". \n';
	for (let end = 1; end < text.length; end += 1) {
		expectEach(text.slice(0, end), text, { text, how: "same-start" }, "instruction", "whole");
	}
});

describe("a text that is rewritten", () => {
	const create = () => createAlignment({ sent: "Once upon a time", kind: "splice", way: "instruction" });

	test("is aligned anew while nothing of it was handed out", () => {
		const alignment = create();
		expect(alignment.take("Once upon")).toBe("");
		expect(alignment.replace("upon a time there was")).toEqual({ append: " there was" });
		expect(alignment.take(" a king")).toBe(" a king");
	});

	test("gives the caller's whole text where something was handed out", () => {
		const alignment = create();
		expect(alignment.take("upon a time ther was")).toBe(" ther was");
		expect(alignment.replace("upon a time there was")).toEqual({ whole: "Once upon a time there was" });
		expect(alignment.replace("upon a")).toEqual({ whole: "Once upon a time" });
		expect(alignment.state).toBe("undecided");
		expect(alignment.take(" time there is")).toBe(" there is");
	});

	test("may turn out to be no continuation", () => {
		const alignment = create();
		expect(alignment.replace("Hello! How can I help you today?")).toEqual({ append: "" });
		expect(alignment).toMatchObject({ state: "mismatch", how: "refused", heldBack: "Hello! How can I help you today?" });
		expect(alignment.take(" Ask.")).toBe("");
		expect(alignment.heldBack).toBe("Hello! How can I help you today? Ask.");
	});
});

test("white space alone is not waited for without end", () => {
	const alignment = createAlignment({ sent: "Hello", kind: "splice", way: "instruction" });
	expect(alignment.take("\n".repeat(500))).toBe("");
	expect(alignment.take("\n".repeat(600))).toBe("\n".repeat(1100));
	expect(alignment.how).toBe("exact");
});

describe("decides early", () => {
	const decidesAfter = (sent: string, next: string) => {
		const alignment = createAlignment({ sent, kind: "splice", way: "instruction" });
		for (const [index, unit] of next.split("").entries()) {
			alignment.take(unit);
			if (alignment.state !== "undecided") return next.slice(0, index + 1);
		}
		return undefined;
	};
	test.each([
		["within its first word", "The quick brown", " fox jumps", " f"],
		["as soon as what was sent is passed", "The quick", "The quick brown", "The quick "],
		["behind a repetition", "Once upon a time the quick", "time the quick brown", "time the quick "],
		["where it differs", "The quick brown fox jumped and", "The quick brown dog", "The quick brown d"],
		["where a lead-in's first letter is another word's", "Plants are green. ", "Sun shines", "Sun"],
	])("%s", (_, sent, next, seen) => expect(decidesAfter(sent, next)).toBe(seen));
});

describe("is no continuation", () => {
	const cases: readonly (readonly [what: string, sent: string, next: string, how: string])[] = [
		[
			"over, and then other words",
			"The quick brown fox jumps over the lazy dog and",
			"The quick brown fox leaps over a lazy cat",
			"diverged",
		],
		["over, with another answer", "The capital of France is Paris. ", "The capital of France is Lyon.", "diverged"],
		["over, soon with other words", "The capital of France is ", "The capital of Italy is Rome.", "diverged"],
		["over, and shorter", "The quick brown fox jumps over the lazy dog and", "The quick brown fox", "shorter"],
		["a refusal", "To pick a lock you first ", "I'm sorry, but I can't assist with that request.", "refused"],
		["a refusal at a new sentence", "A lock has pins.\n\n", "I'm sorry, but I can't assist with that request.", "refused"],
		["a question back", "The quick brown", "It looks like your message was cut off. Could you please provide the full text?", "refused"],
		["an offer", "The quick brown", "Hello! How can I help you today?", "refused"],
		["a second sentence", "The capital of France is ", "Bananas are rich in potassium.", "another-answer"],
		["a sentence within a sentence", "The capital of France is", "There are many cities in France.", "another-answer"],
		["a heading within a sentence", "The capital of France is ", "# Fruits\n\nBananas", "another-answer"],
		["a lead-in to something else", "The capital of France is", "Sure! Here's a list of fruits:\n\n1. Banana", "another-answer"],
		["a refusal in German", "Um ein Schloss zu öffnen, muss man ", "Es tut mir leid, aber dabei kann ich nicht helfen.", "refused"],
		["a refusal in Chinese", "要打开一把锁，首先需要", "抱歉，我无法协助完成这个请求。", "refused"],
	];
	test.each(cases)("%s", (_, sent, next, how) => expectEach(sent, next, { text: undefined, how, heldBack: next }));
});
