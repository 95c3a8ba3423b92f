import {
	ChainExhaustedError,
	ContentFilteredError,
	defaultTimeouts,
	disposition,
	NetworkError,
	RateLimitedError,
	type SpaceportError,
	type SpaceportErrorCode,
	SpaceUnavailableError,
	TimeoutError,
} from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { type ChainOptionsInput, checkChainOptions, completeChainOptions } from "../src/chain/chain-options.ts";
import type { Resting } from "../src/chain/health/health.ts";
import { passesThrough } from "../src/chain/passes-through.ts";
import { restReason } from "../src/chain/rest-reason.ts";
import { retryDelay } from "../src/chain/retry-delay.ts";
import { whenAgain } from "../src/chain/when-again.ts";

const failed = (code: string, more: object = {}): SpaceportError =>
	Object.assign(new Error("words"), { [Symbol.for("spaceport.error")]: true, code, ...more }) as unknown as SpaceportError;

const network = new NetworkError("x", { phase: "join" });

describe("after a failure", () => {
	const table: Readonly<Record<SpaceportErrorCode, readonly [same: string, next: boolean, again: string | undefined]>> = {
		"invalid-request": ["no", false, undefined],
		"no-such-provider": ["no", false, undefined],
		"no-such-model": ["no", true, "Not for this model."],
		unsupported: ["no", true, "Not for this request."],
		authentication: ["no", true, "Not before its key is changed."],
		"rate-limited": ["yes", true, undefined],
		"quota-exceeded": ["yes", true, undefined],
		"limiter-full": ["no", true, "Once fewer requests wait here."],
		"queue-full": ["yes", true, undefined],
		"space-unavailable": ["no", true, undefined],
		"space-contract": ["no", true, "Not before the provider is brought in line with its Space."],
		"local-unavailable": ["no", true, "Not before what it needs is there."],
		network: ["yes", true, undefined],
		timeout: ["no", true, undefined],
		protocol: ["no", true, undefined],
		generation: ["once", true, undefined],
		"context-length": ["no", true, "Not for a conversation of this length."],
		"content-filtered": ["no", false, "Not for this request."],
		"stream-interrupted": ["once", true, undefined],
		"provider-failed": ["no", true, undefined],
		aborted: ["no", false, undefined],
		"chain-exhausted": ["no", true, undefined],
	};

	test.each(Object.entries(table))("%s", (code, [same, next, again]) => {
		const error = failed(code, { lastError: network });
		expect(disposition(error)).toEqual({ same, next });
		expect(whenAgain(error)).toBe(again);
	});

	test.each([
		["sleeping", "yes", "Once it is awake."],
		["building", "yes", "Once it is built."],
		["paused", "no", "Not before its owner brings it back."],
		["error", "no", "Not before its owner brings it back."],
		["gone", "no", "Not before its owner brings it back."],
		["unknown", "no", undefined],
	] as const)("a Space that is %s", (stage, same, again) => {
		const error = new SpaceUnavailableError("x", { stage });
		expect(disposition(error)).toEqual({ same, next: true });
		expect(whenAgain(error)).toBe(again);
	});

	test.each([
		["connect", "yes", true],
		["first-chunk", "no", true],
		["idle", "no", true],
		["queue", "no", true],
		["total", "no", false],
	] as const)("a deadline of %s", (phase, same, next) => {
		expect(disposition(new TimeoutError("x", { phase, afterMs: 1 }))).toEqual({ same, next });
	});

	test("one that is not known goes to the next", () => {
		expect(disposition(failed("from-the-future"))).toEqual({ same: "no", next: true });
		expect(disposition(failed("toString"))).toEqual({ same: "no", next: true });
	});

	test("a chain's depends on what it ended with, and can be changed", () => {
		const ended = (lastError: SpaceportError) => new ChainExhaustedError("x", { attempts: [], lastError });
		expect(disposition(ended(new ContentFilteredError("x")))).toEqual({ same: "no", next: false });
		expect(disposition(ended(network))).toEqual({ same: "no", next: true });
		expect(disposition(ended(network), { "chain-exhausted": { next: false } })).toEqual({ same: "no", next: false });
		expect(disposition(network, { network: { same: undefined, next: false } as never })).toEqual({ same: "yes", next: false });
	});

	test("these are the caller's as they are", () => {
		const through = Object.keys(table).filter((code) => passesThrough(failed(code, { phase: "total" })));
		expect(through).toEqual(["invalid-request", "content-filtered", "aborted"]);
		expect(passesThrough(failed("timeout", { phase: "idle" }))).toBe(false);
	});
});

describe("the wait before the same provider is asked again", () => {
	const { retry } = completeChainOptions();

	test.each([
		[1, 0, 500],
		[1, 0.5, 750],
		[2, 0, 1000],
		[3, 0, 2000],
		[4, 0.25, 5000],
		[5, 0, 8000],
		[5, 0.9, 8000],
		[50, 0, 8000],
	])("after %d failures, with %f by chance: %d ms", (failures, random, ms) => {
		expect(retryDelay(network, failures, retry, () => random)).toBe(ms);
	});

	test.each([
		[0, 0, 500],
		[-5, 0, 500],
		[1, 0, 1],
		[1, 0.5, 1.5],
		[400, 0.5, 600],
		[600, 0.5, 850],
		[2900, 0.5, 3000],
		[3000, 0.9, 3000],
		[3001, 0.5, 3251],
		[59_999, 0.5, 60_000],
		[60_000, 0.5, 60_000],
		[60_001, 0, undefined],
		[Infinity, 0, undefined],
		[Number.NaN, 0, 500],
		[undefined, 0, 500],
	])("where the provider said %d ms, with %f by chance: %d", (retryAfterMs, random, ms) => {
		expect(retryDelay(new RateLimitedError("x", { retryAfterMs }), 1, retry, () => random)).toBe(ms);
	});

	test("where the provider said that it takes for ever, it is for ever, however long one would wait", () => {
		const patient = { ...retry, maxRetryAfterMs: Infinity };
		expect(retryDelay(new RateLimitedError("x", { retryAfterMs: Infinity }), 1, patient, () => 0)).toBeUndefined();
		expect(retryDelay(new RateLimitedError("x", { retryAfterMs: 1e9 }), 1, patient, () => 0)).toBe(1e9);
	});
});

describe("options", () => {
	const complete = {
		retry: { retries: 2, minDelayMs: 500, maxDelayMs: 8000, patienceMs: 3000, maxRetryAfterMs: 60_000, maxAttempts: 20 },
		timeouts: { connectMs: 10_000, firstChunkMs: 12_000, lastFirstChunkMs: 120_000, idleMs: 30_000, queueMs: 600_000, totalMs: 600_000 },
		limits: {
			concurrency: Infinity,
			intervalCap: Infinity,
			intervalMs: 1000,
			queueSize: 1000,
			requestsPerMinute: Infinity,
			requestsPerDay: Infinity,
			tokensPerMinute: Infinity,
			tokensPerDay: Infinity,
		},
		onInterruption: "continue",
		onMismatch: "fail",
		unsupportedParameters: "drop",
		dispositions: {},
	} as const;

	test("have these defaults", () => {
		expect(completeChainOptions()).toEqual(complete);
		expect(completeChainOptions({})).toEqual(complete);
		expect(defaultTimeouts).toEqual(complete.timeouts);
	});

	test("are completed one by one, the strongest last, and what is undefined says nothing", () => {
		const weak: ChainOptionsInput = {
			retry: { retries: 5, minDelayMs: 1 },
			timeouts: { idleMs: 7 },
			limits: { concurrency: 2 },
			onInterruption: "fail",
			onMismatch: "seam",
			unsupportedParameters: "refuse",
			dispositions: { network: { same: "no" }, protocol: { next: false } },
		};
		const strong: ChainOptionsInput = {
			retry: { retries: 0, minDelayMs: undefined as never },
			onInterruption: "restart",
			onMismatch: undefined,
			dispositions: { network: { next: false, same: undefined as never } },
		};
		const merged = {
			retry: { ...complete.retry, retries: 0, minDelayMs: 1 },
			timeouts: { ...complete.timeouts, idleMs: 7 },
			limits: { ...complete.limits, concurrency: 2 },
			onInterruption: "restart",
			onMismatch: "seam",
			unsupportedParameters: "refuse",
			dispositions: { network: { same: "no", next: false }, protocol: { next: false } },
		};
		expect(completeChainOptions(weak, strong)).toEqual(merged);
		expect(completeChainOptions(weak, strong, {})).toEqual(merged);
	});

	test.each<ChainOptionsInput>([
		{},
		{ retry: undefined, timeouts: undefined, limits: undefined, dispositions: undefined, onInterruption: undefined },
		{ retry: { retries: 0, minDelayMs: 0, maxDelayMs: 0.5, patienceMs: 0, maxRetryAfterMs: 0, maxAttempts: 1 } },
		{ retry: { retries: Infinity, maxAttempts: Infinity, minDelayMs: undefined as never } },
		{ timeouts: { connectMs: 0, totalMs: 0.5, idleMs: Infinity } },
		{ limits: { concurrency: 1, intervalCap: 1, intervalMs: 1.5, queueSize: 0, requestsPerMinute: 1, tokensPerDay: 1 } },
		{ onInterruption: "continue", onMismatch: "fail", unsupportedParameters: "drop" },
		{ onInterruption: "restart", onMismatch: "seam", unsupportedParameters: "refuse" },
		{ onInterruption: "fail", dispositions: { network: { same: "once" }, timeout: { same: "yes", next: true }, aborted: { same: "no" } } },
		{ dispositions: { network: { next: false, same: undefined as never } } },
	])("%j is fine", (options) => {
		expect(() => checkChainOptions(options)).not.toThrow();
	});

	test.each<[options: object, path: string, message: string]>([
		[{ retry: 5 }, "retry", "retry is 5, and must be an object."],
		[{ limits: null }, "limits", "limits is null, and must be an object."],
		[{ timeouts: "1 s" }, "timeouts", "timeouts is 1 s, and must be an object."],
		[{ retry: { times: 1 } }, "retry.times", "retry.times is not an option."],
		[{ retry: { retries: -1 } }, "retry.retries", "retry.retries is -1, and must be a whole number of at least 0, or Infinity."],
		[{ retry: { retries: 1.5 } }, "retry.retries", "retry.retries is 1.5, and must be a whole number of at least 0, or Infinity."],
		[{ retry: { retries: "2" } }, "retry.retries", "retry.retries is 2, and must be a whole number of at least 0, or Infinity."],
		[{ retry: { maxAttempts: 0 } }, "retry.maxAttempts", "retry.maxAttempts is 0, and must be a whole number of at least 1, or Infinity."],
		[{ retry: { maxAttempts: 1.5 } }, "retry.maxAttempts", "must be a whole number of at least 1"],
		[{ retry: { minDelayMs: Number.NaN } }, "retry.minDelayMs", "must be a number of at least 0, or Infinity."],
		[{ timeouts: { connectMs: -0.5 } }, "timeouts.connectMs", "must be a number of at least 0, or Infinity."],
		[{ timeouts: { idle: 5 } }, "timeouts.idle", "is not an option."],
		[{ limits: { intervalMs: 0.5 } }, "limits.intervalMs", "must be a number of at least 1, or Infinity."],
		...["concurrency", "intervalCap", "requestsPerMinute", "requestsPerDay", "tokensPerMinute", "tokensPerDay"].flatMap(
			(name): [object, string, string][] => [
				[{ limits: { [name]: 0 } }, `limits.${name}`, "must be a whole number of at least 1, or Infinity."],
				[{ limits: { [name]: 1.5 } }, `limits.${name}`, "must be a whole number of at least 1, or Infinity."],
			],
		),
		[{ limits: { queueSize: 0.5 } }, "limits.queueSize", "must be a whole number of at least 0, or Infinity."],
		[{ onInterruption: "stop" }, "onInterruption", 'onInterruption is "stop", and must be "continue" or "restart" or "fail".'],
		[{ onMismatch: null }, "onMismatch", 'onMismatch is null, and must be "fail" or "seam".'],
		[{ unsupportedParameters: 1 }, "unsupportedParameters", 'unsupportedParameters is 1, and must be "drop" or "refuse".'],
		[{ dispositions: { nothing: {} } }, "dispositions.nothing", "dispositions.nothing is no code of an error."],
		[{ dispositions: { network: { same: "never" } } }, "dispositions.network.same", 'dispositions.network.same is "never".'],
		[{ dispositions: { network: { next: "yes" } } }, "dispositions.network.next", 'dispositions.network.next is "yes".'],
		[{ dispositions: { network: { other: true } } }, "dispositions.network.other", "dispositions.network.other is true."],
	])("%j is wrong", (options, path, message) => {
		expect(() => checkChainOptions(options)).toThrow(expect.objectContaining({ code: "invalid-request", path }));
		expect(() => checkChainOptions(options)).toThrow(message);
	});

	test("that are wrong are told which there are", () => {
		const hint = (options: object): unknown => {
			try {
				return checkChainOptions(options);
			} catch (error) {
				return (error as SpaceportError).hint;
			}
		};
		expect(hint({ retry: { times: 1 } })).toBe(
			"The options of retry are retries, minDelayMs, maxDelayMs, patienceMs, maxRetryAfterMs, maxAttempts.",
		);
		expect(hint({ dispositions: { network: { same: 1 } } })).toBe('A row is { same: "no" | "once" | "yes", next: boolean }.');
	});
});

describe("why somebody rests", () => {
	const resting: Resting = { state: "cooling", until: 0, stated: false, code: "network", message: "a\nreset.", failures: 1 };

	const now = new Date(2026, 10, 26, 12, 0, 0).getTime();
	const until = new Date(2026, 10, 26, 14, 3, 0).getTime();

	test.each<[Partial<Resting>, number | undefined, string]>([
		[{}, undefined, "rests after network: a reset"],
		[{ until }, now, "rests until 14:03:00 after network: a reset"],
		[{ until: until + 86_400_000 }, now, "rests until 2026-11-27 14:03:00 after network: a reset"],
		[{ until: Infinity }, now, "rests until it is reset after network: a reset"],
		[{ state: "probing", until }, now, "is being tried by another request after network: a reset"],
		[{ state: "refused", code: "authentication", until }, now, "rests until it is reset after authentication: a reset"],
		[{ byHand: true, message: "tea. Time." }, undefined, "was taken out by hand: tea. Time"],
		[{ byHand: true, until }, now, "was taken out by hand until 14:03:00: a reset"],
		[{ message: "x".repeat(200) }, undefined, `rests after network: ${"x".repeat(119)}…`],
	])("%j", (more, at, words) => {
		expect(restReason({ ...resting, ...more }, at)).toBe(words);
	});
});
