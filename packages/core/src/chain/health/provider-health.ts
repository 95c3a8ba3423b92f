import type { SpaceportErrorCode } from "../../errors/spaceport-error.ts";

/** How a provider, one of its models or one of its keys is. */
export interface ProviderHealth {
	/** The name that it is registered under. */
	readonly provider: string;
	/** The provider's model id; empty where it declares no models. */
	readonly model: string;
	/** The name of the key, where the provider has keys. */
	readonly key?: string;
	/**
	 * It is asked (`well`); it is left alone until `until` (`cooling`); that time is over and one request finds out whether it is well (`probing`); its credential was
	 * refused, and it has to be reset (`refused`).
	 */
	readonly state: "well" | "cooling" | "probing" | "refused";
	/** How often it has failed in a row. */
	readonly failures: number;
	/** Until when it rests, in milliseconds since 1970; `Infinity` where it has to be reset. */
	readonly until?: number;
	/** Whether the provider said how long. */
	readonly stated?: boolean;
	/** The code of the last failure. */
	readonly code?: SpaceportErrorCode;
	/** The words of the last failure. */
	readonly message?: string;
	/** It was taken out by hand. */
	readonly byHand?: true;
}

/** How a provider is taken out by hand. */
export interface RestOptions {
	/** For how long, in milliseconds; `Infinity` until it is reset. */
	readonly forMs: number;
	/** Why, for messages and for `health()`. */
	readonly reason?: string;
}

/** How providers are looked at. */
export interface ProbeOptions {
	/** Ends it when it aborts. */
	readonly signal?: AbortSignal | undefined;
}

/** What a Spaceport offers to those who look after it. */
export interface HealthDesk {
	/** How everybody is: a row for each registered provider, each of its models and each of its keys, and for whoever else rests. */
	health(): Promise<readonly ProviderHealth[]>;
	/**
	 * Forgets failures, so that it is asked again at once.
	 *
	 * @param name - a provider, one of its models (`provider:model`), or everybody where it is left out
	 * @throws NoSuchProviderError where there is nobody of that name
	 */
	reset(name?: string): Promise<void>;
	/**
	 * Takes a provider out for a while. A last resort is asked nevertheless when nobody else is left, and so is whoever is asked alone.
	 *
	 * @param name - a provider, or one of its models (`provider:model`)
	 * @param options - for how long, and why
	 * @throws NoSuchProviderError where there is nobody of that name; InvalidRequestError where the time is none
	 */
	rest(name: string, options: RestOptions): Promise<void>;
	/**
	 * Looks at the providers that can be looked at (`probe`), without spending tokens, and notes what it finds: who is well is asked again at once, who is not rests.
	 *
	 * @param name - a provider; all that have a `probe` where it is left out
	 * @param options - the signal
	 * @returns the rows of those that were looked at
	 * @throws NoSuchProviderError where there is nobody of that name; UnsupportedError where it has no `probe`; AbortedError when the signal aborts
	 */
	probe(name?: string, options?: ProbeOptions): Promise<readonly ProviderHealth[]>;
}
