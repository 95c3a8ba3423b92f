import { readFile } from "node:fs/promises";

import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { type ChatbotMessage, chatbotMessages, readChatbot } from "../src/index.ts";

const user = (text: string, more: object = {}) => ({ role: "user", text, ...more });
const assistant = (text: string, more: object = {}) => ({ role: "assistant", text, ...more });
const cat = (more: object = {}) => expect.objectContaining({ path: "/data/cat.png", ...more });
const described = { files: [cat({ description: "a cat", mediaType: "image/png" })] };
const served = { files: [cat({ name: "cat.png", url: expect.stringMatching(/\/file=\/data\/cat\.png$/) })] };

/** What the Chatbots of ten versions make of what apps give them, by version and name; chatbot-values.py says how it was found out. */
const recorded: Record<string, Record<string, unknown>> = JSON.parse(
	await readFile(new URL("recordings/chatbot-values.json", import.meta.url), "utf8"),
);

const expected: Record<string, readonly unknown[]> = {
	"pairs: turns": [user("q"), assistant("a"), assistant("b"), user("c")],
	"pairs: tuples": [user("q"), assistant("a")],
	"pairs: files": [user("", described), assistant("nice"), user("draw"), assistant("", { files: [cat()] })],
	"pairs: nothing": [],
	"pairs: components": [user("draw"), assistant("", served), user("write"), assistant("**hi**")],
	"messages: turns": [user("q"), assistant("a")],
	"messages: objects": [user("q"), assistant("a")],
	"messages: system": [{ role: "system", text: "s" }, user("q"), assistant("a")],
	"messages: files": [user("", described), assistant("", { files: [cat()] })],
	"messages: thoughts": [user("q"), assistant("hmm", { thought: "Thinking" }), assistant("aha", { thought: "Searching" }), assistant("a")],
	"messages: options": [user("q"), assistant("which?", { options: [{ value: "1", label: "one" }, { value: "2" }] })],
	"messages: components": [
		user("q"),
		assistant("", served),
		assistant("", { files: [cat({ description: "a cat" })] }),
		assistant("", { files: [cat({ size: 70 })] }),
		assistant(""),
		assistant("**hi**"),
		assistant("<b>x</b>"),
		assistant(""),
		assistant("1 + 1"),
	],
	"messages: nothing": [],
	"messages: lists": [user("look", { files: [cat()] }), assistant("one\n\ntwo", { files: [cat()] })],
	"messages: tags": [assistant("hmm", { thought: "Reasoning" }), assistant("a")],
};

test("values of ten versions of Gradio are at hand", () => {
	expect(Object.keys(recorded)).toHaveLength(10);
});

describe.each(Object.entries(recorded))("Gradio %s", (version, values) => {
	test.each(Object.entries(values))("%s", (name, value) => {
		// Before 5.50 Gradio drops the options itself.
		const dropsOptions = version === "4.44.1" || version === "5.0.2";
		const messages = name === "messages: options" && dropsOptions ? [user("q"), assistant("which?")] : expected[name];
		expect(chatbotMessages(value)).toEqual(messages);
		expect(chatbotMessages({ label: "x", value, __type__: "update" })).toEqual(messages);
	});
});

describe("what apps send past the Chatbot, as in a JSON output", () => {
	test.each<[string, unknown, readonly unknown[]]>([
		["a path in a pair", [["q", ["/data/cat.png"]]], [user("q"), assistant("", { files: [{ path: "/data/cat.png" }] })]],
		[
			"a path and words in a pair",
			[[["/data/cat.png", "a cat"], null]],
			[user("", { files: [{ path: "/data/cat.png", description: "a cat" }] })],
		],
		[
			"a bare file as a message",
			[
				{
					role: "assistant",
					content: { path: "/data/cat.png", url: null, orig_name: "cat.png", meta: { _type: "gradio.FileData" }, alt_text: "a cat" },
				},
			],
			[assistant("", { files: [{ path: "/data/cat.png", name: "cat.png", description: "a cat" }] })],
		],
		[
			"an address of Gradio 3",
			[[{ name: "cat.png", data: "data:image/png;base64,iVBORw0KGgo=", is_file: true, mime_type: "image/png" }, "nice"]],
			[user("", { files: [{ path: "cat.png", url: "data:image/png;base64,iVBORw0KGgo=", mediaType: "image/png" }] }), assistant("nice")],
		],
		[
			"a video and its component",
			[{ role: "assistant", content: { component: "video", value: { video: { path: "/data/cat.mp4" }, subtitles: null } } }],
			[assistant("", { files: [{ path: "/data/cat.mp4" }] })],
		],
		[
			"texts in a list",
			[
				{ role: "user", content: ["one", { type: "text", text: "two" }] },
				{ role: "assistant", content: [] },
			],
			[user("one\n\ntwo"), assistant("")],
		],
		["a block that is not in a list", [{ role: "user", content: { type: "text", text: "q" } }], [user("q")]],
		["a title that is empty", [{ role: "assistant", content: "a", metadata: { title: "" } }], [assistant("a")]],
		[
			"roles that the page does not show, and what is no turn",
			[{ role: "tool", content: "x" }, { role: "user" }, 5, null, "x", {}],
			[user("")],
		],
		["three in a pair, and one", [["q", "a", "x"], ["p"], []], [user("q"), assistant("a"), user("p")]],
	])("%s", (_, value, messages) => {
		expect(chatbotMessages(value)).toEqual(messages);
	});
});

test("what is no Chatbot's value, or leaves it as it is, is undefined", () => {
	for (const value of [undefined, "x", 5, true, {}, { value: [["q", "a"]] }, { __type__: "update" }]) {
		expect(chatbotMessages(value)).toBeUndefined();
	}
	expect(chatbotMessages(null)).toEqual([]);
	expect(chatbotMessages({ __type__: "update", value: null })).toEqual([]);
});

const text = fc.string({ maxLength: 3 });
const file = fc.record(
	{
		path: fc.jsonValue(),
		url: fc.jsonValue(),
		name: fc.jsonValue(),
		is_file: fc.boolean(),
		size: fc.jsonValue(),
		alt_text: fc.jsonValue(),
	},
	{ requiredKeys: [] },
);
/** Values that are nearly right: Gradio's keys with anything in them. */
const { turns } = fc.letrec<{ content: unknown; turn: unknown; turns: unknown }>((tie) => ({
	content: fc.oneof(
		{ depthSize: "small", withCrossShrink: true },
		text,
		fc.jsonValue({ maxDepth: 2 }),
		file,
		fc.record(
			{
				type: fc.constantFrom("text", "file", "component", 5),
				text: fc.oneof(text, fc.jsonValue()),
				file: fc.oneof(file, tie("content")),
				component: fc.oneof(fc.constantFrom("image", "markdown", "gallery"), fc.jsonValue()),
				value: tie("content"),
				alt_text: fc.jsonValue(),
			},
			{ requiredKeys: [] },
		),
		fc.array(tie("content"), { maxLength: 3 }),
	),
	turn: fc.oneof(
		fc.array(tie("content"), { maxLength: 3 }),
		fc.record(
			{
				role: fc.oneof(fc.constantFrom("user", "assistant", "system"), fc.jsonValue()),
				content: tie("content"),
				metadata: fc.oneof(fc.record({ title: fc.jsonValue() }), fc.jsonValue()),
				options: fc.oneof(fc.array(fc.record({ value: fc.jsonValue(), label: fc.jsonValue() }, { requiredKeys: [] })), fc.jsonValue()),
			},
			{ requiredKeys: [] },
		),
	),
	turns: fc.array(tie("turn"), { maxLength: 5 }),
}));
const anything = fc.oneof(fc.jsonValue(), turns, fc.record({ __type__: fc.constant("update"), value: fc.oneof(turns, fc.jsonValue()) }));
const sent = fc.record(
	{ userTurns: fc.nat({ max: 4 }), prompt: text, previous: fc.record({ user: text, assistant: text }) },
	{ requiredKeys: ["userTurns", "prompt"] },
);

function expectMessage({ role, text, files, thought, options, ...rest }: ChatbotMessage): void {
	expect(["user", "assistant", "system"]).toContain(role);
	expect(rest).toEqual({});
	expect(typeof text).toBe("string");
	if (thought !== undefined) expect(thought.length).toBeGreaterThan(0);
	for (const { size, ...texts } of files ?? []) {
		expect(texts.path ?? texts.url).toBeDefined();
		for (const one of Object.values(texts)) expect(typeof one).toBe("string");
		if (size !== undefined) expect(typeof size).toBe("number");
	}
	for (const option of options ?? [])
		expect(option).toEqual({ value: expect.any(String), ...("label" in option ? { label: option.label } : {}) });
}

test("whatever JSON is sent, it is read without a failure, and what is read is of the right types", () => {
	fc.assert(
		fc.property(anything, (value) => {
			for (const message of chatbotMessages(value) ?? []) expectMessage(message);
		}),
		{ numRuns: 1000 },
	);
});

test("the answer is what the assistant says after the last turn of the user", () => {
	fc.assert(
		fc.property(anything, fc.option(sent, { nil: undefined }), fc.boolean(), (value, what, final) => {
			const messages = chatbotMessages(value);
			const answer = readChatbot(value, what, final);
			if (messages === undefined) {
				expect(answer).toBeUndefined();
				return;
			}
			const after = messages.slice(messages.findLastIndex(({ role }) => role === "user") + 1);
			const said = after.flatMap((one) => (one.role === "assistant" && one.thought === undefined && one.text !== "" ? [one.text] : []));
			expect(what === undefined ? [said.join("\n\n")] : ["", said.join("\n\n")]).toContain(answer);
		}),
		{ numRuns: 1000 },
	);
});

test("nesting does no harm, however deep", () => {
	const deep = (open: string, close: string) => JSON.parse(`${open.repeat(50_000)}null${close.repeat(50_000)}`);
	expect(chatbotMessages(deep("[", "]"))).toEqual([user("")]);
	for (const content of [deep('{"file":', "}"), deep('{"component":"gallery","value":[', "]}")]) {
		expect(chatbotMessages([{ role: "user", content }])).toEqual([user("")]);
	}
});
