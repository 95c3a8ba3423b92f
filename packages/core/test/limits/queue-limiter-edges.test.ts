import type { LimitOptions, ProviderRequest, Slot, SlotOptions } from "@spaceport/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { completeChainOptions } from "../../src/chain/chain-options.ts";
import { createQueueLimiter } from "../../src/chain/limits/queue-limiter.ts";

const createLimiter = (limits: Partial<LimitOptions> = {}) => createQueueLimiter(completeChainOptions({ limits }).limits);

/** Asks for a slot, and tells when it came, or what came instead. */
function enter(limiter: ReturnType<typeof createLimiter>, options: Partial<SlotOptions> = {}) {
	const state: { slot?: Slot; at?: number; error?: unknown } = {};
	const { signal } = new AbortController();
	Promise.resolve(limiter.acquire({ signal, ...options })).then(
		(slot) => Object.assign(state, { slot, at: performance.now() - start }),
		(error: unknown) => Object.assign(state, { error }),
	);
	return state;
}

const asking = (tokens: number): ProviderRequest => ({
	model: "",
	messages: [{ role: "user", content: "a".repeat(4 * tokens) }],
	maxTokens: 0,
});

let start = 0;
beforeEach(() => {
	vi.useFakeTimers();
	start = performance.now();
});
afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

describe("a limit that is reached", () => {
	test.each([
		["intervalCap", { intervalCap: 1, intervalMs: 5000 }, 5000],
		["requestsPerMinute", { requestsPerMinute: 1 }, 60_000],
		["requestsPerDay", { requestsPerDay: 1 }, 86_400_000],
		["tokensPerMinute", { tokensPerMinute: 10 }, 60_000],
		["tokensPerDay", { tokensPerDay: 10 }, 86_400_000],
		["requestsPerMinute", { requestsPerMinute: 1, tokensPerMinute: 10 }, 60_000],
	])("is named: %s of %j", async (name, limits, waitMs) => {
		const limiter = createLimiter(limits);
		enter(limiter, { request: asking(10) });
		await settled();
		const second = enter(limiter, { request: asking(10), maxWaitMs: 0 });
		await settled();
		expect(second.error).toMatchObject({ own: true, retryAfterMs: waitMs, message: expect.stringContaining(`limits.${name} (`) });
		const third = enter(limiter, { request: asking(10) });
		await vi.runAllTimersAsync();
		expect(third.at).toBe(waitMs);
	});
});

describe("tokens", () => {
	test("who asks without a request is charged for none", async () => {
		const limiter = createLimiter({ tokensPerMinute: 10 });
		enter(limiter);
		const second = enter(limiter, { request: asking(10) });
		const third = enter(limiter, { request: asking(1) });
		await vi.runAllTimersAsync();
		expect([second.at, third.at]).toEqual([0, 60_000]);
	});

	test("those under way from before anything was known of tokens count for none", async () => {
		const limiter = createLimiter({ concurrency: 9 });
		enter(limiter, { request: asking(50) });
		await settled();
		limiter.report({ tokens: { remaining: 20, resetMs: 7000 } });
		const [second, third] = [enter(limiter, { request: asking(20) }), enter(limiter, { request: asking(1) })];
		await vi.runAllTimersAsync();
		expect([second.at, third.at]).toEqual([0, 7000]);
	});

	test("what was not counted when it began is not corrected at its end", async () => {
		const limiter = createLimiter({ concurrency: 9 });
		const first = enter(limiter, { request: asking(50) });
		await settled();
		limiter.report({ tokens: { limit: 100, windowMs: 60_000 } });
		first.slot?.release({ inputTokens: 50, outputTokens: 50 });
		const second = enter(limiter, { request: asking(100) });
		await vi.runAllTimersAsync();
		expect(second.at).toBe(0);
	});

	test("what the provider said of them is forgotten with a reset", async () => {
		const limiter = createLimiter();
		limiter.report({ tokens: { remaining: 0, resetMs: 7000 } });
		const waiting = enter(limiter, { request: asking(1) });
		await settled();
		expect(waiting.at).toBeUndefined();
		limiter.reset();
		await settled();
		expect(waiting.at).toBe(0);
	});
});

describe("patience", () => {
	test("a wait of just as long is waited for, and each goes when the wait gets longer than its own", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const first = enter(limiter);
		await settled();
		const [a, b, c] = [5000, 10_000, 20_000].map((maxWaitMs) => enter(limiter, { maxWaitMs }));
		limiter.report({ retryAfterMs: 5000 });
		await settled();
		expect([a?.error, b?.error, c?.error]).toEqual([undefined, undefined, undefined]);
		limiter.report({ retryAfterMs: 7000 });
		await settled();
		expect([a?.error, b?.error, c?.error]).toEqual([expect.anything(), undefined, undefined]);
		limiter.report({ retryAfterMs: 15_000 });
		await settled();
		expect([b?.error, c?.error]).toEqual([expect.anything(), undefined]);
		first.slot?.release();
		await vi.runAllTimersAsync();
		expect(c?.at).toBe(15_000);
	});

	test("whoever is behind one that is held back for its tokens is held back too, and goes where that is too long", async () => {
		const limiter = createLimiter({ concurrency: 1, tokensPerMinute: 1000 });
		const first = enter(limiter);
		await settled();
		const large = enter(limiter, { request: asking(100) });
		const [impatient, patient] = [3000, 20_000].map((maxWaitMs) => enter(limiter, { maxWaitMs }));
		limiter.report({ tokens: { remaining: 50, resetMs: 20_000 } });
		await settled();
		expect(impatient?.error).toMatchObject({ own: true, retryAfterMs: 20_000 });
		expect([patient?.error, large.error]).toEqual([undefined, undefined]);
		first.slot?.release();
		await vi.advanceTimersByTimeAsync(20_000);
		large.slot?.release();
		await vi.runAllTimersAsync();
		expect([large.at, patient?.at]).toEqual([20_000, 20_000]);
	});

	test("one that waits goes when its own tokens turn out to be away for too long", async () => {
		const limiter = createLimiter({ concurrency: 1, tokensPerMinute: 1000 });
		const first = enter(limiter);
		await settled();
		const second = enter(limiter, { maxWaitMs: 3000, request: asking(10) });
		limiter.report({ tokens: { remaining: 0, resetMs: 20_000 } });
		await settled();
		expect(second.error).toMatchObject({ own: true, retryAfterMs: 20_000 });
		first.slot?.release();
	});

	test("what the provider said is heeded for just as long as somebody is ready to", async () => {
		const limiter = createLimiter();
		limiter.report({ retryAfterMs: 1000 });
		const [heeding, passing] = [enter(limiter, { heedMs: 1000 }), enter(limiter, { heedMs: 999 })];
		await vi.runAllTimersAsync();
		expect([heeding.at, passing.at]).toEqual([1000, 0]);
	});
});

describe("those under way that have not been heard of", () => {
	test("are heard of once, however often they say something", async () => {
		const limiter = createLimiter();
		const [first, second] = [enter(limiter), enter(limiter)];
		await settled();
		first.slot?.report({ requests: { remaining: 9, resetMs: 5000 } });
		first.slot?.report({ requests: { remaining: 9, resetMs: 5000 } });
		first.slot?.release();
		// The second is not heard of: one of the two that remain is for it.
		limiter.report({ requests: { remaining: 2, resetMs: 5000 } });
		const [third, fourth] = [enter(limiter), enter(limiter)];
		await vi.runAllTimersAsync();
		expect([third.at, fourth.at]).toEqual([0, 5000]);
		second.slot?.release();
	});

	test("are so no more when they have ended", async () => {
		const limiter = createLimiter();
		const first = enter(limiter);
		await settled();
		first.slot?.release();
		limiter.report({ requests: { remaining: 1, resetMs: 5000 } });
		const [second, third] = [enter(limiter), enter(limiter)];
		await vi.runAllTimersAsync();
		expect([second.at, third.at]).toEqual([0, 5000]);
	});
});
