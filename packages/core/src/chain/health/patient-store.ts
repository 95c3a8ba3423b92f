import { TimeoutError } from "../../errors/timeout-error.ts";
import type { Logger } from "../../logger.ts";
import type { HealthState } from "./health-state.ts";
import type { MaybePromise, StateStore } from "./state-store.ts";

/** How long an answer waits for a store, in milliseconds. */
const longestStoreMs = 500;

/** How long people wait for it, in milliseconds. */
const longestDeskMs = 5000;

/** How long a store that failed is not asked, in milliseconds: not every answer is to wait for it. */
const pauseMs = 5000;

/** Changes a state. */
export type Change = (state: HealthState | undefined) => HealthState | undefined;

/** A store that never throws, and never makes an answer wait for long: where it fails, nothing is known. */
export interface PatientStore {
	readonly isEmpty: boolean;
	/** Whether it is asked for nothing: a change that changes nothing is cheap. */
	readonly isInMemory: boolean;
	/** Reads, once what was written before is there. */
	get(id: string): MaybePromise<HealthState | undefined>;
	/** Changes; says whether it did so in time. */
	update(id: string, change: Change): MaybePromise<boolean>;
	/** All that is kept. It throws where the store does, or is silent for too long: it is asked for by people, and not by answers. */
	entries(): Promise<readonly (readonly [id: string, state: HealthState])[]>;
	/** Changes for people: it throws where the store does, or is silent for too long. */
	write(id: string, change: Change): Promise<void>;
}

/**
 * Puts patience around a store. What is in memory stays as fast as it is: no promise is made for it.
 *
 * @param store - the store
 * @param now - the clock
 * @param logger - where failures of the store are logged
 */
export function createPatientStore(store: StateStore, now: () => number, logger: Logger): PatientStore {
	/** The changes under way, by id. */
	const pending = new Map<string, Promise<unknown>>();
	let pausedUntil = 0;

	function giveUp(error: unknown): void {
		const clock = now();
		if (clock < pausedUntil && pausedUntil - clock <= pauseMs) return;
		pausedUntil = clock + pauseMs;
		try {
			logger.warn({ err: error }, "The store of who is well does not answer: everybody counts as well.");
		} catch {
			// A logger of the caller's own.
		}
	}

	function isPaused(): boolean {
		const clock = now();
		return clock < pausedUntil && pausedUntil - clock <= pauseMs;
	}

	/** What the store gives within the time that an answer has for it. */
	function bounded<Value, Otherwise>(ask: () => MaybePromise<Value>, otherwise: Otherwise): MaybePromise<Value | Otherwise> {
		let asked: MaybePromise<Value>;
		try {
			asked = ask();
		} catch (error) {
			giveUp(error);
			return otherwise;
		}
		if (!isPromise(asked)) return asked;
		return new Promise((resolve) => {
			const fail = (error: unknown): void => {
				giveUp(error);
				resolve(otherwise);
			};
			const timer = setTimeout(() => fail(new Error(`No answer within ${longestStoreMs} ms.`)), longestStoreMs);
			Promise.resolve(asked)
				.then(resolve, fail)
				.finally(() => clearTimeout(timer));
		});
	}

	/** Keeps a change in mind until it is done, so that who looks then sees it. */
	function remember(id: string, change: Promise<unknown>): void {
		const tail = Promise.allSettled([pending.get(id), change]);
		pending.set(id, tail);
		tail.then(() => {
			if (pending.get(id) === tail) pending.delete(id);
		});
	}

	return {
		get isEmpty() {
			return store.isEmpty === true && pending.size === 0;
		},
		isInMemory: store.isEmpty !== undefined,
		get(id) {
			if (isPaused()) return undefined;
			const before = pending.get(id);
			return bounded(() => (before === undefined ? store.get(id) : before.then(() => store.get(id))), undefined);
		},
		update(id, change) {
			const done = bounded(() => {
				const changed = store.update(id, change);
				return isPromise(changed) ? Promise.resolve(changed).then(() => true) : true;
			}, false);
			if (isPromise(done)) remember(id, done);
			return done;
		},
		entries: () => inTime(() => store.entries()),
		async write(id, change) {
			await inTime(() => store.update(id, change));
		},
	};
}

/** What a store gives to people, who want to know why it gives nothing. */
async function inTime<Value>(ask: () => MaybePromise<Value>): Promise<Value> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const silence = new Promise<never>((_, reject) => {
		const message = `The store of who is well gave no answer within ${longestDeskMs} ms.`;
		timer = setTimeout(() => reject(new TimeoutError(message, { phase: "connect", afterMs: longestDeskMs })), longestDeskMs);
	});
	try {
		return await Promise.race([ask(), silence]);
	} finally {
		clearTimeout(timer);
	}
}

/** Whether it has to be waited for. */
export function isPromise<Value>(value: MaybePromise<Value>): value is Promise<Value> {
	return typeof (value as { readonly then?: unknown } | undefined)?.then === "function";
}

/** Goes on with a value: at once where it is there. (A module that exports `then` would itself pass for a promise.) */
export function whenKnown<Value, Result>(value: MaybePromise<Value>, next: (value: Value) => MaybePromise<Result>): MaybePromise<Result> {
	return isPromise(value) ? value.then(next) : next(value);
}
