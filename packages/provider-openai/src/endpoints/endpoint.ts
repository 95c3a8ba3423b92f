import type { LimitOptions, ModelInfo, Timeouts } from "@spaceport/core";

import type { Quirks } from "../quirks.ts";

/** A ready setting: an endpoint that is known, as data. */
export interface Endpoint {
	/** What it is named by: `groq`. */
	readonly id: string;
	/** Its name as its owner writes it. */
	readonly title: string;
	/** Where its chat completions are, without these: `https://api.groq.com/openai/v1`. */
	readonly baseUrl: string;
	/** Where a person reads about it. */
	readonly website?: string;
	/** How it knows who asks. */
	readonly key: {
		readonly need: "none" | "optional" | "required";
		/** The environment variable that a command reads it from. The library reads none. */
		readonly variable?: string;
		/** What is sent where there is no key. */
		readonly anonymous?: string;
	};
	/** Headers that it wants beside the usual ones. */
	readonly headers?: Readonly<Record<string, string>>;
	/** Its models. Where none is named, its own list is read. */
	readonly models: readonly ModelInfo[];
	/** Its models change from day to day: its own list is what counts. */
	readonly dynamicModels?: true;
	/** How often it may be asked. */
	readonly limits?: Partial<LimitOptions>;
	/** Deadlines that fit it, where the usual ones do not. */
	readonly timeouts?: Partial<Timeouts>;
	/** How it differs. */
	readonly quirks?: Quirks;
	/** What its limits are counted by: several keys of one account, or several programs behind one address, have one limit. */
	readonly shares?: "account" | "address";
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
	/** Whether it may be part of a chain that nobody has put together by hand. Never one that logs prompts or trains on them, nor where its terms forbid it. */
	readonly default: boolean;
	/** The day of the last live check, as `2026-11-26`; left out where there was none yet. */
	readonly checked?: string;
}
