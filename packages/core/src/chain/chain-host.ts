import type { Observer } from "../events.ts";
import type { Logger } from "../logger.ts";
import type { AsyncGeneratorProvider } from "../provider.ts";
import type { ChainOptionsInput } from "./chain-options.ts";
import type { Health } from "./health/health.ts";
import type { Limiters } from "./limits/limiter.ts";
import type { RequestKind } from "./request-kind.ts";

/** A provider under the name that it is registered by. */
export interface NamedProvider {
	readonly name: string;
	readonly provider: AsyncGeneratorProvider;
}

/** What a Spaceport lends to the chains that run inside it, through the attempt's context. */
export interface ChainHost {
	/** Identifies the caller's request in events. */
	readonly requestId: string;
	/** The chains that are at work already, from the outermost: a chain that finds itself here would never end. */
	readonly chains: readonly AsyncGeneratorProvider[];
	/** The provider registered under a name. Throws `no-such-provider`. */
	readonly resolve: (name: string) => NamedProvider;
	/** The Spaceport's own options, which a chain takes where it has none. */
	readonly defaults: ChainOptionsInput;
	/** The options of the request itself, stronger than those of any chain. */
	readonly overrides: ChainOptionsInput;
	/** Where the request waits for limits: before those with less. */
	readonly priority: number;
	/** The limiters that all chains of the Spaceport share. */
	readonly limiters: Limiters;
	/** Counts the request's attempts, from 1, over all chains that take part. */
	readonly nextAttemptNumber: () => number;
	/** How many attempts the request has made so far. */
	readonly attemptsMade: () => number;
	/** How many it may have made when it is done, as the chains say that ask this one. */
	readonly mostAttempts: number;
	/** Whether somebody else stands ready in a chain that asks this one: nobody who rests is waited for then. */
	readonly hasOthers: boolean;
	/**
	 * Who is well, who rests.
	 *
	 * @internal
	 */
	readonly health: Health;
	/**
	 * What is wanted, where it is no answer in words.
	 *
	 * @internal
	 */
	readonly kind?: RequestKind;
	/** Sends an event to the observers. */
	readonly report: Observer;
	readonly logger: Logger;
	/** Makes ids. */
	readonly createId: () => string;
	/** A random number from 0 up to 1, for jitter. */
	readonly random: () => number;
}
