import { createSpaceport, isSpaceportError } from "@spaceport/core";
import { currentRuntime, providerConformance } from "@spaceport/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { startServer } from "../../http/test/support/http-server.ts";
import { createOpenAICompatible } from "../src/index.ts";
import { collect, delta, done, event, finish, json, startEndpoint } from "./support/fake-endpoint.ts";

const hello = [delta("Hel"), delta("lo"), finish(), done];

describe("conformance", async () => {
	const words = ["Once", " upon", " a", " time"];
	const server = await startEndpoint(async (_, response) => {
		response.writeHead(200, { "content-type": "text/event-stream" });
		for (const word of words) {
			response.write(delta(word));
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
		response.end(finish() + done);
	});
	const subject = {
		create: () => server.provider(),
		expectedText: words.join(""),
		createBroken: () => createOpenAICompatible({ name: "broken", baseUrl: "http://127.0.0.1:1/v1", models: ["m"] }),
		countAsked: () => server.requests.length,
	};
	for (const { name, run } of providerConformance(subject)) test(name, run);
});

describe("whoever leaves closes the connection", () => {
	async function openStream() {
		return startEndpoint((_, response) => {
			response.writeHead(200, { "content-type": "text/event-stream" });
			response.write(delta("Hel"));
		});
	}

	test("by the signal, before the headers", async () => {
		await using server = await startEndpoint(() => {});
		const controller = new AbortController();
		const asked = server.ask({}, {}, { signal: controller.signal });
		const { closed } = await server.waitFor(() => true);
		controller.abort(new Error("enough"));
		expect((await asked).error).toMatchObject({ code: "aborted", reason: new Error("enough") });
		await closed;
	});

	test("by the signal, while the next word is waited for", async () => {
		await using server = await openStream();
		const controller = new AbortController();
		const generator = server.provider().createAsyncGenerator({ messages: "Hello" }, { signal: controller.signal });
		expect(await generator.next()).toMatchObject({ value: { text: "Hel" } });
		const next = generator.next();
		controller.abort();
		await expect(next).rejects.toMatchObject({ code: "aborted" });
		await server.requests[0]?.closed;
	});

	test("by the signal, when all of the answer has come in one piece", async () => {
		await using server = await startEndpoint([hello.join("")]);
		const controller = new AbortController();
		const generator = server.provider().createAsyncGenerator({ messages: "Hello" }, { signal: controller.signal });
		expect(await generator.next()).toMatchObject({ value: { text: "Hel" } });
		controller.abort();
		await expect(generator.next()).rejects.toMatchObject({ code: "aborted" });
	});

	test("by leaving the loop", async () => {
		await using server = await openStream();
		for await (const _ of server.provider().createAsyncGenerator({ messages: "Hello" })) break;
		await server.requests[0]?.closed;
	});

	test("through a Spaceport", async () => {
		await using server = await openStream();
		const spaceport = createSpaceport({ providers: [server.provider()] });
		for await (const _ of spaceport.stream({ messages: "Hello" })) break;
		await server.requests[0]?.closed;
	});

	test("where an error ends the stream", async () => {
		await using server = await startEndpoint((_, response) => {
			response.writeHead(200);
			response.write(delta("Hel") + event({ error: { message: "boom" } }));
		});
		expect((await server.ask()).error).toMatchObject({ code: "generation" });
		await server.requests[0]?.closed;
	});

	test("where the body of an error never ends", async () => {
		await using server = await startEndpoint((_, response) => {
			response.writeHead(429, { "retry-after": "1" });
			response.write("Too man");
		});
		expect((await server.ask({}, {}, { deadlines: { ...limits, connectMs: 1000 } })).error).toMatchObject({
			code: "rate-limited",
			retryAfterMs: 1000,
		});
		await server.requests[0]?.closed;
	});
});

const limits = { connectMs: 10_000, firstChunkMs: 12_000, lastFirstChunkMs: 120_000, idleMs: 30_000, queueMs: 60_000, totalMs: 60_000 };

test("a connection that is whole is used again", async () => {
	await using server = await startEndpoint(hello);
	const provider = server.provider();
	for (let count = 0; count < 6; count += 1) expect((await collect(provider)).text).toBe("Hello");
	// The next request may be sent before the last one's end has come.
	expect(await server.connections()).toBeLessThan(3);
});

describe("deadlines", () => {
	const silence = () => {};

	test("hold until the headers, where nothing comes from the server at all", async () => {
		await using server = await startEndpoint(silence, silence);
		const { error } = await server.ask({ timeouts: { connectMs: 30 } });
		expect(error).toMatchObject({ code: "timeout", phase: "connect", afterMs: 30 });
		for (const { closed } of server.requests) await closed;
	});

	test.each([200, 404, 401])("do not hold against a server that is there, and takes its time (%i)", async (status) => {
		const connectMs = 1500;
		await using server = await startEndpoint(
			async (_, response) => {
				const asked = performance.now();
				// It has been looked after, and the time for a connection is over.
				await server.waitFor(({ method }) => method === "GET");
				while (performance.now() - asked <= connectMs) await new Promise((resolve) => setTimeout(resolve, 50));
				response.end([...hello].join(""));
			},
			(_, response) => void response.writeHead(status).end(),
		);
		const baseUrl = `${server.url}/v1?api-key=very-secret-2`;
		const { text, error } = await server.ask({ timeouts: { connectMs }, apiKey: "very-secret-1", baseUrl });
		expect({ text, error }).toEqual({ text: "Hello", error: undefined });
		expect(server.paths()).toEqual(["POST /v1/chat/completions", "GET /v1/models"]);
		expect(JSON.stringify([server.requests[1]?.url, server.requests[1]?.headers])).not.toContain("very-secret");
	});

	test("the first word has its own, also where the server is there", async () => {
		await using server = await startEndpoint(silence);
		const context = { deadlines: { ...limits, connectMs: 400, firstChunkMs: 600, lastFirstChunkMs: 600 } };
		expect((await server.ask({}, {}, context)).error).toMatchObject({ code: "timeout", afterMs: 600 });
		await server.requests[0]?.closed;
	});

	test("whoever leaves meanwhile closes both connections", async () => {
		await using server = await startEndpoint(silence, silence);
		const controller = new AbortController();
		const asked = server.ask({ timeouts: { connectMs: 800 } }, {}, { signal: controller.signal });
		await server.waitFor(({ method }) => method === "GET");
		controller.abort();
		expect((await asked).error).toMatchObject({ code: "aborted" });
		for (const { closed } of server.requests) await closed;
	});

	test("hold in silence, for those who ask without a chain", async () => {
		await using server = await startEndpoint((_, response) => {
			response.writeHead(200);
			response.write(delta("Hel"));
		});
		const { error, text } = await server.ask({}, {}, { deadlines: { ...limits, firstChunkMs: 500, lastFirstChunkMs: 500, idleMs: 600 } });
		expect(text).toBe("Hel");
		expect(error).toMatchObject({ code: "timeout", phase: "idle" });
		await server.requests[0]?.closed;
	});

	test("mean nothing to an answer that is whole", async () => {
		await using server = await startEndpoint((_, response) => {
			response.writeHead(200);
			response.write(delta("Hello") + finish());
		});
		const short = { ...limits, firstChunkMs: 500, lastFirstChunkMs: 500, idleMs: 500 };
		expect(await server.ask({}, {}, { deadlines: short })).toMatchObject({ text: "Hello", error: undefined });
		expect(await server.ask({}, {}, { deadlines: { ...limits, totalMs: 500 } })).toMatchObject({ text: "Hello", error: undefined });
	});

	test("hold over all, for those who ask without a chain", async () => {
		await using server = await startEndpoint((_, response) => {
			response.writeHead(200);
			const ping = setInterval(() => response.write(": ping\n\n"), 10);
			response.on("close", () => clearInterval(ping));
		});
		const { error } = await server.ask({}, {}, { deadlines: { ...limits, totalMs: 80 } });
		expect(error).toMatchObject({ code: "timeout", phase: "total", afterMs: 80 });
		await server.requests[0]?.closed;
	});

	test("know comments for signs of life", async () => {
		await using server = await startEndpoint([": OPENROUTER PROCESSING\n\n", ...hello]);
		const signs: string[] = [];
		expect((await server.ask({}, {}, { alive: () => void signs.push("alive") })).text).toBe("Hello");
		expect(signs).not.toEqual([]);
	});
});

describe("a redirect", () => {
	test("on the same server is followed", async ({ skip }) => {
		if (!currentRuntime().seesRedirects) return skip("a browser does not tell where a redirect leads");
		await using server = await startServer((request, response) => {
			if (request.path.startsWith("/v1/")) response.writeHead(308, { location: request.url.replace("/v1/", "/v2/") }).end();
			else response.end(hello.join(""));
		});
		const provider = createOpenAICompatible({ name: "fake", baseUrl: `${server.url}/v1/`, apiKey: "my-key-123" });
		expect(await collect(provider, { model: "m" })).toMatchObject({ text: "Hello" });
		expect(server.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
			["/v1/chat/completions", "Bearer my-key-123"],
			["/v2/chat/completions", "Bearer my-key-123"],
		]);
		expect(server.requests[1]?.body).toBe(server.requests[0]?.body);
	});

	test("to another one is not, nor round and round", async ({ skip }) => {
		if (!currentRuntime().seesRedirects) return skip("a browser does not tell where a redirect leads");
		await using elsewhere = await startServer((_, response) => void response.end(hello.join("")));
		await using server = await startEndpoint(
			(_, response) => void response.writeHead(307, { location: `${elsewhere.url}/v1/chat/completions` }).end(),
		);
		expect((await server.ask({ apiKey: "my-key-123" })).error).toMatchObject({
			code: "protocol",
			message: expect.stringContaining(elsewhere.url),
		});
		expect(elsewhere.requests).toEqual([]);
		await using circle = await startEndpoint((request, response) => void response.writeHead(307, { location: request.url }).end());
		expect((await circle.ask()).error).toMatchObject({ code: "protocol" });
		expect(circle.requests.length).toBeLessThan(6);
	});

	test("that a fetch has followed by itself is found out", async () => {
		await using server = await startEndpoint(hello);
		const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
			const response = await globalThis.fetch(input, init);
			return Object.defineProperty(response, "url", { value: "https://elsewhere.example/v1" });
		};
		expect((await server.ask({ fetch })).error).toMatchObject({ code: "protocol" });
	});
});

describe("a secret is nowhere", () => {
	const key = "k-3cr3t/+=value";
	const options = { apiKey: key, headers: { "X-Api-Key": "head3r-value", "X-Title": "title" } };

	function look(error: unknown, logged: readonly unknown[] = []): void {
		const shown = [JSON.stringify(error), JSON.stringify(logged)];
		for (let at = error; at instanceof Error; at = at.cause) shown.push(at.message, at.stack ?? "", JSON.stringify(Object.entries(at)));
		for (const text of shown) for (const secret of [key, encodeURIComponent(key), "head3r-value"]) expect(text).not.toContain(secret);
	}

	test.each<[string, (echo: string) => Parameters<typeof startEndpoint>[0]]>([
		["in an error", (echo) => json(401, { error: { message: `Bad: ${echo}`, code: echo } })],
		["in words", (echo) => (_, response) => void response.writeHead(400).end(`You sent ${echo}`)],
		["in a frame", (echo) => [delta("x"), event({ error: { message: echo } })]],
		["in a page", (echo) => [`<html>${echo}</html>`]],
		["in another model's name", (echo) => [event({ model: echo, choices: [{ delta: { content: "x" } }] })]],
		[
			"in a redirect",
			(echo) => (_, response) => void response.writeHead(307, { location: `https://a.example/${encodeURIComponent(echo)}` }).end(),
		],
		["in a reason", (echo) => [delta("x"), finish(`error`), event({ x: echo })]],
		["in what is skipped", (echo) => [delta("x"), `data: {${echo}\n\n`]],
	])("that is echoed %s", async (_, handler) => {
		for (const echo of [`Bearer ${key}`, encodeURIComponent(key), JSON.stringify({ "X-Api-Key": "head3r-value" })]) {
			await using server = await startEndpoint(handler(echo));
			const logged: unknown[] = [];
			const log = (...words: unknown[]): void => void logged.push(words);
			const logger = { trace: log, debug: log, info: log, warn: log, error: log };
			const { error, warnings } = await server.ask({ ...options, logger });
			await new Promise(setImmediate);
			expect(error).toBeDefined();
			look(error, [...logged, ...warnings]);
		}
	});

	test("in the options that are refused", () => {
		for (const bad of [
			{ apiKey: `${key}\n` },
			{ apiKeys: [`${key} x`] },
			{ headers: { "x-key": `${key}\nx` } },
			{ baseUrl: `http://u:${key}@a/v1` },
		]) {
			try {
				createOpenAICompatible({ name: "fake", baseUrl: "http://127.0.0.1:1/v1", ...bad });
				expect.fail("it is taken");
			} catch (error) {
				expect(isSpaceportError(error, "invalid-request")).toBe(true);
				look(error);
			}
		}
	});
});

describe("several keys", () => {
	test("are used in turn, and one that is refused rests", async () => {
		await using server = await startEndpoint((request, response) => {
			if (request.headers.authorization === "Bearer bad-key-1") json(401, { error: { message: "no" } })(request, response);
			else response.end(hello.join(""));
		});
		const provider = server.provider({ apiKeys: ["bad-key-1", "good-key-2"] });
		expect(provider.keys).toEqual(["key-1", "key-2"]);
		const spaceport = createSpaceport({ providers: [provider] });
		for (let count = 0; count < 3; count += 1) expect((await spaceport.complete({ messages: "Hello" })).text).toBe("Hello");
		expect(server.requests.filter(({ headers }) => headers.authorization === "Bearer bad-key-1")).toHaveLength(1);
	});
});

describe("the answer's model", () => {
	test.each([
		["gpt-4o", "gpt-4o-2024-08-06", true],
		["mistral-small-latest", "mistral-small-2506", true],
		["openai/gpt-4o", "gpt-4o", true],
		["llama3.2", "llama3.2:latest", true],
		["x/y:free", "x/y", true],
		["Qwen/Qwen3-8B", "qwen3-8b", true],
		["gpt-4", "gpt-4-0613", true],
		["openrouter/auto", "anthropic/claude", true],
		["default", "gpt-oss:20b", true],
		["gpt-oss-20b", "mistral-small-3.2", false],
		["gpt-4o", "gpt-4o-mini", false],
		["qwen3:8b", "qwen3:32b", false],
		["llama-3-8b", "llama-3-70b", false],
		["gpt-4o-2024-05-13", "gpt-4o-2024-08-06", false],
	])("%s may be called %s: %s", async (asked, answered, isSame) => {
		await using server = await startEndpoint([
			event({ model: answered, choices: [{ index: 0, delta: { content: "x" } }] }),
			finish(),
			done,
		]);
		const { warnings, error } = await server.ask({ models: [asked] });
		expect(error).toBeUndefined();
		expect(warnings).toHaveLength(isSame ? 0 : 1);
		if (!isSame) expect(warnings[0]).toContain(answered);
		const strict = await server.ask({ models: [asked], quirks: { otherModel: "error" } });
		expect(strict.error?.code).toBe(isSame ? undefined : "no-such-model");
		expect((await server.ask({ models: [asked], quirks: { otherModel: "ignore" } })).warnings).toEqual([]);
	});
});

function streamOf(pieces: readonly Uint8Array[]): ReadableStream<Uint8Array<ArrayBuffer>> {
	return new ReadableStream({
		start(controller) {
			for (const piece of pieces) controller.enqueue(piece as Uint8Array<ArrayBuffer>);
			controller.close();
		},
	});
}

test("any stream, cut anywhere, is the same answer", async () => {
	const piece = fc.oneof(
		fc.string({ unit: "binary", maxLength: 6 }),
		fc.constantFrom("<think>", "</think>", "\n", "data: [DONE]\n\n", "é", "👩‍👧"),
	);
	const newline = fc.constantFrom("\n", "\r\n", "\r");
	let pieces: readonly Uint8Array[] = [];
	const fetch = async (): Promise<Response> => new Response(streamOf(pieces));
	const provider = createOpenAICompatible({ name: "fake", baseUrl: "http://127.0.0.1:1/v1", models: ["m"], fetch });
	await fc.assert(
		fc.asyncProperty(
			fc.array(piece, { minLength: 1, maxLength: 8 }),
			newline,
			fc.boolean(),
			fc.array(fc.nat(), { maxLength: 12 }),
			async (texts, end, comments, cuts) => {
				const expected = ["!", ...texts].join("").toWellFormed();
				const frames = ["!", ...texts].map((text) => (comments ? ": ping\n\n" : "") + delta(text));
				const bytes = new TextEncoder().encode([...frames, finish(), done].join("").replaceAll("\n", end));
				const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
				pieces = places.map((to, index) => bytes.subarray(places[index - 1] ?? 0, to));
				const { text, error } = await collect(provider);
				expect(error).toBeUndefined();
				expect(text).toBe(expected);
			},
		),
		{ numRuns: 300 },
	);
});
