import type { LimitOptions, ProviderRequest, Slot, SlotOptions } from "@spaceport/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { completeChainOptions } from "../src/chain/chain-options.ts";
import { createLimiters } from "../src/chain/limits/limiter.ts";

const minuteMs = 60_000;

function createLimiter(limits: Partial<LimitOptions> = {}) {
	return createLimiters().of({}, completeChainOptions({ limits }).limits);
}

/** Asks for a slot, and tells when it came, or what came instead. */
function enter(limiter: ReturnType<typeof createLimiter>, options: Partial<SlotOptions> = {}) {
	const controller = new AbortController();
	const state: { slot?: Slot; at?: number; error?: unknown; position?: number } = {};
	const onWait = (position: number): void => {
		state.position = position;
	};
	const done = Promise.resolve(limiter.acquire({ signal: controller.signal, onWait, ...options })).then(
		(slot) => Object.assign(state, { slot, at: performance.now() - start }),
		(error: unknown) => Object.assign(state, { error }),
	);
	return { state, controller, done };
}

const asking = (text: string, settings: Partial<ProviderRequest> = {}): ProviderRequest => ({
	model: "",
	messages: [{ role: "user", content: text }],
	...settings,
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

describe("windows", () => {
	test("requestsPerMinute lets so many begin in any minute, however soon they end", async () => {
		const limiter = createLimiter({ requestsPerMinute: 2 });
		const calls = Array.from({ length: 5 }, () => enter(limiter));
		for (const call of calls) void call.done.then(({ slot }) => slot?.release());
		await vi.runAllTimersAsync();
		expect(calls.map(({ state }) => state.at)).toEqual([0, 0, minuteMs, minuteMs, 2 * minuteMs]);
	});

	test("requestsPerDay holds over days", async () => {
		const limiter = createLimiter({ requestsPerDay: 1 });
		const calls = Array.from({ length: 4 }, () => enter(limiter));
		await vi.runAllTimersAsync();
		expect(calls.map(({ state }) => state.at)).toEqual([0, 1, 2, 3].map((day) => day * 86_400_000));
	});

	test("all limits hold together", async () => {
		const limiter = createLimiter({ concurrency: 1, requestsPerMinute: 2, intervalCap: 1, intervalMs: 1000 });
		const calls = Array.from({ length: 3 }, () => enter(limiter));
		for (const call of calls) void call.done.then(({ slot }) => setTimeout(() => slot?.release(), 100));
		await vi.runAllTimersAsync();
		expect(calls.map(({ state }) => state.at)).toEqual([0, 1000, minuteMs]);
	});

	test("an interval that is longer than a timer holds too", async () => {
		const limiter = createLimiter({ intervalCap: 1, intervalMs: 1e10 });
		const calls = [enter(limiter), enter(limiter)];
		await vi.advanceTimersByTimeAsync(1e10 - 1);
		expect(calls[1]?.state.at).toBeUndefined();
		await vi.runAllTimersAsync();
		expect(calls[1]?.state.at).toBe(1e10);
	});

	test("a clock that is set back makes nobody wait longer, and nobody wait less", async () => {
		const limiter = createLimiter({ requestsPerMinute: 1 });
		await enter(limiter).done;
		vi.setSystemTime(Date.now() - 3_600_000);
		const second = enter(limiter);
		await vi.runAllTimersAsync();
		expect(second.state.at).toBe(minuteMs);
	});
});

describe("tokens", () => {
	test("are charged by a quarter of the characters, one for each Chinese one, and what the answer may have", async () => {
		const charge = async (request: ProviderRequest): Promise<number> => {
			const limiter = createLimiter({ tokensPerMinute: 1000 });
			await enter(limiter, { request }).done;
			// The largest that still fits says what was charged.
			for (let tokens = 1000; tokens >= 0; tokens -= 1) {
				const probe = enter(limiter, { request: asking("a".repeat(4 * tokens)), maxWaitMs: 0 });
				await probe.done;
				if (probe.state.slot !== undefined) return 1000 - tokens;
			}
			return -1;
		};
		expect(await charge(asking("a".repeat(400)))).toBe(100);
		expect(await charge(asking("a".repeat(401)))).toBe(101);
		expect(await charge(asking("日本語です"))).toBe(5);
		expect(await charge(asking("a".repeat(40), { system: "b".repeat(40), maxTokens: 500 }))).toBe(520);
		expect(await charge(asking("", { messages: [{ role: "user", content: [{ type: "image", image: "data:," }] }] }))).toBe(1000);
		expect(await charge(asking("", { tools: [{ name: "look", parameters: { type: "object" } }] }))).toBeGreaterThan(5);
	});

	test("what was used takes the place of the estimate, and is learnt for the next answer", async () => {
		const limiter = createLimiter({ tokensPerMinute: 100 });
		const first = await enter(limiter, { request: asking("a".repeat(40), { maxTokens: 90 }) }).done;
		const second = enter(limiter, { request: asking("a".repeat(40)) });
		await settled();
		expect(second.state.at).toBeUndefined();
		first.slot?.release({ inputTokens: 10, outputTokens: 30 });
		await settled();
		expect(second.state.at).toBe(0);
		// 40 and 10 are used; another is taken to need 10 and 30, which leaves 10.
		await enter(limiter, { request: asking("a".repeat(40)) }).done;
		const fourth = enter(limiter, { request: asking("a".repeat(44)) });
		await vi.runAllTimersAsync();
		expect(fourth.state.at).toBe(minuteMs);
	});

	test("an answer without usage stays at the estimate, and half a usage corrects half of it", async () => {
		const limiter = createLimiter({ tokensPerMinute: 100 });
		(await enter(limiter, { request: asking("a".repeat(200)) }).done).slot?.release();
		(await enter(limiter, { request: asking("a".repeat(40)) }).done).slot?.release({ outputTokens: 40 });
		const third = enter(limiter, { request: asking("a", { maxTokens: 0 }) });
		await vi.runAllTimersAsync();
		expect(third.state.at).toBe(minuteMs);
	});

	test("a correction makes the next wait shorter, also where there is no room yet", async () => {
		const limiter = createLimiter({ tokensPerMinute: 100 });
		await enter(limiter, { request: asking("", { maxTokens: 50 }) }).done;
		await vi.advanceTimersByTimeAsync(30_000);
		const second = await enter(limiter, { request: asking("", { maxTokens: 50 }) }).done;
		const third = enter(limiter, { request: asking("", { maxTokens: 60 }) });
		await settled();
		second.slot?.release({ inputTokens: 0, outputTokens: 10 });
		await vi.runAllTimersAsync();
		expect(third.state.at).toBe(minuteMs);
	});

	test("requests and tokens both hold", async () => {
		const limiter = createLimiter({ tokensPerMinute: 1000, requestsPerMinute: 1 });
		await enter(limiter, { request: asking("aaaa") }).done;
		const second = enter(limiter, { request: asking("aaaa") });
		await vi.runAllTimersAsync();
		expect(second.state.at).toBe(minuteMs);
	});

	test("one that is larger than the limit has its turn once nothing else is used, and keeps the smaller ones behind it waiting", async () => {
		const limiter = createLimiter({ tokensPerMinute: 100 });
		await enter(limiter, { request: asking("a".repeat(40)) }).done;
		const large = enter(limiter, { request: asking("a".repeat(4000)) });
		const small = enter(limiter, { request: asking("aaaa") });
		await vi.runAllTimersAsync();
		expect([large.state.at, small.state.at]).toEqual([minuteMs, 2 * minuteMs]);
	});
});

describe("patience", () => {
	test("a wait that is known to be longer fails at once, says that it is ours, and when there is room", async () => {
		const limiter = createLimiter({ requestsPerMinute: 2 });
		await Promise.all([enter(limiter).done, enter(limiter).done]);
		await vi.advanceTimersByTimeAsync(18_000);
		const { state } = enter(limiter, { maxWaitMs: 3000 });
		await settled();
		expect(state.error).toMatchObject({ code: "rate-limited", own: true, retryAfterMs: 42_000 });
		expect((state.error as Error).message).toBe(
			"Our own limit for it, limits.requestsPerMinute (2), is reached, and there is room in 42 s. That is more than the 3 s that may be waited.",
		);
		expect(enter(limiter, { maxWaitMs: 42_000 }).state.error).toBeUndefined();
		await vi.runAllTimersAsync();
	});

	test("those that are before it count", async () => {
		const limiter = createLimiter({ requestsPerMinute: 1 });
		await enter(limiter).done;
		const waiting = [enter(limiter), enter(limiter)];
		const tooLate = enter(limiter, { maxWaitMs: 3 * minuteMs - 1 });
		const inTime = enter(limiter, { maxWaitMs: 3 * minuteMs });
		const overtaking = enter(limiter, { maxWaitMs: minuteMs, priority: 1 });
		await settled();
		expect(tooLate.state.error).toMatchObject({ own: true, retryAfterMs: 3 * minuteMs });
		await vi.runAllTimersAsync();
		expect([overtaking, ...waiting].map(({ state }) => state.at)).toEqual([1, 2, 3].map((minutes) => minutes * minuteMs));
		expect(inTime.state.at).toBe(4 * minuteMs);
	});

	test("the tokens of those before it count, as long as they wait", async () => {
		const limiter = createLimiter({ tokensPerMinute: 100 });
		await enter(limiter, { request: asking("", { maxTokens: 100 }) }).done;
		const before = enter(limiter, { request: asking("", { maxTokens: 80 }) });
		// It stays.
		const staying = enter(limiter, { request: asking("", { maxTokens: 10 }) });
		const known = async (): Promise<unknown> => {
			const { state, done } = enter(limiter, { request: asking("", { maxTokens: 80 }), maxWaitMs: 0 });
			await done;
			return state.error;
		};
		expect(await known()).toMatchObject({ retryAfterMs: 2 * minuteMs });
		before.controller.abort();
		await settled();
		expect(await known()).toMatchObject({ retryAfterMs: minuteMs });
		staying.controller.abort();
	});

	test("a window without an end is never waited for where somebody has patience, and ends with the signal", async () => {
		const limiter = createLimiter({ intervalCap: 1, intervalMs: Infinity });
		await enter(limiter).done;
		const impatient = enter(limiter, { maxWaitMs: 1e9 });
		const waiting = enter(limiter);
		await vi.advanceTimersByTimeAsync(1e10);
		expect(impatient.state.error).toMatchObject({ own: true });
		expect(impatient.state.error).not.toHaveProperty("retryAfterMs");
		expect(vi.getTimerCount()).toBe(0);
		waiting.controller.abort();
		await settled();
		expect(waiting.state.error).toMatchObject({ name: "AbortError" });
	});

	test("how long others hold their slots is known to nobody, and is waited for", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const first = await enter(limiter).done;
		const second = enter(limiter, { maxWaitMs: 0 });
		await vi.advanceTimersByTimeAsync(100_000);
		first.slot?.release();
		await settled();
		expect(second.state.at).toBe(100_000);
	});

	test("one that waits goes when it turns out that it takes longer than it wants to wait", async () => {
		const limiter = createLimiter({ concurrency: 1, requestsPerMinute: 100 });
		const first = await enter(limiter).done;
		const { signal } = new AbortController();
		const listening = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
		const impatient = enter(limiter, { maxWaitMs: 3000, signal });
		const patient = enter(limiter);
		const impatientToo = enter(limiter, { maxWaitMs: 5000 });
		await settled();
		first.slot?.report({ retryAfterMs: 20_000 });
		await settled();
		expect(impatient.state.error).toMatchObject({ code: "rate-limited", own: true, retryAfterMs: 20_000 });
		expect((impatient.state.error as Error).message).toMatch(/said earlier that it takes no more, and there is room in 20 s/);
		expect(impatientToo.state.error).toMatchObject({ own: true });
		expect(listening.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
		first.slot?.release();
		await vi.runAllTimersAsync();
		expect(patient.state.at).toBe(20_000);
	});
});

describe("what the provider says", () => {
	test("holds back where there are no limits at all, and is forgotten when its time is over", async () => {
		const limiter = createLimiter();
		const slot = await limiter.acquire({ signal: new AbortController().signal });
		slot.report({ requests: { remaining: 0, resetMs: 5000 } });
		const second = enter(limiter);
		const third = enter(limiter);
		await vi.runAllTimersAsync();
		expect([second.state.at, third.state.at]).toEqual([5000, 5000]);
	});

	test("those under way that have not been heard of are counted, for it may not know of them yet", async () => {
		const limiter = createLimiter({ requestsPerMinute: 100 });
		const [first, second] = await Promise.all([enter(limiter).done, enter(limiter).done]);
		first?.slot?.report({ requests: { remaining: 2, resetMs: 5000 } });
		const third = enter(limiter);
		const fourth = enter(limiter);
		await settled();
		expect([third.state.at, fourth.state.at]).toEqual([0, undefined]);
		second?.slot?.report({ requests: { remaining: 2, resetMs: 5000 } });
		await settled();
		// The third is under way and unheard of: one of the two is for it.
		expect(fourth.state.at).toBe(0);
	});

	test("tokens that remain count against the estimate", async () => {
		const limiter = createLimiter();
		limiter.report({ tokens: { remaining: 50, resetMs: 7000 } });
		const small = enter(limiter, { request: asking("a".repeat(160)) });
		const large = enter(limiter, { request: asking("a".repeat(160)) });
		await vi.runAllTimersAsync();
		expect([small.state.at, large.state.at]).toEqual([0, 7000]);
	});

	test("a last resort passes over it, not over our own limits", async () => {
		const limiter = createLimiter({ requestsPerMinute: 1 });
		limiter.report({ retryAfterMs: 600_000 });
		const forced = enter(limiter, { heedMs: 0 });
		await settled();
		expect(forced.state.at).toBe(0);
		const forcedToo = enter(limiter, { heedMs: 0 });
		const other = enter(limiter);
		await vi.runAllTimersAsync();
		expect([forcedToo.state.at, other.state.at]).toEqual([minuteMs, 600_000]);
	});

	test("a last resort does not wait behind those who are held back, and is not sent away with them", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const first = await enter(limiter).done;
		const patient = enter(limiter);
		const impatient = enter(limiter, { maxWaitMs: 3000 });
		const low = enter(limiter, { heedMs: 0, maxWaitMs: 3000, priority: -1 });
		const usual = enter(limiter, { heedMs: 0, maxWaitMs: 3000 });
		first.slot?.report({ retryAfterMs: 20_000 });
		await settled();
		expect(impatient.state.error).toMatchObject({ own: true });
		first.slot?.release();
		await settled();
		expect([patient, low, usual].map(({ state }) => state.at)).toEqual([undefined, undefined, 0]);
		usual.state.slot?.release();
		await settled();
		expect(low.state.at).toBe(0);
		low.state.slot?.release();
		await vi.runAllTimersAsync();
		expect(patient.state.at).toBe(20_000);
	});

	test("a last resort does not wait behind one that heeds the provider's word for a while", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const first = await enter(limiter).done;
		const alone = enter(limiter, { heedMs: 60_000 });
		const lastResort = enter(limiter, { heedMs: 0 });
		first.slot?.report({ retryAfterMs: 20_000 });
		first.slot?.release();
		await settled();
		expect([alone.state.at, lastResort.state.at]).toEqual([undefined, 0]);
		lastResort.state.slot?.release();
		await vi.runAllTimersAsync();
		expect(alone.state.at).toBe(20_000);
	});

	test("those behind a last resort are sent away where they are held back too long", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const first = await enter(limiter).done;
		const forced = enter(limiter, { heedMs: 0, maxWaitMs: 3000 });
		const impatient = enter(limiter, { maxWaitMs: 3000 });
		first.slot?.report({ requests: { remaining: 0, resetMs: 20_000 } });
		await settled();
		expect(impatient.state.error).toMatchObject({ own: true, retryAfterMs: 20_000 });
		first.slot?.release();
		await settled();
		expect(forced.state.at).toBe(0);
	});

	test("without something that holds back, a last resort waits as everybody does", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const first = await enter(limiter).done;
		const usual = enter(limiter);
		const forced = enter(limiter, { heedMs: 0 });
		first.slot?.release();
		await settled();
		expect([usual.state.at, forced.state.at]).toEqual([0, undefined]);
	});

	test("tokens of those under way are taken off what remains", async () => {
		const limiter = createLimiter({ tokensPerMinute: 10_000 });
		const [first, second] = await Promise.all([1, 2].map(() => enter(limiter, { request: asking("a".repeat(160)) }).done));
		first?.slot?.report({ tokens: { remaining: 70, resetMs: 5000 } });
		const third = enter(limiter, { request: asking("a".repeat(160)) });
		await settled();
		expect(third.state.at).toBeUndefined();
		second?.slot?.report({ tokens: { remaining: 70, resetMs: 5000 } });
		await settled();
		expect(third.state.at).toBe(0);
	});

	test("reset forgets it", async () => {
		const limiter = createLimiter({ requestsPerMinute: 10 });
		await enter(limiter).done;
		limiter.report({ retryAfterMs: 600_000 });
		const waiting = enter(limiter);
		await vi.advanceTimersByTimeAsync(10);
		limiter.reset();
		await settled();
		expect(waiting.state.at).toBe(10);
	});
});

describe("the line", () => {
	test("the highest priority is first, and among equals the one that asked first", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const order: string[] = [];
		const first = await enter(limiter).done;
		const call = (name: string, priority?: number) => {
			const { done, state } = enter(limiter, { priority });
			void done.then(({ slot }) => {
				order.push(name);
				slot?.release();
			});
			return state;
		};
		const states = [call("a"), call("b", -1), call("c", 5), call("d"), call("e", 5), call("f", 0)];
		expect(states.map(({ position }) => position)).toEqual([0, 1, 0, 2, 1, 4]);
		first.slot?.release();
		await settled();
		expect(order).toEqual(["c", "e", "a", "d", "f", "b"]);
	});

	test("a low priority waits long, but not for ever: each tenth turn is that of whoever has waited longest", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const order: number[] = [];
		const running = await enter(limiter).done;
		const call = (priority: number): void => {
			void enter(limiter, { priority }).done.then(({ slot }) => {
				order.push(priority);
				if (order.length < 40) call(1);
				slot?.release();
			});
		};
		call(0);
		call(0);
		call(1);
		call(1);
		running.slot?.release();
		await settled();
		expect(order.flatMap((priority, turn) => (priority === 0 ? [turn] : []))).toEqual([9, 19]);
	});

	test("one more than queueSize is limiter-full", async () => {
		const limiter = createLimiter({ requestsPerMinute: 1, queueSize: 2 });
		const calls = Array.from({ length: 4 }, () => enter(limiter));
		await settled();
		expect(calls[3]?.state.error).toMatchObject({ code: "limiter-full", queueSize: 2 });
		await vi.runAllTimersAsync();
		expect(calls.slice(0, 3).map(({ state }) => state.at)).toEqual([0, minuteMs, 2 * minuteMs]);
	});

	test("one that is aborted goes at once with the signal's reason, and leaves nothing: no timer, no listener, no place", async () => {
		const limiter = createLimiter({ requestsPerMinute: 1, queueSize: 1 });
		await enter(limiter).done;
		const reason = new Error("left");
		for (let round = 0; round < 3; round += 1) {
			const waiting = enter(limiter);
			const removed = vi.spyOn(waiting.controller.signal, "removeEventListener");
			const added = vi.spyOn(waiting.controller.signal, "addEventListener");
			await settled();
			expect(vi.getTimerCount()).toBe(1);
			waiting.controller.abort(reason);
			await settled();
			expect(waiting.state.error).toBe(reason);
			expect(vi.getTimerCount()).toBe(0);
			expect(removed.mock.calls.length).toBeGreaterThanOrEqual(added.mock.calls.length);
		}
		expect(enter(limiter, { signal: AbortSignal.abort(reason) }).state.error).toBeUndefined();
		await settled();
		const next = enter(limiter);
		await vi.runAllTimersAsync();
		expect(next.state.at).toBe(minuteMs);
	});

	test("a large one that leaves makes way for the small ones behind it", async () => {
		const limiter = createLimiter({ tokensPerMinute: 100 });
		await enter(limiter, { request: asking("a".repeat(200)) }).done;
		const large = enter(limiter, { request: asking("a".repeat(300)) });
		const small = enter(limiter, { request: asking("a".repeat(100)) });
		await settled();
		expect(small.state.at).toBeUndefined();
		large.controller.abort();
		await settled();
		expect(small.state.at).toBe(0);
	});

	test("a small one of a higher priority passes a large one that waits for tokens", async () => {
		const limiter = createLimiter({ tokensPerMinute: 100 });
		await enter(limiter, { request: asking("a".repeat(200)) }).done;
		const large = enter(limiter, { request: asking("a".repeat(300)) });
		const small = enter(limiter, { request: asking("a".repeat(100)), priority: 1 });
		await vi.runAllTimersAsync();
		expect([small.state.at, large.state.at]).toEqual([0, minuteMs]);
	});

	test("a slot that is given back twice counts once", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const first = await enter(limiter).done;
		const [second, third] = [enter(limiter), enter(limiter)];
		first.slot?.release();
		first.slot?.release();
		await settled();
		expect([second.state.at, third.state.at]).toEqual([0, undefined]);
		second.state.slot?.release();
		await settled();
	});

	test("a slot is held until it is given back, also when its attempt is aborted", async () => {
		const limiter = createLimiter({ concurrency: 1 });
		const first = enter(limiter);
		await first.done;
		const second = enter(limiter);
		first.controller.abort();
		await settled();
		expect(second.state.at).toBeUndefined();
		first.state.slot?.release();
		await settled();
		expect(second.state.at).toBe(0);
	});

	test("limits that make no sense are a request's mistake that names them", async () => {
		const limiter = createLimiters().of({}, { ...completeChainOptions().limits, concurrency: 0.5 });
		const { state, done } = enter(limiter);
		await done;
		expect(state.error).toMatchObject({ code: "invalid-request", path: "limits.concurrency" });
	});
});

test("each key of a provider has its own limits", async () => {
	const limiters = createLimiters();
	const provider = {};
	const { limits } = completeChainOptions({ limits: { requestsPerMinute: 1 } });
	const calls = ["one", "two", "one", undefined].map((key) => enter(limiters.of(provider, limits, key)));
	await vi.runAllTimersAsync();
	expect(calls.map(({ state }) => state.at)).toEqual([0, 0, minuteMs, 0]);
	expect(limiters.of(provider, limits, "one")).toBe(limiters.of(provider, limits, "one"));
});

test("without limits a slot is there at once, and no promise is made", () => {
	const limiter = createLimiter();
	const slot = limiter.acquire({ signal: new AbortController().signal });
	expect(slot).not.toBeInstanceOf(Promise);
});

test("ten thousand that wait, and leave or have their turn, take steps in proportion", { timeout: 30_000 }, async () => {
	const steps = async (count: number): Promise<number> => {
		let calls = 0;
		const limiter = createLimiter({ concurrency: 1, requestsPerMinute: 1e9, tokensPerDay: 1e12, queueSize: Infinity });
		const running = await enter(limiter).done;
		const clock = vi.spyOn(performance, "now").mockImplementation(() => {
			calls += 1;
			return 0;
		});
		const waiting = Array.from({ length: count }, (_, index) => enter(limiter, { priority: index % 3, maxWaitMs: 1000 }));
		for (const { done } of waiting) void done.then(({ slot }) => slot?.release());
		for (const [index, { controller }] of waiting.entries()) if (index % 2 === 1) controller.abort();
		running.slot?.release();
		await Promise.all(waiting.map(({ done }) => done));
		clock.mockRestore();
		return calls;
	};
	const [few, many] = [await steps(1000), await steps(10_000)];
	expect(many / few).toBeLessThan(11);
});
