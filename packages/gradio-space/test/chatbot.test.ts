import { describe, expect, test } from "vitest";

import { chatbotForm, readChatbot, sentTurns, splitConversation, writeHistory } from "../src/index.ts";

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
		expect(readChatbot([user("q"), assistant("one"), assistant([block("tw"), block("o")])])).toBe("one\n\ntwo");
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

	test("sentTurns says what was sent", () => {
		const turn = (role: "user" | "assistant", content: string) => ({ role, content });
		expect(sentTurns({ messages: [turn("user", "q")] })).toEqual({ prompt: "q", userTurns: 1 });
		const messages = [turn("assistant", "hi"), turn("user", "q1"), turn("assistant", "a1"), turn("user", "q2")];
		expect(sentTurns({ messages })).toEqual({ prompt: "q2", userTurns: 2, previous: { user: "q1", assistant: "a1" } });
		expect(sentTurns({ messages })).toBe(sentTurns({ messages }));
	});

	test("gives the very string of the value", () => {
		const text = "a long answer";
		expect(Object.is(readChatbot([user([block("q")]), assistant([block(text)])]), text)).toBe(true);
	});
});

describe("writeHistory", () => {
	const history = [
		{ user: "q1", assistant: "a1" },
		{ user: "q2", assistant: "" },
		{ user: "", assistant: "a3" },
	];

	test("writes pairs", () => {
		expect(writeHistory(history, "pairs")).toEqual([
			["q1", "a1"],
			["q2", ""],
			[null, "a3"],
		]);
	});

	test("writes messages without further keys", () => {
		expect(writeHistory(history, "messages")).toEqual([
			{ role: "user", content: "q1" },
			{ role: "assistant", content: "a1" },
			{ role: "user", content: "q2" },
			{ role: "assistant", content: "a3" },
		]);
	});

	test("writes blocks", () => {
		expect(writeHistory(history.slice(0, 1), "blocks")).toEqual([
			{ role: "user", content: [{ type: "text", text: "q1" }] },
			{ role: "assistant", content: [{ type: "text", text: "a1" }] },
		]);
	});

	test.each([
		["6.31.0", {}, "blocks"],
		["10.0.0", {}, "blocks"],
		["5.50.0", { type: "messages" }, "messages"],
		["5.50.0", { type: "tuples" }, "pairs"],
		["4.16.0", {}, "pairs"],
		[undefined, {}, "pairs"],
		[undefined, { type: "messages" }, "messages"],
	] as const)("Gradio %s with %o takes %s", (version, props, form) => {
		expect(chatbotForm({ type: "chatbot", props }, version)).toBe(form);
	});
});

describe("splitConversation", () => {
	const u = (content: string) => ({ role: "user", content }) as const;
	const a = (content: string) => ({ role: "assistant", content }) as const;
	const s = (content: string) => ({ role: "system", content }) as const;

	test("takes the last words of the user as the prompt", () => {
		expect(splitConversation({ messages: "hello" })).toEqual({ prompt: "hello", history: [] });
		expect(splitConversation({ messages: [s("be brief"), u("q1"), a("a1"), s("really"), u("q2")] })).toEqual({
			prompt: "q2",
			history: [{ user: "q1", assistant: "a1" }],
		});
	});

	test("loses no turn where one speaker speaks twice, or the assistant begins", () => {
		expect(splitConversation({ messages: [a("hi"), u("q1"), u("q2"), a("a1"), a("a2"), u("q3"), u("q4")] })).toEqual({
			prompt: "q3\n\nq4",
			history: [
				{ user: "", assistant: "hi" },
				{ user: "q1\n\nq2", assistant: "a1\n\na2" },
			],
		});
	});

	test("says what it cannot take", () => {
		expect(() => splitConversation({ messages: [] })).toThrow(expect.objectContaining({ code: "invalid-request" }));
		expect(() => splitConversation({ messages: [s("only")] })).toThrow(expect.objectContaining({ code: "invalid-request" }));
		expect(() => splitConversation({ messages: [u("q"), a("The answer is")] })).toThrow(
			expect.objectContaining({ code: "unsupported", capability: "prefill" }),
		);
		expect(() => splitConversation({ messages: [u("q"), { role: "tool", content: "result" }, u("q")] })).toThrow(
			expect.objectContaining({ code: "unsupported", capability: "tools" }),
		);
		const image = { type: "image", image: "http://127.0.0.1/a.png" } as const;
		expect(() => splitConversation({ messages: [{ role: "user", content: [image] }] })).toThrow(
			expect.objectContaining({ code: "unsupported", capability: "image" }),
		);
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
