import { loadPart } from "../load-part.ts";
import { parts } from "../parts/parts.ts";
import type { LimitOptions } from "./chain-options.ts";

/** Gives the slot back. A second call does nothing. */
export type Release = () => void;

/** Keeps one provider within its limits: an attempt takes a slot before it begins and gives it back when its stream has ended. */
export interface Limiter {
	/**
	 * Waits for a slot.
	 *
	 * @param signal - leaves the queue at once when it aborts
	 * @param onWait - called with the position, 0 being next, where there is a wait
	 * @throws LimiterFullError where `queueSize` attempts wait already; NetworkError where the queue cannot be loaded; the signal's reason where it aborts
	 */
	acquire(signal: AbortSignal, onWait?: (position: number) => void): Promise<Release>;
}

/** One limiter per provider, made when the provider is first asked. */
export interface Limiters {
	/** The limiter of a provider. `limits` counts the first time. */
	of(provider: object, limits: LimitOptions): Limiter;
}

/** Makes the limiters that the chains of a Spaceport, or the calls of a chain, share. */
export function createLimiters(): Limiters {
	const byProvider = new WeakMap<object, Limiter>();
	return {
		of(provider, limits) {
			let limiter = byProvider.get(provider);
			if (limiter === undefined) {
				limiter = createLimiter(limits);
				byProvider.set(provider, limiter);
			}
			return limiter;
		},
	};
}

/** Lets everything through. */
const unlimited: Limiter = { acquire: async () => () => {} };

/** Makes a limiter over p-queue, which is loaded where there are limits. Without them it costs nothing. */
function createLimiter(limits: LimitOptions): Limiter {
	if (limits.concurrency === Infinity && limits.intervalCap === Infinity) return unlimited;
	let limiter: Promise<Limiter> | undefined;

	/** All get the same one, in the order in which they ask. */
	async function load(): Promise<Limiter> {
		try {
			return (await parts.queueLimiter()).createQueueLimiter(limits);
		} catch (error) {
			limiter = undefined;
			throw error;
		}
	}

	return {
		async acquire(signal, onWait) {
			limiter ??= load();
			const shared = limiter;
			return (await loadPart("limits", () => shared, signal)).acquire(signal, onWait);
		},
	};
}
