import { describe, expect, test } from "vitest";

import { composeContinuation } from "../src/chain/continuation/compose-continuation.ts";
import { continuationKind } from "../src/chain/continuation/continuation-kind.ts";
import { type ChatMessage, compileHistory, type ModelInfo } from "../src/index.ts";

const user = (content: string): ChatMessage => ({ role: "user", content });
const assistant = (content: ChatMessage["content"]): ChatMessage => ({ role: "assistant", content });

const asked = { messages: [user("Tell me a story.")], system: "Be brief.", temperature: 0.5, maxTokens: 100, tools: [{ name: "look" }] };
const takesPrefill: ModelInfo = { id: "m", prefill: true };
const takesNone: ModelInfo = { id: "m" };
const sent = "Once upon a time there was a king who had three daughters and a ";

const last = (messages: readonly ChatMessage[]) => messages.at(-1)?.content;

describe("a model that takes a prefill", () => {
	test("gets the answer so far in last place, without white space at its end", () => {
		const { request, way } = composeContinuation(asked, takesPrefill, sent);
		expect(way).toBe("prefill");
		expect(request).toEqual({ ...asked, messages: [...asked.messages, assistant(sent.trimEnd())] });
	});

	test("gets one message together with the beginning that the caller gave", () => {
		const own = assistant([
			{ type: "text", text: "Once " },
			{ type: "text", text: "upon" },
		]);
		const { request, before } = composeContinuation({ messages: [user("?"), own] }, takesPrefill, " a time\n");
		expect(request.messages).toEqual([user("?"), assistant("Once upon a time")]);
		expect(before).toBe("Once upon");
	});

	test("gets an instruction where a prefill is not to be used", () => {
		expect(composeContinuation(asked, takesPrefill, sent, { way: "instruction" }).way).toBe("instruction");
	});

	test("gets the request as it was where nothing that can be seen was sent", () => {
		expect(composeContinuation(asked, takesPrefill, " \n").request).toEqual(asked);
	});
});

describe("any other model", () => {
	test("gets the answer so far as an earlier turn, and an instruction with its last words", () => {
		const { request, way } = composeContinuation(asked, takesNone, sent);
		expect(way).toBe("instruction");
		expect(request).toMatchObject({ ...asked, messages: [...asked.messages, assistant(sent), { role: "user" }] });
		expect(last(request.messages)).toContain("\n\nking who had three daughters and a\n\n");
	});

	test.each([undefined, takesNone])("never gets the assistant's message in last place", (info) => {
		for (const text of [sent, " ", "x"]) {
			const messages = [user("?"), assistant(text === "x" ? "I say: " : " ")];
			const { request } = composeContinuation({ messages }, info, text, { way: "prefill" });
			expect(request.messages.at(-1)?.role).toBe("user");
		}
	});

	test("gets the beginning that the caller gave and what was sent as one turn", () => {
		const { request, before } = composeContinuation({ messages: [user("?"), assistant("Once upon")] }, takesNone, " a time");
		expect(request.messages.slice(0, 2)).toEqual([user("?"), assistant("Once upon a time")]);
		expect(before).toBe("Once upon");
	});

	test("can have it all written into one prompt", () => {
		const prompt = compileHistory(composeContinuation(asked, takesNone, sent).request);
		expect(prompt).toContain(`<message role="assistant">\n${sent}\n</message>`);
	});

	test("is told about a block of code, a table and a list", () => {
		const told = (text: string) => last(composeContinuation(asked, takesNone, text).request.messages);
		expect(told("Look:\n\n```python\ndef f():\n    return")).toMatch(/block of code \(python\).*still open/);
		expect(told("Look:\n\n```\nx\n```\nThat was it, and")).not.toMatch(/block of code|table|list/);
		expect(told("| a | b |\n|---|---|\n| 1 |")).toContain("inside a table");
		expect(told("1. Apple\n2. Ban")).toContain("inside a list");
	});

	test("gets whole lines of code to begin with", () => {
		const text = "```js\nconst a = 1;\nfunction add(first, second) {\n  return first + sec";
		expect(last(composeContinuation(asked, takesNone, text).request.messages)).toContain(
			"\n\nfunction add(first, second) {\n  return first + sec\n\n",
		);
	});

	test("gets all of a very long answer, and few words to repeat", () => {
		const long = "word and more ".repeat(10_000);
		const { messages } = composeContinuation(asked, takesNone, long).request;
		expect(messages[1]).toEqual(assistant(long));
		expect(last(messages)?.length).toBeLessThan(1500);
	});

	test("gets no half of a surrogate pair", () => {
		const { messages } = composeContinuation(asked, takesNone, "So it was \ud83d").request;
		expect(messages.map(({ content }) => (content as string).isWellFormed())).toEqual([true, true, true]);
	});
});

describe("the kind", () => {
	test("is whole where JSON was asked for", () => {
		expect(continuationKind({ responseFormat: { type: "json" } }, "Hello")).toBe("whole");
		expect(continuationKind({ responseFormat: { type: "text" } }, "Hello")).toBe("splice");
	});

	test.each([
		"{",
		'{"a',
		'{"a": 1, "b": [tru',
		'\n{ "a": -1.5e',
		'{"a": "x\\u00',
		'{"a": {}}',
		"[",
		"[1, 2",
		'["a", null',
		"[[1.5",
		'{"a":1}\n{"b":',
		'```json\n{"a": 1',
		'```json\n{"a": 1}\n```\n',
	])("is whole for %j", (text) => {
		expect(continuationKind({}, text)).toBe("whole");
	});

	test.each([
		"",
		"Hello",
		"[1] see the note",
		"[1",
		"[t",
		"[too",
		"[link](http://a)",
		"[x] done",
		"{name}, hello",
		"{ name: 1 }",
		"{'a': 1}",
		'{"a" 1',
		'{"a": 1} is the value',
		"[1, 2] and [3]",
		"[1]: note",
		'"text"',
		"12",
		"{{name}}",
		"[,",
		'Here: {"a"',
		"```js\nlet a = {",
		"{1",
		"[1}",
		'{"a": nothing',
		'["a": 1',
		'{"a": : 1',
	])("is splice for %j", (text) => {
		expect(continuationKind({}, text)).toBe("splice");
	});
});
