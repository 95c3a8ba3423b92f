import { type ChatSettings, type Chunk, createSpaceport, type Spaceport, type ToolDefinition } from "@spaceport/core";
import { expect, test } from "vitest";

import { createOpenAICompatible, type OpenAICompatibleProvider } from "../../src/index.ts";

/** A real server that serves the small model. */
export interface RealServer {
	readonly baseUrl: string;
	readonly apiKey: string;
	readonly model: string;
	/** Resolves when no answer is computed any more, and tells how many tokens were generated since the server's start. */
	idle(): Promise<number>;
}

/** Without a prompt of its own this model drifts into other languages. */
export const plain = { system: "You are a helpful assistant. Answer in clear, correct English.", temperature: 0 } satisfies ChatSettings;

/** So that it does not end by itself: llama.cpp's own setting. */
export const endless = { providerOptions: { openai: { ignore_eos: true } } } satisfies ChatSettings;

const weather: ToolDefinition = {
	name: "get_weather",
	description: "The weather in a city",
	parameters: { type: "object", properties: { city: { type: "string", maxLength: 20 } }, required: ["city"], additionalProperties: false },
};
const person = {
	type: "object",
	properties: { name: { type: "string", maxLength: 20 }, age: { type: "integer", minimum: 0, maximum: 120 } },
	required: ["name", "age"],
	additionalProperties: false,
};

export function providerFor(server: RealServer, more: object = {}): OpenAICompatibleProvider {
	return createOpenAICompatible({ name: "real", baseUrl: server.baseUrl, apiKey: server.apiKey, models: [server.model], ...more });
}

export function spaceportFor(server: RealServer): Spaceport {
	return createSpaceport({ providers: [providerFor(server)], retry: { retries: 0 } });
}

/** What holds for every real server, whoever made it. */
export function testRealServer(subject: () => RealServer): void {
	test("answers", async () => {
		const { text, finishReason, usage, warnings, model } = await spaceportFor(subject()).complete({
			...plain,
			messages: "What is the capital of France?",
		});
		expect(text).toContain("Paris");
		expect({ finishReason, warnings, model }).toEqual({ finishReason: "stop", warnings: [], model: subject().model });
		expect(usage).toEqual({ inputTokens: expect.any(Number), outputTokens: expect.any(Number), source: "provider" });
		expect(usage?.inputTokens).toBeGreaterThan(10);
	});

	test("streams the same answer word by word", async () => {
		const request = { ...plain, messages: "Tell me about the sea.", maxTokens: 30 };
		const spaceport = spaceportFor(subject());
		const pieces: string[] = [];
		for await (const piece of spaceport.stream(request).textStream) pieces.push(piece);
		expect(pieces.length).toBeGreaterThan(15);
		const whole = createSpaceport({ providers: [providerFor(subject(), { quirks: { streaming: false } })] });
		expect(pieces.join("")).toBe((await whole.complete(request)).text);
	});

	test("takes the turns before", async () => {
		const { text } = await spaceportFor(subject()).complete({
			...plain,
			messages: [
				{ role: "user", content: "Remember the word: banana." },
				{ role: "assistant", content: "I will remember the word banana." },
				{ role: "user", content: "Which word?" },
			],
		});
		expect(text).toContain("banana");
	});

	test("calls a tool, and takes what it gave", async () => {
		const chunks: Chunk[] = [];
		const question = { role: "user", content: "What is the weather in Paris?" } as const;
		const settings = { ...plain, tools: [weather], maxTokens: 80 };
		const stream = spaceportFor(subject()).stream(
			{ ...settings, messages: [question], toolChoice: "required" },
			{ onChunk: (chunk) => chunks.push(chunk) },
		);
		const { toolCalls, finishReason, text } = await stream.completion;
		expect({ finishReason, text }).toEqual({ finishReason: "tool-calls", text: "" });
		const call = toolCalls?.[0];
		expect(call).toMatchObject({ name: "get_weather", id: expect.stringMatching(/./) });
		expect(JSON.parse(call?.arguments ?? "")).toEqual({ city: expect.any(String) });
		const deltas = chunks.flatMap((chunk) => (chunk.type === "tool-call-delta" ? [chunk.argumentsDelta] : []));
		expect(deltas.length).toBeGreaterThan(3);
		expect(deltas.join("")).toBe(call?.arguments);
		const { text: answer } = await spaceportFor(subject()).complete({
			...settings,
			messages: [
				question,
				{ role: "assistant", content: [{ type: "tool-call", id: call?.id ?? "", name: "get_weather", arguments: call?.arguments ?? "" }] },
				{ role: "tool", content: [{ type: "tool-result", id: call?.id ?? "", result: "Sunny, 24 degrees" }] },
			],
		});
		expect(answer.trim()).not.toBe("");
	});

	test("answers by a schema", async () => {
		const { text, finishReason } = await spaceportFor(subject()).complete({
			...plain,
			messages: "Make up a person.",
			responseFormat: { type: "json", schema: person, name: "person" },
			maxTokens: 100,
		});
		expect(finishReason).toBe("stop");
		const made = JSON.parse(text) as { age: number };
		expect(made).toEqual({ name: expect.any(String), age: expect.any(Number) });
		expect(made.age).toBeLessThanOrEqual(120);
	});

	test("answers in JSON", async () => {
		const { text } = await spaceportFor(subject()).complete({
			...plain,
			messages: 'Write the JSON object {"color": "blue"} and nothing else.',
			responseFormat: { type: "json" },
			maxTokens: 60,
		});
		expect(JSON.parse(text)).toEqual(expect.any(Object));
	});

	test("embeds texts, in their order", async () => {
		const spaceport = spaceportFor(subject());
		const input = ["The sea is blue.", "Stocks fell on Monday.", "The ocean has a blue color."];
		const { embeddings, usage, model } = await spaceport.embed({ input });
		expect(model).toBe(subject().model);
		expect(embeddings.map(({ length }) => length)).toEqual([576, 576, 576]);
		expect(usage?.inputTokens).toBeGreaterThan(10);
		const [alone] = (await spaceport.embed({ input: input[1] as string })).embeddings;
		const likeness = embeddings.map((embedding) => cosine(embedding, alone ?? []));
		expect(likeness.indexOf(Math.max(...likeness))).toBe(1);
		expect(likeness[1]).toBeGreaterThan(0.99);
	});

	test("lists its models, and is well", async () => {
		const provider = providerFor(subject());
		expect((await provider.listModels()).map(({ id }) => id)).toContain(subject().model);
		const spaceport = createSpaceport({ providers: [provider] });
		expect(await spaceport.probe()).toEqual([expect.objectContaining({ provider: "real", state: "well" })]);
	});

	test("is asked for its first model where none is named", async () => {
		const spaceport = createSpaceport({ providers: [providerFor(subject(), { models: [] })] });
		expect(await spaceport.complete({ ...plain, messages: "Hello", maxTokens: 4 })).toMatchObject({ finishReason: "length" });
	});

	test("refuses a wrong key", async () => {
		const provider = providerFor(subject(), { apiKey: "sk-wrong-key-of-mine" });
		const error = await createSpaceport({ providers: [provider] })
			.complete({ messages: "Hello" })
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code: "authentication" });
		expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain("wrong-key-of-mine");
		await expect(provider.listModels()).rejects.toMatchObject({ code: "authentication" });
	});

	test("says where its address is wrong", async () => {
		const baseUrl = subject().baseUrl.replace("/v1", "/v7");
		const spaceport = createSpaceport({ providers: [providerFor(subject(), { baseUrl })] });
		await expect(spaceport.complete({ messages: "Hello" })).rejects.toMatchObject({
			code: "protocol",
			hint: expect.stringContaining("baseUrl"),
		});
	});

	test("says how much too long a conversation is", async () => {
		const error = await spaceportFor(subject())
			.complete({ ...plain, messages: "word ".repeat(5000) })
			.catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({ code: "context-length", limit: 2048, requested: expect.any(Number) });
		expect((error as { requested: number }).requested).toBeGreaterThan(5000);
	});

	test("stops at a number of tokens, and before a word", async () => {
		const spaceport = spaceportFor(subject());
		const request = { ...plain, messages: "What is the capital of France?" };
		expect(await spaceport.complete({ ...request, maxTokens: 3 })).toMatchObject({ finishReason: "length", usage: { outputTokens: 3 } });
		const stopped = await spaceport.complete({ ...request, stop: ["Paris"] });
		expect(stopped).toMatchObject({ finishReason: "stop" });
		expect(stopped.text).not.toContain("Paris");
		expect(stopped.text).toContain("France");
	});

	test("says the same by the same seed", async () => {
		const spaceport = spaceportFor(subject());
		const request = { ...plain, messages: "Tell me a story.", temperature: 1.5, maxTokens: 20 };
		const say = async (seed: number): Promise<string> => (await spaceport.complete({ ...request, seed })).text;
		const first = await say(7);
		expect(await say(7)).toBe(first);
		expect(await say(8)).not.toBe(first);
	});

	test("answers ten at once", async () => {
		const spaceport = spaceportFor(subject());
		const numbers = Array.from({ length: 10 }, (_, index) => index);
		const answers = await Promise.all(
			numbers.map((number) => spaceport.complete({ ...plain, messages: `Is ${number} a number?`, maxTokens: 8 })),
		);
		for (const { text } of answers) expect(text.trim()).not.toBe("");
	});

	test("sees that the caller aborts", async () => {
		const before = await subject().idle();
		const controller = new AbortController();
		const reason = new Error("enough");
		let seen = 0;
		const stream = spaceportFor(subject()).stream(
			{ ...plain, ...endless, messages: "Count.", maxTokens: 1500 },
			{ signal: controller.signal },
		);
		const reading = (async () => {
			for await (const _ of stream.textStream) {
				seen += 1;
				if (seen === 3) controller.abort(reason);
			}
		})();
		await expect(reading).rejects.toMatchObject({ code: "aborted" });
		// It would have gone on for 1500.
		expect((await subject().idle()) - before).toBeLessThan(400);
	});

	test("sees that the caller leaves", async () => {
		const before = await subject().idle();
		for await (const _ of spaceportFor(subject()).stream({ ...plain, ...endless, messages: "Count.", maxTokens: 1500 }).textStream) break;
		expect((await subject().idle()) - before).toBeLessThan(400);
	});

	test("comes after an endpoint that is not there", async () => {
		const dead = createOpenAICompatible({ name: "dead", baseUrl: "http://127.0.0.1:9/v1", models: ["m"] });
		const spaceport = createSpaceport({ chains: { default: [dead, providerFor(subject())] }, retry: { minDelayMs: 1, maxDelayMs: 1 } });
		const { text, provider, attempts } = await spaceport.complete({ ...plain, messages: "What is the capital of France?" });
		expect({ provider, failed: attempts.map(({ error }) => error?.code) }).toEqual({
			provider: "real",
			failed: ["network", "network", undefined],
		});
		expect(text).toContain("Paris");
	});
}

function cosine(a: readonly number[], b: readonly number[]): number {
	const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
	return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
