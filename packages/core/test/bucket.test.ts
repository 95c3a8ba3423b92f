import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createBucket } from "../src/chain/limits/bucket.ts";

const minute = (limit: number, windowMs = 60_000) => createBucket([{ name: "requestsPerMinute", limit, windowMs }]);

/** Takes an amount as soon as the bucket lets it, and gives the time. */
function takeInTime(bucket: ReturnType<typeof createBucket>, amount: number, now: number): number {
	let at = now;
	for (let { waitMs } = bucket.wait(amount, at); waitMs > 0; { waitMs } = bucket.wait(amount, at)) at += waitMs;
	bucket.take(amount, at);
	return at;
}

/** Those who ask for 1 at these times, one after the other, and when they get it. */
function takeEach(bucket: ReturnType<typeof createBucket>, times: readonly number[]): readonly number[] {
	let now = -Infinity;
	return times.map((time) => {
		now = takeInTime(bucket, 1, Math.max(now, time));
		return now;
	});
}

describe("a window", () => {
	test("takes as much as the limit at once, and the next when the first has left", () => {
		const bucket = minute(2);
		expect(takeEach(bucket, [0, 10, 20, 30])).toEqual([0, 10, 60_000, 60_010]);
	});

	test("holds in each stretch of its length, wherever that begins, and makes nobody wait where there is room", () => {
		const amounts = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 400 }), amount: fc.integer({ min: 1, max: 12 }) }), {
			maxLength: 80,
		});
		fc.assert(
			fc.property(fc.integer({ min: 1, max: 10 }), fc.integer({ min: 1, max: 300 }), amounts, (limit, windowMs, asked) => {
				const bucket = minute(limit, windowMs);
				const taken: { at: number; amount: number }[] = [];
				const usedWithin = (at: number) =>
					taken.filter((one) => one.at > at - windowMs && one.at <= at).reduce((sum, one) => sum + one.amount, 0);
				let now = 0;
				for (const { gap, amount } of asked) {
					now += gap;
					const counted = Math.min(amount, limit);
					const { waitMs } = bucket.wait(amount, now);
					if (usedWithin(now) + counted <= limit) expect(waitMs).toBe(0);
					const at = now + waitMs;
					expect(bucket.wait(amount, at).waitMs).toBe(0);
					if (waitMs > 0) expect(usedWithin(at - 1) + counted).toBeGreaterThan(limit);
					expect(usedWithin(at) + counted).toBeLessThanOrEqual(limit);
					bucket.take(counted, at);
					taken.push({ at, amount: counted });
					now = at;
				}
			}),
		);
	});

	test("the wait gets no longer while time passes, and each ms makes it no more than one ms shorter", () => {
		fc.assert(
			fc.property(
				fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 1, maxLength: 40 }),
				fc.integer({ min: 1, max: 8 }),
				(gaps, limit) => {
					const bucket = minute(limit, 100);
					let now = 0;
					for (const gap of gaps) {
						now += gap;
						bucket.take(1, now);
					}
					let before = bucket.wait(1, now).waitMs;
					for (let step = 1; step <= 220; step += 1) {
						const { waitMs } = bucket.wait(1, now + step);
						expect(waitMs).toBe(Math.max(0, before - 1));
						before = waitMs;
					}
				},
			),
		);
	});

	test("says how long it takes behind others: exactly as long as it does when they come", () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 1, max: 5 }),
				fc.integer({ min: 0, max: 20 }),
				fc.array(fc.integer({ min: 0, max: 90 }), { maxLength: 12 }),
				(limit, before, gaps) => {
					const bucket = minute(limit, 100);
					let now = 0;
					for (const gap of gaps) now = takeInTime(bucket, 1, now + gap);
					const { waitMs } = bucket.wait(1, now, { before });
					let at = now;
					for (let count = 0; count <= before; count += 1) at = takeInTime(bucket, 1, at);
					expect(at).toBe(now + waitMs);
				},
			),
		);
	});

	test("one that wants more than the whole limit has its turn when nothing else was used", () => {
		const bucket = minute(100);
		bucket.take(1, 0);
		expect(bucket.wait(5000, 10)).toMatchObject({ waitMs: 59_990 });
		expect(bucket.wait(5000, 60_000)).toMatchObject({ waitMs: 0 });
	});

	test("a hundred thousand a day fit into little memory, and none begins earlier for it", () => {
		const day = 86_400_000;
		const bucket = createBucket([{ name: "requestsPerDay", limit: 100_000, windowMs: day }]);
		for (let index = 0; index < 100_000; index += 1) bucket.take(1, index * 500);
		const now = 100_000 * 500;
		const { waitMs } = bucket.wait(1, now);
		expect(now + waitMs).toBeGreaterThanOrEqual(day);
		expect(now + waitMs).toBeLessThanOrEqual(day * (1 + 1 / 1000));
	});

	test("what is counted together for its number leaves no room for more than the limit", () => {
		const [limit, windowMs] = [3000, 100_000];
		const bucket = minute(limit, windowMs);
		const times: number[] = [];
		let now = 0;
		for (let count = 0; count < 4 * limit; count += 1) {
			now = takeInTime(bucket, 1, now + (count % 7));
			times.push(now);
		}
		for (const [index, time] of times.entries()) {
			const before = times[index - limit];
			if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(windowMs);
		}
		expect(now).toBeLessThan(3 * windowMs * 1.01 + 7 * limit);
	});

	test("the day's window holds as long as the process does", () => {
		const day = 86_400_000;
		const bucket = createBucket([{ name: "requestsPerDay", limit: 3, windowMs: day }]);
		const times = takeEach(bucket, Array(30).fill(0));
		expect(times).toEqual(Array.from({ length: 30 }, (_, index) => Math.floor(index / 3) * day));
	});

	test("of several limits the longest wait counts, and is named", () => {
		const bucket = createBucket([
			{ name: "requestsPerMinute", limit: 1, windowMs: 60_000 },
			{ name: "requestsPerDay", limit: 2, windowMs: 86_400_000 },
		]);
		bucket.take(1, 0);
		expect(bucket.wait(1, 0)).toMatchObject({ waitMs: 60_000, limit: { name: "requestsPerMinute" } });
		bucket.take(1, 60_000);
		expect(bucket.wait(1, 60_000)).toMatchObject({ waitMs: 86_340_000, limit: { name: "requestsPerDay" } });
	});
});

describe("clocks that jump", () => {
	test("set back: time stands still for as long, and nothing is let through twice or kept for ever", () => {
		const bucket = minute(1);
		bucket.take(1, 1_000_000);
		expect(bucket.wait(1, 1_030_000).waitMs).toBe(30_000);
		expect(bucket.wait(1, 500_000).waitMs).toBe(30_000);
		expect(bucket.wait(1, 529_999).waitMs).toBe(1);
		expect(bucket.wait(1, 530_000).waitMs).toBe(0);
	});

	test("set forward, or asleep: that time has passed", () => {
		const bucket = minute(1);
		bucket.take(1, 0);
		expect(bucket.wait(1, 9e12).waitMs).toBe(0);
	});
});

describe("corrections", () => {
	const tokens = () => createBucket([{ name: "tokensPerMinute", limit: 100, windowMs: 60_000 }]);

	test("less than was charged makes room at once", () => {
		const bucket = tokens();
		const at = bucket.take(100, 0);
		expect(bucket.wait(60, 10).waitMs).toBe(59_990);
		bucket.correct(-60, at, 10);
		expect(bucket.wait(60, 10).waitMs).toBe(0);
		expect(bucket.wait(61, 10).waitMs).toBe(59_990);
	});

	test("more than was charged counts from when it is known", () => {
		const bucket = tokens();
		const at = bucket.take(10, 0);
		bucket.correct(90, at, 50_000);
		expect(bucket.wait(1, 50_000).waitMs).toBe(10_000);
		expect(bucket.wait(11, 50_000).waitMs).toBe(60_000);
	});

	test("what has left the window is given back by nobody", () => {
		const bucket = tokens();
		const at = bucket.take(50, 0);
		bucket.take(100, 60_000);
		bucket.correct(-50, at, 60_000);
		expect(bucket.wait(1, 60_000).waitMs).toBe(60_000);
	});

	test("it never gives back more than was taken", () => {
		const bucket = tokens();
		const at = bucket.take(10, 0);
		bucket.take(90, 1);
		bucket.correct(-500, at, 2);
		expect(bucket.wait(11, 2).waitMs).toBe(59_999);
	});
});

describe("what the provider says", () => {
	test("nothing remains until its reset, then all is as before", () => {
		const bucket = createBucket([]);
		bucket.report({ remaining: 0, resetMs: 5000 }, 0);
		expect(bucket.wait(1, 1000)).toEqual({ waitMs: 4000, limit: undefined });
		expect(bucket.wait(1, 1000, { force: true }).waitMs).toBe(0);
		expect(bucket.wait(1, 5000).waitMs).toBe(0);
	});

	test("what remains is used, then it waits", () => {
		const bucket = minute(100);
		bucket.report({ remaining: 2, resetMs: 5000 }, 0);
		expect(takeEach(bucket, [0, 0, 0])).toEqual([0, 0, 5000]);
	});

	test("what may not have been counted there is left alone", () => {
		const bucket = createBucket([]);
		bucket.report({ remaining: 3, resetMs: 5000 }, 0, 2);
		expect(takeEach(bucket, [0, 0])).toEqual([0, 5000]);
		bucket.report({ remaining: 1, resetMs: 5000 }, 6000, 10);
		expect(bucket.wait(1, 6000).waitMs).toBe(5000);
	});

	test("what was taken before it spoke is not given back to what remains", () => {
		const bucket = createBucket([]);
		const before = bucket.take(50, 0);
		bucket.report({ remaining: 10, resetMs: 5000 }, 10);
		const after = bucket.take(10, 20);
		bucket.correct(-50, before, 30);
		expect(bucket.wait(1, 30).waitMs).toBe(4980);
		bucket.correct(-4, after, 30);
		expect([bucket.wait(4, 30).waitMs, bucket.wait(5, 30).waitMs]).toEqual([0, 4980]);
	});

	test("the newest word counts", () => {
		const bucket = createBucket([]);
		bucket.report({ remaining: 0, resetMs: 5000 }, 0);
		bucket.report({ remaining: 4, resetMs: 100 }, 10);
		expect(bucket.wait(1, 10).waitMs).toBe(0);
	});

	test("a lower limit than ours holds until its reset", () => {
		const bucket = minute(100);
		bucket.report({ limit: 2, resetMs: 30_000 }, 0);
		expect(takeEach(bucket, [0, 0, 0, 30_000])).toEqual([0, 0, 30_000, 30_000]);
	});

	test("a higher limit than ours loosens nothing", () => {
		const bucket = minute(1);
		bucket.report({ limit: 50, remaining: 49, resetMs: 1000 }, 0);
		expect(takeEach(bucket, [0, 0])).toEqual([0, 60_000]);
	});

	test("a limit of an hour tightens a minute no more than that, and a limit of a second is one of sixty a minute", () => {
		const bucket = minute(100);
		bucket.report({ limit: 5, windowMs: 1000 }, 0);
		expect(bucket.wait(1, 0, { before: 4 }).waitMs).toBe(0);
		expect(bucket.wait(1, 0, { before: 5 }).waitMs).toBe(1000);
	});

	test("a window that it names itself is kept for as long", () => {
		const bucket = createBucket([]);
		bucket.report({ limit: 1, windowMs: 10_000 }, 0);
		bucket.take(1, 0);
		expect(bucket.wait(1, 4000).waitMs).toBe(6000);
		expect(bucket.wait(1, 4000, { force: true }).waitMs).toBe(0);
	});

	test("a rest holds whatever is said meanwhile, and the longest counts", () => {
		const bucket = createBucket([]);
		bucket.rest(5000, 0);
		bucket.rest(1000, 0);
		bucket.report({ remaining: 10, resetMs: 100 }, 10);
		expect(bucket.wait(1, 10).waitMs).toBe(4990);
		bucket.relax();
		expect(bucket.wait(1, 10).waitMs).toBe(0);
	});

	test.for([
		{ remaining: NaN, resetMs: 1000 },
		{ remaining: -1, resetMs: 1000 },
		{ remaining: 0, resetMs: 0 },
		{ remaining: 0 },
		{ limit: 0 },
		{ limit: -5, remaining: Infinity, resetMs: -1 },
		{ remaining: "0" as unknown as number, resetMs: "9" as unknown as number },
		{},
	])("what makes no sense changes nothing: %o", (said) => {
		const bucket = createBucket([]);
		bucket.report(said, 0);
		bucket.rest(NaN, 0);
		bucket.rest(-5, 0);
		expect(bucket.wait(1, 0).waitMs).toBe(0);
	});

	test("nobody is believed for more than a week", () => {
		const bucket = createBucket([]);
		bucket.report({ remaining: 0, resetMs: 1e15 }, 0);
		bucket.rest(1e15, 0);
		expect(bucket.wait(1, 0).waitMs).toBe(7 * 86_400_000);
	});
});
