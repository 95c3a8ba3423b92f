import { redact } from "../../errors/redact.ts";
import type { SpaceportError } from "../../errors/spaceport-error.ts";
import { cooldown, type RestFor } from "./cooldown.ts";
import type { Resting } from "./health.ts";
import { isForgotten, type Rest } from "./health-state.ts";

/** How long others leave it to one attempt to find out, in milliseconds: whoever does not come back in this time is counted as lost. */
export const leaseMs = 30_000;

/** How far the clocks of those who share a store may be apart, and how far one may go back, until times are not believed any more, in milliseconds. */
const clockErrorMs = 60_000;

/** Whom an attempt asks. */
export interface Asked {
	/** The model; undefined where all are meant. */
	readonly model: string | undefined;
	/** The key, where the provider has keys. */
	readonly key?: string | undefined;
}

/** What became of an attempt. */
export interface Outcome extends Asked {
	/** The attempt's own id, by which its probe is known. */
	readonly id: string;
	/** When it began. */
	readonly startedAt: number;
}

/** When something became known. */
export interface Moment {
	/** The clock, in milliseconds since 1970. */
	readonly now: number;
	/** The same with fractions, which tell the order within one millisecond. */
	readonly stamp: number;
}

/** Whether a rest keeps this one from being asked. */
function concerns(rest: Rest, { model, key }: Asked): boolean {
	return (rest.model === undefined || rest.model === model) && (rest.key === undefined || rest.key === key);
}

/** Whether failures led to a rest, and were not counted only. */
export function isRest(rest: Rest): boolean {
	return rest.until === null || rest.until > rest.since;
}

/** Whether the time of a rest is over, and the next attempt shows whether it is well. */
function isHalfOpen(rest: Rest, now: number): boolean {
	return isRest(rest) && rest.byHand === undefined && rest.until !== null && (now >= rest.until || now < rest.since - clockErrorMs);
}

/** When this rest lets somebody through, and why not before; undefined where it lets through now. */
function restingBy(rest: Rest, now: number): Resting | undefined {
	if (!isRest(rest)) return undefined;
	if (isHalfOpen(rest, now)) {
		const until = rest.probe?.until ?? 0;
		return until > now && until - now <= leaseMs + clockErrorMs ? describe(rest, "probing", until) : undefined;
	}
	const until = rest.until ?? Infinity;
	if (until <= now) return undefined;
	return describe(rest, rest.until === null && rest.byHand === undefined ? "refused" : "cooling", until);
}

function describe(rest: Rest, state: Resting["state"], until: number): Resting {
	const { code, message, details, failures, stated, byHand } = rest;
	return { state, until, stated, code, message, ...(details && { details }), failures, ...(byHand && { byHand }) };
}

/**
 * Why somebody is not asked now: of several reasons the one that lasts longest. Undefined where it may be asked.
 *
 * @param rests - the provider's
 * @param asked - whom
 * @param now - the clock
 */
export function resting(rests: readonly Rest[], asked: Asked, now: number): Resting | undefined {
	let longest: Resting | undefined;
	for (const rest of rests) {
		const one = concerns(rest, asked) ? restingBy(rest, now) : undefined;
		if (one !== undefined && (longest === undefined || one.until > longest.until)) longest = one;
	}
	return longest;
}

/** How somebody is, and the rest that says so; undefined where nothing is known. */
export interface Leading {
	readonly state: "well" | "cooling" | "probing" | "refused";
	readonly rest: Rest;
}

/** The rest that says how somebody is: of several the one that lasts longest. */
export function leading(rests: readonly Rest[], asked: Asked, now: number): Leading | undefined {
	let found: Leading | undefined;
	for (const rest of rests) {
		if (!concerns(rest, asked)) continue;
		const state = !isRest(rest) ? "well" : isHalfOpen(rest, now) ? "probing" : (restingBy(rest, now)?.state ?? "well");
		const one: Leading = { state, rest };
		if (found === undefined || weight(one) > weight(found)) found = one;
	}
	return found;
}

function weight({ state, rest }: Leading): number {
	return state === "well" ? 0 : (rest.until ?? Infinity);
}

/** Whether an attempt would be the one that shows whether it is well again. */
export function isOnTrial(rests: readonly Rest[], asked: Asked, now: number): boolean {
	return rests.some((rest) => concerns(rest, asked) && isHalfOpen(rest, now));
}

/** Leaves it to this attempt to find out, where it may be asked and somebody has to. */
export function claimed(rests: readonly Rest[], { id, ...asked }: Asked & { readonly id: string }, now: number): readonly Rest[] {
	if (resting(rests, asked, now) !== undefined) return rests;
	return rests.map((rest) => (concerns(rest, asked) && isHalfOpen(rest, now) ? { ...rest, probe: { id, until: now + leaseMs } } : rest));
}

/** An attempt says nothing: whoever waits for what it finds out may find out. */
export function released(rests: readonly Rest[], id: string): readonly Rest[] {
	return rests.map((rest) => {
		if (rest.probe?.id !== id) return rest;
		const { probe: _, ...rested } = rest;
		return rested;
	});
}

/**
 * An attempt was answered: what rested is well. One that began before a rest says nothing about it: a stream that was there before goes on where a new one is
 * refused.
 */
export function succeeded(rests: readonly Rest[], outcome: Outcome): readonly Rest[] {
	return released(rests, outcome.id).filter((rest) => !isShownWell(rest, outcome));
}

/** An attempt has its first content: others may ask too. Its failures are remembered until the answer is whole. */
export function answering(rests: readonly Rest[], outcome: Outcome): readonly Rest[] {
	return released(rests, outcome.id).map((rest) =>
		isShownWell(rest, outcome) && rest.until !== null ? { ...rest, until: rest.since, stated: false } : rest,
	);
}

/** A look at a provider by its own probe. */
export interface Look extends Moment {
	/** The key that it was looked at with, where it has keys. */
	readonly key: string | undefined;
	/** When it began. */
	readonly startedAt: number;
}

/** A probe found a provider well. It took no answer: limits that the provider stated, and what was taken out by hand, stay. */
export function foundWell(rests: readonly Rest[], { key, startedAt }: Look): readonly Rest[] {
	const stays = (rest: Rest): boolean => rest.byHand === true || (isRest(rest) && (rest.stated || startedAt <= rest.since));
	return rests.filter((rest) => stays(rest) || (rest.key !== undefined && rest.key !== key));
}

/** A probe found a provider ill: all of its models, since it asks for none. */
export function foundIll(rests: readonly Rest[], error: SpaceportError, look: Look): readonly Rest[] {
	return failed(rests, { id: "", model: undefined, key: look.key, startedAt: look.startedAt }, error, look);
}

function isShownWell(rest: Rest, outcome: Outcome): boolean {
	return concerns(rest, outcome) && rest.byHand === undefined && (!isRest(rest) || outcome.startedAt > rest.since);
}

/**
 * An attempt failed. One that began before the present rest does not make it longer, except by what the provider itself says.
 *
 * @param rests - the provider's
 * @param outcome - the attempt
 * @param error - why
 * @param moment - when the rest begins
 */
export function failed(rests: readonly Rest[], outcome: Outcome, error: SpaceportError, { now, stamp }: Moment): readonly Rest[] {
	const others = released(rests, outcome.id);
	const first = cooldown(error, 1);
	if (first.says !== "rest") return others;
	const scope = scopeOf(first.who, outcome);
	const index = others.findIndex((rest) => rest.model === scope.model && rest.key === scope.key && rest.byHand === undefined);
	const known = others[index];
	const present = known !== undefined && isForgotten(known, now) ? undefined : known;
	const isLate = present !== undefined && isRest(present) && outcome.startedAt <= present.since;
	const failures = (present?.failures ?? 0) + (isLate ? 0 : 1);
	const found = cooldown(error, failures) as RestFor;
	const until = found.forMs === Infinity ? null : now + found.forMs;
	const longer = present === undefined || (until ?? Infinity) > (present.until ?? Infinity);
	if (isLate && !(found.stated && longer)) return others;
	// What was said or guessed before holds, unless the provider says something else now.
	const keeps = present !== undefined && isRest(present) && !longer && !found.stated;
	const rest: Rest = {
		...scope,
		...(keeps
			? { ...wordsOf(present), until: present.until, stated: present.stated }
			: { ...wordsOfError(error), until, stated: found.stated }),
		failures,
		since: isLate ? present.since : stamp,
	};
	return index < 0 ? [...others, rest] : others.with(index, rest);
}

function scopeOf(who: RestFor["who"], { model, key }: Asked): Pick<Rest, "model" | "key"> {
	return {
		...(who !== "credential" && model !== undefined && { model }),
		...(who !== "model" && key !== undefined && { key }),
	};
}

type Words = Pick<Rest, "code" | "message" | "details">;

function wordsOf({ code, message, details }: Words): Words {
	return { code, message, ...(details && { details }) };
}

/** Texts that are longer than this are not kept. */
const longestText = 500;

/** What is kept of an error. */
function wordsOfError(error: SpaceportError): Words {
	const details: Record<string, string | number> = {};
	for (const [name, value] of Object.entries(error)) {
		if (notKept.has(name)) continue;
		if (typeof value === "number" && Number.isFinite(value)) details[name] = value;
		else if (typeof value === "string" && value.length <= longestText) details[name] = redact(value);
	}
	return { code: error.code, message: redact(error.message).slice(0, longestText), ...(Object.keys(details).length > 0 && { details }) };
}

/** The fields that every error has, and those that are the request's alone. */
const notKept: ReadonlySet<string> = new Set(["name", "code", "message", "hint", "provider", "attempt", "retryAfterMs", "textSoFar"]);
