import {
	type AttemptContext,
	createChain,
	createSpaceport,
	type Limiter,
	LimiterFullError,
	type Limiters,
	type LimitOptions,
	type SlotOutlook,
	type Spaceport,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { heldBack } from "../src/explain/held-back.ts";

const messages = "What is the capital of France?";

function limited(limits: Partial<LimitOptions>, steps: readonly ScriptStep[] = ["Paris"], keys?: readonly string[]) {
	return createScriptedProvider({ name: "a", scripts: [steps], limits, ...(keys && { keys }) });
}

const make = (a: ReturnType<typeof limited>): Spaceport =>
	createSpaceport({ chains: { default: [a, createScriptedProvider({ name: "b", scripts: [["Berlin"]] })] } });

/** What is said of `a`, in the chain or alone. */
async function outlook(spaceport: Spaceport, model = "default") {
	const { candidates } = await spaceport.explain({ model, messages });
	const { limit, retryAt } = candidates.find(({ provider }) => provider === "a") ?? {};
	return { limit, inMs: retryAt === undefined ? undefined : retryAt - Date.now() };
}

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("limits in an explanation", () => {
	test("who was never asked, or has room, is not held back", async () => {
		const spaceport = make(limited({ requestsPerMinute: 2, concurrency: 5, tokensPerDay: 10_000 }));
		expect(await outlook(spaceport)).toEqual({});
		await spaceport.complete({ messages });
		expect(await outlook(spaceport)).toEqual({});
	});

	test("a window that is used up is told as the attempt would tell it, with the time", async () => {
		const spaceport = make(limited({ requestsPerMinute: 1 }));
		await spaceport.complete({ messages });
		const words =
			"Our own limit for it, limits.requestsPerMinute (1), is reached, and there is room in 60 s. That is more than the 3 s that may be waited.";
		expect(await outlook(spaceport)).toEqual({ limit: words, inMs: 60_000 });
		expect(String(await spaceport.explain({ messages }))).toContain(`\n        ${words}\n`);
		const { attempts } = await spaceport.complete({ messages });
		expect(attempts[0]?.error?.message).toBe(words);
		await vi.advanceTimersByTimeAsync(60_000);
		expect(await outlook(spaceport)).toEqual({});
	});

	test("asking for explanations uses nothing up", async () => {
		const spaceport = make(limited({ requestsPerMinute: 2, tokensPerMinute: 200 }));
		await spaceport.complete({ messages });
		for (let time = 0; time < 50; time += 1) await spaceport.explain({ messages });
		expect((await spaceport.complete({ messages })).provider).toBe("a");
	});

	test("the limits of a provider are those that it is asked with, whoever explained it before", async () => {
		const a = createScriptedProvider({ name: "a", scripts: [["Paris"]] });
		const spaceport = createSpaceport({ chains: [createChain({ name: "default", providers: [a] })], limits: { requestsPerMinute: 1 } });
		await spaceport.explain({ messages });
		await spaceport.complete({ messages });
		expect((await outlook(spaceport)).limit).toMatch(/^It would wait 60 s for its limits\.$/);
	});

	test("a wait that is short is told as one", async () => {
		const spaceport = make(limited({ intervalCap: 1, intervalMs: 2000 }));
		await spaceport.complete({ messages });
		expect(await outlook(spaceport)).toEqual({ limit: "It would wait 2 s for its limits.", inMs: 2000 });
	});

	test("tokens are those of the request", async () => {
		const spaceport = make(limited({ tokensPerMinute: 30 }));
		await spaceport.complete({ messages });
		await spaceport.complete({ messages });
		const long = await spaceport.explain({ messages: messages.repeat(3) });
		expect(long.candidates[0]?.limit).toContain("limits.tokensPerMinute (30), is reached");
		expect((await outlook(spaceport)).limit).toBeUndefined();
	});

	test("places that are taken, and a queue that is full", async () => {
		const spaceport = make(limited({ concurrency: 1, queueSize: 2 }, [{ wait: 1000 }, "Paris"]));
		const asked: Promise<unknown>[] = [];
		const ask = async () => {
			asked.push(spaceport.complete({ messages }));
			await vi.advanceTimersByTimeAsync(1);
		};
		await ask();
		expect(await outlook(spaceport)).toEqual({ limit: "It would wait for those under way." });
		await ask();
		expect(await outlook(spaceport)).toEqual({ limit: "It would wait for those under way, and 1 that waits." });
		await ask();
		expect((await outlook(spaceport)).limit).toBe("2 attempts wait for this provider already, and limits.queueSize is 2.");
		await vi.runAllTimersAsync();
		await Promise.all(asked);
		expect(await outlook(spaceport)).toEqual({});
	});

	test("of several keys, the one that is free first counts", async () => {
		const spaceport = make(limited({ requestsPerMinute: 1 }, ["Paris"], ["key-1", "key-2"]));
		await spaceport.complete({ messages });
		expect(await outlook(spaceport)).toEqual({});
		await vi.advanceTimersByTimeAsync(10_000);
		await spaceport.complete({ messages });
		await vi.advanceTimersByTimeAsync(51_000);
		await spaceport.complete({ messages });
		expect((await outlook(spaceport)).inMs).toBe(9000);
	});

	test("and one that waits before one that is refused", () => {
		const error = new LimiterFullError("It is full.", { queueSize: 1 });
		const looks: Readonly<Record<string, SlotOutlook>> = { full: { waitMs: 0, error }, waits: { waitMs: 1500, position: 0 } };
		const find = (_: object, key = "") => ({ look: () => looks[key] }) as unknown as Limiter;
		const limiters = { find } as unknown as Limiters;
		expect(heldBack(limited({}, [], ["full", "waits"]), limiters, {}, 0)).toEqual({
			limit: "It would wait 2 s for its limits.",
			roomAt: 1500,
		});
		expect(heldBack(limited({}, [], ["full"]), limiters, {}, 0)).toEqual({ limit: "It is full." });
	});

	test("what a provider said of its limits counts, but not where a last resort is asked", async () => {
		const report = (context: AttemptContext) => context.reportLimits({ requests: { remaining: 0, resetMs: 30_000 } });
		const a = limited({}, [{ run: report }, "Paris"]);
		const spaceport = make(a);
		spaceport.register(createChain({ name: "last", providers: [{ provider: a, lastResort: true }] }));
		await spaceport.complete({ messages });
		await vi.advanceTimersByTimeAsync(1);
		const { limit, inMs } = await outlook(spaceport);
		expect(limit).toMatch(/^It is held back by us: it said earlier that it takes no more, and there is room in 30 s/);
		expect(inMs).toBe(29_999);
		expect(await outlook(spaceport, "last")).toEqual({});
	});

	test("a chain's own limits are its own", async () => {
		const a = limited({});
		const spaceport = createSpaceport({
			providers: [a],
			chains: [createChain({ name: "default", providers: ["a"], limits: { requestsPerMinute: 1 } })],
		});
		await spaceport.complete({ messages });
		expect((await outlook(spaceport)).limit).toBe("It would wait 60 s for its limits.");
		expect(await outlook(spaceport, "a")).toEqual({});
	});
});
