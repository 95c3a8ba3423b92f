import type { LimitOptions, ReportedLimits, Slot } from "@spaceport/core";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { completeChainOptions } from "../src/chain/chain-options.ts";
import { createLimiters } from "../src/chain/limits/limiter.ts";

/** One thing that happens. `who` is one of those that are there, counted round. */
type Step =
	| { readonly do: "enter"; readonly priority: number; readonly maxTokens: number; readonly maxWaitMs: number; readonly heedMs: number }
	| { readonly do: "release"; readonly who: number; readonly used: number | undefined }
	| { readonly do: "abort"; readonly who: number }
	| { readonly do: "report"; readonly who: number; readonly said: ReportedLimits }
	| { readonly do: "reset" }
	| { readonly do: "pass"; readonly ms: number };

const window = fc.record(
	{ limit: fc.nat(6), remaining: fc.nat(4), resetMs: fc.constantFrom(0, 500, 30_000, 200_000) },
	{ requiredKeys: [] },
);
const said: fc.Arbitrary<ReportedLimits> = fc.record(
	{ requests: window, tokens: window, retryAfterMs: fc.constantFrom(0, 700, 90_000) },
	{ requiredKeys: [] },
);
const entering = fc.record({
	do: fc.constant("enter" as const),
	priority: fc.constantFrom(0, 0, 0, 1, -1),
	maxTokens: fc.nat(60),
	maxWaitMs: fc.constantFrom(Infinity, Infinity, 0, 3000, 70_000),
	heedMs: fc.constantFrom(0, 5000, Infinity),
});
const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 4, arbitrary: entering },
	{
		weight: 3,
		arbitrary: fc.record({ do: fc.constant("release" as const), who: fc.nat(), used: fc.option(fc.nat(90), { nil: undefined }) }),
	},
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("abort" as const), who: fc.nat() }) },
	{ weight: 1, arbitrary: fc.record({ do: fc.constant("report" as const), who: fc.nat(), said }) },
	{ weight: 1, arbitrary: fc.constant({ do: "reset" as const }) },
	{ weight: 3, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(0, 1, 400, 1000, 20_000, 61_000) }) },
);
const most = (limit: number): fc.Arbitrary<number> => fc.oneof(fc.integer({ min: 1, max: limit }), fc.constant(Infinity));
const limits: fc.Arbitrary<Partial<LimitOptions>> = fc.record({
	concurrency: most(3),
	intervalCap: most(2),
	requestsPerMinute: most(5),
	requestsPerDay: most(30),
	tokensPerMinute: most(120),
	queueSize: fc.constantFrom(0, 3, 1000),
});

interface Call {
	readonly controller: AbortController;
	readonly tokens: number;
	state: "waiting" | "running" | "released" | "refused";
	slot?: Slot;
}

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

// A browser of a busy machine takes its time.
test("whatever happens, the limits hold, nobody is forgotten, and nothing is left", { timeout: 120_000 }, async () => {
	await fc.assert(
		fc.asyncProperty(limits, fc.array(step, { maxLength: 60 }), async (given, steps) => {
			const complete = completeChainOptions({ limits: given }).limits;
			const limiter = createLimiters().of({}, complete);
			const calls: Call[] = [];
			const begun: number[] = [];
			const pick = (who: number, state: Call["state"]): Call | undefined => {
				const some = calls.filter((call) => call.state === state);
				return some[who % Math.max(1, some.length)];
			};

			function enter({ priority, maxTokens, maxWaitMs, heedMs }: Extract<Step, { do: "enter" }>): void {
				const call: Call = { controller: new AbortController(), tokens: maxTokens, state: "waiting" };
				calls.push(call);
				const request = { model: "", messages: [], maxTokens };
				Promise.resolve(limiter.acquire({ signal: call.controller.signal, priority, maxWaitMs, heedMs, request })).then(
					(slot) => {
						call.slot = slot;
						call.state = "running";
						begun.push(performance.now());
						check();
					},
					(error: { code?: string; own?: true }) => {
						const isOwn = error.code === "limiter-full" || error.own === true;
						expect(isOwn || call.controller.signal.aborted).toBe(true);
						call.state = "refused";
					},
				);
			}

			function check(): void {
				expect(calls.filter(({ state }) => state === "running").length).toBeLessThanOrEqual(complete.concurrency);
				const within = (ms: number): number => begun.filter((at) => at > performance.now() - ms).length;
				expect(within(complete.intervalMs)).toBeLessThanOrEqual(complete.intervalCap);
				expect(within(60_000)).toBeLessThanOrEqual(complete.requestsPerMinute);
				expect(within(86_400_000)).toBeLessThanOrEqual(complete.requestsPerDay);
			}

			function release(call: Call | undefined, used?: number): void {
				if (call === undefined) return;
				call.state = "released";
				call.slot?.release(used === undefined ? undefined : { inputTokens: 0, outputTokens: used });
			}

			for (const one of steps) {
				if (one.do === "enter") enter(one);
				else if (one.do === "release") release(pick(one.who, "running"), one.used);
				else if (one.do === "abort") pick(one.who, "waiting")?.controller.abort();
				else if (one.do === "report") (pick(one.who, "running")?.slot ?? limiter).report(one.said);
				else if (one.do === "reset") limiter.reset();
				else await vi.advanceTimersByTimeAsync(one.ms);
				await vi.advanceTimersByTimeAsync(0);
			}
			// All that run come to their end: in time everybody has had a turn.
			for (let round = 0; calls.some(({ state }) => state === "waiting" || state === "running"); round += 1) {
				expect(round).toBeLessThan(10_000);
				for (const call of calls) if (call.state === "running") release(call);
				await vi.advanceTimersByTimeAsync(60_000);
			}
			expect(vi.getTimerCount()).toBe(0);
		}),
		{ numRuns: 500 },
	);
});
