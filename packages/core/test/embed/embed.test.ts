import {
	createChain,
	createSpaceport,
	type EmbedRequest,
	isSpaceportError,
	RateLimitedError,
	type SpaceportError,
	TimeoutError,
} from "@spaceport/core";
import { createScriptedProvider, type EmbedScript, providerConformance } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { embedder, embedWith, lengths, maker, network, talker } from "./support.ts";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("embeddings", () => {
	test("are one for each text, in their order, with who made them", async () => {
		const { made, events } = await embedWith({ providers: [embedder("a")] }, { model: "m", input: ["four", "sixsix", "a"] });
		expect(made).toMatchObject({
			requestId: "request-1",
			embeddings: [
				[4, 1],
				[6, 1],
				[1, 1],
			],
			provider: "a",
			model: "m",
			warnings: [],
			attempts: [{ provider: "a", model: "m", number: 1, decision: "answered" }],
		});
		expect(made).not.toHaveProperty("usage");
		expect(events.map(({ type }) => type)).toEqual(["attempt-start", "first-chunk", "attempt-end"]);
		expect(events.every((event) => event.requestId === "request-1")).toBe(true);
	});

	test("of one text are a list of one", async () => {
		const { made } = await embedWith({ providers: [embedder("a")] }, { input: "four" });
		expect(made?.embeddings).toEqual([[4, 1]]);
	});

	test("come as numbers from a provider that has them in typed arrays", async () => {
		const script: EmbedScript = [{ embed: { embeddings: [new Float32Array([0.5, -2])] } }];
		const { made } = await embedWith({ providers: [embedder("a", [script])] });
		expect(made?.embeddings).toEqual([[0.5, -2]]);
		expect(Array.isArray(made?.embeddings[0])).toBe(true);
	});

	test("tell what they used, where the provider does", async () => {
		const script: EmbedScript = [{ embed: { embeddings: [[1]], usage: { inputTokens: 7, source: "provider" } } }];
		const { made } = await embedWith({ providers: [embedder("a", [script])] });
		expect(made?.usage).toEqual({ inputTokens: 7, source: "provider" });
		expect(made?.attempts[0]?.usage).toEqual({ inputTokens: 7, source: "provider" });
	});

	test.each([{ inputTokens: -1 }, { inputTokens: Number.NaN }, { inputTokens: "7" }, {}, undefined, null])(
		"tell of no use where the provider says %o",
		async (usage) => {
			const script: EmbedScript = [{ embed: { embeddings: [[1]], usage: usage as never } }];
			const { made } = await embedWith({ providers: [embedder("a", [script])] });
			expect(made?.embeddings).toEqual([[1]]);
			expect(made).not.toHaveProperty("usage");
		},
	);

	test("are asked of a provider with all that it needs, and nothing that is for chains", async () => {
		const provider = embedder("a", [({ input }) => [{ embed: { embeddings: input.map(() => [1, 2, 3]) } }]]);
		const request: EmbedRequest = {
			model: "m",
			input: ["x"],
			dimensions: 3,
			metadata: { mine: 1 },
			providerOptions: { a: { input_type: "query" } },
		};
		await embedWith({ providers: [provider], timeouts: { connectMs: 1234 } }, request);
		const [call] = provider.embedCalls;
		expect(call?.request).toEqual({ ...request, model: "m" });
		expect(call?.context).toMatchObject({ number: 1, deadlines: { connectMs: 1234 } });
		expect(call?.context).not.toHaveProperty("host");
		expect(provider.calls).toHaveLength(0);
	});

	test("are of the texts that were there when they were asked for", async () => {
		const input = ["four"];
		const pending = createSpaceport({ providers: [embedder("a")] }).embed({ input });
		input[0] = "changed";
		expect((await pending).embeddings).toEqual([[4, 1]]);
	});
});

describe("a request finds whom it asks as one for an answer does", () => {
	const routes: readonly (readonly [string, EmbedRequest["model"], string])[] = [
		["a chain", "chained", "b:m"],
		["a provider", "b", "b:m"],
		["a provider and a model", "b:other", "b:other"],
		["a model", "other", "b:other"],
		["an alias", "o", "b:other"],
		["a list", ["b:other", "a"], "b:other"],
		["the chain that is the default", undefined, "a:m"],
	];
	test.each(routes)("by %s", async (_, model, asked) => {
		const b = embedder("b", [lengths], { models: [maker("m"), maker("other", { aliases: ["o"] })] });
		const outcome = await embedWith(
			{ providers: [embedder("a"), b], chains: { chained: ["b", "a"], default: ["a"] } },
			{ input: "x", ...(model !== undefined && { model }) },
		);
		expect(outcome.asked).toEqual([asked]);
	});

	test("and says so where there is nobody", async () => {
		const { error } = await embedWith({ providers: [embedder("alpha")] }, { model: "alhpa", input: "x" });
		expect(error).toMatchObject({ code: "no-such-provider", message: expect.stringContaining('"alpha"') });
	});
});

describe("what is wrong with a request is said before anybody is asked", () => {
	const wrongs: readonly (readonly [string, unknown, string])[] = [
		["no input", {}, "input"],
		["an empty list", { input: [] }, "input"],
		["an empty text", { input: "" }, "input"],
		["an empty text in a list", { input: ["a", ""] }, "input[1]"],
		["a number", { input: 5 }, "input"],
		["a number in a list", { input: ["a", 5] }, "input[1]"],
		["a hole in a list", { input: Array(2) }, "input[0]"],
		["tokens", { input: [[1, 2]] }, "input[0]"],
		["dimensions that are no whole number", { input: "a", dimensions: 1.5 }, "dimensions"],
		["no dimensions", { input: "a", dimensions: 0 }, "dimensions"],
		["messages", { input: "a", messages: "b" }, "messages"],
		["an empty list of models", { input: "a", model: [] }, "model"],
		["options of a provider that are none", { input: "a", providerOptions: { a: 1 } }, "providerOptions.a"],
		["nothing at all", null, "request"],
	];
	test.each(wrongs)("%s", async (_, request, path) => {
		const provider = embedder("a");
		const { error } = await embedWith({ providers: [provider] }, request as EmbedRequest);
		expect(error).toMatchObject({ code: "invalid-request", path });
		expect(provider.embedCalls).toHaveLength(0);
	});

	test.each([{ otherModels: "maybe" }, { signal: new AbortController() }, { requestId: "" }, { timeouts: { totalMs: -1 } }])(
		"options: %o",
		async (options) => {
			const { error } = await embedWith({ providers: [embedder("a")] }, { input: "x" }, options as never);
			expect(error?.code).toBe("invalid-request");
		},
	);
});

describe("failures are met as those of answers are", () => {
	const failing: EmbedScript = [{ fail: network() }];

	test("the same provider is asked again", async () => {
		const { made, asked } = await embedWith({ providers: [embedder("a", [failing, lengths])] });
		expect(asked).toEqual(["a:m", "a:m"]);
		expect(made?.attempts.map(({ decision }) => decision)).toEqual(["retry", "answered"]);
	});

	test("then the next one that has the model", async () => {
		const { made, asked, events } = await embedWith(
			{ providers: [embedder("a", [failing]), embedder("b")] },
			{ model: "m", input: "four" },
		);
		expect(asked).toEqual(["a:m", "a:m", "b:m"]);
		expect(made).toMatchObject({ provider: "b", embeddings: [[4, 1]], warnings: [] });
		expect(events).toContainEqual(expect.objectContaining({ type: "fallback", from: "a", to: "b" }));
	});

	test("a lone provider ends in its own error", async () => {
		const { error } = await embedWith({ providers: [embedder("a", [failing])] }, { input: "x" }, { retry: { retries: 0 } });
		expect(error).toMatchObject({ code: "network", provider: "a", attempt: 1 });
	});

	test("a chain ends in the error that has a line for each", async () => {
		const chains = { default: [embedder("a", [failing]), talker("b"), embedder("c", [failing])] };
		const { error } = await embedWith({ chains, retry: { retries: 0 } });
		expect(error?.code).toBe("chain-exhausted");
		expect(error?.message.split("\n").map((line) => line.replace(/ Again.*/, ""))).toEqual([
			'No provider of the chain "default" could answer:',
			"- a, asked once: network: connection reset.",
			"- c, asked once: network: connection reset.",
			"- b, not asked: makes no embeddings.",
		]);
	});

	test("what a provider throws that is no error of ours is one of its own", async () => {
		const { error } = await embedWith({ providers: [embedder("a", [[{ fail: new Error("out of memory") }]])] });
		expect(error).toMatchObject({ code: "provider-failed", provider: "a", message: expect.stringContaining("out of memory") });
	});

	test("who gives nothing within its time is left for the next one, and is told", async () => {
		const slow = embedder("a", [[{ hang: true }]]);
		const { made } = await embedWith({ chains: { default: [slow, embedder("b")] }, timeouts: { firstChunkMs: 500 } });
		expect(made?.provider).toBe("b");
		expect(made?.attempts[0]?.error).toMatchObject({ code: "timeout", phase: "first-chunk", afterMs: 500 });
		expect(slow.embedCalls[0]?.state).toBe("left");
	});

	test("who comes too late is not heard, whatever it gives and says then", async () => {
		let giveLate: (() => void) | undefined;
		const late = embedder("a");
		late.embed = () =>
			new Promise((resolve) => {
				giveLate = () => resolve({ embeddings: [[666]], model: "odd" });
			});
		const b = embedder("b", [[{ run: () => giveLate?.() }, { wait: 10 }, { embed: { embeddings: [[1]] } }]]);
		const { made, events } = await embedWith({ chains: { default: [late, b] }, timeouts: { firstChunkMs: 500 } });
		expect(made).toMatchObject({ provider: "b", embeddings: [[1]] });
		expect(events.filter(({ type }) => type === "warning")).toEqual([]);
	});

	test("all of it takes no longer than the total", async () => {
		const { error } = await embedWith(
			{ chains: { default: [embedder("a", [[{ hang: true }]])] } },
			{ input: "x" },
			{ timeouts: { totalMs: 700 } },
		);
		const last = isSpaceportError(error, "chain-exhausted") ? error.lastError : undefined;
		expect(last).toBeInstanceOf(TimeoutError);
		expect(last).toMatchObject({ phase: "total", afterMs: 700 });
	});

	test("nobody is asked more often than is allowed", async () => {
		const { asked } = await embedWith({
			chains: { default: [embedder("a", [failing]), embedder("b", [failing])] },
			retry: { maxAttempts: 3 },
		});
		expect(asked).toHaveLength(3);
	});

	test("a caller who leaves is heard at once", async () => {
		const controller = new AbortController();
		const provider = embedder("a", [[{ run: () => controller.abort(new Error("enough")) }, { hang: true }]]);
		const { error } = await embedWith({ providers: [provider] }, { input: "x" }, { signal: controller.signal });
		expect(error).toMatchObject({ code: "aborted", reason: new Error("enough") });
		expect(provider.embedCalls[0]?.state).toBe("left");
	});

	test("a caller who has left before asks nobody", async () => {
		const provider = embedder("a");
		const { error } = await embedWith({ providers: [provider] }, { input: "x" }, { signal: AbortSignal.abort("no") });
		expect(error?.code).toBe("aborted");
		expect(provider.embedCalls).toHaveLength(0);
	});
});

describe("what a provider gives is looked at, and the next one asked where it is wrong", () => {
	const wrongs: readonly (readonly [string, unknown, SpaceportError["code"], RegExp])[] = [
		["too few", { embeddings: [[1, 2]] }, "protocol", /gave 1 embedding for 2 texts/],
		["too many", { embeddings: [[1], [1], [1]] }, "protocol", /gave 3 embeddings for 2 texts/],
		["none", { embeddings: [] }, "protocol", /gave 0 embeddings for 2 texts/],
		["one that is shorter", { embeddings: [[1, 2], [1]] }, "protocol", /the first has 2 numbers, number 2 has 1/],
		["no numbers in one", { embeddings: [[], []] }, "protocol", /embedding 1 without any numbers/],
		["no number", { embeddings: [[1], [Number.NaN]] }, "protocol", /embedding 2 whose number 1 is no finite number \(it is NaN\)/],
		["infinity", { embeddings: [[1], [Infinity]] }, "protocol", /no finite number \(it is Infinity\)/],
		["infinity in a typed array", { embeddings: [new Float32Array([1]), new Float32Array([1e39])] }, "protocol", /no finite number/],
		["texts for numbers", { embeddings: [["1"], ["2"]] }, "protocol", /no finite number \(it is "1"\)/],
		["a hole", { embeddings: [[1], Array(1)] }, "protocol", /no finite number/],
		["null for one", { embeddings: [[1], null] }, "protocol", /embedding 2 that is no list of numbers \(it is null\)/],
		["base64 for one", { embeddings: ["AACAPw==", "AACAPw=="] }, "protocol", /no list of numbers \(it is "AACAPw=="\)/],
		["nothing", undefined, "provider-failed", /gave undefined/],
		["null", null, "provider-failed", /gave null/],
		["a list", [[1], [2]], "provider-failed", /no list of embeddings/],
		["another object", { data: [] }, "provider-failed", /no list of embeddings/],
	];
	test.each(wrongs)("%s", async (_, given, code, message) => {
		const odd = embedder("odd", [[{ embed: given as never }]]);
		const outcome = await embedWith({ chains: { default: [odd, embedder("next")] } }, { input: ["a", "bb"] });
		expect(outcome.made).toMatchObject({ provider: "next" });
		expect(outcome.made?.attempts[0]).toMatchObject({ provider: "odd", decision: "fallback", error: { code } });
		expect(outcome.made?.attempts[0]?.error?.message).toMatch(message);
	});

	test("embeddings that are not as long as was asked are not taken, and their provider is not held to be ill", async () => {
		const long = embedder("long", [[{ embed: { embeddings: [[1, 2, 3]] } }]]);
		const spaceport = createSpaceport({ chains: { default: [long, embedder("short")] } });
		const made = await spaceport.embed({ input: "x", dimensions: 2 });
		expect(made.provider).toBe("short");
		expect(made.attempts[0]?.error).toMatchObject({ code: "unsupported", capability: "dimensions" });
		expect(await spaceport.embed({ input: "x" })).toMatchObject({ provider: "long" });
	});

	test("the caller is told where the server says that it is another model", async () => {
		const said = (model: unknown): EmbedScript => [{ embed: { embeddings: [[1]], model: model as string } }];
		const models = [maker("m", { aliases: ["m-1"] })];
		const warningsOf = async (model: unknown) =>
			(await embedWith({ providers: [embedder("a", [said(model)], { models })] })).made?.warnings;
		expect(await warningsOf("n")).toEqual(['"a" was asked for "m", and says that it is "n".']);
		for (const model of ["m", "m-1", "", undefined, 5]) expect(await warningsOf(model)).toEqual([]);
	});

	test("a provider that declares no models says which one it was", async () => {
		const provider = embedder("a", [[{ embed: { embeddings: [[1]], model: "found" } }]], { models: [] });
		expect((await embedWith({ providers: [provider] })).made).toMatchObject({ model: "found", warnings: [] });
		expect((await embedWith({ providers: [provider] }, { model: "a:any", input: "x" })).made?.model).toBe("any");
	});
});

describe("health and limits are those of answers", () => {
	test("who failed rests, and is tried again later", async () => {
		const a = embedder("a", [[{ fail: network() }], lengths]);
		const spaceport = createSpaceport({ chains: { default: [a, embedder("b")] }, retry: { retries: 0 } });
		expect((await spaceport.embed({ input: "x" })).provider).toBe("b");
		expect((await spaceport.embed({ input: "x" })).attempts.map(({ provider }) => provider)).toEqual(["b"]);
		expect(await spaceport.health()).toContainEqual(expect.objectContaining({ provider: "a", model: "m", state: "cooling" }));
		await vi.advanceTimersByTimeAsync(4000);
		expect((await spaceport.embed({ input: "x" })).provider).toBe("a");
	});

	test("a model of embeddings that rests does not keep answers from its provider", async () => {
		const models = [{ id: "talk" }, maker("m")];
		const a = embedder("a", [[{ fail: network() }]], { models });
		const spaceport = createSpaceport({ providers: [a], retry: { retries: 0 } });
		await expect(spaceport.embed({ input: "x" })).rejects.toMatchObject({ code: "network" });
		expect((await spaceport.complete({ messages: "?" })).text).toBe("an answer");
	});

	test("the key that is refused rests, and the next one is used", async () => {
		const limited: EmbedScript = (_, { key }) =>
			key === "key-1" ? [{ fail: new RateLimitedError("slow down", { retryAfterMs: 60_000 }) }] : [{ embed: { embeddings: [[1]] } }];
		const { made } = await embedWith({ providers: [embedder("a", [limited], { keys: ["key-1", "key-2"] })] });
		expect(made?.attempts.map(({ key, decision }) => [key, decision])).toEqual([
			["key-1", "retry"],
			["key-2", "answered"],
		]);
	});

	test("a last resort is asked although it rests", async () => {
		const last = embedder("last", [[{ fail: network() }], lengths]);
		const spaceport = createSpaceport({
			chains: { default: [{ provider: last, lastResort: true }, embedder("other", [[{ fail: network() }]])] },
			retry: { retries: 0 },
		});
		await expect(spaceport.embed({ input: "x" })).rejects.toMatchObject({ code: "chain-exhausted" });
		expect((await spaceport.embed({ input: "x" })).provider).toBe("last");
	});

	test("answers and embeddings of one provider share its limits", async () => {
		const order: string[] = [];
		const provider = createScriptedProvider({
			name: "a",
			models: [{ id: "talk" }, maker("m")],
			limits: { concurrency: 1 },
			scripts: [[{ run: () => void order.push("answer begins") }, { wait: 100 }, "yes", { run: () => void order.push("answer ends") }]],
			embedScripts: [[{ run: () => void order.push("embed") }, { embed: { embeddings: [[1]] } }]],
		});
		const spaceport = createSpaceport({ providers: [provider] });
		const answer = spaceport.complete({ messages: "?" });
		await vi.advanceTimersByTimeAsync(50);
		const made = spaceport.embed({ input: "x" });
		await vi.runAllTimersAsync();
		await Promise.all([answer, made]);
		expect(order).toEqual(["answer begins", "answer ends", "embed"]);
	});

	test("the tokens of the texts count, by an estimate and then by what the provider says", async () => {
		const used: EmbedScript = [{ embed: { embeddings: [[1]], usage: { inputTokens: 10, source: "provider" } } }];
		const provider = embedder("a", [used], { limits: { tokensPerMinute: 100 } });
		const spaceport = createSpaceport({ providers: [provider], retry: { maxRetryAfterMs: 0 } });
		const text = "x".repeat(320);
		await spaceport.embed({ input: text });
		// 80 by the estimate, 10 by what it said: there is room for another 80.
		const startedAt = Date.now();
		await spaceport.embed({ input: text });
		expect(Date.now() - startedAt).toBe(0);
		const third = spaceport.embed({ input: "y".repeat(400) });
		await vi.advanceTimersByTimeAsync(1000);
		expect(provider.embedCalls).toHaveLength(2);
		await vi.runAllTimersAsync();
		expect((await third).attempts).toHaveLength(1);
		expect(Date.now() - startedAt).toBeGreaterThanOrEqual(59_000);
	});

	test("a long answer before is not taken for the length of embeddings", async () => {
		const provider = createScriptedProvider({
			name: "a",
			models: [{ id: "talk" }, maker("m")],
			limits: { tokensPerMinute: 100 },
			scripts: [["yes", { type: "usage", inputTokens: 1, outputTokens: 80, source: "provider" }]],
			embedScripts: [lengths],
		});
		const spaceport = createSpaceport({ providers: [provider] });
		await spaceport.complete({ messages: "?" });
		const startedAt = Date.now();
		await spaceport.embed({ input: "x".repeat(40) });
		expect(Date.now() - startedAt).toBe(0);
	});
});

describe("a provider that makes embeddings conforms", () => {
	beforeEach(() => {
		vi.useRealTimers();
	});
	const create = () => embedder("a", [lengths]);
	const createBroken = () =>
		createScriptedProvider({ name: "broken", scripts: [[{ fail: network() }]], embedScripts: [[{ fail: network() }]] });
	const cases = providerConformance({ create, createBroken, embeds: true });
	const story = {
		create: () =>
			createScriptedProvider({ models: [{ id: "talk" }, maker("m")], scripts: [["once", { wait: 1 }, " upon"]], embedScripts: [lengths] }),
		createBroken,
		embeds: true,
	} as const;
	for (const { name, run } of providerConformance(story)) test(name, run);

	test.each([
		["gives them in another order", ({ input }) => [{ embed: { embeddings: input.map((text) => [text.length]).reverse() } }]],
		["gives too few", [{ embed: { embeddings: [[1]] } }]],
	] as readonly (readonly [string, EmbedScript])[])("and one that %s does not", async (_, script) => {
		const wrong = providerConformance({ create: () => embedder("a", [script]), embeds: true }).filter(({ name }) =>
			name.includes("embeddings"),
		);
		expect(wrong.length).toBeLessThan(cases.length);
		const results = await Promise.allSettled(wrong.map(({ run }) => run()));
		expect(results.some(({ status }) => status === "rejected")).toBe(true);
	});
});

describe("chains in chains", () => {
	test("ask their members by their own options", async () => {
		const inner = createChain({
			name: "inner",
			providers: [embedder("a", [[{ fail: network() }]]), embedder("b", [[{ fail: network() }]])],
			retry: { retries: 0 },
		});
		const { made, asked } = await embedWith({ chains: { default: [inner, embedder("c")] } });
		expect(asked).toEqual(["a:m", "b:m", "c:m"]);
		expect(made?.attempts.map(({ decision }) => decision)).toEqual(["fallback", "fail", "answered"]);
	});

	test("are passed over where none of their members makes embeddings", async () => {
		const inner = createChain({ name: "inner", providers: [talker("a"), talker("b")] });
		const { made, asked, leftOut } = await embedWith({ chains: { default: [inner, embedder("c")] } });
		expect(asked).toEqual(["c:m"]);
		expect(made?.provider).toBe("c");
		expect(leftOut).toEqual(["a: makes no embeddings", "b: makes no embeddings"]);
	});

	test("that are their own members say so", async () => {
		const { error } = await embedWith({ chains: { default: ["other"], other: ["default"] } });
		expect(error).toMatchObject({ code: "invalid-request", message: expect.stringContaining("member of itself") });
	});
});
