import { type ChatMessage, compileHistory, type ProviderRequest } from "@spaceport/core";
import { beforeAll, describe, expect, test } from "vitest";

import { readChatbot, sentTurns } from "../src/index.ts";
import { loadTools } from "../src/provider/late-tools.ts";
import { type SpaceConversationOptions, spaceConversation } from "../src/provider/space-conversation.ts";
import { chatbotForm, writeHistory } from "../src/provider/write-history.ts";

// A provider sees to it.
beforeAll(() => loadTools(undefined));

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: string): ChatMessage => ({ role: "assistant", content });
const system = (content: string): ChatMessage => ({ role: "system", content });

function ask(messages: readonly ChatMessage[], more: object = {}): ProviderRequest {
	return { model: "m", messages, ...more };
}

const component = (type: string, props: object = {}) => ({ type, props: { ...props } });
const withChatbot = { version: "5.50.0", inputs: [component("textbox"), component("chatbot"), component("textbox")] };
const withState = { version: "5.50.0", inputs: [component("textbox"), component("state")] };
const unknown = { version: undefined, inputs: undefined };

const turns = [user("q1"), assistant("a1"), user("q2")];

describe("a Space with a Chatbot", () => {
	const write = (messages: readonly ChatMessage[], more: object = {}, options: SpaceConversationOptions = { system: "leave-out" }) =>
		spaceConversation(ask(messages, more), withChatbot, { historyIndex: 1, ...options });

	test("gets the last words of the user as the prompt, and the earlier turns as its history", () => {
		expect(write([user("hello")])).toEqual({ prompt: "hello", history: [] });
		expect(write([system("be brief"), user("q1"), assistant("a1"), system("really"), user("q2")], { system: "be kind" })).toEqual({
			prompt: "q2",
			history: [["q1", "a1"]],
		});
	});

	test("loses no turn where one speaker speaks twice, or the assistant begins", () => {
		const messages = [assistant("hi"), user("q1"), user("q2"), assistant("a1"), assistant("a2"), user("q3"), user("q4")];
		expect(write(messages)).toEqual({
			prompt: "q3\n\nq4",
			history: [
				[null, "hi"],
				["q1\n\nq2", "a1\n\na2"],
			],
		});
	});

	test("gets the system prompt before the question, where it has no place of its own", () => {
		expect(write([user("q1"), assistant("a1"), system("s"), user("q2")], { system: "be brief" }, {})).toEqual({
			prompt: compileHistory({ system: "be brief", messages: [system("s"), user("q2")] }),
			history: [["q1", "a1"]],
		});
	});

	test("gets in its prompt what a Chatbot has no form for", () => {
		const messages: ChatMessage[] = [
			user("q1"),
			{ role: "assistant", content: [{ type: "tool-call", id: "1", name: "f", arguments: "{}" }] },
			{ role: "tool", content: [{ type: "tool-result", id: "1", result: "r" }] },
		];
		expect(write(messages)).toEqual({ prompt: compileHistory(messages), history: [] });
		expect(write([user("q1"), { role: "tool", content: "r" }, user("q2")]).history).toEqual([]);
	});

	test("cannot be asked everything", () => {
		expect(() => write([])).toThrow(expect.objectContaining({ code: "invalid-request" }));
		expect(() => write([system("only")])).toThrow(expect.objectContaining({ code: "invalid-request" }));
		expect(() => write([user("q"), assistant("The answer is")])).toThrow(
			expect.objectContaining({ code: "unsupported", capability: "prefill" }),
		);
		const image: ChatMessage = { role: "user", content: [{ type: "image", image: "http://127.0.0.1/a.png" }] };
		expect(() => write([image])).toThrow(expect.objectContaining({ code: "unsupported", capability: "image" }));
		expect(() => write([image, ...turns])).toThrow(expect.objectContaining({ code: "unsupported", capability: "image" }));
	});
});

test.each<[string, Parameters<typeof spaceConversation>[1], SpaceConversationOptions | undefined]>([
	["keeps its history itself", withState, { historyIndex: 1 }],
	["has no such input", withState, { historyIndex: 2 }],
	["takes a text alone", withState, undefined],
	["takes a text alone, as far as is known", unknown, undefined],
])("a Space that %s gets the conversation in its prompt", (_, endpoint, options) => {
	const request = ask(turns, { system: "be brief" });
	expect(spaceConversation(request, endpoint, options)).toEqual({ prompt: compileHistory(request), history: null });
	expect(spaceConversation(request, endpoint, { ...options, system: "leave-out" }).prompt).toBe(compileHistory(turns));
	expect(spaceConversation(ask([user("q")]), endpoint, options)).toEqual({ prompt: "q", history: null });
});

test("a Space that does not say what it takes gets the history where it is said to go", () => {
	expect(spaceConversation(ask(turns), unknown, { historyIndex: 1 })).toEqual({ prompt: "q2", history: [["q1", "a1"]] });
});

describe("sentTurns", () => {
	const sent = (messages: readonly ChatMessage[], endpoint: Parameters<typeof spaceConversation>[1]) => {
		const request = ask(messages);
		spaceConversation(request, endpoint, { historyIndex: 1 });
		return sentTurns(request);
	};

	test("says what was sent, as it was sent", () => {
		expect(sent([user("q")], withChatbot)).toEqual({ prompt: "q", userTurns: 1 });
		expect(sent([assistant("hi"), ...turns], withChatbot)).toEqual({
			prompt: "q2",
			userTurns: 2,
			previous: { user: "q1", assistant: "a1" },
		});
		expect(sent(turns, withState)).toEqual({ prompt: compileHistory(turns), userTurns: 1 });
		expect(sentTurns(ask(turns))).toBeUndefined();
	});

	test("two Spaces that are asked the same at once are told apart", () => {
		const [one, other] = [ask(turns), ask(turns)];
		spaceConversation(one, withChatbot, { historyIndex: 1 });
		spaceConversation(other, withState, { historyIndex: 1 });
		expect([sentTurns(one)?.userTurns, sentTurns(other)?.userTurns]).toEqual([2, 1]);
	});

	test("so a Chatbot that shows the compiled prompt is read at once, and one that shows the earlier turns is not", () => {
		const prompt = compileHistory(turns);
		expect(readChatbot([[prompt, "a"]], sent(turns, withState))).toBe("a");
		expect(readChatbot([["q1", "a1"]], sent(turns, withChatbot))).toBe("");
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
