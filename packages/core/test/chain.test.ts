import {
	AuthenticationError,
	type Chunk,
	ContextLengthError,
	createChain,
	createSpaceport,
	GenerationError,
	isSpaceportError,
	NetworkError,
	RateLimitedError,
	type SpaceportEvent,
	StreamInterruptedError,
	TimeoutError,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const ask = { messages: "?" };
const network = () => new NetworkError("connection reset", { phase: "join" });

function scripted(name: string, ...scripts: readonly (readonly ScriptStep[])[]) {
	return createScriptedProvider({ name, scripts });
}

type Scripted = ReturnType<typeof scripted>;

interface Outcome {
	readonly text?: string;
	readonly error?: unknown;
	/** The providers asked, in order. */
	readonly asked: readonly string[];
	/** When each was asked, in milliseconds since the request. */
	readonly at: readonly number[];
	readonly decisions: readonly string[];
	readonly events: readonly SpaceportEvent[];
}

/** Runs a chain to its end on the fake clock. */
async function run(
	providers: readonly Scripted[],
	options: Omit<Parameters<typeof createChain>[0], "name" | "providers"> = {},
): Promise<Outcome> {
	const events: SpaceportEvent[] = [];
	const at: number[] = [];
	const started = Date.now();
	const spaceport = createSpaceport({
		chains: [createChain({ name: "default", providers, ...options })],
		random: () => 0,
		onEvent(event) {
			events.push(event);
			if (event.type === "attempt-start") at.push(Date.now() - started);
		},
	});
	const outcome = spaceport.complete(ask).then(
		({ text }) => ({ text }),
		(error: unknown) => ({ error }),
	);
	await vi.runAllTimersAsync();
	const result = await outcome;
	expect(vi.getTimerCount()).toBe(0);
	const starts = events.filter((event) => event.type === "attempt-start");
	const ends = events.filter((event) => event.type === "attempt-end");
	expect(ends).toHaveLength(starts.length);
	return { ...result, asked: starts.map(({ provider }) => provider), at, decisions: ends.map(({ decision }) => decision), events };
}

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("fallback", () => {
	test("goes on to the next provider, unseen by the caller", async () => {
		const { text, asked, decisions, events } = await run([
			scripted("a", [{ type: "log", level: "info", text: "status" }, { fail: new AuthenticationError("401", { status: 401 }) }]),
			scripted("b", ["answer"]),
		]);
		expect(text).toBe("answer");
		expect(asked).toEqual(["a", "b"]);
		expect(decisions).toEqual(["fallback", "answered"]);
		expect(events.find((event) => event.type === "fallback")).toMatchObject({ from: "a", to: "b", error: { code: "authentication" } });
	});

	test("the first content commits: after it nothing is repeated", async () => {
		const b = scripted("b", ["another answer"]);
		const { error } = await run([scripted("a", ["The quick", { fail: network() }]), b], { onInterruption: "fail" });
		expect(isSpaceportError(error, "stream-interrupted") && error.textSoFar).toBe("The quick");
		expect(b.calls).toHaveLength(0);
	});

	test("white space and status are no content: nothing was sent, so it falls over", async () => {
		const { text } = await run([scripted("a", [" \n", { fail: new AuthenticationError("403") }]), scripted("b", ["answer"])]);
		expect(text).toBe("answer");
	});

	test("an empty answer is asked for once more, then elsewhere", async () => {
		const { asked, text } = await run([scripted("a", []), scripted("b", ["answer"])]);
		expect(asked).toEqual(["a", "a", "b"]);
		expect(text).toBe("answer");
	});

	test("all dead: chain-exhausted lists each attempt and why", async () => {
		const { error } = await run([scripted("a", [{ fail: network() }]), scripted("b", [{ fail: new AuthenticationError("no token") }])], {
			retry: { retries: 1 },
		});
		expect(isSpaceportError(error, "chain-exhausted")).toBe(true);
		if (!isSpaceportError(error, "chain-exhausted")) return;
		expect(error.attempts.map(({ provider, number, error: why, decision }) => [number, provider, why?.code, decision])).toEqual([
			[1, "a", "network", "retry"],
			[2, "a", "network", "fallback"],
			[3, "b", "authentication", "fail"],
		]);
		expect(error.lastError.code).toBe("authentication");
		expect(error.message).toContain("connection reset");
		expect(error.message).toContain("no token");
		expect(JSON.parse(JSON.stringify(error)).attempts).toHaveLength(3);
	});

	test("all that were not reached are told of, and why", async () => {
		const all = (first: ScriptStep) => [scripted("a", [first]), scripted("b", ["never"]), scripted("c", ["never"])];
		const message = async (...args: Parameters<typeof run>) => String(((await run(...args)).error as Error).message);
		expect(await message(all({ fail: network() }), { retry: { maxAttempts: 2 } })).toContain(
			"- b, not asked: no attempts were left.\n- c, not asked: no attempts were left.",
		);
		expect(await message(all({ hang: true }), { timeouts: { totalMs: 1000 } })).toContain("- b, not asked: no time was left.");
		expect(await message(all({ fail: network() }), { dispositions: { network: { same: "no", next: false } } })).toContain(
			"- b, not asked: its turn did not come.",
		);
	});

	test("a failure that nobody else can mend passes through as it is", async () => {
		const b = scripted("b", ["answer"]);
		const failure = new (await import("@spaceport/core")).ContentFilteredError("refused", { reason: "policy" });
		const { error } = await run([scripted("a", [{ fail: failure }]), b]);
		expect(error).toBe(failure);
		expect(b.calls).toHaveLength(0);
	});

	test("and is met by the next one where the caller asks for that", async () => {
		const failure = new (await import("@spaceport/core")).ContentFilteredError("refused");
		const { text } = await run([scripted("a", [{ fail: failure }]), scripted("b", ["answer"])], {
			dispositions: { "content-filtered": { next: true } },
		});
		expect(text).toBe("answer");
	});

	test("the Spaceport's and the chain's changes to one row are merged", async () => {
		const a = scripted("a", [{ fail: new AuthenticationError("401") }]);
		const chain = createChain({ name: "default", providers: [a, scripted("b", ["x"])], dispositions: { authentication: { next: false } } });
		const spaceport = createSpaceport({ chains: [chain], dispositions: { authentication: { same: "once" } }, retry: { minDelayMs: 0 } });
		await expect(spaceport.complete(ask)).rejects.toMatchObject({ attempts: [{ provider: "a" }, { provider: "a" }] });
	});

	test("a provider that throws something untyped does not end the chain", async () => {
		const { text, events } = await run([
			scripted("a", [{ fail: new TypeError("undefined is not a function") }]),
			scripted("b", ["answer"]),
		]);
		expect(text).toBe("answer");
		expect(events.find((event) => event.type === "attempt-end")).toMatchObject({ error: { code: "provider-failed", provider: "a" } });
	});

	test("after context-length, models that are known to take less are left out", async () => {
		const small = createScriptedProvider({ name: "small", models: [{ id: "s", contextTokens: 2000 }], scripts: [["never"]] });
		const large = createScriptedProvider({ name: "large", models: [{ id: "l", contextTokens: 100_000 }], scripts: [["answer"]] });
		const failure = new ContextLengthError("too long", { limit: 4000, requested: 5000 });
		const { asked } = await run([scripted("a", [{ fail: failure }]), small, large]);
		expect(asked).toEqual(["a", "large"]);
	});

	test("the last one that a long conversation fits into has lastFirstChunkMs", async () => {
		const small = createScriptedProvider({ name: "small", models: [{ id: "s", contextTokens: 2000 }], scripts: [["never"]] });
		const failure = new ContextLengthError("too long", { limit: 4000, requested: 5000 });
		const { error } = await run([scripted("a", [{ fail: failure }]), scripted("large", [{ hang: true }]), small]);
		expect(error).toMatchObject({ code: "chain-exhausted", lastError: { code: "timeout", afterMs: 120_000 } });
	});
});

describe("retry", () => {
	test("a lone provider is asked again with growing, stretched delays, and then fails with its own error", async () => {
		const provider = scripted("a", [{ fail: network() }]);
		const times: number[] = [];
		const started = Date.now();
		const spaceport = createSpaceport({
			providers: [provider],
			random: () => 0.5,
			onEvent: (event) => event.type === "attempt-start" && times.push(Date.now() - started),
		});
		const outcome = spaceport.complete(ask).catch((error: unknown) => error);
		await vi.runAllTimersAsync();
		expect(await outcome).toMatchObject({ code: "network", provider: "a", attempt: 3 });
		expect(times).toEqual([0, 750, 2250]);
	});

	test("a chain asks its first once more, then the next, then again in order, each at most `retries` times", async () => {
		const { asked, at, decisions } = await run([scripted("a", [{ fail: network() }]), scripted("b", [{ fail: network() }])]);
		expect(asked).toEqual(["a", "a", "b", "a", "b", "b"]);
		expect(decisions).toEqual(["retry", "fallback", "fallback", "fallback", "retry", "fail"]);
		// 500 ms to the first retry, none to another provider, then what is left of each one's own delay.
		expect(at.slice(0, 3)).toEqual([0, 500, 500]);
		expect(at[3]).toBe(1500);
	});

	test("Retry-After is honoured, up to a ceiling", async () => {
		const limited = (retryAfterMs: number) => new RateLimitedError("429", { retryAfterMs });
		const patient = await run([scripted("a", [{ fail: limited(40_000) }], ["answer"])]);
		expect([patient.text, patient.at]).toEqual(["answer", [0, 40_000]]);
		const impatient = await run([scripted("a", [{ fail: limited(61_000) }], ["answer"])]);
		expect(impatient.asked).toEqual(["a"]);
		expect(impatient.error).toMatchObject({ code: "chain-exhausted", lastError: { code: "rate-limited", retryAfterMs: 61_000 } });
	});

	test.each([
		["a little longer than it says, at random", 40_000, 40_250],
		["a short one by as much as it is long, at most", 200, 300],
		["no longer than the ceiling", 60_000, 60_000],
		["no longer than the same one is waited for while another is left", 2900, 3000],
		["not at once, though it says so", 0, 750],
		["not at once, where it makes no sense", -5, 750],
		["never, where it says so", Infinity, undefined],
	])("Retry-After is waited for %s", async (_, retryAfterMs, again) => {
		const times: number[] = [];
		const startedAt = Date.now();
		const spaceport = createSpaceport({
			providers: [scripted("a", [{ fail: new RateLimitedError("429", { retryAfterMs }) }])],
			retry: { retries: 1 },
			random: () => 0.5,
			onEvent: (event) => event.type === "attempt-start" && times.push(Date.now() - startedAt),
		});
		const outcome = spaceport.complete(ask).catch((error: unknown) => error);
		await vi.runAllTimersAsync();
		expect(await outcome).toMatchObject({ code: "rate-limited" });
		expect(times).toEqual(again === undefined ? [0] : [0, again]);
	});

	test("a long wait goes to the next provider at once, and comes back when all others have failed", async () => {
		const { asked, at } = await run([
			scripted("a", [{ fail: new RateLimitedError("429", { retryAfterMs: 20_000 }) }], ["answer"]),
			scripted("b", [{ fail: new AuthenticationError("401") }]),
		]);
		expect(asked).toEqual(["a", "b", "a"]);
		expect(at).toEqual([0, 0, 20_000]);
	});

	test("never waits for longer than the total allows", async () => {
		const { asked, error } = await run([scripted("a", [{ fail: new RateLimitedError("429", { retryAfterMs: 20_000 }) }])], {
			timeouts: { totalMs: 10_000 },
		});
		expect(asked).toEqual(["a"]);
		expect(error).toMatchObject({ lastError: { code: "rate-limited" } });
	});

	test("a generation failure is tried once more, and an interruption before content too", async () => {
		const generation = await run([scripted("a", [{ fail: new GenerationError("the Space failed") }])], { retry: { retries: 5 } });
		expect(generation.asked).toEqual(["a", "a"]);
		const cut = await run([scripted("a", [{ fail: new StreamInterruptedError("cut", { textSoFar: "" }) }])], { retry: { retries: 5 } });
		expect(cut.asked).toEqual(["a", "a"]);
		expect(cut.error).toMatchObject({ code: "chain-exhausted", lastError: { code: "stream-interrupted" } });
	});

	test("retries: 0 asks each once", async () => {
		const { asked } = await run([scripted("a", [{ fail: network() }]), scripted("b", [{ fail: network() }])], { retry: { retries: 0 } });
		expect(asked).toEqual(["a", "b"]);
	});

	test("an abort ends the wait before a retry at once", async () => {
		const provider = scripted("a", [{ fail: network() }]);
		const controller = new AbortController();
		const outcome = createSpaceport({ providers: [provider] })
			.complete(ask, { signal: controller.signal })
			.catch((error: unknown) => error);
		await vi.advanceTimersByTimeAsync(100);
		controller.abort();
		expect(await outcome).toMatchObject({ code: "aborted" });
		expect(provider.calls).toHaveLength(1);
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("deadlines", () => {
	test("no content within firstChunkMs: the next provider, without asking again", async () => {
		const slow = scripted("slow", [{ hang: true }]);
		const { asked, at, text, events } = await run([slow, scripted("b", ["answer"])]);
		expect([asked, at, text]).toEqual([["slow", "b"], [0, 12_000], "answer"]);
		expect(events.find((event) => event.type === "attempt-end")).toMatchObject({
			error: { code: "timeout", phase: "first-chunk", afterMs: 12_000 },
		});
		expect(slow.calls[0]?.state).toBe("left");
	});

	test("the last one left has lastFirstChunkMs", async () => {
		const { error, at } = await run([scripted("a", [{ hang: true }]), scripted("b", [{ ignore: true }])]);
		expect(at).toEqual([0, 12_000]);
		expect(error).toMatchObject({ code: "chain-exhausted", lastError: { code: "timeout", phase: "first-chunk", afterMs: 120_000 } });
	});

	test("a provider's own limits hold in place of the defaults, and the chain's explicit ones over both", async () => {
		const own = () => createScriptedProvider({ name: "own", timeouts: { firstChunkMs: 50_000 }, scripts: [[{ hang: true }]] });
		expect((await run([own(), scripted("b", ["x"])])).at).toEqual([0, 50_000]);
		expect((await run([own(), scripted("b", ["x"])], { timeouts: { firstChunkMs: 700 } })).at).toEqual([0, 700]);
	});

	test("time in the provider's queue counts against queueMs alone", async () => {
		const queued = (...then: ScriptStep[]): ScriptStep[] => [{ type: "queue-update", position: 3 }, { wait: 60_000 }, ...then];
		const patient = await run([
			scripted("a", queued({ type: "progress", stage: "started" }, { wait: 11_000 }, "answer")),
			scripted("b", ["x"]),
		]);
		expect(patient.text).toBe("answer");
		const { events } = await run([scripted("a", queued("late")), scripted("b", ["x"])], { timeouts: { queueMs: 30_000 } });
		expect(events.find((event) => event.type === "attempt-end")).toMatchObject({
			error: { code: "timeout", phase: "queue", afterMs: 30_000 },
		});
		const slow = await run([scripted("a", queued({ type: "progress", stage: "started" }, { wait: 13_000 }, "late")), scripted("b", ["x"])]);
		expect(slow.events.find((event) => event.type === "attempt-end")).toMatchObject({ error: { phase: "first-chunk" } });
	});

	test("silence after content is an interruption with the idle deadline as its cause", async () => {
		const { error } = await run([scripted("a", ["half", { wait: 29_000 }, " an", { wait: 31_000 }, " answer"])]);
		expect(error).toMatchObject({
			code: "stream-interrupted",
			textSoFar: "half an",
			cause: { code: "timeout", phase: "idle", afterMs: 30_000 },
		});
	});

	test("a slow consumer runs into no idle deadline", async () => {
		const spaceport = createSpaceport({ providers: [scripted("a", ["a", "b", "c"])] });
		const reading = (async () => {
			let text = "";
			for await (const piece of spaceport.stream(ask).textStream) {
				text += piece;
				await new Promise((resolve) => setTimeout(resolve, 45_000));
			}
			return text;
		})();
		await vi.runAllTimersAsync();
		expect(await reading).toBe("abc");
	});

	test("the total holds for the whole request", async () => {
		const { error, asked } = await run([scripted("a", [{ hang: true }]), scripted("b", [{ hang: true }])], {
			timeouts: { totalMs: 15_000 },
		});
		expect(asked).toEqual(["a", "b"]);
		expect(error).toMatchObject({ code: "chain-exhausted", lastError: { code: "timeout", phase: "total", afterMs: 15_000 } });
		const begun = await run([scripted("a", ["half", { hang: true }])], { timeouts: { totalMs: 5_000 } });
		expect(begun.error).toMatchObject({ code: "stream-interrupted", textSoFar: "half", cause: { phase: "total" } });
	});

	test("a provider asked alone fails with the deadline itself", async () => {
		const spaceport = createSpaceport({ providers: [scripted("a", [{ ignore: true }])], timeouts: { lastFirstChunkMs: 1000 } });
		const outcome = spaceport.complete(ask).catch((error: unknown) => error);
		await vi.advanceTimersByTimeAsync(1000);
		expect(await outcome).toMatchObject({ code: "timeout", phase: "first-chunk", afterMs: 1000, provider: "a" });
	});

	test("limits beyond a timer's range are limits all the same", async () => {
		const { text } = await run([scripted("a", [{ wait: 1000 }, "answer"])], {
			timeouts: { totalMs: 2 ** 40, lastFirstChunkMs: 2 ** 40, idleMs: Number.POSITIVE_INFINITY },
		});
		expect(text).toBe("answer");
	});
});

describe("chains in chains", () => {
	test("an inner chain that is exhausted is met by the outer chain's next", async () => {
		const inner = createChain({
			name: "inner",
			providers: [scripted("a", [{ fail: network() }]), scripted("b", [{ fail: network() }])],
			retry: { retries: 0 },
		});
		const spaceport = createSpaceport({ chains: [createChain({ name: "outer", providers: [inner, scripted("c", ["answer"])] })] });
		const completion = await spaceport.complete({ ...ask, model: "outer" });
		expect(completion).toMatchObject({ text: "answer", provider: "c" });
		expect(completion.attempts.map(({ provider, number }) => `${number}${provider}`)).toEqual(["1a", "2b", "3c"]);
	});

	test("an inner chain has its own time, and does not wait long while the outer one has someone left", async () => {
		const inner = createChain({ name: "inner", providers: [scripted("a", [{ hang: true }]), scripted("b", [{ hang: true }])] });
		const outer = createChain({ name: "outer", providers: [inner, scripted("c", ["answer"])] });
		const times: number[] = [];
		const started = Date.now();
		const spaceport = createSpaceport({
			chains: [outer],
			onEvent: (event) => event.type === "attempt-start" && times.push(Date.now() - started),
		});
		const outcome = spaceport.complete({ ...ask, model: "outer" });
		await vi.runAllTimersAsync();
		expect((await outcome).text).toBe("answer");
		expect(times).toEqual([0, 12_000, 24_000]);
	});

	test("all attempts of all chains are in the last error", async () => {
		const inner = createChain({ name: "inner", providers: [scripted("a", [{ fail: new AuthenticationError("1") }])] });
		const outer = createChain({ name: "outer", providers: [inner, scripted("b", [{ fail: new AuthenticationError("2") }])] });
		const error = await createSpaceport({ chains: [outer] })
			.complete({ ...ask, model: "outer" })
			.catch((thrown: unknown) => thrown);
		expect(isSpaceportError(error, "chain-exhausted") && error.attempts.map(({ provider }) => provider)).toEqual(["a", "b"]);
	});

	test("the total of the outer chain ends in chain-exhausted with the inner chain's attempts", async () => {
		const inner = createChain({ name: "inner", providers: [scripted("a", [{ hang: true }]), scripted("b", [{ hang: true }])] });
		const outer = createChain({ name: "outer", providers: [inner], timeouts: { totalMs: 15_000 } });
		const outcome = createSpaceport({ chains: [outer] })
			.complete({ ...ask, model: "outer" })
			.catch((thrown: unknown) => thrown);
		await vi.runAllTimersAsync();
		const error = await outcome;
		expect(error).toMatchObject({ code: "chain-exhausted", lastError: { code: "timeout", phase: "total" } });
		expect(isSpaceportError(error, "chain-exhausted") && error.attempts.map(({ provider, decision }) => [provider, decision])).toEqual([
			["a", "fallback"],
			["b", "fail"],
		]);
		expect(vi.getTimerCount()).toBe(0);
	});

	test("an abort ends every attempt of every chain, before the caller hears of it", async () => {
		const inner = createChain({ name: "inner", providers: [scripted("a", [{ hang: true }])] });
		const events: string[] = [];
		const controller = new AbortController();
		const spaceport = createSpaceport({
			chains: [createChain({ name: "middle", providers: [inner] }), createChain({ name: "outer", providers: ["middle"] })],
			onEvent: ({ type }) => events.push(type),
		});
		const outcome = spaceport.complete({ ...ask, model: "outer" }, { signal: controller.signal }).catch((thrown: unknown) => thrown);
		await vi.advanceTimersByTimeAsync(10);
		controller.abort();
		expect(await outcome).toMatchObject({ code: "aborted" });
		expect(events).toEqual(["attempt-start", "attempt-end"]);
		expect(vi.getTimerCount()).toBe(0);
	});

	test("the order is the chain's, whatever models its members have", async () => {
		const named = createScriptedProvider({ name: "named", models: [{ id: "n" }], scripts: [["named"]] });
		const object = createScriptedProvider({ name: "object", models: [{ id: "o" }, { id: "o2" }], scripts: [["object"]] });
		const spaceport = createSpaceport({
			providers: [named],
			chains: [
				createChain({ name: "mixed", providers: ["named", object] }),
				createChain({ name: "around", providers: ["mixed"] }),
				createChain({ name: "second-model", providers: [{ provider: object, model: "o2" }] }),
			],
		});
		expect((await spaceport.complete({ ...ask, model: "mixed" })).provider).toBe("named");
		expect((await spaceport.complete({ ...ask, model: "around" })).provider).toBe("named");
		expect((await spaceport.complete({ ...ask, model: "second-model" })).model).toBe("o2");
		expect((await spaceport.complete({ ...ask, model: "mixed:n" })).model).toBe("n");
	});

	test("names resolve when the chain is asked, and a chain that leads to itself is an error", async () => {
		const spaceport = createSpaceport({ chains: { one: ["two"], two: ["one"] } });
		await expect(spaceport.complete({ ...ask, model: "one" })).rejects.toMatchObject({
			code: "invalid-request",
			message: expect.stringContaining("one → two → one"),
		});
		const late = createSpaceport({ chains: { default: ["late"] } });
		await expect(late.complete(ask)).rejects.toMatchObject({ code: "no-such-provider", reference: "late" });
		late.register(scripted("late", ["here"]));
		expect((await late.complete(ask)).text).toBe("here");
	});

	test("a chain with names that is asked outside of a Spaceport says so", async () => {
		const chain = createChain({ name: "c", providers: ["somebody"] });
		await expect(
			Array.fromAsync(chain.createAsyncGenerator({ model: "", messages: [{ role: "user", content: "?" }] })),
		).rejects.toMatchObject({
			code: "no-such-provider",
			reference: "somebody",
		});
	});

	test("a chain of providers works alone", async () => {
		const chain = createChain({ name: "c", providers: [scripted("a", [{ fail: new AuthenticationError("no") }]), scripted("b", ["hi"])] });
		const chunks: Chunk[] = await Array.fromAsync(chain.createAsyncGenerator({ model: "", messages: [{ role: "user", content: "?" }] }));
		expect(chunks).toEqual([
			{ type: "text-delta", text: "hi" },
			{ type: "finish", finishReason: "unknown" },
		]);
	});

	test("members can be asked for a certain model", async () => {
		const provider = createScriptedProvider({ name: "p", models: [{ id: "small" }, { id: "large", aliases: ["big"] }], scripts: [["x"]] });
		const spaceport = createSpaceport({ providers: [provider], chains: { default: [{ provider: "p", model: "big" }] } });
		expect((await spaceport.complete(ask)).model).toBe("large");
		const wrong = createSpaceport({ providers: [provider], chains: { default: [{ provider: "p", model: "bgi" }] } });
		await expect(wrong.complete(ask)).rejects.toMatchObject({ code: "no-such-model", reference: "bgi" });
	});

	test("the model that was asked for comes first, the others follow", async () => {
		const a = createScriptedProvider({ name: "a", models: [{ id: "ma" }], scripts: [["a"]] });
		const b = createScriptedProvider({ name: "b", models: [{ id: "mb" }], scripts: [[{ fail: new AuthenticationError("no") }]] });
		const spaceport = createSpaceport({ chains: [createChain({ name: "c", providers: [a, b] })] });
		const completion = await spaceport.complete({ ...ask, model: "c:mb" });
		expect(completion.attempts.map(({ model }) => model)).toEqual(["mb", "ma"]);
		await expect(spaceport.complete({ ...ask, model: "c:mc" })).rejects.toMatchObject({ code: "no-such-model" });
	});
});

describe("calls at once", () => {
	test("share no position: each goes through the chain on its own", async () => {
		const a = scripted("a", [{ wait: 10 }, { fail: new AuthenticationError("1") }], ["from a"]);
		const spaceport = createSpaceport({ chains: [createChain({ name: "default", providers: [a, scripted("b", ["from b"])] })] });
		const outcome = Promise.all([spaceport.complete(ask), spaceport.complete(ask)]);
		await vi.runAllTimersAsync();
		expect((await outcome).map(({ text }) => text)).toEqual(["from b", "from a"]);
	});

	test("a timeout's error belongs to its own attempt", async () => {
		const { events } = await run([
			scripted("a", [{ hang: true }]),
			scripted("b", [{ fail: new TimeoutError("t", { phase: "connect", afterMs: 5 }) }], ["x"]),
		]);
		const ends = events.filter((event) => event.type === "attempt-end");
		expect(ends.map(({ number, error }) => [number, error?.attempt])).toEqual([
			[1, 1],
			[2, 2],
			[3, undefined],
		]);
	});
});
