import { createSpaceport } from "@spaceport/core";
import { currentRuntime } from "@spaceport/testkit";
import { currentGradioVersions, readRecording } from "@spaceport/testkit/gradio";
import { describe, expect, test } from "vitest";

import { fromData } from "../src/from-data.ts";
import createDefault, { createQwen2_72b, qwen2_72b } from "../src/index.ts";
import { startChatServer } from "./support/chat-server.ts";
import { read } from "./support/read.ts";

const pieces = ["Paris", " — Париж, 巴黎 ", "👩‍👩‍👧", " is the capital."];

test("is what it says", () => {
	expect(createDefault).toBe(createQwen2_72b);
	expect(qwen2_72b).toMatchObject({ name: "qwen-2-72b", url: "https://qwen-qwen2-72b-instruct.hf.space" });
	expect(qwen2_72b.models).toEqual([{ id: "qwen-2-72b", aliases: ["qwen-qwen2-72b-instruct"], history: true }]);
	expect(() => createQwen2_72b({ baseUrl: "nowhere" })).toThrow(expect.objectContaining({ code: "invalid-request" }));
});

test("answers, and says what the earlier client said", async () => {
	await using server = await startChatServer(pieces);
	const provider = createQwen2_72b({ baseUrl: server.url, token: "hf_0123456789" });
	const messages = [
		{ role: "system", content: "Be brief." },
		{ role: "user", content: "Hello" },
		{ role: "system", content: "Be kind." },
	] as const;
	const { text, chunks } = await read(provider.createAsyncGenerator({ messages }));
	expect(text).toBe(pieces.join(""));
	expect(chunks.slice(2)).toEqual([
		...pieces.map((piece) => ({ type: "text-delta", text: piece })),
		{ type: "finish", finishReason: "stop" },
	]);

	const [config, join, stream] = server.requests;
	expect([config?.url, join?.url]).toEqual(["/config", "/queue/join"]);
	const body = JSON.parse(join?.body ?? "");
	expect(body).toEqual({
		data: ["Hello", [], "Be brief.\nBe kind."],
		event_data: null,
		fn_index: 0,
		trigger_id: expect.any(Number),
		session_hash: expect.stringMatching(/^[0-9a-f]{12}$/),
	});
	expect(stream?.url).toBe(`/queue/data?session_hash=${body.session_hash}`);
	expect(stream?.headers).toMatchObject({ accept: "text/event-stream", authorization: "Bearer hf_0123456789" });
	// A browser says itself where it comes from.
	if (currentRuntime().sendsAllHeaders) expect(stream?.headers).toMatchObject({ origin: server.url, referer: `${server.url}/` });
	expect(join?.headers["content-type"]).toBe("application/json");
});

test("asks a server that has a queue and no config by the fixed numbers", async () => {
	await using server = await startChatServer(pieces, { bare: true });
	const { text, deltas } = await read(createQwen2_72b({ baseUrl: server.url }).createAsyncGenerator({ messages: "Hello" }));
	expect({ text, deltas }).toEqual({ text: pieces.join(""), deltas: pieces.length });
	expect(server.requests.map(({ method, url }) => `${method} ${url.replace(/\?.*/, "")}`)).toEqual([
		"GET /config",
		"POST /queue/join",
		"GET /queue/data",
	]);
	expect(JSON.parse(server.requests[1]?.body ?? "")).toEqual({
		data: ["Hello", [], ""],
		event_data: null,
		fn_index: 0,
		trigger_id: 11,
		session_hash: expect.stringMatching(/^[0-9a-f]{12}$/),
	});
});

test("without a system prompt it sends the empty string, and a fresh session for each call", async () => {
	await using server = await startChatServer(["a"]);
	const provider = createQwen2_72b({ baseUrl: server.url });
	await read(provider.createAsyncGenerator({ messages: "one" }));
	await read(provider.createAsyncGenerator({ messages: "two" }));
	const bodies = server.requests.filter(({ url }) => url === "/queue/join").map(({ body }) => JSON.parse(body));
	expect(bodies.map(({ data }) => data)).toEqual([
		["one", [], ""],
		["two", [], ""],
	]);
	expect(bodies[0].session_hash).not.toBe(bodies[1].session_hash);
});

test("is asked by its name, its model and the model's other name", async () => {
	await using server = await startChatServer(pieces);
	const spaceport = createSpaceport({ providers: [createQwen2_72b({ baseUrl: server.url })] });
	for (const model of [undefined, "qwen-2-72b", "qwen-qwen2-72b-instruct", "qwen-2-72b:qwen-2-72b"]) {
		const { text, model: answered } = await spaceport.complete({ messages: "Hello", ...(model === undefined ? {} : { model }) });
		expect({ text, answered }).toEqual({ text: pieces.join(""), answered: "qwen-2-72b" });
	}
});

describe.each(currentGradioVersions)("fromData reads what Gradio %s sends", (version) => {
	test.each(["long", "shrink", "rewrite", "indent", "pending", "blank"])("%s", async (name) => {
		const { join, steps } = await readRecording(version, name);
		const request = { model: "qwen-2-72b", messages: [{ role: "user", content: String(join.data[0]) }] } as const;
		const texts = steps.map((data) => fromData(data, request));
		expect(texts.every((text) => typeof text === "string")).toBe(true);
		const final = JSON.stringify(steps.at(-1));
		expect(final).toContain(JSON.stringify(texts.at(-1)));
		if (name === "pending") expect(texts).toEqual(["", "", "Paris", "Paris."]);
	});
});
