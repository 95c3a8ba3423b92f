import { createChain, createSpaceport, isSpaceportError } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

const provider = (name: string, ...models: string[]) =>
	createScriptedProvider({ name, models: models.map((id) => ({ id, aliases: [`${id}-alias`] })), scripts: [[name]] });

describe("the registry", () => {
	test("registers under the provider's own name or another, lists in order, and forgets", () => {
		const spaceport = createSpaceport({ providers: [provider("a", "m1")] });
		const other = provider("b", "m2");
		spaceport.register("second", other);
		expect(spaceport.list()).toEqual(["a", "second"]);
		expect(spaceport.get("second")).toBe(other);
		expect(spaceport.has("b")).toBe(false);
		expect(spaceport.models().map(({ id, provider: name }) => `${name}:${id}`)).toEqual(["a:m1", "second:m2"]);
		expect(spaceport.unregister("a")).toBe(true);
		expect(spaceport.unregister("a")).toBe(false);
		expect(spaceport.list()).toEqual(["second"]);
	});

	test("takes records of providers and chains", async () => {
		const spaceport = createSpaceport({ providers: { x: provider("a", "m") }, chains: { default: ["x"] } });
		expect(spaceport.list()).toEqual(["x", "default"]);
		expect(await spaceport.complete({ messages: "?" })).toMatchObject({ text: "a", provider: "x" });
	});

	test("a name that is taken is an error, unless replace is said", () => {
		const spaceport = createSpaceport({ providers: [provider("a")] });
		expect(() => spaceport.register(provider("a"))).toThrow(/"a" is taken/);
		const replacement = provider("a");
		spaceport.register(replacement, { replace: true });
		expect(spaceport.get("a")).toBe(replacement);
		expect(() => createSpaceport({ providers: [provider("a"), provider("a")] })).toThrow(/taken/);
		expect(() => createSpaceport({ providers: [provider("a")], chains: { a: ["a"] } })).toThrow();
	});

	test("an unknown name says which known one is nearest", () => {
		const spaceport = createSpaceport({ providers: [provider("qwen-2-72b", "m"), provider("local")] });
		expect(() => spaceport.get("qwen2-72b")).toThrow(/Did you mean "qwen-2-72b"\?/);
		try {
			spaceport.get("lokal");
		} catch (error) {
			expect(isSpaceportError(error, "no-such-provider") && error).toMatchObject({ reference: "lokal", known: ["qwen-2-72b", "local"] });
		}
	});

	test.each([
		[undefined, /no provider/],
		[() => provider("a"), /forget to call the factory/],
		[{ name: "a", models: [] }, /createAsyncGenerator/],
		[{ models: [], createAsyncGenerator() {} }, /name/],
		[{ name: "a", createAsyncGenerator() {} }, /models/],
	])("what is no provider is refused (%#)", (value, message) => {
		expect(() => createSpaceport({ providers: [value as never] })).toThrow(message);
	});

	test.each([
		[{ priority: Number.NaN }, "priority is NaN, and must be a number."],
		[{ onMismatch: "splice" as never }, 'onMismatch is "splice", and must be "fail" or "seam".'],
		[{ unsupportedParameters: "ignore" as never }, 'unsupportedParameters is "ignore", and must be "drop" or "refuse".'],
	])("and so is a request's (%#)", async (options, message) => {
		await expect(createSpaceport().complete({ messages: "?" }, options)).rejects.toThrow(message);
	});

	test("an option that is wrong is refused by name and value", () => {
		expect(() => createSpaceport({ retry: { retries: -1 } })).toThrow(/retry\.retries is -1/);
		expect(() => createSpaceport({ timeouts: { firstChunkMs: Number.NaN } })).toThrow(/timeouts\.firstChunkMs is NaN/);
		const words = 'onInterruption is "go", and must be "continue" or "restart" or "fail".';
		expect(() => createSpaceport({ onInterruption: "go" as never })).toThrow(words);
		expect(() => createSpaceport({ timeouts: { idle: 5 } as never })).toThrow(/timeouts\.idle is not an option/);
		expect(() => createSpaceport({ limits: { concurrency: 0 } })).toThrow(/limits\.concurrency is 0/);
		expect(() => createSpaceport({ dispositions: { netwrok: { next: false } } as never })).toThrow(/dispositions\.netwrok/);
		expect(() => createSpaceport({ dispositions: { network: { same: "twice" } } as never })).toThrow(
			/dispositions\.network\.same is "twice"/,
		);
		expect(() => createSpaceport({ dispositions: { network: { next: 1 } } as never })).toThrow(/dispositions\.network\.next is 1/);
		expect(() => createChain({ name: "c", providers: [{ provider: "a", model: 5 as never }] })).toThrow(/providers\[0\]\.model/);
		expect(() => createChain({ name: 5n as never, providers: ["a"] })).toThrow(/5 is no name/);
		expect(() => createChain({ name: "c", providers: [] })).toThrow(/no providers/);
		expect(() => createChain({ name: "", providers: ["a"] })).toThrow(/no name/);
		expect(() => createChain({ name: "c", providers: ["c"] })).toThrow(/itself/);
		expect(() => createChain({ name: "c", providers: [5 as never] })).toThrow(/providers\[0\]/);
		expect(() => createChain({ name: "c", providers: ["a"], onInterruption: "carry-on" as never })).toThrow(/carry-on/);
	});
});

describe("how it is asked", () => {
	test("a signal that is none, and an unknown policy, come out of the stream by name", async () => {
		const spaceport = createSpaceport({ providers: [provider("a", "m")] });
		const controller = new AbortController();
		await expect(spaceport.complete({ messages: "?" }, { signal: controller as never })).rejects.toMatchObject({
			code: "invalid-request",
			path: "signal",
		});
		await expect(spaceport.complete({ messages: "?" }, { revisions: "never" as never })).rejects.toMatchObject({
			code: "invalid-request",
			path: "revisions",
		});
	});
});

describe("a model reference", () => {
	const spaceport = createSpaceport({
		providers: [provider("a", "shared", "only-a"), provider("b", "shared", "m:1"), provider("with:colon", "x")],
		chains: { fast: ["b", "a"] },
	});
	const answered = async (model?: string | string[]) => {
		const { provider: name, model: id } = await spaceport.complete({ messages: "?", ...(model === undefined ? {} : { model }) });
		return `${name}/${id}`;
	};

	test.each([
		["fast", "b/shared"],
		["a", "a/shared"],
		["a:only-a", "a/only-a"],
		["a:only-a-alias", "a/only-a"],
		["only-a", "a/only-a"],
		["only-a-alias", "a/only-a"],
		["shared", "a/shared"],
		["b:m:1", "b/m:1"],
		["m:1", "b/m:1"],
		["with:colon", "with:colon/x"],
		["with:colon:x", "with:colon/x"],
		["fast:only-a", "a/only-a"],
	])("%s is answered by %s", async (reference, expected) => {
		expect(await answered(reference)).toBe(expected);
	});

	test("a list is a chain made on the spot", async () => {
		expect(await answered(["b:m:1", "a"])).toBe("b/m:1");
	});

	test("without one and without a default, several providers are an error that says what to do", async () => {
		await expect(answered()).rejects.toMatchObject({ code: "invalid-request", path: "model" });
		await expect(createSpaceport().complete({ messages: "?" })).rejects.toMatchObject({ code: "invalid-request" });
	});

	test("without one, a chain that is registered alone is asked", async () => {
		const alone = createSpaceport({ chains: [createChain({ name: "alone", providers: [provider("a", "m"), provider("b", "n")] })] });
		expect(await alone.complete({ messages: "?" })).toMatchObject({ provider: "a", model: "m" });
		alone.register(createChain({ name: "another", providers: [provider("b", "n")] }));
		await expect(alone.complete({ messages: "?" })).rejects.toMatchObject({ code: "invalid-request", path: "model" });
	});

	test("what is not known is an error with the nearest name", async () => {
		await expect(answered("shard")).rejects.toMatchObject({ code: "no-such-provider", reference: "shard" });
		await expect(answered("shard")).rejects.toThrow(/"shared"/);
		await expect(answered("a:nothing")).rejects.toMatchObject({ code: "no-such-model", reference: "nothing", known: ["shared", "only-a"] });
		await expect(answered([])).rejects.toMatchObject({ code: "invalid-request" });
	});

	test("a provider that declares no models takes any", async () => {
		const any = createScriptedProvider({ name: "any", models: [], scripts: [["hi"]] });
		const completion = await createSpaceport({ providers: [any] }).complete({ messages: "?", model: "any:whatever" });
		expect(completion.model).toBe("whatever");
		expect(any.calls[0]?.request.model).toBe("whatever");
	});

	test("a provider that says that it has others takes any as well, and is meant by the ids that it declares", async () => {
		const some = createScriptedProvider({ name: "some", models: [{ id: "declared" }], scripts: [["hi"]] });
		const spaceport = createSpaceport({ providers: [{ ...some, otherModels: true }, provider("a", "only-a")] });
		const models: string[] = [];
		for (const model of ["some:whatever", "some", "declared", "only-a"])
			models.push((await spaceport.complete({ messages: "?", model })).model);
		expect(models).toEqual(["whatever", "declared", "declared", "only-a"]);
	});
});

describe("a request", () => {
	const spaceport = createSpaceport({ providers: [provider("a", "m")] });

	test.each([
		[{ messages: [] }, "messages"],
		[{ messages: "" }, "messages"],
		[{}, "messages"],
		[{ messages: [{ role: "bot", content: "x" }] }, "messages[0].role"],
		[{ messages: [{ role: "user" }] }, "messages[0].content"],
		[
			{
				messages: [
					{ role: "user", content: "x" },
					{ role: "user", content: [{ type: "text", text: 1 }] },
				],
			},
			"messages[1].content[0].text",
		],
		// Places where nothing is.
		[{ messages: new Array(2) }, "messages[0]"],
		[{ messages: "x", stop: Object.assign(new Array(2), { 0: "x" }) }, "stop[1]"],
		[{ messages: "x", temperature: -1 }, "temperature"],
		[{ messages: "x", topP: 2 }, "topP"],
		[{ messages: "x", maxTokens: 1.5 }, "maxTokens"],
		[{ messages: "x", seed: "1" }, "seed"],
		[{ messages: "x", stop: [1] }, "stop[0]"],
		[{ messages: "x", responseFormat: { type: "xml" } }, "responseFormat.type"],
		[{ messages: "x", temprature: 1 }, "temprature"],
		[{ messages: "x", model: "" }, "model"],
	])("%j is refused at its place", async (request, path) => {
		await expect(spaceport.complete(request as never)).rejects.toMatchObject({ code: "invalid-request", path });
	});

	test("reaches the provider whole, with the model resolved and the messages as a list", async () => {
		const asked = provider("b", "m");
		const settings = { system: "s", temperature: 0.5, topP: 1, maxTokens: 5, stop: ["x"], seed: 1, metadata: { k: 1 } };
		await createSpaceport({ providers: [asked] }).complete({ model: "m-alias", messages: "x", ...settings });
		expect(asked.calls[0]?.request).toEqual({ ...settings, model: "m", messages: [{ role: "user", content: "x" }] });
	});
});
