import { createSpaceport } from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { createOpenAICompatible } from "../src/index.ts";
import { collect, delta, done, finish, json, startEndpoint } from "./support/fake-endpoint.ts";

const hello = [delta("Hello"), finish(), done];

describe("a list of models", () => {
	test.each<[string, unknown, readonly object[]]>([
		["OpenAI's", { object: "list", data: [{ id: "a", object: "model" }, { id: "b" }] }, [{ id: "a" }, { id: "b" }]],
		["vLLM's", { data: [{ id: "a", max_model_len: 4096 }] }, [{ id: "a", contextTokens: 4096 }]],
		["Groq's", { data: [{ id: "a", context_window: 8192, active: true }] }, [{ id: "a", contextTokens: 8192 }]],
		[
			"OpenRouter's",
			{
				data: [
					{
						id: "a",
						context_length: 10,
						architecture: { input_modalities: ["text", "image"], modality: "text+image->text" },
						supported_parameters: ["tools"],
					},
				],
			},
			[{ id: "a", contextTokens: 10, vision: true, tools: true }],
		],
		[
			"Mistral's",
			{ data: [{ id: "a", max_context_length: 10, capabilities: { completion_chat: true, function_calling: false, vision: false } }] },
			[{ id: "a", contextTokens: 10, vision: false, tools: false }],
		],
		["Google's", { models: [{ name: "models/a" }] }, [{ id: "models/a" }]],
		["a list alone", [{ id: "a", type: "embedding" }, "b"], [{ id: "a", embeddings: true }, { id: "b" }]],
		["with what is none, and twice", { data: [null, {}, { id: "" }, { id: "a" }, { id: "a" }] }, [{ id: "a" }]],
		[
			"Cloudflare's",
			{ success: true, result: [{ id: "f8703a00-ed54-4f98-bdc3-cd9a813286f3", name: "@cf/meta/llama" }] },
			[{ id: "@cf/meta/llama" }],
		],
		["an empty one", { data: [] }, []],
	])("%s", async (_, body, expected) => {
		await using server = await startEndpoint(hello, json(200, body));
		expect(await server.provider({ apiKey: "my-key-123" }).listModels()).toEqual(expected);
		expect(server.requests[0]).toMatchObject({ method: "GET", path: "/v1/models", headers: { authorization: "Bearer my-key-123" } });
	});

	test.each<[string, Parameters<typeof startEndpoint>[1], string]>([
		["a page", (_, response) => void response.end("<html></html>"), "protocol"],
		["another thing", json(200, { ok: true }), "protocol"],
		["no JSON", (_, response) => void response.end("{"), "protocol"],
		["a refusal", json(401, { error: "no" }), "authentication"],
		["nothing", json(404, { detail: "Not Found" }), "protocol"],
		["an error", json(200, { error: { code: 429, message: "later" } }), "rate-limited"],
		[
			"half of it",
			(_, response) => void response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy()),
			"network",
		],
	])("is an error where there is %s", async (_, handler, code) => {
		await using server = await startEndpoint(hello, handler);
		await expect(server.provider().listModels()).rejects.toMatchObject({ code, provider: "fake" });
	});

	test("is given up with the signal, and after its time", async () => {
		await using server = await startEndpoint(hello, (_, response) => void response.writeHead(200).write("{"));
		const controller = new AbortController();
		const listed = server.provider().listModels({ signal: controller.signal });
		const { closed } = await server.waitFor(() => true);
		controller.abort();
		await expect(listed).rejects.toMatchObject({ code: "aborted" });
		await closed;
		await expect(server.provider({ timeouts: { connectMs: 30 } }).listModels()).rejects.toMatchObject({ code: "timeout" });
	});

	test("may be elsewhere on the server, and the address may have a query", async () => {
		await using server = await startEndpoint(hello, json(200, { data: [{ id: "a" }] }));
		const provider = createOpenAICompatible({
			name: "fake",
			baseUrl: `${server.url}/v1/?version=2`,
			quirks: { modelList: `${server.url}/gateway/models` },
		});
		await provider.listModels();
		await collect(provider);
		expect(server.requests.map(({ url }) => url)).toEqual(["/gateway/models", "/gateway/models", "/v1/chat/completions?version=2"]);
	});
});

describe("without a model", () => {
	const list = {
		data: [{ id: "text-embedding-3-small" }, { id: "whisper-1" }, { id: "nomic-embed-text" }, { id: "llama" }, { id: "other" }],
	};

	test("the server is asked once, and its first one for chats is taken", async () => {
		await using server = await startEndpoint(hello, json(200, list));
		const spaceport = createSpaceport({ providers: [server.provider({ models: [] })] });
		for (let count = 0; count < 2; count += 1) expect((await spaceport.complete({ messages: "Hello" })).text).toBe("Hello");
		expect(server.body()).toMatchObject({ model: "llama" });
		expect(server.paths()).toEqual(["GET /v1/models", "POST /v1/chat/completions", "POST /v1/chat/completions"]);
	});

	test("it is asked once by all who begin at once, for as long as one of them waits", async () => {
		const gates: (() => void)[] = [];
		await using server = await startEndpoint(hello, (request, response) => {
			gates.push(() => json(200, list)(request, response));
		});
		const provider = server.provider({ models: [] });
		const leaving = new AbortController();
		const given = { model: "", messages: "Hello" };
		const first = provider.createAsyncGenerator(given, { signal: leaving.signal }).next();
		const second = collect(provider);
		const third = collect(provider);
		await expect.poll(() => gates.length).toBe(1);
		leaving.abort();
		await expect(first).rejects.toMatchObject({ code: "aborted" });
		gates[0]?.();
		expect([(await second).text, (await third).text]).toEqual(["Hello", "Hello"]);
		expect(server.paths().filter((path) => path.startsWith("GET"))).toEqual(["GET /v1/models"]);
	});

	test("the server sees it at once where all who wait for its list leave, and the next one asks anew", async () => {
		const closed = Promise.withResolvers<void>();
		const asked = Promise.withResolvers<void>();
		let count = 0;
		await using server = await startEndpoint(hello, (request, response) => {
			count += 1;
			if (count > 1) return json(200, list)(request, response);
			response.on("close", () => closed.resolve());
			asked.resolve();
		});
		const provider = server.provider({ models: [] });
		const leaving = new AbortController();
		const given = { model: "", messages: "Hello" };
		const waits = [1, 2].map(() => provider.createAsyncGenerator(given, { signal: leaving.signal }).next());
		await asked.promise;
		leaving.abort();
		for (const wait of waits) await expect(wait).rejects.toMatchObject({ code: "aborted" });
		await closed.promise;
		expect((await collect(provider)).text).toBe("Hello");
	});

	test("one that is gone is looked for again", async () => {
		let loaded = "one";
		await using server = await startEndpoint(
			(request, response) => {
				const { model } = JSON.parse(request.body) as { model: string };
				if (model === loaded) response.end(hello.join(""));
				else json(404, { error: { message: `The model ${model} does not exist`, code: "model_not_found" } })(request, response);
			},
			(request, response) => json(200, { data: [{ id: loaded }] })(request, response),
		);
		const provider = server.provider({ models: [] });
		expect((await collect(provider)).text).toBe("Hello");
		loaded = "two";
		expect((await collect(provider)).error).toMatchObject({ code: "no-such-model", reference: "one" });
		expect((await collect(provider)).text).toBe("Hello");
	});

	test("the first one for embeddings makes them", async () => {
		await using server = await startEndpoint(hello, (request, response) => {
			if (request.method === "GET") json(200, list)(request, response);
			else json(200, { data: [{ embedding: [1] }] })(request, response);
		});
		expect((await server.provider({ models: [] }).embed({ model: "", input: ["a"] })).embeddings).toEqual([[1]]);
		expect(JSON.parse(server.requests[1]?.body ?? "")).toMatchObject({ model: "text-embedding-3-small" });
	});

	test("any that is named is taken as it is", async () => {
		await using server = await startEndpoint(hello, json(500, ""));
		const spaceport = createSpaceport({ providers: [server.provider({ models: undefined })] });
		await spaceport.complete({ model: "fake:any/model:1", messages: "Hello" });
		expect(server.body()).toMatchObject({ model: "any/model:1" });
		expect(server.paths()).toEqual(["POST /v1/chat/completions"]);
	});

	test("a list that has none is an error, and is asked for again", async () => {
		await using server = await startEndpoint(hello, json(200, { data: [{ id: "whisper-1" }] }));
		const provider = server.provider({ models: [] });
		for (let count = 0; count < 2; count += 1)
			expect((await collect(provider)).error).toMatchObject({ code: "no-such-model", known: ["whisper-1"] });
		expect(server.requests).toHaveLength(2);
	});
});

describe("a probe", () => {
	test("asks for the list, and spends nothing", async () => {
		await using server = await startEndpoint(hello, json(200, { data: [] }));
		const spaceport = createSpaceport({ providers: [server.provider()] });
		expect(await spaceport.probe()).toMatchObject([{ state: "well" }]);
		expect(server.paths()).toEqual(["GET /v1/models"]);
	});

	test("says what is wrong", async () => {
		await using server = await startEndpoint(hello, json(401, { error: "no" }));
		const spaceport = createSpaceport({ providers: [server.provider({ apiKey: "my-key-123" })] });
		expect(await spaceport.probe()).toMatchObject([{ state: "refused", code: "authentication" }]);
	});

	test("asks where it is told to, or nobody", async () => {
		await using server = await startEndpoint(hello, json(403, {}));
		const provider = server.provider({ quirks: { probe: { path: "/key", inconclusive: [403] } } });
		await createSpaceport({ providers: [provider] }).probe();
		expect(server.paths()).toEqual(["GET /v1/key"]);
		expect(server.provider({ quirks: { probe: false } })).not.toHaveProperty("probe");
	});
});

describe("embeddings", () => {
	const base64 = (...numbers: number[]): string => Buffer.from(new Float32Array(numbers).buffer).toString("base64");

	test("come in the order of the texts, in either form", async () => {
		const data = [
			{ index: 1, embedding: [3, 4] },
			{ index: 0, embedding: base64(1, 2) },
		];
		await using server = await startEndpoint(hello, json(200, { model: "e", data, usage: { prompt_tokens: 4, total_tokens: 4 } }));
		const { embeddings, usage } = await server.provider().embed({ model: "e", input: ["a", "b"], dimensions: 2 });
		expect(embeddings.map((one) => [...one])).toEqual([
			[1, 2],
			[3, 4],
		]);
		expect(usage).toEqual({ inputTokens: 4, source: "provider" });
		expect(JSON.parse(server.requests[0]?.body ?? "")).toEqual({ model: "e", input: ["a", "b"], dimensions: 2 });
	});

	test("without an index, or with null for one, come as they stand", async () => {
		await using server = await startEndpoint(hello, json(200, { data: [{ index: null, embedding: [1] }, { embedding: [2] }] }));
		expect((await server.provider().embed({ model: "e", input: ["a", "b"] })).embeddings).toEqual([[1], [2]]);
	});

	test("of many texts are asked for in several requests", async () => {
		await using server = await startEndpoint(hello, (request, response) => {
			const { input } = JSON.parse(request.body) as { input: string[] };
			json(200, { data: input.map((text, index) => ({ index, embedding: [Number(text)] })), usage: { prompt_tokens: input.length } })(
				request,
				response,
			);
		});
		const input = Array.from({ length: 5 }, (_, index) => String(index));
		const { embeddings, usage } = await server.provider({ quirks: { embeddingInputs: 2 } }).embed({ model: "e", input });
		expect(embeddings).toEqual([[0], [1], [2], [3], [4]]);
		expect(usage).toEqual({ inputTokens: 5, source: "provider" });
		expect(server.requests).toHaveLength(3);
	});

	test.each<[string, unknown, string]>([
		["none", {}, "protocol"],
		["too few", { data: [{ index: 0, embedding: [1] }] }, "protocol"],
		[
			"one twice",
			{
				data: [
					{ index: 0, embedding: [1] },
					{ index: 0, embedding: [1] },
				],
			},
			"protocol",
		],
		[
			"empty ones",
			{
				data: [
					{ index: 0, embedding: [] },
					{ index: 1, embedding: [] },
				],
			},
			"protocol",
		],
		[
			"no numbers",
			{
				data: [
					{ index: 0, embedding: ["a"] },
					{ index: 1, embedding: [1] },
				],
			},
			"protocol",
		],
		[
			"other lengths",
			{
				data: [
					{ index: 0, embedding: [1, 2] },
					{ index: 1, embedding: [1] },
				],
			},
			"protocol",
		],
		["an error", { error: { message: "no", code: "model_not_found" } }, "no-such-model"],
	])("are an error where there are %s", async (_, body, code) => {
		await using server = await startEndpoint(hello, json(200, body));
		await expect(server.provider().embed({ model: "e", input: ["a", "b"] })).rejects.toMatchObject({ code });
	});

	test("through a Spaceport", async () => {
		await using server = await startEndpoint(hello, json(200, { model: "e", data: [{ index: 0, embedding: [1, 2] }] }));
		const spaceport = createSpaceport({ providers: [server.provider({ models: ["m", { id: "e", embeddings: true }] })] });
		expect(await spaceport.embed({ input: "a" })).toMatchObject({ embeddings: [[1, 2]], model: "e", warnings: [] });
	});
});
