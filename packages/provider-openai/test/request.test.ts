import type { ResponseFormat } from "@spaceport/core";
import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

import type { OpenAICompatibleOptions, OpenAICompatibleRequest, Quirks } from "../src/index.ts";
import { delta, done, finish, startEndpoint } from "./support/fake-endpoint.ts";

const answer = [delta("{}"), finish(), done];

/** What goes over the wire for a request. */
async function sent(request: Partial<OpenAICompatibleRequest>, options: Partial<OpenAICompatibleOptions> = {}) {
	await using server = await startEndpoint(answer);
	const asked = await server.ask(options, request);
	return { body: server.requests.length === 0 ? undefined : server.body(), headers: server.requests[0]?.headers, ...asked };
}

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 1, 2, 3]);
const tools = [
	{
		name: "weather",
		description: "Tells it.",
		parameters: { type: "object", properties: { city: { type: "string" } }, additionalProperties: false, $schema: "x" },
	},
];

describe("a request", () => {
	test("says what is asked and no more", async () => {
		const { body, headers } = await sent({ metadata: { secret: "of mine" } });
		expect(body).toEqual({
			model: "m",
			messages: [{ role: "user", content: "Hello" }],
			stream: true,
			stream_options: { include_usage: true },
		});
		expect(headers).toMatchObject({
			"content-type": "application/json",
			accept: "text/event-stream",
			...(currentRuntime().sendsAllHeaders && { "user-agent": expect.stringMatching(/^spaceport/) }),
		});
		expect(headers).not.toHaveProperty("authorization");
	});

	test("has its settings", async () => {
		const { body } = await sent({
			system: "Be brief.",
			temperature: 0,
			topP: 0.5,
			maxTokens: 9,
			stop: ["a", "", "b"],
			seed: 7,
			tools,
			toolChoice: { name: "weather" },
		});
		expect(body).toMatchObject({
			messages: [
				{ role: "system", content: "Be brief." },
				{ role: "user", content: "Hello" },
			],
			temperature: 0,
			top_p: 0.5,
			max_tokens: 9,
			stop: ["a", "b"],
			seed: 7,
			tools: [{ type: "function", function: tools[0] }],
			tool_choice: { type: "function", function: { name: "weather" } },
		});
		expect((await sent({ stop: "end" })).body).toMatchObject({ stop: "end" });
		expect((await sent({ stop: "", tools: [], toolChoice: "none" })).body).not.toHaveProperty(["stop"]);
		expect((await sent({ tools: [], toolChoice: "none" })).body).not.toHaveProperty(["tool_choice"]);
	});

	test("has pictures, sound and files", async () => {
		const { body } = await sent({
			messages: [
				{
					role: "user",
					content: [
						{ type: "text", text: "What is it?" },
						{ type: "image", image: png },
						{ type: "image", image: new URL("https://example.org/a.png") },
						{ type: "file", file: png, mediaType: "image/png" },
						{ type: "file", file: new Uint8Array([1, 2]), mediaType: "audio/mpeg" },
						{ type: "file", file: new Uint8Array([1, 2]), mediaType: "application/pdf", name: "a.pdf" },
					],
				},
			],
		});
		const url = `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
		expect(body?.messages as object).toMatchObject([
			{
				content: [
					{ type: "text", text: "What is it?" },
					{ type: "image_url", image_url: { url } },
					{ type: "image_url", image_url: { url: "https://example.org/a.png" } },
					{ type: "image_url", image_url: { url } },
					{ type: "input_audio", input_audio: { data: "AQI=", format: "mp3" } },
					{ type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AQI=" } },
				],
			},
		]);
		const unknown = await sent({ messages: [{ role: "user", content: [{ type: "image", image: new Uint8Array([1]) }] }] });
		expect(unknown).toMatchObject({ body: undefined, error: { code: "invalid-request", path: "messages[0].content[0].mediaType" } });
	});

	test("has what tools were asked and said", async () => {
		const call = { type: "tool-call", id: "c1", name: "weather", arguments: "{}" } as const;
		const { body } = await sent({
			messages: [
				{ role: "system", content: "Be brief." },
				{ role: "user", content: "Weather?", name: "ada" },
				{ role: "assistant", content: [call, { ...call, id: "c2" }] },
				{ role: "tool", content: [{ type: "tool-result", id: "c1", result: "Sun" }] },
				{
					role: "user",
					content: [
						{ type: "tool-result", id: "c2", result: "Rain" },
						{ type: "text", text: "And?" },
					],
				},
				{
					role: "assistant",
					content: [
						{ type: "text", text: "Let me look." },
						{ ...call, id: "c3" },
					],
				},
				{ role: "tool", content: "Snow" },
			],
		});
		const written = { type: "function", function: { name: "weather", arguments: "{}" } };
		expect(body?.messages).toEqual([
			{ role: "system", content: "Be brief." },
			{ role: "user", content: "Weather?", name: "ada" },
			{
				role: "assistant",
				content: null,
				tool_calls: [
					{ id: "c1", ...written },
					{ id: "c2", ...written },
				],
			},
			{ role: "tool", tool_call_id: "c1", content: "Sun" },
			{ role: "tool", tool_call_id: "c2", content: "Rain" },
			{ role: "user", content: "And?" },
			{ role: "assistant", content: "Let me look.", tool_calls: [{ id: "c3", ...written }] },
			{ role: "tool", tool_call_id: "c3", content: "Snow" },
		]);
		expect((await sent({ messages: [{ role: "tool", content: "Snow" }] })).error).toMatchObject({
			code: "invalid-request",
			path: "messages[0].content",
		});
	});

	test("has one system prompt at its beginning", async () => {
		const { body } = await sent({
			system: "One.",
			messages: [
				{ role: "system", content: "Two." },
				{ role: "user", content: "Hello" },
				{ role: "system", content: "Three." },
			],
		});
		expect(body?.messages).toEqual([
			{ role: "system", content: "One.\nTwo." },
			{ role: "user", content: "Hello" },
			{ role: "system", content: "Three." },
		]);
	});

	test("wants JSON", async () => {
		const strict = { type: "object", properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false };
		const loose = { type: "object", properties: { a: { type: "string" } } };
		const format = async (responseFormat: ResponseFormat, quirks: Quirks = {}) => {
			const { body, warnings } = await sent({ responseFormat }, { quirks });
			return { format: body?.response_format, messages: JSON.stringify(body?.messages), warnings };
		};
		expect(await format({ type: "text" })).toMatchObject({ format: undefined });
		expect(await format({ type: "json" })).toMatchObject({ format: { type: "json_object" }, messages: expect.stringContaining("JSON") });
		expect((await format({ type: "json", schema: strict, name: "my answer!" })).format).toEqual({
			type: "json_schema",
			json_schema: { name: "my_answer_", schema: strict, strict: true },
		});
		expect((await format({ type: "json", schema: loose })).format).toEqual({
			type: "json_schema",
			json_schema: { name: "answer", schema: loose },
		});
		expect(await format({ type: "json", schema: loose }, { jsonSchema: "object" })).toMatchObject({
			format: { type: "json_object" },
			messages: expect.stringContaining("properties"),
		});
		expect(await format({ type: "json", schema: loose }, { jsonSchema: "refuse" })).toMatchObject({
			format: undefined,
			warnings: [expect.any(String)],
		});
		expect(await format({ type: "json" }, { jsonObject: "refuse" })).toMatchObject({ format: undefined, warnings: [expect.any(String)] });
		expect((await format({ type: "json" }, { jsonObject: "schema" })).format).toMatchObject({
			type: "json_schema",
			json_schema: { schema: { type: "object", properties: {} } },
		});
	});

	test("has what its provider's options say, after all else", async () => {
		const providerOptions = { openai: { a: 1, top_k: 1 }, fake: { top_k: 2, temperature: 1, stream_options: null }, other: { b: 1 } };
		const { body } = await sent({ temperature: 0, providerOptions });
		expect(body).toMatchObject({ a: 1, top_k: 2, temperature: 1, stream_options: null });
		expect(body).not.toHaveProperty("b");
	});

	test("that is not to be streamed has no options of streams", async () => {
		const whole = await sent({ providerOptions: { fake: { stream: false } } });
		expect(whole.body).toMatchObject({ stream: false });
		expect(whole.body).not.toHaveProperty("stream_options");
		const own = await sent({ providerOptions: { fake: { stream: false, stream_options: { a: 1 } } } });
		expect(own.body).toMatchObject({ stream_options: { a: 1 } });
	});

	test("has JSON as the arguments of a call that has none", async () => {
		const call = { type: "tool-call", id: "c", name: "now", arguments: "" } as const;
		const { body } = await sent({ messages: [{ role: "assistant", content: [call] }] });
		expect(body?.messages).toMatchObject([{ tool_calls: [{ function: { arguments: "{}" } }] }]);
	});

	test("has no broken characters", async () => {
		expect((await sent({ messages: "a\ud83d" })).body?.messages).toEqual([{ role: "user", content: "a\ufffd" }]);
		const circle: Record<string, unknown> = {};
		circle.self = circle;
		expect((await sent({ providerOptions: { fake: circle } })).error).toMatchObject({ code: "invalid-request" });
	});
});

describe("quirks", () => {
	test.each<[string, Quirks, Partial<OpenAICompatibleRequest>, object]>([
		[
			"names",
			{ fields: { seed: "random_seed", max_tokens: "max_completion_tokens" } },
			{ seed: 7, maxTokens: 9 },
			{ random_seed: 7, max_completion_tokens: 9 },
		],
		["defaults", { defaults: { max_tokens: 8192, safe: true } }, {}, { max_tokens: 8192, safe: true }],
		["defaults that are set", { defaults: { max_tokens: 8192 } }, { maxTokens: 9 }, { max_tokens: 9 }],
		["fields with tools", { withTools: { parallel_tool_calls: false } }, { tools }, { parallel_tool_calls: false }],
		["a list of stops", { stopAsList: true }, { stop: "a" }, { stop: ["a"] }],
		["at least so many tokens", { maxTokens: { least: 16 } }, { maxTokens: 9 }, { max_tokens: 16 }],
		["at most so many tokens", { maxTokens: { most: 400 } }, { maxTokens: 900 }, { max_tokens: 400 }],
		["content as parts", { content: "parts" }, {}, { messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }] }],
		[
			"content as text",
			{ content: "text" },
			{ messages: [{ role: "assistant", content: [{ type: "tool-call", id: "c", name: "n", arguments: "{}" }] }] },
			{ messages: [{ role: "assistant", content: "" }] },
		],
		[
			"schemas without keywords",
			{ toolSchemas: { omit: ["additionalProperties", "$schema"] } },
			{ tools },
			{ tools: [{ function: { parameters: { type: "object", properties: { city: { type: "string" } } } } }] },
		],
	])("%s", async (_, quirks, request, expected) => {
		const { body, error } = await sent(request, { quirks });
		expect(error).toBeUndefined();
		expect(body).toMatchObject(expected);
		if (quirks.toolSchemas) expect(JSON.stringify(body?.tools)).not.toMatch(/additionalProperties|\$schema/);
	});

	test("that are left out", async () => {
		expect((await sent({}, { quirks: { withTools: { parallel_tool_calls: false } } })).body).not.toHaveProperty("parallel_tool_calls");
		expect((await sent({}, { quirks: { streamUsage: false } })).body).not.toHaveProperty("stream_options");
		expect((await sent({ messages: [{ role: "user", content: "x", name: "ada" }] }, { quirks: { names: false } })).body?.messages).toEqual([
			{ role: "user", content: "x" },
		]);
		const refused = await sent({ providerOptions: { fake: { logprobs: true } } }, { quirks: { refuses: ["logprobs"] } });
		expect(refused.body).not.toHaveProperty("logprobs");
		expect(refused.warnings).toEqual([expect.stringContaining("logprobs")]);
		expect((await sent({ maxTokens: 9 }, { quirks: { maxTokens: { least: 16 } } })).warnings).toEqual([expect.stringContaining("16")]);
		const image = await sent({ messages: [{ role: "user", content: [{ type: "image", image: png }] }] }, { quirks: { content: "text" } });
		expect(image).toMatchObject({ body: undefined, error: { code: "unsupported", capability: "image" } });
	});

	test("of headers", async () => {
		const { headers } = await sent({}, { apiKey: "my-key-123", quirks: { keyHeader: "api-key", userAgent: "me/1" } });
		expect(headers).toMatchObject({ "api-key": "my-key-123", ...(currentRuntime().sendsAllHeaders && { "user-agent": "me/1" }) });
		expect(headers).not.toHaveProperty("authorization");
		const own = await sent({}, { apiKey: "my-key-123", headers: { Authorization: "Basic abc", "X-Title": "Mine" } });
		expect(own.headers).toMatchObject({ authorization: "Basic abc", "x-title": "Mine" });
	});

	test("say what the provider takes", async () => {
		await using server = await startEndpoint(answer);
		expect(server.provider().parameters).toContain("seed");
		expect(server.provider({ quirks: { lacks: ["seed", "tools"] } }).parameters).toEqual([
			"system",
			"temperature",
			"topP",
			"maxTokens",
			"stop",
			"toolChoice",
			"responseFormat",
		]);
	});
});
