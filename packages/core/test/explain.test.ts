import {
	type AsyncGeneratorProvider,
	type ChainEntry,
	type ChainExhaustedError,
	type ChatRequest,
	createChain,
	createSpaceport,
	type Explanation,
	type ModelInfo,
	NetworkError,
	type SettingName,
	type Spaceport,
	UnsupportedError,
} from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";

import type { Resting } from "../src/chain/health/health.ts";
import { restReason } from "../src/chain/rest-reason.ts";

const messages = "What is the capital of France?";

function scripted(
	name: string,
	options: { models?: readonly ModelInfo[]; parameters?: readonly SettingName[]; firstChunkMs?: number } = {},
) {
	const { firstChunkMs, ...rest } = options;
	const fail = { fail: new UnsupportedError("It cannot.", { capability: "anything" }) };
	return createScriptedProvider({ name, scripts: [[fail]], ...rest, ...(firstChunkMs && { timeouts: { firstChunkMs } }) });
}

const shown = ({ candidates }: Explanation): string[] =>
	candidates.map(({ provider, model }) => (model === provider ? provider : `${provider}:${model}`));
const reasons = ({ candidates }: Explanation): string[] => candidates.map(({ reason }) => reason);

describe("whom a request asks", () => {
	const qwen = scripted("qwen", { models: [{ id: "qwen2-72b", aliases: ["qwen"] }, { id: "small" }] });
	const other = scripted("other", { models: [{ id: "qwen2-72b" }] });
	const any = scripted("any", { models: [] });
	const spaceport = createSpaceport({ providers: [qwen, other, any], chains: { default: ["any", "qwen"], second: ["other", "default"] } });

	test.each<[ChatRequest["model"], readonly string[], readonly string[]]>([
		[undefined, ["any:", "qwen:qwen2-72b"], ['first in the chain "default"', 'second in the chain "default"']],
		["qwen", ["qwen:qwen2-72b"], ['asked alone: named by "qwen"']],
		["qwen:small", ["qwen:small"], ['asked alone: named by "qwen:small"']],
		["small", ["qwen:small"], ['asked alone: has the model "small"']],
		[
			"qwen2-72b",
			["qwen:qwen2-72b", "other:qwen2-72b"],
			['has the model "qwen2-72b", first in the list', 'has the model "qwen2-72b", second in the list'],
		],
		[
			["small", "any"],
			["qwen:small", "any:"],
			['has the model "small", first in the list', 'named by "any", second in the list'],
		],
		[
			"second",
			["other:qwen2-72b", "any:", "qwen:qwen2-72b"],
			['first in the chain "second"', 'first in the chain "default"', 'second in the chain "default"'],
		],
		[
			"default:small",
			["any:small", "qwen:small"],
			['takes any model, first in the chain "default"', 'has the model "small", second in the chain "default"'],
		],
	])("by %j", async (model, order, why) => {
		const explanation = await spaceport.explain({ messages, ...(model && { model }) });
		expect(shown(explanation)).toEqual(order);
		expect(reasons(explanation)).toEqual(why);
		expect(explanation.candidates.map(({ position }) => position)).toEqual(order.map((_, index) => index + 1));
		expect(explanation.leftOut).toEqual([]);
	});

	test("the only provider, where there is no other", async () => {
		const alone = createSpaceport({ providers: [qwen] });
		expect(reasons(await alone.explain({ messages }))).toEqual(["asked alone: the only provider"]);
	});

	test("members that lack the model that is asked for come last", async () => {
		const chains = { mixed: ["other", "qwen"] };
		const explanation = await createSpaceport({ providers: [qwen, other], chains }).explain({ messages, model: "mixed:small" });
		expect(shown(explanation)).toEqual(["qwen:small", "other:qwen2-72b"]);
		expect(reasons(explanation)).toEqual([
			'has the model "small", first in the chain "mixed"',
			'for when those with "small" fail, second in the chain "mixed"',
		]);
	});

	test("with the way to those in a chain in the chain", async () => {
		const { candidates } = await spaceport.explain({ messages, model: "second" });
		expect(candidates.map(({ chain }) => chain)).toEqual([["second"], ["second", "default"], ["second", "default"]]);
	});

	test("nobody is asked", () => {
		expect([qwen, other, any].flatMap(({ calls }) => calls)).toEqual([]);
	});
});

describe("what is wrong is thrown as asking would throw it", () => {
	const inner = createChain({ name: "inner", providers: ["nobody"] });
	const spaceport = createSpaceport({
		providers: [scripted("a"), scripted("b")],
		chains: [inner, createChain({ name: "lost", providers: ["a", "inner"] })],
	});

	test.each<[string, unknown, unknown]>([
		["no messages", { messages: [] }, undefined],
		["a setting that is none", { messages, temperature: -1 }, undefined],
		["a name that means nobody", { messages, model: "c" }, undefined],
		["a model that is not there", { messages, model: "a:c" }, undefined],
		["no default", { messages }, undefined],
		["a member that is not there", { messages, model: "inner" }, undefined],
		["an option that is none", { messages, model: "a" }, { retry: { retries: -1 } }],
		["a signal that is none", { messages, model: "a" }, { signal: {} }],
		["an abort", { messages, model: "a" }, { signal: AbortSignal.abort("enough") }],
	])("%s", async (_, request, options) => {
		const thrown = (outcome: Promise<unknown>): Promise<unknown> =>
			outcome.then(
				() => expect.unreachable(),
				({ name, code, message }) => ({ name, code, message }),
			);
		const asked = await thrown(spaceport.complete(request as ChatRequest, options as object));
		expect(await thrown(spaceport.explain(request as ChatRequest, options as object))).toEqual(asked);
	});

	test("but a chain in the chain that cannot be asked is left out, with all that come after it", async () => {
		const lost = createSpaceport({
			providers: [scripted("a"), scripted("b")],
			chains: { inner: ["nobody"], default: ["a", "inner", "b"] },
		});
		const { candidates, leftOut } = await lost.explain({ messages });
		expect(candidates.map(({ provider }) => provider)).toEqual(["a"]);
		expect(leftOut).toEqual([
			{
				provider: "inner",
				model: "",
				chain: ["default"],
				reason: expect.stringMatching(/^There is no (?:provider|chain|provider or chain).*"nobody"/),
			},
			{ provider: "b", model: "b", chain: ["default"], reason: 'comes after "inner", where the request ends' },
		]);
		await expect(lost.complete({ messages })).rejects.toMatchObject({ code: "chain-exhausted", attempts: [{ provider: "a" }] });
	});

	test("and so is a chain in itself", async () => {
		const looping = createSpaceport({ providers: [scripted("a")], chains: { default: ["a", "other"], other: ["default"] } });
		const { candidates, leftOut } = await looping.explain({ messages });
		expect(candidates).toHaveLength(1);
		expect(leftOut).toMatchObject([
			{
				provider: "default",
				reason: expect.stringContaining("a member of itself: default → other → default"),
				chain: ["default", "other"],
			},
		]);
	});
});

describe("what a provider lacks", () => {
	const images = [{ role: "user", content: [{ type: "image", image: "https://example.com/a.png" }] }] as const;
	const blind = scripted("blind", { models: [{ id: "blind", vision: false }], parameters: ["seed"] });
	const spaceport = createSpaceport({ providers: [blind, scripted("able")], chains: { default: ["blind", "able"] } });

	test("is said beforehand, in the words of the completion", async () => {
		const { candidates, leftOut } = await spaceport.explain({ messages, seed: 1, topP: 0.5, system: "Be brief." });
		expect(candidates.map(({ warnings }) => warnings)).toEqual([
			['system has no effect: "blind" does not take it.', 'topP has no effect: "blind" does not take it.'],
			[],
		]);
		expect(leftOut).toEqual([]);
	});

	test("leaves it out where it is refused, or cannot be dropped", async () => {
		const refused = await spaceport.explain({ messages, topP: 0.5 }, { unsupportedParameters: "refuse" });
		expect(shown(refused)).toEqual(["able"]);
		expect(refused.leftOut).toEqual([{ provider: "blind", model: "blind", chain: ["default"], reason: "does not take topP" }]);
		expect(refused.options.unsupportedParameters).toBe("refuse");
		const seen = await spaceport.explain({ messages: images });
		expect(seen.leftOut).toMatchObject([{ provider: "blind", reason: "lacks vision, and the messages have images" }]);
	});
});

describe("the options that hold", () => {
	test("are those of the request, the chain and the provider", async () => {
		const slow = scripted("slow", { firstChunkMs: 30_000 });
		const chain = createChain({ name: "default", providers: [slow, scripted("b")], retry: { retries: 0 }, timeouts: { idleMs: 7000 } });
		const spaceport = createSpaceport({ chains: [chain], onInterruption: "restart", timeouts: { idleMs: 5000, connectMs: 4000 } });
		const { candidates, options } = await spaceport.explain({ messages }, { timeouts: { totalMs: 60_000 } });
		expect(candidates.map(({ timeouts }) => timeouts)).toMatchObject([
			{ firstChunkMs: 30_000, idleMs: 7000, connectMs: 4000, totalMs: 60_000 },
			{ firstChunkMs: 120_000, idleMs: 7000 },
		]);
		expect(options).toMatchObject({ onInterruption: "restart", retry: { retries: 0 }, timeouts: { idleMs: 7000, totalMs: 60_000 } });
	});

	test("the last of a chain in the chain has no more time than the chain itself", async () => {
		const spaceport = createSpaceport({
			providers: [scripted("a"), scripted("b"), scripted("c")],
			chains: { inner: ["a", "b"], default: ["inner", "c"] },
		});
		const { candidates } = await spaceport.explain({ messages });
		expect(candidates.map(({ timeouts }) => timeouts.firstChunkMs)).toEqual([12_000, 12_000, 120_000]);
	});

	test("no more are asked than attempts may be made", async () => {
		const providers = Array.from({ length: 4 }, (_, index) => scripted(`p${index}`));
		const { candidates, leftOut } = await createSpaceport({ chains: { default: providers } }).explain(
			{ messages },
			{ retry: { maxAttempts: 3 } },
		);
		expect(candidates).toHaveLength(3);
		expect(leftOut).toMatchObject([{ provider: "p3", reason: "comes after the 3 attempts that are made at most" }]);
	});
});

describe("who rests", () => {
	beforeEach(() => {
		vi.useFakeTimers({ now: new Date(2026, 10, 26, 12, 0, 0) });
	});
	afterEach(() => {
		vi.useRealTimers();
	});

	const make = (entries: readonly ChainEntry[] = ["a", "b"]): Spaceport =>
		createSpaceport({ providers: [scripted("a"), scripted("b")], chains: { default: entries } });

	test("is left out, with the time of its rest", async () => {
		const spaceport = make();
		await spaceport.rest("a", { forMs: 3000, reason: "moved" });
		const { candidates, leftOut } = await spaceport.explain({ messages });
		expect(candidates).toMatchObject([{ provider: "b", position: 1, state: "well" }]);
		expect(candidates[0]?.timeouts.firstChunkMs).toBe(120_000);
		expect(leftOut).toEqual([
			{
				provider: "a",
				model: "a",
				chain: ["default"],
				retryAt: Date.now() + 3000,
				reason: "was taken out by hand until 12:00:03: moved",
			},
		]);
		vi.advanceTimersByTime(3000);
		expect(shown(await spaceport.explain({ messages }))).toEqual(["a", "b"]);
	});

	test("is asked all the same where it is asked alone", async () => {
		const spaceport = make();
		await spaceport.rest("a", { forMs: 3000 });
		const { candidates, leftOut } = await spaceport.explain({ messages, model: "a" });
		expect(candidates).toMatchObject([{ provider: "a", state: "cooling", lastResort: true, retryAt: Date.now() + 3000 }]);
		expect(candidates[0]?.reason).toMatch(
			/^asked alone: named by "a"; as a last resort, although it was taken out by hand until 12:00:03: no reason was given$/,
		);
		expect(leftOut).toEqual([]);
	});

	test("is waited for where nobody else is left, the soonest first, and not for too long", async () => {
		const spaceport = make();
		await spaceport.rest("a", { forMs: 50_000 });
		await spaceport.rest("b", { forMs: 3000 });
		const waited = await spaceport.explain({ messages });
		expect(shown(waited)).toEqual(["b", "a"]);
		expect(reasons(waited)[0]).toMatch(/^second in the chain "default"; waited for, since it was taken out by hand until 12:00:03: /);
		const short = await spaceport.explain({ messages }, { retry: { maxRetryAfterMs: 10_000 } });
		expect(shown(short)).toEqual(["b"]);
		expect(short.leftOut).toMatchObject([{ provider: "a" }]);
	});
});

describe("the text", () => {
	test("has a line for each, and what is said beside it", async () => {
		vi.useFakeTimers({ now: new Date(2026, 10, 26, 12, 0, 0) });
		const spaceport = createSpaceport({
			providers: [
				scripted("qwen-2-72b", { parameters: [] }),
				scripted("groq"),
				scripted("local", { models: [{ id: "smollm2" }], firstChunkMs: 600_000 }),
			],
			chains: { default: ["qwen-2-72b", "groq", "inner"], inner: ["local"] },
		});
		await spaceport.rest("groq", { forMs: 3000, reason: "too slow" });
		const explanation = await spaceport.explain({ messages, temperature: 0.2 });
		vi.useRealTimers();
		expect(String(explanation)).toBe(
			[
				'"default" would be asked in this order:',
				'  1. qwen-2-72b       first in the chain "default"',
				"                      first words within 12 s",
				'                      temperature has no effect: "qwen-2-72b" does not take it.',
				'  2. local (smollm2)  first in the chain "inner" (default → inner)',
				"                      first words within 2 min",
				"Left out:",
				"   - groq             was taken out by hand until 12:00:03: too slow",
				"At most 20 attempts in 10 min; a broken answer: continue; settings that are lacked: drop.",
			].join("\n"),
		);
		expect(JSON.parse(JSON.stringify(explanation))).toMatchObject({ asked: "default", candidates: [{}, {}], leftOut: [{}] });
	});
});

describe("it agrees with what a run does", () => {
	/** Numbers from 0 up to 1 that are the same for the same seed. */
	function numbers(seed: number): () => number {
		let state = seed;
		return () => {
			state = (state + 0x6d2b79f5) | 0;
			let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
			mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
			return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
		};
	}

	interface Story {
		readonly spaceport: Spaceport;
		readonly request: ChatRequest;
		readonly asked: string[];
		/** Who is taken out before, for longer than a request waits. */
		readonly rested: readonly string[];
	}

	function story(seed: number): Story {
		const random = numbers(seed);
		const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
		const asked: string[] = [];
		const providers = ["a", "b", "c", "d", "e"].map((name) => {
			const models = random() < 0.2 ? [] : ["x", "y", name].filter(() => random() < 0.7).map((id) => ({ id, vision: random() < 0.7 }));
			const provider: AsyncGeneratorProvider = {
				name,
				models,
				...(random() < 0.5 && { parameters: ["seed"] as const }),
				// biome-ignore lint/correctness/useYield: it fails before.
				async *createAsyncGenerator(request) {
					asked.push(`${name}:${request.model}`);
					// It says nothing of the provider, so that the next one who is the same is asked as well.
					throw new UnsupportedError("It cannot.", { capability: "anything" });
				},
			};
			return provider;
		});
		const names = providers.map(({ name }) => name);
		const entry = (known: readonly string[]): ChainEntry => {
			const provider = pick(known);
			const model = providers.find(({ name }) => name === provider)?.models[0]?.id;
			const lastResort = random() < 0.3;
			return random() < 0.5 ? { provider, ...(random() < 0.5 && model !== undefined && { model }), lastResort } : provider;
		};
		const entries = (known: readonly string[]): readonly ChainEntry[] =>
			Array.from({ length: 1 + Math.floor(random() * 4) }, () => entry(known));
		const chains: Record<string, readonly ChainEntry[]> = {};
		for (const name of ["one", "two", "default"]) chains[name] = entries([...names, ...Object.keys(chains)]);
		const spaceport = createSpaceport({ providers, chains, ...(random() < 0.3 && { unsupportedParameters: "refuse" as const }) });
		const rested = names.filter(() => random() < 0.25);
		const references = [undefined, "one", "two", "a", "x", "y", "one:x", "two:y", "c:x", ["a", "two"], ["x", "one", "default:y"]] as const;
		const model = pick(references);
		const image = [{ role: "user", content: [{ type: "image", image: "https://example.com/a.png" }] }] as const;
		return {
			asked,
			spaceport,
			rested,
			request: { messages: random() < 0.2 ? image : messages, ...(model && { model }), ...(random() < 0.4 && { temperature: 1 }) },
		};
	}

	test.each(Array.from({ length: 300 }, (_, seed) => seed))("seed %i", async (seed) => {
		const { spaceport, request, asked, rested } = story(seed);
		for (const name of rested) await spaceport.rest(name, { forMs: 600_000 });
		const explained = await spaceport.explain(request).then(
			(explanation) => ({ order: explanation.candidates.map(({ provider, model }) => `${provider}:${model}`) }),
			(error: Error) => ({ error: error.message }),
		);
		expect(asked).toEqual([]);
		const error: unknown = await spaceport.complete(request).catch((thrown: unknown) => thrown);
		if ("error" in explained) expect((error as Error).message).toBe(explained.error);
		else expect(asked).toEqual(explained.order);
	});
});

test("it agrees where those who rest are waited for", async () => {
	vi.useFakeTimers({ now: new Date(2026, 10, 26, 12, 0, 0) });
	onTestFinished(() => void vi.useRealTimers());
	const spaceport = createSpaceport({ providers: [scripted("a"), scripted("b"), scripted("c")], chains: { default: ["a", "b", "c"] } });
	await spaceport.rest("a", { forMs: 5000 });
	await spaceport.rest("b", { forMs: 2000 });
	await spaceport.rest("c", { forMs: 600_000 });
	const explanation = await spaceport.explain({ messages });
	expect(shown(explanation)).toEqual(["b", "a"]);
	const asked: string[] = [];
	const outcome = spaceport
		.complete(
			{ messages },
			{ onEvent: (event) => event.type === "attempt-start" && asked.push(`${event.provider} at ${Date.now() % 60_000}`) },
		)
		.catch((error: ChainExhaustedError) => error);
	await vi.runAllTimersAsync();
	expect(asked).toEqual(["b at 2000", "a at 5000"]);
	expect(await outcome).toMatchObject({
		leftOut: [{ provider: "c", reason: "was taken out by hand: no reason was given" }],
		message: expect.stringMatching(/\n- c, not asked: was taken out by hand: no reason was given\. Again in 10 min\.$/),
	});
});

test("a chain in the chain waits for nobody while somebody else stands ready", async () => {
	const spaceport = createSpaceport({
		providers: [createScriptedProvider({ name: "a", scripts: [["from a"]] }), createScriptedProvider({ name: "b", scripts: [["from b"]] })],
		chains: { inner: ["a"], default: ["inner", "b"], last: ["b", "inner"] },
	});
	await spaceport.rest("a", { forMs: 50_000 });
	const explanation = await spaceport.explain({ messages });
	expect([shown(explanation), explanation.leftOut]).toMatchObject([["b"], [{ provider: "a", chain: ["default", "inner"] }]]);
	expect(shown(await spaceport.explain({ messages, model: "last" }))).toEqual(["b", "a"]);
	const { text, attempts } = await spaceport.complete({ messages });
	expect([text, attempts.map(({ provider }) => provider)]).toEqual(["from b", ["b"]]);
});

const noon = new Date(2026, 10, 26, 12, 0, 0).getTime();
const day = 24 * 3_600_000;

test.each<[Partial<Resting>, number | undefined, string]>([
	[{}, undefined, "rests after network: connection reset"],
	[{}, noon, "rests until 12:00:03 after network: connection reset"],
	[{ until: noon + day }, noon, "rests until 2026-11-27 12:00:00 after network: connection reset"],
	[
		{ until: Infinity, state: "refused", code: "authentication", message: "401." },
		noon,
		"rests until it is reset after authentication: 401",
	],
	[
		{ until: Infinity, state: "refused", code: "authentication", message: "401." },
		undefined,
		"rests until it is reset after authentication: 401",
	],
	[{ until: Infinity, byHand: true, message: "moved" }, undefined, "was taken out by hand until it is reset: moved"],
	[{ state: "probing" }, noon, "is being tried by another request after network: connection reset"],
	[{ byHand: true, message: "new\nprices" }, undefined, "was taken out by hand: new prices"],
	[{ byHand: true, message: "new prices" }, noon, "was taken out by hand until 12:00:03: new prices"],
])("a rest of %j, told at %s: %s", (rest, now, words) => {
	const resting: Resting = {
		state: "cooling",
		until: noon + 3000,
		stated: false,
		code: "network",
		message: "connection reset",
		failures: 1,
		...rest,
	};
	expect(restReason(resting, now)).toBe(words);
});

test("what a provider said cannot break the text", async () => {
	const nasty = new NetworkError("a\n\u001b[31mb", { phase: "join" });
	const spaceport = createSpaceport({ providers: [createScriptedProvider({ name: "a", scripts: [[{ fail: nasty }]] })] });
	await spaceport.complete({ messages }, { retry: { retries: 0 } }).catch(() => {});
	const text = String(await spaceport.explain({ messages }));
	expect(text).not.toContain("\u001b");
	expect(text.split("\n")).toHaveLength(4);
});
