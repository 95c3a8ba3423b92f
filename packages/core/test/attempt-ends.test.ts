import {
	type Chunk,
	type CreateSpaceportOptions,
	createChain,
	createSpaceport,
	NetworkError,
	RateLimitedError,
	type SpaceportError,
	type SpaceportEvent,
	StreamInterruptedError,
	silentLogger,
	TimeoutError,
	UnsupportedError,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { parts } from "../src/parts/parts.ts";

const messages = "Hello?";
const reset = new NetworkError("connection reset", { phase: "stream" });
const cut = { fail: reset };
const down = { fail: new NetworkError("no route", { phase: "join" }) };
const scripted = (name: string, ...scripts: readonly (readonly ScriptStep[])[]) =>
	createScriptedProvider({ name, scripts, models: [{ id: "m" }] });
const chain = (name: string, providers: Parameters<typeof createChain>[0]["providers"]) => createChain({ name, providers });

function create(options: CreateSpaceportOptions) {
	const events: SpaceportEvent[] = [];
	const spaceport = createSpaceport({ random: () => 0, retry: { retries: 0 }, ...options, onEvent: (event) => events.push(event) });
	/** Asks, until there is an answer or an error. */
	async function ask(more: object = {}) {
		const asked = spaceport.complete({ messages }, more).then(
			(completion) => ({ completion, error: undefined }),
			(error: unknown) => ({ completion: undefined, error: error as SpaceportError }),
		);
		const before = Date.now();
		let tookMs = 0;
		asked.finally(() => {
			tookMs = Date.now() - before;
		});
		await vi.runAllTimersAsync();
		return { ...(await asked), tookMs };
	}
	const of = <Type extends SpaceportEvent["type"]>(type: Type) =>
		events.filter((event): event is Extract<SpaceportEvent, { readonly type: Type }> => event.type === type);
	return { spaceport, events, ask, of };
}

beforeEach(() => {
	vi.useFakeTimers();
	// The machine has been up for a while.
	vi.advanceTimersByTime(3_600_000);
});
afterEach(() => {
	vi.restoreAllMocks();
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

describe("what is told of an attempt", () => {
	test("its key, where it has one, and none where it has none", async () => {
		const a = createScriptedProvider({ name: "a", scripts: [[down], ["Hi"]], keys: ["one", "two"] });
		const b = scripted("b", ["Hi"]);
		const { ask, of } = create({ chains: [chain("default", [a, b])] });
		const { completion } = await ask();
		expect(completion?.attempts.map((record) => [record.provider, record.key])).toEqual([
			["a", "one"],
			["b", undefined],
		]);
		expect(completion?.attempts[1]).not.toHaveProperty("key");
		expect(of("attempt-end").map((event) => "key" in event)).toEqual([true, false]);
		expect([a.calls[0]?.context.key, b.calls[0]?.context]).toEqual(["one", expect.not.objectContaining({ key: undefined })]);
		expect(b.calls[0]?.context).not.toHaveProperty("key");
	});

	test("a log of its own, with its provider and number, where the logger has such", async () => {
		const own = { ...silentLogger };
		const child = vi.fn(() => own);
		const a = scripted("a", ["Hi"]);
		const { ask } = create({ chains: [chain("default", [scripted("b", [down]), a])], logger: { ...silentLogger, child } });
		await ask();
		expect(child.mock.calls).toEqual([[{ provider: "b", attempt: 1 }], [{ provider: "a", attempt: 2 }]]);
		expect(a.calls[0]?.context.logger).toBe(own);
	});

	test("its first chunk once, by whoever gave it, and never a place in a queue where there is none", async () => {
		const a = scripted("a", [{ type: "progress", stage: "started" }, "Hi"]);
		const { ask, of } = create({ chains: [chain("default", [chain("inner", [a])])] });
		await ask();
		expect(of("first-chunk")).toMatchObject([{ provider: "a", number: 1 }]);
		expect(of("queued")).toEqual([]);
	});

	test("its place in the provider's queue, when that changes", async () => {
		const at = (position: number): Chunk => ({ type: "queue-update", position });
		const { ask, of } = create({ providers: [scripted("a", [at(2), at(2), at(1), "Hi"])] });
		await ask();
		expect(of("queued")).toMatchObject([2, 1].map((position) => ({ where: "provider", provider: "a", position })));
	});

	test("that it is asked again, or another one in its place, never both", async () => {
		const { ask, of } = create({ chains: [chain("default", [scripted("a", [down]), scripted("b", ["Hi"])])], retry: { retries: 1 } });
		await ask();
		expect(of("retry")).toMatchObject([{ provider: "a", model: "m", number: 1, delayMs: 500, error: { code: "network" } }]);
		expect(of("fallback")).toMatchObject([{ from: "a", to: "b", error: { code: "network" } }]);
		expect(of("cooldown")).not.toEqual([]);
		for (const { requestId } of of("cooldown")) expect(requestId).toBe(of("retry")[0]?.requestId);
	});
});

describe("an end that says nothing of the provider", () => {
	test.each<
		[
			string,
			CreateSpaceportOptions,
			readonly ScriptStep[],
			(ask: ReturnType<typeof create>["ask"]) => Promise<{ error?: SpaceportError | undefined }>,
			string,
		]
	>([
		[
			"the caller has left",
			{},
			[{ hang: true }],
			(ask) => {
				const controller = new AbortController();
				setTimeout(() => controller.abort(), 100);
				return ask({ signal: controller.signal });
			},
			"aborted",
		],
		["the time was over", { timeouts: { totalMs: 1000 } }, [{ hang: true }], (ask) => ask(), "timeout"],
		[
			"a limit of ours was reached",
			{ limits: { concurrency: 1, queueSize: 0 } },
			[{ wait: 1000 }, "Hi"],
			async (ask) => (await Promise.all([ask(), ask()]))[1],
			"limiter-full",
		],
	])("leaves it alone where %s: not even what keeps rests is loaded", async (_, options, script, act, code) => {
		const load = vi.spyOn(parts, "health");
		const { ask, spaceport } = create({ providers: [scripted("a", script)], ...options });
		expect((await act(ask)).error).toMatchObject({ code });
		expect(load).not.toHaveBeenCalled();
		expect(await spaceport.health()).toMatchObject([{ state: "well", failures: 0 }]);
	});

	test.each([
		["gives no content in time", [{ hang: true }] as const],
		["says that it timed out itself", [{ fail: new TimeoutError("504", { phase: "connect", afterMs: 1 }) }] as const],
	])("is none where it %s", async (_, script) => {
		const { ask, spaceport } = create({ providers: [scripted("a", script)] });
		const asked = ask();
		await asked;
		expect(await spaceport.health()).toMatchObject([{ failures: 1, code: "timeout" }]);
	});

	test("a server that fails is not asked again at once with another key", async () => {
		const a = createScriptedProvider({ name: "a", scripts: [[down], ["Hi"]], keys: ["one", "two", "three"] });
		const { ask, of } = create({ providers: [a], retry: { retries: 1 } });
		expect((await ask()).tookMs).toBeGreaterThanOrEqual(500);
		expect(of("retry")).toMatchObject([{ delayMs: 500 }]);
	});
});

describe("the last one left", () => {
	test("is waited for in the innermost chain, where no chain around it has somebody left", async () => {
		const a = scripted("a", [down], ["Hi"]);
		const { ask } = create({ chains: [chain("default", [chain("mid", [chain("inner", [a])])])] });
		await ask();
		expect(await ask()).toMatchObject({ completion: { text: "Hi" }, tookMs: 3000 });
	});

	test("and is not where one has, however far out", async () => {
		const a = scripted("a", [down], ["Hi"]);
		const { ask } = create({ chains: [chain("default", [chain("mid", [chain("inner", [a])]), scripted("b", ["Hello"])])] });
		await ask();
		expect(await ask()).toMatchObject({ completion: { text: "Hello" }, tookMs: 0 });
	});

	test("is asked at once whatever it said of its limits, if it is a last resort", async () => {
		const a = scripted("a", [{ run: (context) => context.reportLimits({ retryAfterMs: 5000 }) }, "Hi"]);
		const last = create({ chains: [createChain({ name: "default", providers: [{ provider: a, lastResort: true }] })] });
		await last.ask();
		expect((await last.ask()).tookMs).toBe(0);
		const usual = create({ providers: [scripted("a", [{ run: (context) => context.reportLimits({ retryAfterMs: 5000 }) }, "Hi"])] });
		await usual.ask();
		expect((await usual.ask()).tookMs).toBe(5000);
	});

	test("goes on within its own chain with what broke off there", async () => {
		const whole = "The capital of France is Paris, and it has been so for a very long time.";
		const inner = chain("inner", [scripted("a", [whole.slice(0, 30), cut]), scripted("b", [whole])]);
		const { ask, of } = create({ chains: [chain("default", [inner])] });
		expect((await ask()).completion?.text).toBe(whole);
		expect(of("seam")).toMatchObject([{ from: "a", to: "b", how: "continue" }]);
	});
});

describe("where an answer begins", () => {
	test("half a call is no beginning: nobody sees it, and the next one is asked", async () => {
		const half: Chunk = { type: "tool-call-delta", id: "1", name: "look", argumentsDelta: "{" };
		const { ask, of } = create({ chains: [chain("default", [scripted("a", [half, cut]), scripted("b", ["Hi"])])] });
		const { completion } = await ask();
		expect(completion).toMatchObject({ text: "Hi", attempts: [{ error: { code: "network" } }, { decision: "answered" }] });
		expect(of("seam")).toEqual([]);
	});

	test("what broke off has the text that came, whatever the provider says of it", async () => {
		for (const [fail, length] of [
			[new StreamInterruptedError("It broke.", { textSoFar: "something else" }), 3],
			[reset, 3],
		] as const) {
			const { ask } = create({ providers: [scripted("a", ["abc", { fail }])], onInterruption: "fail" });
			expect((await ask()).error).toMatchObject({
				code: "stream-interrupted",
				textSoFar: "abc",
				message: `The answer broke off after ${length} characters: ${fail.message}`,
			});
		}
		const said = new StreamInterruptedError("It broke.", { textSoFar: "abc" });
		const { ask } = create({ providers: [scripted("a", ["abc", { fail: said }])], onInterruption: "fail" });
		expect((await ask()).error).toBe(said);
	});
});

describe("the end of a request", () => {
	test("after all its time says which option gives it more", async () => {
		const { ask } = create({ providers: [scripted("a", [{ hang: true }])], timeouts: { totalMs: 1000 } });
		expect((await ask()).error).toMatchObject({
			code: "timeout",
			phase: "total",
			afterMs: 1000,
			message: "The request was not done after 1000 ms.",
			hint: "Raise timeouts.totalMs.",
		});
	});

	test("by a reader who leaves aborts the provider, and is told of", async () => {
		const a = scripted("a", ["Hi", { hang: true }]);
		const { spaceport, of } = create({ providers: [a] });
		const { requestId: _, ...stream } = { requestId: "", reading: spaceport.stream({ messages }) };
		for await (const _chunk of stream.reading) break;
		await vi.runAllTimersAsync();
		expect(a.calls).toMatchObject([{ state: "left", context: { signal: { aborted: true } } }]);
		expect(of("attempt-end")).toMatchObject([{ decision: "fail", error: { code: "aborted" } }]);
		expect(await spaceport.health()).toMatchObject([{ state: "well" }]);
	});

	test("by an answer aborts nobody", async () => {
		const a = scripted("a", ["Hi"]);
		const { ask, of } = create({ providers: [a] });
		await ask();
		expect(a.calls).toMatchObject([{ state: "finished", context: { signal: { aborted: false } } }]);
		expect(of("attempt-end")).toMatchObject([{ decision: "answered" }]);
		expect(of("attempt-end")[0]).not.toHaveProperty("error");
	});

	test("where what asks again cannot be loaded is the first failure, and is logged", async () => {
		vi.spyOn(parts, "course").mockRejectedValue(new Error("404"));
		const warn = vi.fn();
		const { ask } = create({
			chains: [chain("default", [scripted("a", [down]), scripted("b", ["Hi"])])],
			logger: { ...silentLogger, warn },
		});
		const { error } = await ask();
		expect(error).toMatchObject({
			code: "chain-exhausted",
			message: 'No provider of the chain "default" could answer: network: no route',
			attempts: [{ provider: "a", error: { code: "network" } }],
			lastError: { code: "network", message: "no route" },
			cause: { code: "network" },
		});
		expect(warn.mock.calls[0]).toMatchObject([{ err: { message: expect.stringContaining("asking again") } }, expect.any(String)]);
	});

	test("where nobody could answer says when whoever rests is back, also of members that are known here alone", async () => {
		const { ask } = create({ chains: [chain("default", [scripted("a", [down]), scripted("b", [down])])] });
		const { error } = await ask();
		expect(error).toMatchObject({ retryAfterMs: 3000 });
		expect(error?.message.split("\n").slice(1)).toEqual(
			["a", "b"].map((name) => `- ${name}, asked once: network: no route. Again in 3 s.`),
		);
	});

	test("where nobody rests says nothing of it", async () => {
		const fail = new UnsupportedError("no vision", { capability: "image" });
		const { ask } = create({ chains: [chain("default", [scripted("a", [{ fail }]), scripted("b", [{ fail }])])] });
		const quiet = (await ask()).error;
		expect(quiet?.message.split("\n")).toHaveLength(3);
		expect(quiet?.message).not.toContain("Again");
		// Somebody else does.
		const mixed = create({ chains: [chain("default", [scripted("a", [{ fail }]), scripted("b", [down])])] });
		expect((await mixed.ask()).error?.message.split("\n").slice(1)).toEqual([
			"- a, asked once: unsupported: no vision. Not for this request.",
			"- b, asked once: network: no route. Again in 3 s.",
		]);
	});

	test("where all rest for too long is that of whoever is back first", async () => {
		const limited = (retryAfterMs: number) => ({ fail: new RateLimitedError(`for ${retryAfterMs} ms`, { retryAfterMs }) });
		const { ask } = create({
			chains: [chain("default", [scripted("a", [limited(900_000)]), scripted("b", [limited(600_000)]), scripted("c", [limited(700_000)])])],
		});
		await ask();
		const { error } = await ask();
		expect(error).toMatchObject({ code: "chain-exhausted", attempts: [], lastError: { code: "rate-limited", provider: "b" } });
	});
});
