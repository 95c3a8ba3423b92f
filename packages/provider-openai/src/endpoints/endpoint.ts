import type { LimitOptions, ModelInfo, Timeouts } from "@spaceport/core";

import type { Quirks } from "../quirks.ts";

/** A model of an endpoint. */
export interface EndpointModel extends ModelInfo {
	/** Its id, or that it is there for nothing, is from lists that others keep, and nobody has been found who saw it answer. */
	readonly secondHand?: true;
}

/** What an endpoint is, for those who choose one. */
export type EndpointKind =
	/** Answers without a key. */
	| "keyless"
	/** Answers without payment to those who have a key. */
	| "free"
	/** The same, and nothing but its address is known. */
	| "unverified"
	/** Its terms, or a check of who one is, keep most people out. */
	| "restricted"
	/** A server on one's own machine. */
	| "local"
	/** Has to be paid for. */
	| "paid";

/** How an endpoint knows who asks. */
export interface EndpointKey {
	readonly need: "none" | "optional" | "required";
	/** The environment variable that the command reads it from. The library reads none. */
	readonly variable?: string;
	/** What is sent where there is no key. */
	readonly anonymous?: string;
	/** Where a person gets one. */
	readonly page?: string;
}

/** A ready setting: an endpoint that is known, as data. */
export interface Endpoint {
	/** What it is named by: `groq`. */
	readonly id: string;
	/** Other names that mean it, such as `gemini`. */
	readonly aliases?: readonly string[];
	/** Its name as its owner writes it. */
	readonly title: string;
	readonly kind: EndpointKind;
	/** Where its chat completions are, without these: `https://api.groq.com/openai/v1`. It may have `{account}` in it. */
	readonly baseUrl: string;
	/** What `{account}` stands for in its address: the option `account`, else the first half of a key that is `account:token`. */
	readonly account?: {
		/** The environment variable that the command reads it from. */
		readonly variable: string;
	};
	/** Where a person reads about it. */
	readonly website?: string;
	readonly key: EndpointKey;
	/** Headers that it wants beside the usual ones. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Models that are known, the first one is asked where none is named. Others are asked as well, by their ids. Where none is here, its own list is read. */
	readonly models: readonly EndpointModel[];
	/** Its models change from day to day: its own list is what counts. */
	readonly dynamicModels?: true;
	/** How often it may be asked by those who do not pay. */
	readonly limits?: Partial<LimitOptions>;
	/** The same for those who have a key, where it answers without one. */
	readonly limitsWithKey?: Partial<LimitOptions>;
	/**
	 * What its limits are counted by. Except for `key`, several keys of one person have one limit; by `address`, all programs behind one address have it;
	 * `address and model` is each model's own.
	 */
	readonly shares?: "account" | "address" | "address and model" | "key" | "project";
	/** Deadlines that fit it, where the usual ones do not. */
	readonly timeouts?: Partial<Timeouts>;
	/** How it differs. */
	readonly quirks?: Quirks;
	/** What becomes of a prompt there. */
	readonly privacy: {
		readonly logsPrompts: boolean | "unknown";
		readonly trains: boolean | "unknown";
		readonly note: string;
	};
	/** What its terms say that users should know. */
	readonly terms: { readonly note: string };
	/** What there is without paying, in words. */
	readonly freeTier: string;
	/** What else is known of how it behaves. */
	readonly note?: string;
	/**
	 * Whether it may be part of a chain that nobody has put together by hand. Never one that logs prompts or trains on them, nor where its terms forbid it. One that answers
	 * without a key has nobody who chose it: there it must be known that it does neither.
	 */
	readonly default: boolean;
	/** The day of the last live check, as `2026-11-26`; left out where there was none yet. */
	readonly checked?: string;
}
