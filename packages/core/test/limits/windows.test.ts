import { describe, expect, test } from "vitest";

import { createBucket } from "../../src/chain/limits/bucket.ts";
import { createSlidingWindow } from "../../src/chain/limits/sliding-window.ts";

describe("a sliding window", () => {
	test("has room again as soon as what was taken has left, and never less than none to wait", () => {
		const window = createSlidingWindow(1, 100);
		window.take(1, 0);
		expect([50, 100, 150].map((now) => window.wait(1, now))).toEqual([50, 0, 0]);
	});

	test("is tight for a while, unless that is passed over or forgotten", () => {
		const window = createSlidingWindow(3, 100);
		window.take(1, 1000);
		window.tighten(1, 50_000);
		expect(window.wait(1, 1010)).toBe(90);
		expect(window.wait(1, 1010, { force: true })).toBe(0);
		expect(window.wait(1, 1010, {})).toBe(90);
		window.relax();
		expect(window.wait(1, 1010)).toBe(0);
	});

	test("what is wanted when the tight while ends before its room comes waits for that end", () => {
		const window = createSlidingWindow(2, 10_000);
		window.take(1, 5000);
		window.tighten(1, 7000);
		expect([window.wait(1, 6000), window.wait(1, 7000), window.wait(1, 8000)]).toEqual([1000, 0, 0]);
	});

	test("gives back all that was taken at one moment, by however many", () => {
		const window = createSlidingWindow(3, 100);
		window.take(1, -10);
		for (let index = 0; index < 2; index += 1) window.take(1, 0);
		window.giveBack(2, 0);
		expect(window.wait(2, 0)).toBe(0);
		expect(window.wait(3, 0)).toBe(90);
	});

	test("gives back nothing of what has left, or was never taken", () => {
		const window = createSlidingWindow(2, 100);
		window.giveBack(1, 0);
		window.take(2, 0);
		expect(window.wait(2, 150)).toBe(0);
		window.giveBack(2, 0);
		window.take(2, 160);
		window.giveBack(2, 155);
		expect(window.wait(1, 160)).toBe(100);
	});

	test("counts exactly up to 2048 entries, and beyond that to a 1024th of the window, never too little", () => {
		const windowMs = 1_024_000;
		for (const [entries, most] of [
			[2048, 0],
			[2049, 1000],
		] as const) {
			const window = createSlidingWindow(entries, windowMs);
			for (let at = 0; at < entries; at += 1) window.take(1, at);
			const late = window.wait(1, entries) - (windowMs - entries);
			expect(late).toBe(most);
			// All of them have left in the end.
			expect(window.wait(entries, windowMs + entries)).toBe(0);
		}
	});

	test("stays exact while thousands come and go", () => {
		const window = createSlidingWindow(100, 100);
		for (let at = 0; at < 7000; at += 1) {
			expect(window.wait(1, at)).toBe(0);
			window.take(1, at);
		}
		expect(window.wait(1, 6999)).toBe(1);
		expect(window.wait(2, 6999)).toBe(2);
	});
});

describe("a bucket", () => {
	const day = 86_400_000;
	const limit = (most: number, windowMs: number, name = "requestsPerMinute") => ({ name, limit: most, windowMs });

	test("without a word about how long, what remains holds for the shortest window of ours", () => {
		const bucket = createBucket([limit(100, day), limit(100, 60_000), limit(100, 3_600_000)]);
		bucket.report({ remaining: 0 }, 0);
		expect(bucket.wait(1, 0).waitMs).toBe(60_000);
	});

	test("and for none where there is no window at all", () => {
		const bucket = createBucket([limit(Infinity, 60_000)]);
		bucket.report({ remaining: 0 }, 0);
		expect(bucket.wait(1, 0).waitMs).toBe(0);
		bucket.report({ remaining: 0, resetMs: 5000 }, 0);
		bucket.report({ remaining: 3 }, 0);
		expect(bucket.wait(1, 0).waitMs).toBe(5000);
	});

	test("a word about the limit alone does not lift what remains", () => {
		const bucket = createBucket([]);
		bucket.report({ remaining: 0, resetMs: 5000 }, 0);
		bucket.report({ limit: 5, windowMs: 1000 }, 0);
		expect(bucket.wait(1, 0).waitMs).toBe(5000);
	});

	test("there is nothing to wait for when a reset or a rest is over", () => {
		const bucket = createBucket([]);
		bucket.report({ remaining: 0, resetMs: 1000 }, 50_000);
		bucket.rest(1500, 50_000);
		expect([50_000, 51_000, 52_000].map((now) => bucket.wait(1, now).waitMs)).toEqual([1500, 500, 0]);
	});

	test("of limits that keep equally long, the first is named, and before any what the provider said", () => {
		const bucket = createBucket([limit(1, 1000, "first"), limit(1, 1000, "second")]);
		bucket.take(1, 0);
		expect(bucket.wait(1, 0)).toMatchObject({ waitMs: 1000, limit: { name: "first" } });
		bucket.rest(1000, 0);
		expect(bucket.wait(1, 0)).toEqual({ waitMs: 1000, limit: undefined });
	});

	test("a window that the provider names over and over is one, and leaves room for others", () => {
		const bucket = createBucket([]);
		for (let index = 0; index < 20; index += 1) bucket.report({ limit: 100, windowMs: 1000 }, 0);
		bucket.report({ limit: 1, windowMs: 60_000 }, 0);
		bucket.take(1, 0);
		expect(bucket.wait(1, 0).waitMs).toBe(60_000);
	});

	test("a provider that names another window each time is followed for eight of them", () => {
		for (const [others, waitMs] of [
			[7, 60_000],
			[8, 8],
		] as const) {
			const bucket = createBucket([]);
			for (let index = 1; index <= others; index += 1) bucket.report({ limit: 1e6, windowMs: index }, 0);
			bucket.report({ limit: 1, windowMs: 60_000 }, 0);
			bucket.take(1, 0);
			expect(bucket.wait(1, 0).waitMs).toBe(waitMs);
		}
	});

	test("a window of more than a week is not followed", () => {
		const bucket = createBucket([]);
		bucket.report({ limit: 1, windowMs: 8 * 7 * day }, 0);
		bucket.take(1, 0);
		expect(bucket.wait(1, 0).waitMs).toBe(0);
	});

	test("a limit without a window is one of a minute, of which a day takes as many as it has", () => {
		const bucket = createBucket([limit(1e6, day)]);
		bucket.report({ limit: 2 }, 0);
		for (let index = 0; index < 2880; index += 1) {
			expect(bucket.wait(1, 0).waitMs).toBe(0);
			bucket.take(1, 0);
		}
		expect(bucket.wait(1, 0).waitMs).toBe(day);
		bucket.relax();
		expect(bucket.wait(1, 0).waitMs).toBe(0);
	});

	test.each([NaN, Infinity, -1, "5", null, undefined, {}] as unknown as number[])("%s is no number to heed", (odd) => {
		const bucket = createBucket([]);
		bucket.report({ remaining: 0, resetMs: odd }, 0);
		bucket.report({ remaining: odd, resetMs: 1000 }, 0);
		bucket.report({ limit: odd, windowMs: 1000 }, 0);
		bucket.rest(odd, 0);
		bucket.take(1, 0);
		expect(bucket.wait(1, 0)).toEqual({ waitMs: 0, limit: undefined });
	});
});
