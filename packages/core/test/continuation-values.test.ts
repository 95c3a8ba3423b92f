import { describe, expect, test } from "vitest";

import { createAlignment } from "../src/chain/continuation/alignment.ts";
import { isJsonBeginning } from "../src/chain/continuation/json-beginning.ts";

describe("the beginning of a JSON value", () => {
	test.each([
		'```\n{"a":1',
		'```JSON5 \n["a"',
		'  ```json\n\n  {"a"',
		'```jsonl\n{"a": 1}\n{"a": 2',
		'```json\n{"a": 1}\n```',
		'```json\n{"a": 1}\n\n```  \n',
		'{"a": "x\\',
		'{"a": "x\\n\\"y',
		'{"a": 1.5e+3',
		'{"a": 1.',
		'{"a": 12.25',
		'{"a": -',
		"[1, nul",
		"[true, f",
		"[true, false, null, 12, 1e5]",
		'{"a": false}\r\n\t',
		"[{}]\n[{}]",
		"[[], [[",
		'{"a":{"b":1},"c":[1',
		'{"a": "\\u00e9\\/\\b"',
		"{}",
		"[]",
		'["a", {"b": [',
	])("%j", (text) => expect(isJsonBeginning(text)).toBe(true));

	test.each([
		'x {"a": 1',
		'x\n```json\n{"a": 1',
		'{"a": 1]',
		'{"a"}',
		'{"a":}',
		"{:",
		"[1 2",
		"[1,,2",
		'{"a": 1,}',
		"[1,]",
		'{"a": trux',
		"[truely, 1",
		"[-1.5",
		"[ 12",
		"[false",
		'{"a": "x\ny"',
		'{"a": "\\x"',
		'```js\n{"a": 1',
		'```json {"a": 1',
		'{"a": 1}\n```\nThat is',
		'{"a" "b"',
		"{1: 2",
		'["a": 1',
		'{"a", "b"',
		'{"a": 1 "b"',
		"[1]]",
		'{"a": 1} "b"',
		'{"a": [1}',
		"[01x",
		"[}",
	])("is not %j", (text) => expect(isJsonBeginning(text)).toBe(false));
});

describe("an answer that was asked for anew", () => {
	const whole = (sent: string, next: string, before = "") => {
		const alignment = createAlignment({ sent, before, kind: "whole", way: "instruction" });
		const text = sent + alignment.take(next) + alignment.end();
		return alignment.state === "mismatch" ? alignment.how : text;
	};
	const same: readonly (readonly [sent: string, next: string, text: string])[] = [
		['{"a":\t1,\r\n"b', '{ "a" : 1, "b": 2}', '{"a":\t1,\r\n"b": 2}'],
		['{"a":"x\\" y', '{"a": "x\\" y"}', '{"a":"x\\" y"}'],
		['{"a":"\\\\","b', '{"a": "\\\\", "b": 1}', '{"a":"\\\\","b": 1}'],
		['{"a":"\\\\" ,', '{"a":"\\\\","b":1}', '{"a":"\\\\" ,"b":1}'],
		["ab  cd", "ab cd ef", "ab  cd ef"],
		["ab, cd", "ab,cd ef", "ab, cd ef"],
		["ab", "abc", "abc"],
		["12 ", "12 5", "12 5"],
		["[1] ", "[1]x", "[1] x"],
		["[1]", " [1]\n[2]", "[1]\n[2]"],
		["[1]", "[1]  ", "[1]  "],
		["[1]\n", "[1]", "[1]\n"],
		["[1]\n", "[1]\n\n[2]", "[1]\n\n[2]"],
		['{"a":"x ', '{"a":"x y"}', '{"a":"x y"}'],
		['"a b', '"a bc"', '"a bc"'],
		["  a", "a b", "  a b"],
		["a", "a", "a"],
	];
	test.each(same)("is the same: %j and %j", (sent, next, text) => expect(whole(sent, next)).toBe(text));

	test.each([
		["ab cd", "abcd ef", "diverged"],
		["abcd", "ab cd", "diverged"],
		["[1 2", "[12, 3]", "diverged"],
		["a b. c", "a b.c", "diverged"],
		['"a b', '"ab"', "diverged"],
		['"ab', '"a b"', "diverged"],
		['{"a":"x\\" y', '{"a":"x\\"  y"}', "diverged"],
		['{"a":"x\\\\" ,"b', '{"a":"x\\\\","c', "diverged"],
		["12 ", "125", "diverged"],
		["x 12 ", "x 125", "diverged"],
		["abc", "abd", "diverged"],
		["abc", "ab", "shorter"],
		["abc", "", "shorter"],
	] as const)("is another: %j and %j", (sent, next, how) => expect(whole(sent, next)).toBe(how));

	test("may begin with what the caller began it with", () => {
		expect(whole('"a": 1', '{"a": 1, "b": 2}', "{")).toBe('"a": 1, "b": 2}');
		expect(whole('"a": 1', '"a": 1, "b": 2}', "{")).toBe('"a": 1, "b": 2}');
		expect(whole("ab", "abab c", "ab")).toBe("abab c");
	});
});

describe("an alignment", () => {
	const create = (sent = "Once upon a time") => createAlignment({ sent, kind: "splice", way: "instruction" });

	test("has nothing to say of itself before the first word", () => {
		const { state, how, heldBack } = create();
		expect([state, how, heldBack]).toEqual(["undecided", undefined, ""]);
	});

	test("holds nothing back once it is aligned, and everything before", () => {
		const alignment = create();
		expect([alignment.take("upon a "), alignment.heldBack]).toEqual(["", "upon a "]);
		expect([alignment.take("time, "), alignment.heldBack, alignment.state, alignment.how]).toEqual([", ", "", "aligned", "overlap"]);
		expect([alignment.take("there"), alignment.end(), alignment.end()]).toEqual(["there", "", ""]);
	});

	test("gives half of a character at the end, where there is no more of it", () => {
		const cut = create();
		expect([cut.take("\ud83d"), cut.heldBack]).toEqual(["", "\ud83d"]);
		expect(cut.end()).toBe("\ud83d");
	});

	test("that is given a rewrite before anything was handed out has handed out nothing", () => {
		const alignment = create();
		alignment.take("upon a time");
		expect(alignment.replace("upon a time")).toEqual({ append: "" });
		expect(alignment.end()).toBe("");
		expect(alignment.replace("upon a time, there")).toEqual({ append: ", there" });
		expect(alignment.replace("upon a time: here")).toEqual({ whole: "Once upon a time: here" });
	});

	test("after a mismatch keeps what comes", () => {
		const alignment = create("To pick a lock you first");
		expect(alignment.take("I can't assist with that.")).toBe("");
		expect([alignment.take(" No"), alignment.end(), alignment.heldBack]).toEqual(["", "", "I can't assist with that. No"]);
	});
});
