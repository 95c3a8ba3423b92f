import type { Usage } from "../../chunk.ts";
import type { ProviderEmbedRequest } from "../../embed/embedding.ts";
import type { SpaceportError } from "../../errors/spaceport-error.ts";
import { loadPart } from "../../load-part.ts";
import type { ProviderRequest } from "../../message.ts";
import { parts } from "../../parts/parts.ts";
import type { ReportedLimits } from "../../provider.ts";
import type { LimitOptions } from "../chain-options.ts";

/** What an attempt says that asks for a slot. */
export interface SlotOptions {
	/** Leaves the queue at once when it aborts. */
	readonly signal: AbortSignal;
	/** Before those with less, and after those that asked earlier with the same. @default 0 */
	readonly priority?: number | undefined;
	/**
	 * The longest wait, in milliseconds, that is known beforehand: for a window of `limits`, or for the time that the provider named. One that would be longer fails at
	 * once. How long others hold their slots is known to nobody, and not cut by it. @default Infinity
	 */
	readonly maxWaitMs?: number | undefined;
	/** What is asked: where tokens are limited, they are charged by an estimate from it, until the slot is given back. */
	readonly request?: ProviderRequest | ProviderEmbedRequest | undefined;
	/**
	 * How long what the provider has said of its limits is heeded, in milliseconds: where it would keep the attempt longer, it is passed over, and our own limits alone
	 * hold. 0 is for a last resort. @default Infinity
	 */
	readonly heedMs?: number | undefined;
	/** Called with the position, 0 being next, where there is a wait. */
	readonly onWait?: ((position: number) => void) | undefined;
}

/** The right to make one attempt. */
export interface Slot {
	/**
	 * Gives it back. A second call does nothing.
	 *
	 * @param usage - what was used, where that is known: it takes the place of the estimate
	 */
	release(usage?: Pick<Usage, "inputTokens" | "outputTokens">): void;
	/** What the provider said of its limits in its answer to this attempt. */
	report(limits: ReportedLimits): void;
}

/** How it would go for an attempt that asked for a slot now. */
export interface SlotOutlook {
	/** Why it would be refused at once. */
	readonly error?: SpaceportError;
	/** How long it would wait, in milliseconds, as far as that is known; 0 where it would begin at once, or as soon as others give their slots back. */
	readonly waitMs: number;
	/** How many would be before it; undefined where it would begin at once. */
	readonly position?: number;
}

/** Keeps one provider, or one key of it, within its limits: an attempt takes a slot before it begins and gives it back when its stream has ended. */
export interface Limiter {
	/**
	 * Waits for a slot. Where nothing is limited it gives one at once, not a promise.
	 *
	 * @param options - signal, priority, patience
	 * @throws LimiterFullError where `queueSize` attempts wait already; RateLimitedError (`own`) where the wait is known to be longer than `maxWaitMs`; NetworkError
	 *   where the queue cannot be loaded; the signal's reason where it aborts
	 */
	acquire(options: SlotOptions): Slot | Promise<Slot>;
	/** Says how it would go for whoever asked for a slot, without asking for one. Undefined where nobody would have to wait. */
	look(options: Omit<SlotOptions, "signal" | "onWait">): SlotOutlook | undefined;
	/** What the provider said of its limits: it is asked no more than that, until the time is over. What is no limit or no number is ignored. */
	report(limits: ReportedLimits): void;
	/** Forgets what the provider said. */
	reset(): void;
}

/** One limiter per provider and key, made when the provider is first asked. */
export interface Limiters {
	/** The limiter of a provider, or of one of its keys. `limits` counts the first time. */
	of(provider: object, limits: LimitOptions, key?: string): Limiter;
	/** The one that there is already: who was never asked has none. */
	find(provider: object, key?: string): Limiter | undefined;
	/** Forgets what a provider said of its limits. */
	reset(provider: object): void;
}

/** Makes the limiters that the chains of a Spaceport, or the calls of a chain, share. */
export function createLimiters(): Limiters {
	const byProvider = new WeakMap<object, Map<string | undefined, Limiter>>();
	return {
		of(provider, limits, key) {
			let byKey = byProvider.get(provider);
			if (byKey === undefined) {
				byKey = new Map();
				byProvider.set(provider, byKey);
			}
			let limiter = byKey.get(key);
			if (limiter === undefined) {
				limiter = createLimiter(limits);
				byKey.set(key, limiter);
			}
			return limiter;
		},
		find: (provider, key) => byProvider.get(provider)?.get(key),
		reset(provider) {
			for (const limiter of byProvider.get(provider)?.values() ?? []) limiter.reset();
		},
	};
}

/** Makes a limiter whose work is done by a part that is loaded where there are limits, or where the provider speaks of some. Without them it costs nothing. */
function createLimiter(limits: LimitOptions): Limiter {
	const { intervalMs: _, queueSize: __, ...most } = limits;
	const unlimited = Object.values(most).every((limit) => limit === Infinity);
	let free = unlimited;
	let made: Limiter | undefined;

	async function make(signal?: AbortSignal): Promise<Limiter> {
		const { createQueueLimiter } = await loadPart("limits", parts.queueLimiter, signal);
		made ??= createQueueLimiter(limits);
		return made;
	}

	const limiter: Limiter = {
		acquire(options) {
			if (free) return slot;
			return made?.acquire(options) ?? make(options.signal).then((queue) => queue.acquire(options));
		},
		look: (options) => made?.look(options),
		report(said) {
			free = false;
			const onFailure = (): void => {
				free = unlimited;
			};
			if (made !== undefined) made.report(said);
			else make().then((queue) => queue.report(said), onFailure);
		},
		reset() {
			made?.reset();
		},
	};
	const slot: Slot = { release() {}, report: limiter.report };
	return limiter;
}
