import type { ReportedLimit } from "../../provider.ts";
import { createSlidingWindow, type SlidingWindow } from "./sliding-window.ts";

/** One of the limits that a bucket keeps. */
export interface BucketLimit {
	/** What it is called, for messages. */
	readonly name: string;
	readonly limit: number;
	readonly windowMs: number;
}

/** A wait, and what it is for. */
export interface BucketWait {
	/** In milliseconds; 0 where there is room. */
	readonly waitMs: number;
	/** What makes it so long; undefined where that is what the provider said. */
	readonly limit: BucketLimit | undefined;
}

/**
 * Requests, or tokens: how much was used of each of their limits, and how much the provider says is left. It has no clock and no timer: it is told the time, in
 * milliseconds. A clock that is set back stands still for it; one that is set forward has run.
 */
export interface Bucket {
	/**
	 * How long until an amount fits.
	 *
	 * @param amount - what is wanted; more than a whole limit fits where nothing else was used
	 * @param now - the clock
	 * @param options - `before`: what others want first; `force`: what the provider said is passed over
	 */
	wait(amount: number, now: number, options?: { readonly before?: number; readonly force?: boolean }): BucketWait;
	/**
	 * Counts an amount, whether it fits or not.
	 *
	 * @returns when, by the bucket's own time: what {@link Bucket.correct} wants to know
	 */
	take(amount: number, now: number): number;
	/**
	 * What was taken turns out to be another amount: more counts from now on, less is given back.
	 *
	 * @param by - how much more, or, below 0, how much less
	 * @param takenAt - what {@link Bucket.take} gave
	 * @param now - the clock
	 */
	correct(by: number, takenAt: number, now: number): void;
	/**
	 * What the provider says of this limit, which holds until its `resetMs` is over, else for a window.
	 *
	 * @param said - what it says; what is no number, or below 0, is passed over
	 * @param now - the clock
	 * @param uncounted - what is under way, and may not have been counted by the provider when it said so
	 */
	report(said: ReportedLimit, now: number, uncounted?: number): void;
	/**
	 * Nothing fits for a while, whatever is reported meanwhile. The longest such while counts.
	 *
	 * @param forMs - how long; what is no number is passed over
	 * @param now - the clock
	 */
	rest(forMs: number | undefined, now: number): void;
	/** Forgets what the provider said. */
	relax(): void;
}

/** The longest time that a provider is believed, in milliseconds: a week. */
const longestReportMs: number = 7 * 24 * 3_600_000;
const minuteMs = 60_000;
/** A provider that names another window each time is not followed. */
const mostWindows = 8;

/**
 * Makes a bucket.
 *
 * @param limits - those that are infinite keep nothing
 */
export function createBucket(limits: readonly BucketLimit[]): Bucket {
	const windows: { readonly limit: BucketLimit | undefined; readonly window: SlidingWindow }[] = limits
		.filter(({ limit }) => limit !== Infinity)
		.map((limit) => ({ limit, window: createSlidingWindow(limit.limit, limit.windowMs) }));
	let last = -Infinity;
	let behind = 0;
	let left = Infinity;
	let leftUntil = -Infinity;
	let reportedAt = -Infinity;
	let restUntil = -Infinity;

	/** The bucket's own time, which never goes back. */
	function time(now: number): number {
		if (now < last) behind += last - now;
		last = now;
		return now + behind;
	}

	return {
		wait(amount, now, { before = 0, force = false } = {}) {
			const at = time(now);
			let waitMs = 0;
			let longest: BucketLimit | undefined;
			if (!force && at < leftUntil && before + amount > left) waitMs = leftUntil - at;
			if (!force && restUntil - at > waitMs) waitMs = restUntil - at;
			for (const { limit, window } of windows) {
				const wait = window.wait(amount, at, { before, force });
				if (wait <= waitMs) continue;
				waitMs = wait;
				longest = limit;
			}
			return { waitMs, limit: longest };
		},
		take(amount, now) {
			const at = time(now);
			left -= amount;
			for (const { window } of windows) window.take(amount, at);
			return at;
		},
		correct(by, takenAt, now) {
			const at = time(now);
			// What was taken before the provider spoke is in what it said.
			if (takenAt > reportedAt) left -= by;
			for (const { window } of windows) {
				if (by > 0) window.take(by, at);
				else window.giveBack(-by, takenAt);
			}
		},
		report(said, now, uncounted = 0) {
			const at = time(now);
			const windowMs = atLeast(1, said.windowMs);
			const resetMs = atLeast(0, said.resetMs);
			const remaining = atLeast(0, said.remaining);
			const limit = atLeast(1, said.limit);
			const shortest = windows.reduce<number | undefined>((least, { window }) => Math.min(least ?? Infinity, window.windowMs), undefined);
			const holdsMs = resetMs ?? windowMs ?? shortest;
			if (remaining !== undefined && holdsMs !== undefined) {
				reportedAt = at;
				left = Math.max(0, remaining - uncounted);
				leftUntil = at + Math.min(holdsMs, longestReportMs);
			}
			if (limit === undefined) return;
			// A window that nobody has limited is kept where the provider says how long it is.
			const isNew = windowMs !== undefined && !windows.some(({ window }) => window.windowMs === windowMs);
			if (isNew && windowMs <= longestReportMs && windows.length < mostWindows) {
				windows.push({ limit: undefined, window: createSlidingWindow(Infinity, windowMs) });
			}
			for (const { window } of windows) {
				// A longer window takes as often as much; without a word about its length, it is taken for a minute.
				const least = limit * Math.max(1, Math.ceil(window.windowMs / (windowMs ?? minuteMs)));
				window.tighten(least, at + Math.min(resetMs ?? windowMs ?? window.windowMs, longestReportMs));
			}
		},
		rest(forMs, now) {
			const at = time(now);
			restUntil = Math.max(restUntil, at + Math.min(atLeast(0, forMs) ?? 0, longestReportMs));
		},
		relax() {
			leftUntil = -Infinity;
			restUntil = -Infinity;
			for (const { window } of windows) window.relax();
		},
	};
}

function atLeast(least: number, value: unknown): number | undefined {
	return typeof value === "number" && Number.isFinite(value) && value >= least ? value : undefined;
}
