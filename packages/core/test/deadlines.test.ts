import {
	type AskOptions,
	type CreateSpaceportOptions,
	createChain,
	createSpaceport,
	isSpaceportError,
	NetworkError,
	type SpaceportEvent,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const ask = { messages: "?" };
const alive: ScriptStep = { run: (context) => context.alive() };
const started: ScriptStep = { type: "progress", stage: "started" };
const log: ScriptStep = { type: "log", level: "info", text: "still there" };
const queued: ScriptStep = { type: "queue-update", position: 1 };
const cut: ScriptStep = { fail: new NetworkError("connection reset", { phase: "stream" }) };

const scripted = (name: string, ...scripts: readonly (readonly ScriptStep[])[]): ScriptedProvider =>
	createScriptedProvider({ name, scripts });
/** The same over and over, each after a wait of so many milliseconds. */
const every = (milliseconds: number, times: number, ...steps: readonly ScriptStep[]): readonly ScriptStep[] =>
	Array.from({ length: times }, () => [{ wait: milliseconds }, ...steps]).flat();

/** Asks a chain of these on the fake clock; what happened has the time in seconds before it. */
async function run(
	providers: readonly ScriptedProvider[],
	options: CreateSpaceportOptions & { request?: AskOptions; rests?: string } = {},
) {
	const { request, rests, ...given } = options;
	const happened: string[] = [];
	const zero = performance.now();
	const spaceport = createSpaceport({
		providers,
		chains: { default: providers.map(({ name }) => name) },
		random: () => 0,
		...given,
		onEvent(event: SpaceportEvent) {
			const at = (performance.now() - zero) / 1000;
			if (event.type === "attempt-start") happened.push(`${at} ${event.provider}`);
			if (event.type !== "attempt-end" || event.error === undefined) return;
			const failure = isSpaceportError(event.error, "stream-interrupted") ? event.error.cause : event.error;
			if (isSpaceportError(failure, "timeout")) happened.push(`${at} ${failure.phase}`);
		},
	});
	if (rests !== undefined) await spaceport.rest(rests, { forMs: 3_600_000 });
	const outcome = spaceport.complete(ask, request).then(
		({ text }) => ({ text, error: undefined }),
		(error: unknown) => ({ text: undefined, error }),
	);
	await vi.runAllTimersAsync();
	const { text, error } = await outcome;
	expect(vi.getTimerCount()).toBe(0);
	return { happened, text, error };
}

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("connecting", () => {
	test.each([
		["the default", {}, {}, {}, 10_000],
		["the provider's own", { connectMs: 1 }, {}, {}, 1],
		["the Spaceport's before the provider's own", { connectMs: 1 }, { connectMs: 2 }, {}, 2],
		["the request's before all", { connectMs: 1 }, { connectMs: 2 }, { connectMs: 3 }, 3],
	])("is left to the provider, which is told how long it may take: %s", async (_, own, of, request, connectMs) => {
		const provider = createScriptedProvider({ name: "a", timeouts: own, scripts: [["x"]] });
		await run([provider], { timeouts: of, request: { timeouts: request } });
		expect(provider.calls[0]?.context.deadlines.connectMs).toBe(connectMs);
	});
});

describe("the first chunk", () => {
	test("is waited for less long while somebody else stands ready", async () => {
		const { happened, text } = await run([scripted("a", [{ hang: true }]), scripted("b", [{ wait: 110_000 }, "b"])]);
		expect([happened, text]).toEqual([["0 a", "12 first-chunk", "12 b"], "b"]);
	});

	test("who rests does not stand ready", async () => {
		const late = (): ScriptedProvider => scripted("a", [{ wait: 110_000 }, "a"]);
		expect((await run([late(), scripted("b", ["b"])], { rests: "b" })).text).toBe("a");
		expect((await run([late(), scripted("b", ["b"])])).text).toBe("b");
		// Nor does it where there are others who do.
		const { happened } = await run([scripted("a", [{ hang: true }]), scripted("b", ["b"]), scripted("c", ["c"])], { rests: "b" });
		expect(happened).toEqual(["0 a", "12 first-chunk", "12 c"]);
	});

	test("a request may say how long, for all of its attempts", async () => {
		const { happened } = await run([scripted("a", [{ hang: true }]), scripted("b", [{ hang: true }])], {
			request: { timeouts: { firstChunkMs: 1000, lastFirstChunkMs: 2000 } },
		});
		expect(happened).toEqual(["0 a", "1 first-chunk", "1 b", "3 first-chunk"]);
	});

	test.each([
		["heartbeats", alive],
		["lines of a log", log],
		["white space", " \n"],
		["progress", started],
		["empty texts", ""],
	])("%s are none", async (_, sign) => {
		const { happened, text } = await run([scripted("a", [...every(1000, 60, sign), "a"]), scripted("b", ["b"])]);
		expect([happened, text]).toEqual([["0 a", "12 first-chunk", "12 b"], "b"]);
	});

	test.each([
		["reasoning", { type: "reasoning-delta", text: "Hm" }],
		["a tool call", { type: "tool-call", id: "1", name: "f", arguments: "{}" }],
	] as const)("%s is one", async (_, first) => {
		const { happened } = await run([scripted("a", [{ wait: 11_000 }, first, { wait: 29_000 }, "a"]), scripted("b", ["b"])]);
		expect(happened).toEqual(["0 a"]);
	});

	test("time before a provider's queue and behind it counts together, time in it does not", async () => {
		const slow = (beforeMs: number, afterMs: number): ScriptedProvider =>
			scripted("a", [{ wait: beforeMs }, queued, { wait: 500_000 }, started, { wait: afterMs }, "a"]);
		expect((await run([slow(6000, 5900), scripted("b", ["b"])])).text).toBe("a");
		expect((await run([slow(6000, 6100), scripted("b", ["b"])])).happened).toEqual(["0 a", "512 first-chunk", "512 b"]);
	});

	test("whoever goes on with a broken answer has as long for it", async () => {
		const broken = scripted("a", ["The answer is ", cut]);
		const { happened, error } = await run([broken, scripted("b", [{ hang: true }]), scripted("c", [{ hang: true }])], {
			retry: { retries: 0 },
			onInterruption: "continue",
		});
		expect(happened).toEqual(["0 a", "0 b", "12 first-chunk", "12 c", "132 first-chunk"]);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: "The answer is ", cause: { code: "network" } });
	});
});

describe("between two chunks", () => {
	test.each([
		["heartbeats", alive],
		["queue updates", queued],
		["lines of a log", log],
		["progress", started],
		["white space", "\n"],
	])("%s are signs of life", async (_, sign) => {
		const { text } = await run([scripted("a", ["one", ...every(29_000, 5, sign), { wait: 29_000 }, "two"])], { onInterruption: "fail" });
		expect(text?.replaceAll("\n", "")).toBe("onetwo");
	});

	test("a last sign of life puts the end off by one idleMs, and no more", async () => {
		const { happened, error } = await run([scripted("a", ["one", { wait: 29_000 }, alive, { hang: true }])], { onInterruption: "fail" });
		expect(happened).toEqual(["0 a", "59 idle"]);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: "one", cause: { phase: "idle", afterMs: 30_000 } });
	});

	test("silence is a break, and the next one goes on", async () => {
		const { happened, text } = await run([scripted("a", ["The answer ", { ignore: true }]), scripted("b", ["The answer is 42."])], {
			onInterruption: "continue",
		});
		expect([happened, text]).toEqual([["0 a", "30 idle", "30 b"], "The answer is 42."]);
	});

	test("a provider that is alive after its end disturbs nobody", async () => {
		const provider = scripted("a", ["a"]);
		expect((await run([provider])).text).toBe("a");
		provider.calls[0]?.context.alive();
		expect(vi.getTimerCount()).toBe(0);
	});

	test("the time that the reader takes counts for nothing, with heartbeats or without", async () => {
		const provider = scripted("a", ["one ", alive, "two ", { wait: 25_000 }, alive, { wait: 25_000 }, "three"]);
		const stream = createSpaceport({ providers: [provider] }).stream(ask);
		const reading = (async () => {
			let text = "";
			for await (const piece of stream.textStream) {
				text += piece;
				await new Promise((resolve) => setTimeout(resolve, 100_000));
			}
			return text;
		})();
		await vi.runAllTimersAsync();
		expect(await reading).toBe("one two three");
	});
});

describe("queues", () => {
	test("the provider's own has a limit of its own", async () => {
		const { happened } = await run([scripted("a", [queued, ...every(10_000, 100, queued)]), scripted("b", ["b"])], {
			timeouts: { queueMs: 45_000 },
		});
		expect(happened).toEqual(["0 a", "45 queue", "45 b"]);
	});

	test("so has ours, and the provider's begins anew behind it", async () => {
		const busy = scripted("a", ["a", { wait: 29_000 }, "a", { wait: 21_000 }, "a"], [queued, { wait: 50_000 }, "second"], ["third"]);
		const spaceport = createSpaceport({ providers: [busy], limits: { concurrency: 1 }, timeouts: { queueMs: 60_000 } });
		const zero = performance.now();
		const after = async (): Promise<string> => {
			const text = await spaceport.complete(ask).then(
				(completion) => completion.text,
				(error: { code: string; phase: string }) => `${error.code}, ${error.phase}`,
			);
			return `${(performance.now() - zero) / 1000} ${text}`;
		};
		const outcomes = Promise.all([after(), after(), after()]);
		await vi.runAllTimersAsync();
		expect(await outcomes).toEqual(["50 aaa", "100 second", "60 timeout, queue"]);
		expect(vi.getTimerCount()).toBe(0);
	});

	test("who has waited in ours for too long is asked elsewhere", async () => {
		const busy = scripted("a", ["a", { wait: 20_000 }, "a"]);
		const spaceport = createSpaceport({
			providers: [busy, scripted("b", ["b"])],
			chains: { default: ["a", "b"] },
			limits: { concurrency: 1 },
			timeouts: { queueMs: 5000 },
		});
		const texts = Promise.all([spaceport.complete(ask), spaceport.complete(ask)]);
		await vi.runAllTimersAsync();
		expect((await texts).map(({ text, provider }) => [text, provider])).toEqual([
			["aa", "a"],
			["b", "b"],
		]);
		// It was our own queue: the provider is as well as before.
		expect((await spaceport.health()).map(({ state }) => state)).toEqual(["well", "well"]);
	});
});

describe("the whole request", () => {
	test("ends in the middle of a wait", async () => {
		const { happened, error } = await run([scripted("a", [{ wait: 4000 }, cut])], {
			timeouts: { totalMs: 10_000 },
			retry: { minDelayMs: 3000 },
		});
		expect(happened).toEqual(["0 a", "7 a", "10 total"]);
		expect(error).toMatchObject({ code: "chain-exhausted", lastError: { code: "timeout", phase: "total", afterMs: 10_000 } });
	});

	test("has one limit for all who go on with its answer", async () => {
		const { happened, error } = await run(
			[
				scripted("a", ["The answer ", { wait: 8000 }, cut]),
				scripted("b", ["The answer is ", { wait: 8000 }, cut]),
				scripted("c", [{ hang: true }]),
			],
			{ timeouts: { totalMs: 20_000 }, onInterruption: "continue" },
		);
		expect(happened).toEqual(["0 a", "8 b", "16 c", "20 total"]);
		expect(error).toMatchObject({ code: "stream-interrupted", textSoFar: "The answer is " });
	});

	test("the reader's time is part of it", async () => {
		const stream = createSpaceport({ providers: [scripted("a", ["a", "b", "c", "d"])], timeouts: { totalMs: 25_000 } }).stream(ask);
		let text = "";
		const reading = (async () => {
			for await (const piece of stream.textStream) {
				text += piece;
				await new Promise((resolve) => setTimeout(resolve, 10_000));
			}
		})().catch((error: unknown) => error);
		await vi.runAllTimersAsync();
		expect(await reading).toMatchObject({ code: "stream-interrupted", cause: { phase: "total" } });
		expect(text).toBe("abc");
	});

	test("a chain's holds for the chains inside it", async () => {
		const inner = createChain({ name: "inner", providers: [scripted("a", [{ hang: true }])], timeouts: { totalMs: 100_000 } });
		const outer = createChain({ name: "default", providers: [inner, scripted("b", [{ hang: true }])], timeouts: { totalMs: 15_000 } });
		const zero = performance.now();
		const outcome = createSpaceport({ chains: [outer] })
			.complete(ask)
			.catch((error: unknown) => error);
		await vi.runAllTimersAsync();
		expect(await outcome).toMatchObject({ code: "chain-exhausted", lastError: { phase: "total", afterMs: 15_000 } });
		expect(performance.now() - zero).toBe(15_000);
	});

	test("without any limit, nothing is limited", async () => {
		const none = {
			connectMs: Infinity,
			firstChunkMs: Infinity,
			lastFirstChunkMs: Infinity,
			idleMs: Infinity,
			queueMs: Infinity,
			totalMs: Infinity,
		};
		const day = 86_400_000;
		const { text } = await run([scripted("a", [{ wait: day }, queued, { wait: day }, "a", { wait: day }, "b"]), scripted("b", ["x"])], {
			timeouts: none,
		});
		expect(text).toBe("ab");
	});
});
