import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { readChatbot } from "../src/index.ts";
import { messagesChatbot, tuplesChatbot } from "./support/json-arbitraries.ts";

const user = (content: unknown): object => ({ role: "user", content });
const assistant = (content: unknown, metadata: unknown = null): object => ({ role: "assistant", metadata, content });
const block = (text: string): object => ({ type: "text", text });

describe("readChatbot", () => {
	test.each([
		["pairs", [["q", "the answer"]]],
		["pairs with a dict", [["q", block("the answer")]]],
		["messages", [user("q"), assistant("the answer")]],
		["blocks", [user([block("q")]), assistant([block("the answer")])]],
		["a bare block", [user(block("q")), assistant(block("the answer"))]],
		["an update", { __type__: "update", value: [["q", "the answer"]], label: "x" }],
		[
			"an earlier turn before it",
			[
				["q0", "earlier"],
				["q", "the answer"],
			],
		],
		[
			"a greeting before it",
			[
				[null, "Hi!"],
				["q", "the answer"],
			],
		],
		["thoughts beside it", [user("q"), assistant("hmm", { title: "Thinking" }), assistant("the answer")]],
	])("reads %s", (_, value) => {
		expect(readChatbot(value)).toBe("the answer");
		expect(readChatbot(value, { userTurns: 1, prompt: "q" })).toBe("the answer");
	});

	test.each([
		["no turn", []],
		["null", null],
		[
			"a pair without answer",
			[
				["q0", "earlier"],
				["q", null],
			],
		],
		["a user's message alone", [user("q0"), assistant("earlier"), user("q")]],
	])("gives the empty string for %s", (_, value) => {
		expect(readChatbot(value)).toBe("");
	});

	test.each([
		["text", "hello"],
		["an update without value", { __type__: "update", visible: true }],
		["undefined", undefined],
		["a dict", { a: 1 }],
	])("gives nothing for %s", (_, value) => {
		expect(readChatbot(value)).toBeUndefined();
	});

	test("joins what the assistant says in several messages or blocks", () => {
		expect(readChatbot([user("q"), assistant("one"), assistant([block("two"), block("three")])])).toBe("one\n\ntwo\n\nthree");
		expect(
			readChatbot([
				["q", "one"],
				[null, "two"],
			]),
		).toBe("one\n\ntwo");
	});

	test("never takes an earlier answer for the new one", () => {
		const sent = { userTurns: 2, prompt: "new question" };
		expect(readChatbot([["old question", "old answer"]], sent)).toBe("");
		expect(readChatbot([user("old question"), assistant("old answer")], sent)).toBe("");
		expect(
			readChatbot(
				[
					["old question", "old answer"],
					["new question", "new answer"],
				],
				sent,
			),
		).toBe("new answer");
	});

	test("reads the answer of a Space that forgets early turns", () => {
		const sent = { userTurns: 5, prompt: "new\tquestion  " };
		expect(readChatbot([["new question", "new answer"]], sent)).toBe("new answer");
		expect(readChatbot([user([block("new question")]), assistant([block("new answer")])], sent)).toBe("new answer");
	});

	test("does not lose the answer of a Space that forgets early turns and shows the new one in words of its own", () => {
		const sent = { userTurns: 3, prompt: "new question", previous: { user: "old question", assistant: "old answer" } };
		expect(readChatbot([["Question: new question", "new answer"]], sent)).toBe("new answer");
		expect(readChatbot([["old  question", "old answer"]], sent)).toBe("");
		expect(readChatbot([["Question: old question", "old answer"]], sent)).toBe("");
		expect(readChatbot([[null, "Hi!"]], sent)).toBe("");
	});

	test("gives the text as it stands in the value", () => {
		const text = "  a long\tanswer \n";
		expect(readChatbot([user([block("q")]), assistant([block(text)])])).toBe(text);
	});
});

test("at the end an answer without the user's turn counts, and the previous one still does not", () => {
	const first = { userTurns: 1, prompt: "q" };
	expect(readChatbot([[null, "Hello"]], first)).toBe("");
	expect(readChatbot([[null, "Hello"]], first, true)).toBe("Hello");
	expect(readChatbot([{ role: "assistant", content: "Hello" }], first, true)).toBe("Hello");
	const second = { userTurns: 2, prompt: "q2", previous: { user: "q1", assistant: "old" } };
	expect(readChatbot([["q1", "old"]], second, true)).toBe("");
	expect(readChatbot([["q1", "new"]], second, true)).toBe("new");
});

test("an exchange of nothing but texts is read as all others are", () => {
	// A message of a role that is not shown makes the last exchange one that is looked at closely, and changes nothing else.
	const nobody = { role: "nobody", content: "" };
	let found = 0;
	fc.assert(
		fc.property(fc.oneof(tuplesChatbot, messagesChatbot), fc.nat(3), fc.boolean(), (value, userTurns, final) => {
			const turns = value as unknown[];
			const sent = { userTurns, prompt: "a", previous: { user: "b", assistant: "é" } };
			for (const given of [undefined, sent, { userTurns, prompt: "a" }]) {
				const closely = readChatbot([...turns, nobody], given, final);
				expect(readChatbot(turns, given, final)).toBe(closely);
				if (closely !== "") found += 1;
			}
		}),
		{ numRuns: 1000 },
	);
	expect(found).toBeGreaterThan(100);
});
