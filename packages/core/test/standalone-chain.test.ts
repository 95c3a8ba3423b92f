import {
	type AttemptContextInput,
	type Chunk,
	createChain,
	createSpaceport,
	NetworkError,
	type SpaceportError,
	silentLogger,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const down = { fail: new NetworkError("no route", { phase: "join" }) };
const scripted = (name: string, ...scripts: readonly (readonly ScriptStep[])[]) => createScriptedProvider({ name, scripts });

/** Asks a chain to its end, outside of a Spaceport. */
async function ask(chain: ReturnType<typeof createChain>, context?: AttemptContextInput, request: object = {}) {
	const chunks: Chunk[] = [];
	const reading = (async () => {
		const messages = [{ role: "user", content: "Hello" }] as const;
		for await (const chunk of chain.createAsyncGenerator({ model: "", messages, ...request }, context)) chunks.push(chunk as Chunk);
	})().then(
		() => undefined,
		(error: unknown) => error as SpaceportError,
	);
	await vi.runAllTimersAsync();
	const error = await reading;
	const text = chunks.map((chunk) => (chunk.type === "text-delta" ? chunk.text : "")).join("");
	return { error, text, chunks };
}

function thrownBy(make: () => unknown): unknown {
	try {
		make();
	} catch (error) {
		return error;
	}
	return undefined;
}

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

describe("a chain outside of a Spaceport", () => {
	test("numbers its attempts from 1, gives each an id, and keeps its budget", async () => {
		const providers = ["a", "b", "c"].map((name) => scripted(name, [down]));
		const { error } = await ask(createChain({ name: "x", providers, retry: { retries: 0, maxAttempts: 2 } }), {});
		expect(error).toMatchObject({ code: "chain-exhausted", attempts: [{ number: 1 }, { number: 2 }] });
		const calls = providers.flatMap((provider) => provider.calls);
		expect(calls.map(({ context }) => context.number)).toEqual([1, 2]);
		expect(new Set(calls.map(({ context }) => context.id)).size).toBe(2);
		for (const { context } of calls) expect(context.id).toMatch(/^[0-9a-f-]{36}$/);
	});

	test("waits for somebody who rests, where it has nobody else", async () => {
		const a = scripted("a", [down], ["Hello"]);
		const chain = createChain({ name: "x", providers: [a], retry: { retries: 0 } });
		expect((await ask(chain)).error).toMatchObject({ code: "chain-exhausted" });
		const before = Date.now();
		const { text } = await ask(chain);
		expect(text).toBe("Hello");
		expect(Date.now() - before).toBeGreaterThanOrEqual(3000);
	});

	test("tells whoever asks it of warnings, and its log of all that happens", async () => {
		const provider = createScriptedProvider({ name: "a", scripts: [["Hello"]], parameters: [] });
		const [warn, debug] = [vi.fn(), vi.fn()];
		await ask(createChain({ name: "x", providers: [provider] }), { warn, logger: { ...silentLogger, debug } }, { temperature: 1 });
		expect(warn.mock.calls).toEqual([['temperature has no effect: "a" does not take it.']]);
		const told = debug.mock.calls.map(([fields, words]) => [(fields as { type: string }).type, words]);
		expect(told).toEqual(["attempt-start", "warning", "first-chunk", "attempt-end"].map((type) => [type, type]));
	});

	test("knows no names", async () => {
		const { error } = await ask(createChain({ name: "x", providers: ["somebody"] }));
		expect(error).toMatchObject({
			code: "no-such-provider",
			message: expect.stringMatching(/"x".*"somebody".*outside of a Spaceport/),
			reference: "somebody",
			known: [],
			hint: expect.stringMatching(/^Register the chain/),
		});
	});

	test("answers where it is asked by its own name", async () => {
		expect((await ask(createChain({ name: "x", providers: [scripted("a", ["Hello"])] }), undefined, { model: "x" })).text).toBe("Hello");
	});
});

describe("a chain that is asked for a model", () => {
	const having = (name: string, ...ids: readonly string[]) =>
		createScriptedProvider({ name, scripts: [[`by ${name}`]], models: ids.map((id) => ({ id })) });

	test.each([
		["whoever has it", "two", "by b"],
		["the first that has it", "both", "by a"],
	])("asks %s", async (_, model, text) => {
		const chain = createChain({ name: "x", providers: [having("a", "one", "both"), having("b", "two", "both")] });
		expect((await ask(chain, undefined, { model })).text).toBe(text);
	});

	test("asks whoever declares none", async () => {
		const chain = createChain({ name: "x", providers: [having("a", "one"), having("any")] });
		expect((await ask(chain, undefined, { model: "other" })).text).toBe("by any");
	});

	test("that nobody has says which there are", async () => {
		const chain = createChain({ name: "x", providers: [having("a", "one", "two"), having("b", "two", "three")] });
		const { error } = await ask(chain, undefined, { model: "thre" });
		expect(error).toMatchObject({
			code: "no-such-model",
			message: expect.stringMatching(/^No member of the chain "x" has a model "thre"\..*three/),
			reference: "thre",
			known: ["one", "two", "three"],
			hint: "Its models are one, two, three.",
		});
	});

	test("has the models of its providers, each as the first of them describes it", () => {
		const a = createScriptedProvider({ name: "a", scripts: [[]], models: [{ id: "both", vision: true }, { id: "one" }] });
		const b = createScriptedProvider({ name: "b", scripts: [[]], models: [{ id: "both", vision: false }, { id: "two" }] });
		expect(createChain({ name: "x", providers: ["named", a, { provider: b }, { provider: "other" }] }).models).toEqual([
			{ id: "both", vision: true },
			{ id: "one" },
			{ id: "two" },
		]);
	});
});

describe("what no chain can be made of", () => {
	const a = scripted("a", []);
	test.each<[string, unknown, object]>([
		["nobody", [], { message: 'The chain "x" has no providers.', path: "providers", hint: expect.stringMatching(/at least one provider/) }],
		["no list", "a", { path: "providers" }],
		["nothing", [null], { path: "providers[0]" }],
		["an empty name", [a, ""], { path: "providers[1]" }],
		["itself", [a, "x"], { message: 'The chain "x" has itself as a member.', path: "providers[1]" }],
		["itself, with a model", [{ provider: "x", model: "m" }], { path: "providers[0]" }],
		["an empty model", [{ provider: a, model: "" }], { path: "providers[0].model", message: expect.stringContaining("a model's id") }],
		["a model that is none", [a, { provider: a, model: 5 }], { path: "providers[1].model", message: expect.stringContaining("5") }],
	])("%s", (_, providers, fields) => {
		const error = thrownBy(() => createChain({ name: "x", providers: providers as never }));
		expect(error).toMatchObject({ code: "invalid-request", ...fields });
	});

	test("a member of itself by way of others", async () => {
		const spaceport = createSpaceport({ chains: { one: ["two"], two: ["three"], three: ["one"] } });
		const asked = spaceport.complete({ model: "one", messages: "Hello" }).catch((error: unknown) => error);
		await vi.runAllTimersAsync();
		const found = (await asked) as SpaceportError & { lastError?: SpaceportError };
		expect(found.lastError ?? found).toMatchObject({ message: expect.stringContaining("one → two → three → one"), path: "providers" });
	});
});
