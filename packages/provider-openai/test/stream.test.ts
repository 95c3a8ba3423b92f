import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

import { delta, done, event, finish, json, startEndpoint } from "./support/fake-endpoint.ts";

const hello = [delta({ role: "assistant", content: "" }), delta("Hel"), delta("lo"), finish()];
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const answered = { text: "Hello", error: undefined, warnings: [] };

describe("a stream is an answer", () => {
	test("with its end, its usage and its reason", async () => {
		await using server = await startEndpoint([...hello, event({ model: "m", choices: [], usage }), done]);
		const { chunks, warnings } = await server.ask();
		expect(chunks).toEqual([
			{ type: "text-delta", text: "Hel" },
			{ type: "text-delta", text: "lo" },
			{ type: "usage", inputTokens: 3, outputTokens: 2, source: "provider" },
			{ type: "finish", finishReason: "stop" },
		]);
		expect(warnings).toEqual([]);
	});

	test.each<[string, readonly string[]]>([
		["without [DONE]", hello],
		["with [DONE] and no reason", [...hello.slice(0, 3), done]],
		["whose last event has no blank line after it", [...hello.slice(0, 3), finish().trimEnd()]],
		["with comments", [": OPENROUTER PROCESSING\n\n", ...hello.flatMap((one) => [": OPENROUTER PROCESSING\n\n", one]), done]],
		["with \\r\\n", [[...hello, done].join("").replaceAll("\n", "\r\n")]],
		["with \\r", [[...hello, done].join("").replaceAll("\n", "\r")]],
		["without a space after the colon", [[...hello, done].join("").replaceAll("data: ", "data:")]],
		["with a mark of its encoding", ["\ufeff", ...hello, done]],
		["with names and ids", [[...hello, done].join("").replaceAll("data: ", "event: message\nid: 7\ndata: ")]],
		["with heartbeats that have a name", ["event: ping\ndata: {}\n\n", ...hello, "event: ping\ndata: now\n\n", done]],
		["with blank lines before it", ["\n\n", ...hello, done]],
		["with garbage after [DONE]", [...hello, done, "oops\n\n", "data: {\n\n"]],
		["without blank lines between its events", [[...hello, done].join("").replaceAll("\n\n", "\n")]],
		["as one JSON value a line", [hello.map((one) => one.slice(6).trimEnd()).join("\n")]],
		[
			"as JSON values a line in pieces",
			[...hello.map((one) => one.slice(6).trimEnd())].flatMap((one) => [one.slice(0, 9), one.slice(9), "\n"]),
		],
		[
			"with choices that are empty, null or missing",
			[event({ choices: [] }), event({ choices: null }), event({ id: "x" }), ...hello, done],
		],
		["with other choices", [delta("no", { index: 1 }), ...hello, delta("no", { index: 1, finish_reason: "length" }), done]],
		["with errors that are none", [event({ error: null, choices: [] }), event({ error: {}, choices: [] }), ...hello, done]],
		["whose content is a list", [delta({ content: [{ type: "text", text: "Hel" }] }), delta({ content: ["lo"] }), finish(), done]],
		["summed up at its end", [...hello, event({ choices: [{ index: 0, message: { content: "Hello" }, finish_reason: "stop" }] }), done]],
	])("%s", async (_, stream) => {
		await using server = await startEndpoint(stream);
		expect(await server.ask()).toMatchObject(answered);
	});

	test("whatever its headers say, and where they say nothing", async () => {
		for (const headers of [{}, { "content-type": "text/plain" }, { "content-type": "application/json" }]) {
			await using server = await startEndpoint((_, response) => {
				response.writeHead(200, headers);
				response.end([...hello, done].join(""));
			});
			expect(await server.ask()).toMatchObject(answered);
		}
	});

	test("with the last of several usages, and none that says nothing", async () => {
		const counting = hello.map((one, index) =>
			one.replace('"model":"m"', `"model":"m","usage":{"prompt_tokens":3,"completion_tokens":${index}}`),
		);
		await using server = await startEndpoint([
			...counting,
			event({ choices: [], usage: null }),
			event({ choices: [], usage: { kudos: 4 } }),
		]);
		const { chunks } = await server.ask();
		expect(chunks.filter(({ type }) => type === "usage")).toEqual([{ type: "usage", inputTokens: 3, outputTokens: 3, source: "provider" }]);
	});

	test("once it is whole, also where the server keeps the connection open after the reason for its end", async () => {
		await using server = await startEndpoint((_, response) => {
			response.writeHead(200);
			response.write(hello.join(""));
		});
		expect(await server.ask()).toMatchObject(answered);
	});

	test("once it is whole, also where the connection breaks then", async ({ skip }) => {
		if (currentRuntime().name === "bun") return skip("its fetch may drop what came before a break");
		await using server = await startEndpoint((_, response) => {
			response.writeHead(200);
			response.write(hello.join(""), () => response.destroy());
		});
		expect(await server.ask()).toMatchObject(answered);
	});

	test("with a malformed event in it, of which is told once", async () => {
		await using server = await startEndpoint([delta("Hel"), "data: {oops\n\n", "data: oops\n\n", delta("lo"), finish(), done]);
		expect(await server.ask()).toMatchObject({ text: "Hello", error: undefined, warnings: [expect.stringContaining("could not be read")] });
	});

	test("with characters that were cut in two", async () => {
		await using server = await startEndpoint([delta("a\ud83d"), delta("\ude00b"), delta("c\ud83d"), finish(), done]);
		const { chunks, text } = await server.ask();
		expect(text).toBe("a😀bc\ufffd");
		expect(chunks.every((chunk) => chunk.type !== "text-delta" || chunk.text.isWellFormed())).toBe(true);
	});

	test("with an event of megabytes", async () => {
		const long = "é".repeat(3_000_000);
		await using server = await startEndpoint([delta(long), finish(), done]);
		expect((await server.ask()).text).toBe(long);
	});
});

describe("a reason for the end", () => {
	test.each([
		["stop", "stop"],
		["eos", "stop"],
		["STOP", "stop"],
		["length", "length"],
		["MAX_TOKENS", "length"],
		["model_length", "length"],
		["content_filter", "content-filter"],
		["content_filter: SAFETY", "content-filter"],
		["something new", "unknown"],
	])("%s is %s", async (word, finishReason) => {
		await using server = await startEndpoint([delta("x"), finish(word), done]);
		expect((await server.ask()).chunks.at(-1)).toEqual({ type: "finish", finishReason });
	});

	test.each(["error", "abort", "insufficient_system_resource"])("%s is none: the answer was given up", async (word) => {
		await using server = await startEndpoint([delta("x"), finish(word), done]);
		expect((await server.ask()).error).toMatchObject({ code: "stream-interrupted", textSoFar: "x" });
	});
});

describe("a stream is no answer", () => {
	test("where it ends before its end", async () => {
		await using server = await startEndpoint(hello.slice(0, 3));
		const { text, error } = await server.ask();
		expect(text).toBe("Hello");
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: "Hello", provider: "fake" });
	});

	test("where its connection breaks", async ({ skip }) => {
		if (currentRuntime().name === "bun") return skip("its fetch may drop what came before a break");
		await using server = await startEndpoint((_, response) => {
			response.writeHead(200);
			response.write(hello.slice(0, 3).join(""), () => setImmediate(() => response.destroy()));
		});
		expect((await server.ask()).error).toMatchObject({ code: "stream-interrupted", textSoFar: "Hello" });
	});

	test("where nothing comes", async () => {
		await using server = await startEndpoint([]);
		expect((await server.ask()).error).toMatchObject({ code: "stream-interrupted", textSoFar: "" });
	});

	test.each<[string, readonly string[]]>([
		["only its end", [finish(), done]],
		["only [DONE]", [done]],
		["white space", [delta("\n \n"), finish(), done]],
		["only reasoning", [delta({ reasoning_content: "Hm." }), finish("length"), done]],
		["only a role", [delta({ role: "assistant", content: null }), finish(), done]],
	])("where it has %s", async (_, stream) => {
		await using server = await startEndpoint(stream);
		expect((await server.ask()).error).toMatchObject({ code: "generation" });
	});

	test("where it was held back", async () => {
		await using server = await startEndpoint([delta({ role: "assistant" }), finish("content_filter"), done]);
		expect((await server.ask()).error).toMatchObject({ code: "content-filtered" });
	});

	test("where it is a verdict", async () => {
		await using server = await startEndpoint([delta("sa"), delta("fe"), finish(), done]);
		expect((await server.ask({ quirks: { emptyAnswers: ["safe", "unsafe"] } })).error).toMatchObject({ code: "generation" });
		expect(await server.ask()).toMatchObject({ text: "safe", error: undefined });
		await using other = await startEndpoint([delta("sa"), delta("fe"), delta(" and sound"), finish(), done]);
		expect(await other.ask({ quirks: { emptyAnswers: ["safe", "unsafe"] } })).toMatchObject({ text: "safe and sound", error: undefined });
	});

	test.each<[string, string]>([
		["an HTML page", "<!DOCTYPE html><html><body>Sign in</body></html>"],
		["words", "upstream connect error or disconnect/reset before headers"],
		["JSON of another kind", '{"ok":true}'],
	])("where it is %s", async (_, body) => {
		await using server = await startEndpoint([body]);
		const { error } = await server.ask();
		expect(error).toMatchObject({ code: "protocol", sample: expect.stringContaining(body.slice(0, 11)) });
	});

	test("where it never ends an event", async () => {
		await using server = await startEndpoint((_, response) => {
			response.writeHead(200);
			// Some runtimes take it all at once: without a turn of the event loop in between nobody would read.
			const more = (): void => void (response.destroyed || response.write("x".repeat(1024 * 1024), () => setTimeout(more)));
			response.write("data: ", more);
		});
		expect((await server.ask()).error).toMatchObject({ code: "protocol" });
	});
});

describe("an answer that is not streamed", () => {
	const whole = {
		object: "chat.completion",
		model: "m",
		choices: [{ index: 0, message: { role: "assistant", content: "Hello" }, finish_reason: "stop" }],
		usage,
	};

	test.each([
		JSON.stringify(whole),
		JSON.stringify(whole, null, 2),
		JSON.stringify({ ...whole, choices: [{ message: { content: "Hello" } }] }),
	])("is taken where a stream was asked for", async (body) => {
		await using server = await startEndpoint(json(200, body));
		const asked = await server.ask();
		expect(asked).toMatchObject(answered);
		expect(asked.chunks).toContainEqual({ type: "usage", inputTokens: 3, outputTokens: 2, source: "provider" });
	});

	test("is asked for where nothing is streamed", async () => {
		await using server = await startEndpoint(json(200, whole));
		expect(await server.ask({ quirks: { streaming: false } })).toMatchObject(answered);
		expect(server.body()).toMatchObject({ stream: false });
		expect(server.body()).not.toHaveProperty("stream_options");
	});

	test("is an error where it says so", async () => {
		await using server = await startEndpoint(json(200, { error: { message: "no credits", code: "insufficient_quota" } }));
		expect((await server.ask()).error).toMatchObject({ code: "quota-exceeded" });
	});

	test("is broken where it is cut", async () => {
		await using server = await startEndpoint(json(200, JSON.stringify(whole, null, 2).slice(0, 60)));
		expect((await server.ask()).error).toMatchObject({ code: "stream-interrupted" });
	});
});
