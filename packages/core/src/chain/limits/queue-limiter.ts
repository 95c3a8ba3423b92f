import PQueue from "p-queue";

import type { ReportedLimits } from "../../provider.ts";
import { checkChainOptions, type LimitOptions } from "../chain-options.ts";
import { createLinkedController } from "../linked-controller.ts";
import { longestTimerMs } from "../watchdog.ts";
import { withoutUndefined } from "../without-undefined.ts";
import { type BucketLimit, type BucketWait, createBucket } from "./bucket.ts";
import { createTokenEstimator, type TokenEstimate } from "./estimate-tokens.ts";
import type { Limiter, Slot, SlotOptions, SlotOutlook } from "./limiter.ts";
import { tooLongError, tooManyError } from "./own-limit-error.ts";
import { createTurnTimer } from "./turn-timer.ts";
import { type Ahead, createWaitingLine, type Waiting } from "./waiting-line.ts";

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

const noWait: BucketWait = { waitMs: 0, limit: undefined };
const nothing: TokenEstimate = { inputTokens: 0, outputTokens: 0 };

/** How it would go for an attempt, and what it would be charged. */
interface Foreseen extends SlotOutlook {
	readonly charged: TokenEstimate;
}

/** A call for a slot as p-queue hands it to the line. */
interface TurnOptions {
	readonly signal: AbortSignal;
	readonly id: string;
	readonly waiting: Waiting;
}

/**
 * Makes a limiter. p-queue keeps concurrency and the short window (`intervalCap`), and starts who is next; our own line says who that is, and our own buckets whether
 * there are requests and tokens left for it.
 *
 * @param limits - how much
 * @throws InvalidRequestError where a limit is none
 */
export function createQueueLimiter(limits: LimitOptions): Limiter {
	// A provider's own have not been looked at yet.
	checkChainOptions({ limits });
	const { concurrency, intervalCap, intervalMs, queueSize } = limits;
	const interval: BucketLimit = { name: "intervalCap", limit: intervalCap, windowMs: intervalMs };
	const requests = createBucket([
		interval,
		{ name: "requestsPerMinute", limit: limits.requestsPerMinute, windowMs: minuteMs },
		{ name: "requestsPerDay", limit: limits.requestsPerDay, windowMs: dayMs },
	]);
	const tokens = createBucket([
		{ name: "tokensPerMinute", limit: limits.tokensPerMinute, windowMs: minuteMs },
		{ name: "tokensPerDay", limit: limits.tokensPerDay, windowMs: dayMs },
	]);
	const estimator = createTokenEstimator();
	let countsTokens = limits.tokensPerMinute !== Infinity || limits.tokensPerDay !== Infinity;
	/** Attempts under way whose answer has said nothing of limits: the provider may not have counted them yet. */
	const unheard = { requests: 0, tokens: 0 };
	/** No more than the shortest patience of those that wait. */
	let leastPatienceMs = Infinity;
	let count = 0;

	const line = createWaitingLine();
	const timer = createTurnTimer(onChange);
	/** What p-queue sees of the line: nobody waits as long as there is no room for who is next. */
	class Turns {
		get size(): number {
			const next = upcoming();
			return next === undefined || waitOf(next).waitMs > 0 ? 0 : line.size;
		}
		enqueue(run: () => Promise<unknown>, options?: Partial<TurnOptions>): void {
			const { waiting } = options as TurnOptions;
			line.add(Object.assign(waiting, { run }));
		}
		dequeue(): (() => Promise<unknown>) | undefined {
			const next = upcoming();
			if (next !== undefined) line.take(next);
			return next?.run;
		}
		remove(id: string): void {
			line.remove(id);
			watch();
		}
		filter(): never[] {
			return [];
		}
		setPriority(): void {}
	}
	// p-queue does not tell how long its window will keep somebody: the same is counted in a bucket. It has a timer for its window.
	const kept = intervalCap !== Infinity && intervalMs <= longestTimerMs;
	const queue = new PQueue<Turns, TurnOptions>({
		concurrency,
		queueClass: Turns,
		...(kept && { intervalCap, interval: intervalMs, strict: true }),
	});

	/** How long the room for one is away, after what is before it. */
	function waitOf(waiting: Pick<Waiting, "tokens" | "heedMs">, ahead?: Ahead): BucketWait {
		const heeding = longerWait(waiting.tokens, ahead, false);
		return heeding.waitMs > waiting.heedMs ? longerWait(waiting.tokens, ahead, true) : heeding;
	}

	/** That for the request, or that for its tokens. */
	function longerWait(wanted: number, ahead: Ahead | undefined, force: boolean): BucketWait {
		const now = performance.now();
		const forRequest = requests.wait(1, now, { before: ahead?.count ?? 0, force });
		if (!countsTokens) return forRequest;
		const forTokens = tokens.wait(wanted, now, { before: ahead?.tokens ?? 0, force });
		return forTokens.waitMs > forRequest.waitMs ? forTokens : forRequest;
	}

	/** Whose turn is next. Whoever passes over what the provider said does not wait behind somebody who is held back by that alone. */
	function upcoming(): Waiting | undefined {
		const first = line.peek();
		const waitMs = first === undefined ? 0 : waitOf(first).waitMs;
		if (first === undefined || waitMs <= waitOf({ ...first, heedMs: 0 }).waitMs) return first;
		return line.peekForced((other) => waitOf(other).waitMs < waitMs) ?? first;
	}

	/** Rings when there is room for who is next, and sends away those who do not want to wait so long. */
	function watch(): void {
		let held: BucketWait;
		do {
			const first = line.peek();
			held = first === undefined ? noWait : waitOf(first.heedMs < Infinity ? { tokens: 0, heedMs: Infinity } : first);
		} while (held.waitMs > leastPatienceMs && sendAway(held));
		const next = upcoming();
		timer.set(next === undefined ? 0 : waitOf(next).waitMs);
	}

	/** Whether somebody went. */
	function sendAway(wait: BucketWait): boolean {
		leastPatienceMs = Infinity;
		const leaving: Waiting[] = [];
		for (const waiting of line.all()) {
			const own = waiting.heedMs < Infinity ? waitOf(waiting) : wait;
			if (own.waitMs > waiting.maxWaitMs) leaving.push(waiting);
			else leastPatienceMs = Math.min(leastPatienceMs, waiting.maxWaitMs);
		}
		for (const waiting of leaving) waiting.fail(tooLongError(wait, waiting.maxWaitMs));
		return leaving.length > 0;
	}

	/** Starts those for whom there is room now. */
	function onChange(): void {
		queue.pause();
		queue.start();
		watch();
	}

	function report(said: ReportedLimits): void {
		const now = performance.now();
		// It comes from a provider's code, which may have found nothing to say.
		const { retryAfterMs, requests: ofRequests, tokens: ofTokens }: ReportedLimits = Object(said);
		requests.rest(retryAfterMs, now);
		if (ofRequests) requests.report(ofRequests, now, unheard.requests);
		if (ofTokens) {
			countsTokens = true;
			tokens.report(ofTokens, now, unheard.tokens);
		}
		onChange();
	}

	function openSlot(charged: TokenEstimate, end: () => void): Slot {
		const now = performance.now();
		const amount = charged.inputTokens + charged.outputTokens;
		const takenAt = countsTokens ? tokens.take(amount, now) : undefined;
		requests.take(1, now);
		unheard.requests += 1;
		unheard.tokens += amount;
		let isHeard = false;
		let isReleased = false;
		function hear(): void {
			if (isHeard) return;
			isHeard = true;
			unheard.requests -= 1;
			unheard.tokens -= amount;
		}
		return {
			release(usage) {
				if (isReleased) return;
				isReleased = true;
				hear();
				if (usage?.outputTokens !== undefined) estimator.learn(usage.outputTokens);
				if (usage !== undefined && takenAt !== undefined) {
					const used = { ...charged, ...withoutUndefined(usage) };
					tokens.correct(used.inputTokens + used.outputTokens - amount, takenAt, performance.now());
				}
				end();
				watch();
			},
			report(said) {
				hear();
				report(said);
			},
		};
	}

	/** How it would go for somebody who asks now. */
	function foresee({ priority = 0, maxWaitMs = Infinity, request, heedMs = Infinity }: Omit<SlotOptions, "signal">): Foreseen {
		const charged = countsTokens && request !== undefined ? estimator.estimate(request) : nothing;
		const ahead = line.ahead(priority);
		const wait = waitOf({ tokens: charged.inputTokens + charged.outputTokens, heedMs }, ahead);
		const seen = { charged, waitMs: wait.waitMs };
		if (wait.waitMs > maxWaitMs) return { ...seen, error: tooLongError(wait, maxWaitMs) };
		const mustWait = line.size > 0 || queue.pending >= concurrency || wait.waitMs > 0;
		if (mustWait && line.size >= queueSize) return { ...seen, error: tooManyError(line.size, queueSize) };
		return { ...seen, ...(mustWait && { position: ahead.count }) };
	}

	function enter({ signal, priority = 0, maxWaitMs = Infinity, request, heedMs = Infinity, onWait }: SlotOptions): Promise<Slot> {
		const { charged, error } = foresee({ priority, maxWaitMs, request, heedMs });
		if (error !== undefined) throw error;
		const { count: before } = line.ahead(priority);

		// p-queue lets go of a task whose signal aborts, and a slot is held until it is given back: it listens to a signal of its own, for as long as it waits.
		const { controller, unlink } = createLinkedController(signal);
		return new Promise<Slot>((resolve, reject) => {
			let started = false;
			const start = (): Promise<void> =>
				new Promise((end) => {
					started = true;
					unlink();
					resolve(openSlot(charged, end));
					// Where it was p-queue's own timer that started it, nobody else looks who is next.
					queueMicrotask(watch);
				});
			const waiting: Waiting = {
				id: String(++count),
				priority,
				tokens: charged.inputTokens + charged.outputTokens,
				maxWaitMs,
				heedMs,
				isGone: false,
				fail: (error) => controller.abort(error),
				run: start,
			};
			queue.add(start, { signal: controller.signal, id: waiting.id, waiting }).catch((error: unknown) => {
				unlink();
				reject(error);
			});
			if (started || controller.signal.aborted) return;
			leastPatienceMs = Math.min(leastPatienceMs, maxWaitMs);
			watch();
			onWait?.(before);
		});
	}

	return {
		acquire: async (options) => enter(options),
		look(options) {
			const { charged: _, ...outlook } = foresee(options);
			return outlook.error === undefined && outlook.position === undefined ? undefined : outlook;
		},
		report,
		reset() {
			requests.relax();
			tokens.relax();
			onChange();
		},
	};
}
