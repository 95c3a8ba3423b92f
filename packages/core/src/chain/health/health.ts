import type { SpaceportError, SpaceportErrorCode } from "../../errors/spaceport-error.ts";
import type { Observer } from "../../events.ts";
import { loadPart } from "../../load-part.ts";
import type { Logger } from "../../logger.ts";
import { parts } from "../../parts/parts.ts";
import type { Candidate } from "../../route/candidate.ts";
import type { BookTicket, HealthBook } from "./health-book.ts";
import type { MaybePromise, StateStore } from "./state-store.ts";

/** Why somebody is not asked now. */
export interface Resting {
	/** It is left alone for a while; somebody is finding out whether it is well again; or its credential was refused. */
	readonly state: "cooling" | "probing" | "refused";
	/** Until when, in milliseconds since 1970; `Infinity` where it has to be reset. */
	readonly until: number;
	/** Whether the provider said how long. */
	readonly stated: boolean;
	/** The code of the last failure. */
	readonly code: SpaceportErrorCode;
	/** The words of the last failure. */
	readonly message: string;
	/** What else was known of it: the fields of the error that are texts and numbers. */
	readonly details?: Readonly<Record<string, string | number>>;
	/** How often it has failed in a row. */
	readonly failures: number;
	/** It was taken out by hand. */
	readonly byHand?: true;
}

/** One attempt as health sees it. At the end one of `succeeded`, `failed` and `released` is called; none of them throws or waits. */
export interface Ticket {
	/** The name of the key to use, where the provider has keys. */
	readonly key?: string | undefined;
	/** Its first content has come: others may ask too. May be left out: then they may once the answer is whole. */
	answering(): void;
	/** The answer is whole. */
	succeeded(): void;
	/** It failed, before or after the first content. */
	failed(error: SpaceportError): void;
	/** It was left, and says nothing. */
	released(): void;
	/** Whether, after `failed`, another key of this candidate may be asked at once. */
	anotherKey(): boolean;
}

/** How an attempt is claimed. */
export interface ClaimOptions {
	/** Gives a ticket also where it rests: for a last resort. */
	readonly force: boolean;
	/** The request, for events. */
	readonly requestId?: string;
	/** Receives the events that the attempt leads to. @default that of the Spaceport */
	readonly report?: Observer;
}

/** What is known of who is well. All calls of one Spaceport share it. With nobody ill it costs next to nothing. */
export interface Health {
	/** Nobody is known to be ill: there is nothing to look at. */
	readonly isQuiet: boolean;
	/** Why a candidate rests now; undefined where it may be asked. It claims nothing. With keys it rests when all of them do. */
	look(candidate: Candidate): MaybePromise<Resting | undefined>;
	/** Right before an attempt: picks the key, and makes it the one that finds out where somebody has to. Gives the reason where it may not be asked. */
	claim(candidate: Candidate, options: ClaimOptions): MaybePromise<Ticket | Resting>;
	/** Resolves when something about one of these changes, or when the signal aborts, which it must at last. */
	changed(candidates: readonly Candidate[], signal: AbortSignal): Promise<void>;
	/** A name means nobody, or somebody else, from here on. */
	forget(name: string): void;
	/** What keeps the states, loaded. */
	book(): Promise<HealthBook>;
}

/** What health is made with. */
export interface HealthOptions {
	/** Where the states are kept. @default in memory */
	readonly store?: StateStore | undefined;
	/** The clock, in milliseconds since 1970. @default Date.now */
	readonly now?: () => number;
	/** Receives the events that no request led to. */
	readonly report: Observer;
	readonly logger: Logger;
}

/** What the book shares with the shell that loads it. */
export interface HealthShell extends HealthOptions {
	readonly now: () => number;
	/** The clock with fractions, so that no two stamps are the same. */
	readonly stamp: () => number;
	/** When names were last reset, by the stamp: what began before is not counted any more. */
	readonly resets: Map<string, number>;
}

/** Whether a claim was refused. */
export function isResting(claim: Ticket | Resting): claim is Resting {
	return "until" in claim;
}

const ignore = (): undefined => undefined;

/** Makes what all calls of a Spaceport share. All but this shell is loaded when it is first needed: at the first failure, or for a provider of several keys. */
export function createHealth(options: HealthOptions): Health {
	const { store, now = () => Date.now(), logger } = options;
	let last = 0;
	const stamp = (): number => {
		last = Math.max(now(), last + 2 ** -10);
		return last;
	};
	const resets = new Map<string, number>();
	let book: HealthBook | undefined;
	let loading: Promise<HealthBook> | undefined;

	async function load(): Promise<HealthBook> {
		try {
			const made = (await loadPart("health", parts.health)).createHealthBook({ ...options, now, stamp, resets });
			// After all that waits for it already.
			loading?.then(() => {
				book = made;
			});
			return made;
		} catch (error) {
			loading = undefined;
			throw error;
		}
	}

	const start = (): Promise<HealthBook> => {
		loading ??= load();
		return loading;
	};

	/** Uses the book: at once where it is there, else in the order of the calls. */
	function using<Value>(use: (book: HealthBook) => MaybePromise<Value>, otherwise: () => Value): MaybePromise<Value> {
		if (book !== undefined) return use(book);
		return start().then(use, (err: unknown) => {
			logger.warn({ err }, "Who is well cannot be kept: all count as well.");
			return otherwise();
		});
	}

	const isQuiet = (): boolean => book?.isQuiet ?? (loading === undefined && (store === undefined || store.isEmpty === true));

	/** For an attempt of somebody of whom nothing is known. */
	function openTicket(candidate: Candidate, claim: ClaimOptions): Ticket {
		const startedAt = stamp();
		const key = candidate.provider.keys?.[0];
		const settle = (how: (ticket: BookTicket) => void): unknown =>
			using((known) => how(known.open(candidate, key, startedAt, claim)), ignore);
		return {
			key,
			answering: ignore,
			succeeded: () => isQuiet() || settle((ticket) => ticket.succeeded()),
			failed(error) {
				const at = stamp();
				settle((ticket) => ticket.failed(error, at));
			},
			released: ignore,
			anotherKey: () => false,
		};
	}

	return {
		get isQuiet() {
			return isQuiet();
		},
		look: (candidate) => (isQuiet() ? undefined : using((known) => known.look(candidate), ignore)),
		claim: (candidate, claim) =>
			isQuiet() && !candidate.provider.keys?.[1]
				? openTicket(candidate, claim)
				: using<Ticket | Resting>(
						(known) => known.claim(candidate, claim),
						() => openTicket(candidate, claim),
					),
		changed: async (candidates, signal) => using((known) => known.changed(candidates, signal), ignore),
		forget(name) {
			if (resets.size > 999) resets.clear();
			resets.set(name, stamp());
			if (!isQuiet()) using((known) => known.forget(name), ignore);
		},
		book: start,
	};
}
