import { createChain, createSpaceport, type EmbedOptions, type ModelInfo } from "@spaceport/core";
import { createScriptedProvider, type EmbedScript } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { embedder, embedWith, lengths, maker, network, talker } from "./support.ts";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

const failing: EmbedScript = [{ fail: network() }];
/** Of one model each, under other names. */
const of = (model: string, scripts: readonly EmbedScript[] = [lengths], more: Omit<ModelInfo, "id"> = {}) =>
	embedder(`${model}-maker`, scripts, { models: [maker(model, more)] });
const once = { retry: { retries: 0 } };

describe("embeddings of two models are never mixed in silence", () => {
	test("a chain does not go on to another model", async () => {
		const other = of("other");
		const { error, asked, leftOut } = await embedWith({ chains: { default: [of("first", [failing]), other] }, ...once });
		expect(asked).toEqual(["first-maker:first"]);
		expect(error).toMatchObject({ code: "chain-exhausted", lastError: { code: "network" } });
		const reason =
			'makes embeddings with another model than "first" of "first-maker", and those cannot be compared (otherModels: "allow" asks it)';
		expect(leftOut).toEqual([`other-maker: ${reason}`]);
		expect(error?.message).toContain(`- other-maker, not asked: ${reason}.`);
		expect(other.embedCalls).toHaveLength(0);
	});

	test("nor while the first one rests", async () => {
		const first = of("first", [failing, lengths]);
		const spaceport = createSpaceport({ chains: { default: [first, of("other")] }, ...once });
		await expect(spaceport.embed({ input: "x" })).rejects.toMatchObject({ code: "chain-exhausted" });
		const second = spaceport.embed({ input: "x" });
		await vi.runAllTimersAsync();
		expect(await second).toMatchObject({ provider: "first-maker" });
	});

	test("it goes on to one that has the same model, by its id or by an alias, and leaves out what is between", async () => {
		const chain = [of("first", [failing]), of("other"), of("vendor/first", [lengths], { aliases: ["first"] })];
		const { made, leftOut } = await embedWith({ chains: { default: chain }, ...once });
		expect(made).toMatchObject({ provider: "vendor/first-maker", model: "vendor/first", warnings: [] });
		expect(leftOut).toHaveLength(1);
	});

	test("a model that is named is asked of all who have it, and of nobody else in the chain", async () => {
		const models = [maker("wanted"), maker("first")];
		const a = embedder("a", [failing], { models });
		const chain = [of("first", [failing]), a, of("wanted")];
		const { made, asked } = await embedWith({ chains: { default: [{ provider: a, model: "wanted" }, ...chain] }, ...once });
		expect(asked).toEqual(["a:wanted", "wanted-maker:wanted"]);
		expect(made?.provider).toBe("wanted-maker");
	});

	test.each([
		["a list of models", ["first-maker", "other-maker"], {}],
		["otherModels", "default", { otherModels: "allow" }],
	] as readonly (readonly [string, string | readonly string[], EmbedOptions])[])(
		"%s allows it, and the caller is told",
		async (_, model, options) => {
			const providers = [of("first", [failing]), of("other")];
			const chains = { default: ["first-maker", "other-maker"] };
			const { made } = await embedWith({ providers, chains, ...once }, { model, input: "x" }, options);
			expect(made).toMatchObject({ provider: "other-maker", model: "other" });
			expect(made?.warnings).toEqual([
				'These embeddings are made with "other" of "other-maker", not with "first" of "first-maker": the two cannot be compared.',
			]);
		},
	);

	test("a list allows what it names, and not what a chain in it has besides", async () => {
		const chain = createChain({ name: "chain", providers: [of("first", [failing]), of("hidden")] });
		const providers = [of("listed", [failing])];
		const { error, asked } = await embedWith({ providers, chains: [chain], ...once }, { model: ["chain", "listed"], input: "x" });
		expect(asked).toEqual(["first-maker:first", "listed-maker:listed"]);
		expect(error?.message).toMatch(/hidden-maker, not asked: makes embeddings with another model/);
	});

	test("a list allows nothing where others are refused", async () => {
		const providers = [of("first", [failing]), of("other")];
		const { asked } = await embedWith({ providers, ...once }, { model: ["first", "other"], input: "x" }, { otherModels: "refuse" });
		expect(asked).toEqual(["first-maker:first"]);
	});

	test("who says that it makes embeddings comes before who may, so that a provider of answers does not choose the model", async () => {
		const may = () => embedder("may", [failing], { models: [{ id: "talk" }] });
		const { made, asked, leftOut } = await embedWith({ chains: { default: [may(), of("first")] }, ...once });
		expect(asked).toEqual(["first-maker:first"]);
		expect(made?.warnings).toEqual([]);
		expect(leftOut).toEqual(['may: does not say that it makes embeddings, as "first" of "first-maker" does']);
		const allowed = await embedWith({ chains: { default: [may(), of("first", [failing]), of("b")] }, ...once }, undefined, {
			otherModels: "allow",
		});
		expect(allowed.asked).toEqual(["first-maker:first", "b-maker:b"]);
		const listed = await embedWith({ providers: [may(), of("first")], ...once }, { model: ["may", "first"], input: "x" });
		expect(listed.asked).toEqual(["may:talk", "first-maker:first"]);
		expect(listed.made?.warnings).toHaveLength(1);
		const same = embedder("same", [lengths], { models: [{ id: "first" }] });
		const both = await embedWith({ chains: { default: [same, of("first")] } });
		expect(both.asked).toEqual(["same:first"]);
	});

	test("what a provider does not name is another model", async () => {
		const nameless = (name: string, scripts: readonly EmbedScript[]) => embedder(name, scripts, { models: [] });
		const { error, asked, leftOut } = await embedWith({
			chains: { default: [nameless("a", [failing]), nameless("b", [lengths])] },
			...once,
		});
		expect(asked).toEqual(["a:"]);
		expect(error?.code).toBe("chain-exhausted");
		expect(leftOut[0]).toContain('b: makes embeddings with another model than that of "a"');
		const named = [
			{ provider: nameless("c", [failing]), model: "m" },
			{ provider: nameless("d", [lengths]), model: "m" },
		];
		expect((await embedWith({ chains: { default: named }, ...once })).made?.provider).toBe("d");
	});

	test("the first model of a chain in a chain is the one that counts", async () => {
		const inner = createChain({ name: "inner", providers: [talker("t"), of("first", [failing]), of("other")] });
		const outer = [talker("u"), inner, of("other"), of("first")];
		outer[3] = embedder("first-again", [lengths], { models: [maker("first")] });
		const { made, asked, leftOut } = await embedWith({ chains: { default: outer }, ...once });
		expect(asked).toEqual(["first-maker:first", "first-again:first"]);
		expect(made?.provider).toBe("first-again");
		expect(leftOut.map((line) => line.slice(0, 25))).toEqual([
			"u: makes no embeddings",
			"other-maker: makes embedd",
			"t: makes no embeddings",
			"other-maker: makes embedd",
		]);
	});
});

describe("who makes embeddings", () => {
	test("of a provider's models, the first that is said to make them is asked, and another for answers", async () => {
		const models = [maker("vectors"), { id: "talk" }, maker("more")];
		const provider = embedder("a", [lengths], { models });
		const spaceport = createSpaceport({ providers: [provider] });
		expect(await spaceport.embed({ input: "x" })).toMatchObject({ model: "vectors" });
		expect(await spaceport.complete({ messages: "?" })).toMatchObject({ model: "talk", text: "an answer" });
	});

	const picks: readonly (readonly [string, readonly ModelInfo[], string])[] = [
		["nothing is said of it", [{ id: "a" }, { id: "b" }], "a"],
		["it is not said to make none", [{ id: "a", embeddings: false }, { id: "b" }], "b"],
		["it is said to make some", [{ id: "a" }, maker("b")], "b"],
	];
	test.each(picks)("without a name, the first model of which %s", async (_, models, asked) => {
		const { made } = await embedWith({ providers: [embedder("p", [lengths], { models })] });
		expect(made?.model).toBe(asked);
	});

	test("a lone provider that has no embed says so", async () => {
		const { error, asked } = await embedWith({ providers: [talker("a")] });
		expect(error).toMatchObject({
			code: "unsupported",
			capability: "embeddings",
			provider: "a",
			message: '"a" makes no embeddings.',
			hint: expect.stringContaining("embed"),
		});
		expect(asked).toEqual([]);
	});

	test.each([
		["that is said to make none", [{ id: "talk", embeddings: false }], "p:talk", 'makes no embeddings with "talk"'],
		["beside one that makes them", [{ id: "talk" }, maker("m")], "p:talk", 'makes no embeddings with "talk"'],
		["where none does", [{ id: "talk", embeddings: false }], "p", "has no model that makes embeddings"],
	] as readonly (readonly [string, readonly ModelInfo[], string, string])[])(
		"nor is a model asked %s",
		async (_, models, model, reason) => {
			const provider = embedder("p", [lengths], { models });
			const { error } = await embedWith({ providers: [provider] }, { model, input: "x" });
			expect(error).toMatchObject({ code: "unsupported", capability: "embeddings", message: `"p" ${reason}.` });
			expect(provider.embedCalls).toHaveLength(0);
		},
	);

	test("a chain passes over who makes none, and waits for the only one that does as for the last", async () => {
		const maker = embedder("maker");
		const { made, leftOut, events } = await embedWith({ chains: { default: [talker("a"), maker, talker("b")] } });
		expect(made?.attempts).toHaveLength(1);
		expect(leftOut).toEqual(["a: makes no embeddings", "b: makes no embeddings"]);
		expect(events.filter(({ type }) => type === "left-out")).toHaveLength(2);
		expect(maker.embedCalls[0]?.context.deadlines.firstChunkMs).toBe(120_000);
	});

	test("a chain where nobody does says so of each", async () => {
		const chains = { default: [talker("a"), embedder("b", [lengths], { models: [{ id: "talk", embeddings: false }] })] };
		const { error, asked } = await embedWith({ chains });
		expect(asked).toEqual([]);
		expect(error).toMatchObject({
			code: "chain-exhausted",
			attempts: [],
			leftOut: [
				{ provider: "a", model: "a-talks" },
				{ provider: "b", model: "talk" },
			],
			lastError: { code: "unsupported", capability: "embeddings" },
		});
		expect(error?.message).toBe(
			[
				'No provider of the chain "default" could be asked:',
				"- a, not asked: makes no embeddings.",
				"- b, not asked: has no model that makes embeddings.",
			].join("\n"),
		);
	});

	test("a chain of a kind that is not known is asked, and what it gives in words is no embedding", async () => {
		const foreign = {
			name: "foreign",
			kind: "chain",
			entries: [],
			models: [],
			async *createAsyncGenerator() {
				yield "words";
				yield { type: "finish", finishReason: "stop" };
			},
		};
		const { error } = await embedWith({ providers: [foreign as never] }, { model: "foreign", input: "x" });
		expect(error).toMatchObject({ code: "unsupported", capability: "embeddings" });
	});
});

describe("a model that makes embeddings gives no answers", () => {
	test("where it is asked alone, it says so", async () => {
		const provider = embedder("a");
		const spaceport = createSpaceport({ providers: [provider] });
		await expect(spaceport.complete({ messages: "?" })).rejects.toMatchObject({
			code: "unsupported",
			capability: "answers",
			message: '"a" makes embeddings with "m", and gives no answers.',
		});
		expect(provider.calls).toHaveLength(0);
	});

	test("in a chain, the next one is asked", async () => {
		const spaceport = createSpaceport({ chains: { default: [embedder("a"), talker("b")] } });
		expect(await spaceport.complete({ messages: "?" })).toMatchObject({ provider: "b" });
		const { candidates, leftOut } = await spaceport.explain({ messages: "?" });
		expect(candidates.map(({ provider }) => provider)).toEqual(["b"]);
		expect(leftOut).toMatchObject([{ provider: "a", reason: 'makes embeddings with "m", and gives no answers' }]);
	});

	test("nor is an answer that broke off gone on with by it", async () => {
		const breaks = createScriptedProvider({ name: "breaks", scripts: [["Once upon a time ", { fail: network() }]] });
		const goesOn = createScriptedProvider({ name: "goes-on", scripts: [["Once upon a time there was a cat."]] });
		const vectors = embedder("vectors");
		const spaceport = createSpaceport({ chains: { default: [breaks, vectors, goesOn] }, retry: { retries: 0 } });
		const answer = spaceport.complete({ messages: "?" });
		await vi.runAllTimersAsync();
		expect((await answer).text).toBe("Once upon a time there was a cat.");
		expect(vectors.calls).toHaveLength(0);
	});
});
