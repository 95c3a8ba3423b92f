import { type AttemptContext, createSpaceport, RateLimitedError, type ReportedLimits, type SpaceportEvent } from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const ask = { messages: "?" };
const alive: ScriptStep = { run: (context) => context.alive() };
/** A sign of life each 40 ms, for a while. */
const beats = (count: number): ScriptStep[] => Array.from({ length: count }).flatMap(() => [{ wait: 40 }, alive]);

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

async function run(scripts: readonly ScriptStep[][], timeouts: object = {}) {
	const provider = createScriptedProvider({ name: "p", scripts });
	const spaceport = createSpaceport({ providers: [provider], retry: { retries: 0 }, timeouts: { idleMs: 100, ...timeouts } });
	const answer = spaceport.complete(ask).then(
		({ text }) => text,
		(error: unknown) => error,
	);
	await vi.runAllTimersAsync();
	return { answer: await answer, provider };
}

describe("signs of life", () => {
	test("move the deadline between two chunks", async () => {
		expect((await run([["a", ...beats(20), "b"]])).answer).toBe("ab");
		expect((await run([["a", { wait: 800 }, "b"]])).answer).toMatchObject({ code: "stream-interrupted", cause: { phase: "idle" } });
	});

	test("that stop leave the deadline where they put it", async () => {
		vi.setSystemTime(0);
		const { answer } = await run([["a", ...beats(3), { hang: true }]]);
		expect(answer).toMatchObject({ code: "stream-interrupted", cause: { code: "timeout", phase: "idle", afterMs: 100 } });
		expect(Date.now()).toBe(3 * 40 + 100);
	});

	test("are no first chunk", async () => {
		const { answer } = await run([[...beats(20), "a"]], { lastFirstChunkMs: 300 });
		expect(answer).toMatchObject({ code: "timeout", phase: "first-chunk" });
	});

	test("are no progress in the provider's queue", async () => {
		const { answer } = await run([[{ type: "queue-update", position: 1 }, ...beats(20), "a"]], { queueMs: 300 });
		expect(answer).toMatchObject({ code: "timeout", phase: "queue" });
	});

	test("do not hold off the whole request's end", async () => {
		expect((await run([["a", ...beats(50)]], { totalMs: 500 })).answer).toMatchObject({ cause: { phase: "total" } });
	});

	test("while the reader is busy, after the end, or too late, do nothing", async () => {
		let kept: AttemptContext | undefined;
		const keep: ScriptStep = {
			run(context) {
				kept = context;
			},
		};
		const spaceport = createSpaceport({
			providers: [createScriptedProvider({ name: "p", scripts: [[keep, "a", "b"]] })],
			timeouts: { idleMs: 100 },
		});
		const texts: string[] = [];
		for await (const text of spaceport.stream(ask).textStream) {
			texts.push(text);
			kept?.alive();
			await vi.advanceTimersByTimeAsync(500);
		}
		kept?.alive();
		expect(texts.join("")).toBe("ab");
		await vi.runAllTimersAsync();
		const { answer } = await run([[keep, "a", { hang: true }]]);
		expect(answer).toMatchObject({ code: "stream-interrupted" });
		kept?.alive();
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("what a provider says of its limits", () => {
	const answers = (steps: readonly ScriptStep[] = []) => createScriptedProvider({ name: "p", scripts: [[...steps, "answer"]] });

	test("holds back the next request until its time, also where nothing is limited", async () => {
		const says: ScriptStep = { run: (context) => context.reportLimits({ requests: { remaining: 0, resetMs: 5000 } }) };
		const provider = createScriptedProvider({ name: "p", scripts: [[says, "one"], ["two"]] });
		const other = createScriptedProvider({ name: "other", scripts: [["elsewhere"]] });
		const events: SpaceportEvent[] = [];
		const spaceport = createSpaceport({
			providers: [provider, other],
			chains: { both: ["p", "other"] },
			onEvent: (event) => events.push(event),
		});
		expect((await spaceport.complete({ ...ask, model: "both" })).text).toBe("one");
		// 5 s are more than one waits while another stands ready.
		const second = await spaceport.complete({ ...ask, model: "both" });
		expect(second.text).toBe("elsewhere");
		expect(second.attempts[0]?.error).toMatchObject({ code: "rate-limited", own: true, retryAfterMs: 5000 });
		expect(events.filter(({ type }) => type === "cooldown")).toEqual([]);
		await vi.advanceTimersByTimeAsync(2500);
		const third = spaceport.complete({ ...ask, model: "both" });
		await vi.runAllTimersAsync();
		expect((await third).text).toBe("two");
		expect(Date.now()).toBeGreaterThanOrEqual(5000);
	});

	test("a key that is held back makes way for another one of the same provider", async () => {
		const used: (string | undefined)[] = [];
		const says: ScriptStep = {
			run(context) {
				used.push(context.key);
				if (context.key === "a") context.reportLimits({ requests: { remaining: 0, resetMs: 600_000 } });
			},
		};
		const provider = { ...createScriptedProvider({ name: "p", scripts: [[says, "answer"]] }), keys: ["a", "b"] };
		const other = createScriptedProvider({ name: "other", scripts: [["elsewhere"]] });
		const spaceport = createSpaceport({ providers: [provider, other], chains: { both: ["p", "other"] } });
		for (let count = 0; count < 5; count += 1) await spaceport.complete({ ...ask, model: "both" });
		expect(used).toEqual(["a", "b", "b", "b", "b"]);
		expect(other.calls).toHaveLength(0);
	});

	test("a key whose line is full makes way as well", async () => {
		const used: (string | undefined)[] = [];
		const slowly: ScriptStep = { run: ({ key }) => new Promise((resolve) => setTimeout(resolve, key === "a" ? 60_000 : 10)) };
		const notes: ScriptStep = { run: ({ key }) => void used.push(key) };
		const provider = {
			...createScriptedProvider({ name: "p", scripts: [[notes, slowly, "answer"]] }),
			keys: ["a", "b"],
			limits: { concurrency: 1, queueSize: 0 },
			timeouts: { firstChunkMs: 100_000 },
		};
		const other = createScriptedProvider({ name: "other", scripts: [["elsewhere"]] });
		const spaceport = createSpaceport({ providers: [provider, other], chains: { both: ["p", "other"] } });
		const first = spaceport.complete({ ...ask, model: "both" });
		for (let count = 0; count < 2; count += 1) {
			const next = spaceport.complete({ ...ask, model: "both" });
			await vi.advanceTimersByTimeAsync(20);
			expect((await next).provider).toBe("p");
		}
		await vi.runAllTimersAsync();
		await first;
		expect(used).toEqual(["a", "b", "b"]);
	});

	test("a provider that has nothing to say of its limits breaks nothing", async () => {
		const says: ScriptStep = { run: (context) => context.reportLimits(undefined as unknown as ReportedLimits) };
		const spaceport = createSpaceport({ providers: [createScriptedProvider({ name: "p", scripts: [[says, "answer"]] })] });
		for (let count = 0; count < 2; count += 1) expect((await spaceport.complete(ask)).text).toBe("answer");
	});

	test("limits hold for each key, and the keys are used in turn", async () => {
		const used: (string | undefined)[] = [];
		const notes: ScriptStep = { run: (context) => void used.push(context.key) };
		const provider = {
			...createScriptedProvider({ name: "p", scripts: [[notes, "answer"]] }),
			keys: ["a", "b"],
			limits: { requestsPerMinute: 2 },
		};
		const other = createScriptedProvider({ name: "other", scripts: [["elsewhere"]] });
		const spaceport = createSpaceport({ providers: [provider, other], chains: { both: ["p", "other"] } });
		const answers: string[] = [];
		for (let count = 0; count < 5; count += 1) answers.push((await spaceport.complete({ ...ask, model: "both" })).provider);
		expect(answers).toEqual(["p", "p", "p", "p", "other"]);
		expect(used.toSorted()).toEqual(["a", "a", "b", "b"]);
	});

	test("a provider asked alone is waited for where that is not too long, else asked all the same", async () => {
		for (const [resetMs, waited] of [
			[5000, 5000],
			[600_000, 0],
		] as const) {
			const says: ScriptStep = { run: (context) => context.reportLimits({ requests: { remaining: 0, resetMs } }) };
			const spaceport = createSpaceport({ providers: [createScriptedProvider({ name: "p", scripts: [[says, "one"], ["two"]] })] });
			await spaceport.complete(ask);
			const start = Date.now();
			const second = spaceport.complete(ask);
			await vi.runAllTimersAsync();
			expect((await second).text).toBe("two");
			expect(Date.now() - start).toBe(waited);
		}
	});

	test("reset forgets it", async () => {
		const says: ScriptStep = { run: (context) => context.reportLimits({ requests: { remaining: 0, resetMs: 600_000 } }) };
		const provider = createScriptedProvider({ name: "p", scripts: [[says, "one"], ["two"]] });
		const other = createScriptedProvider({ name: "other", scripts: [["elsewhere"]] });
		const spaceport = createSpaceport({ providers: [provider, other], chains: { both: ["p", "other"] } });
		await spaceport.complete({ ...ask, model: "both" });
		await spaceport.reset("p");
		expect((await spaceport.complete({ ...ask, model: "both" })).text).toBe("two");
	});

	test("what was used is charged in place of the estimate", async () => {
		const uses = (tokens: number): ScriptStep => ({ type: "usage", inputTokens: tokens, outputTokens: 0, source: "provider" });
		const provider = createScriptedProvider({ name: "p", scripts: [["a", uses(60)], ["b", uses(40)], ["c"]] });
		const spaceport = createSpaceport({ providers: [provider], limits: { tokensPerMinute: 100 } });
		const asked = { messages: "x".repeat(40) };
		const start = Date.now();
		for (let count = 0; count < 2; count += 1) await spaceport.complete(asked);
		expect(Date.now()).toBe(start);
		const third = spaceport.complete(asked);
		await vi.runAllTimersAsync();
		await third;
		expect(Date.now()).toBe(start + 60_000);
	});

	test("a provider's own limits hold where neither the Spaceport nor the chain says otherwise", async () => {
		const limited = { ...answers([{ wait: 100 }]), limits: { concurrency: 1 } };
		const took = async (options: object): Promise<number> => {
			const spaceport = createSpaceport({ providers: [limited], ...options });
			const start = Date.now();
			const all = Promise.all([1, 2, 3].map(() => spaceport.complete(ask)));
			await vi.runAllTimersAsync();
			await all;
			return Date.now() - start;
		};
		expect(await took({})).toBe(300);
		expect(await took({ limits: { concurrency: 3 } })).toBe(100);
		expect(await took({ limits: { queueSize: 5 } })).toBe(300);
	});

	test("the more important request is first", async () => {
		const order: string[] = [];
		const provider = createScriptedProvider({
			name: "p",
			scripts: [[{ wait: 10 }, "a"]],
		});
		const spaceport = createSpaceport({ providers: [provider], limits: { concurrency: 1 } });
		const done = (name: string, priority?: number) => spaceport.complete(ask, { priority }).then(() => order.push(name));
		const all = Promise.all([done("first"), done("low", -1), done("usual"), done("high", 1)]);
		await vi.runAllTimersAsync();
		await all;
		expect(order).toEqual(["first", "high", "usual", "low"]);
	});

	test("a rate limit that is thrown holds back those that wait for the same provider", async () => {
		const provider = createScriptedProvider({
			name: "p",
			scripts: [[{ wait: 10 }, { fail: new RateLimitedError("429", { retryAfterMs: 30_000 }) }], ["answer"]],
		});
		const other = createScriptedProvider({ name: "other", scripts: [["elsewhere"]] });
		const spaceport = createSpaceport({ providers: [provider, other], chains: { both: ["p", "other"] }, limits: { concurrency: 1 } });
		const all = Promise.all([1, 2].map(() => spaceport.complete({ ...ask, model: "both" })));
		await vi.runAllTimersAsync();
		expect((await all).map(({ text }) => text)).toEqual(["elsewhere", "elsewhere"]);
		expect(provider.calls).toHaveLength(1);
	});
});
