import type { AttemptRecord } from "../completion.ts";
import { ChainExhaustedError, type LeftOut } from "../errors/chain-exhausted-error.ts";
import { inOneLine } from "../errors/in-one-line.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";
import { isMoment, when } from "../errors/when.ts";
import { reasonOf, sentence } from "./reason-of.ts";
import { whenAgain } from "./when-again.ts";

/** How many providers are told of. */
const mostLines = 50;

/** What a chain ends in when nobody could answer. */
export interface Exhaustion {
	/** Each attempt, in order. */
	readonly attempts: readonly AttemptRecord[];
	/** Who was passed over. */
	readonly leftOut: readonly LeftOut[];
	readonly lastError: SpaceportError;
	/** Until when those rest who were asked, in milliseconds since 1970. */
	readonly rests?: readonly Rest[];
}

/** How long a provider's model is not asked. */
export interface Rest {
	readonly provider: string;
	readonly model: string;
	readonly until: number;
}

/** What came of one provider, or of one of its models. */
interface Outcome {
	/** How it is called in the message. */
	name: string;
	readonly provider: string;
	readonly model: string;
	readonly attempts: AttemptRecord[];
	leftOut?: LeftOut;
	/** Until when it rests, in milliseconds since 1970. */
	restsUntil?: number;
}

/**
 * The error of a chain that nobody is left in. Its message is for a person: a line for each provider that says how often it was asked, what was wrong, and when
 * it is worth asking again; those that were passed over come last.
 *
 * @param chain - the chain's name
 * @param exhaustion - who was asked, who was not, and what came of it
 * @param now - the clock, in milliseconds since 1970
 */
export function exhaustedError(chain: string, exhaustion: Exhaustion, now: number = Date.now()): ChainExhaustedError {
	const { attempts, lastError } = exhaustion;
	const leftOut = isSpaceportError(lastError, "chain-exhausted") ? merge(exhaustion.leftOut, lastError.leftOut ?? []) : exhaustion.leftOut;
	const outcomes = outcomesOf(attempts, leftOut, exhaustion.rests ?? []);
	const times = outcomes.map((outcome) => readyAt(outcome)).filter((at) => at !== undefined);
	const soonest = times.length === 0 ? undefined : Math.min(...times);
	const headline = `No provider of the chain "${inOneLine(chain, 80)}" could ${attempts.length === 0 ? "be asked" : "answer"}`;
	const lines = outcomes.slice(0, mostLines).map((outcome) => `- ${lineOf(outcome, now)}`);
	if (outcomes.length > mostLines) lines.push(`- and ${outcomes.length - mostLines} more, in attempts and leftOut.`);
	return new ChainExhaustedError([`${headline}${lines.length === 0 ? "." : ":"}`, ...lines].join("\n"), {
		attempts,
		leftOut,
		lastError,
		cause: lastError,
		hint: hintOf(outcomes, lastError.hint, now),
		...(soonest !== undefined && { retryAfterMs: Math.max(0, Math.ceil(soonest - now)) }),
	});
}

function merge(own: readonly LeftOut[], inner: readonly LeftOut[]): readonly LeftOut[] {
	return [...own, ...inner.filter((one) => !own.some(({ provider, model }) => provider === one.provider && model === one.model))];
}

function outcomesOf(attempts: readonly AttemptRecord[], leftOut: readonly LeftOut[], rests: readonly Rest[]): readonly Outcome[] {
	const outcomes = new Map<string, Outcome>();
	const of = ({ provider, model }: Pick<Outcome, "provider" | "model">): Outcome => {
		const key = JSON.stringify([provider, model]);
		const outcome = outcomes.get(key) ?? { name: "", provider, model, attempts: [] };
		outcomes.set(key, outcome);
		return outcome;
	};
	for (const attempt of attempts) of(attempt).attempts.push(attempt);
	for (const one of leftOut) of(one).leftOut = one;
	for (const one of rests) of(one).restsUntil = one.until;
	const all = [...outcomes.values()];
	for (const outcome of all) {
		const { provider, model } = outcome;
		const isOne = model === "" || all.every((other) => other === outcome || other.provider !== provider);
		outcome.name = inOneLine(isOne ? provider : `${provider}:${model}`, 80);
	}
	return all;
}

function lineOf(outcome: Outcome, now: number): string {
	const { name, attempts, leftOut } = outcome;
	const errors = attempts.map(({ error }) => error).filter((error) => error !== undefined);
	const last = errors.at(-1);
	const again = againOf(outcome, now);
	if (attempts.length === 0 || last === undefined) {
		return `${name}, not asked: ${sentence(inOneLine(leftOut?.reason ?? "nothing is known."))}${again}`;
	}
	const times = attempts.length === 1 ? "asked once" : attempts.length === 2 ? "asked twice" : `asked ${attempts.length} times`;
	const before = [...new Set(errors.map(({ code }) => code))].filter((code) => code !== last.code);
	const earlier = before.length === 0 ? "" : ` (before: ${before.join(", ")})`;
	return `${name}, ${times}: ${last.code}: ${reasonOf(last)}${earlier}${again}`;
}

/** When it is worth asking again, to be said after the reason. */
function againOf(outcome: Outcome, now: number): string {
	const at = readyAt(outcome);
	if (at !== undefined) return ` Again ${when(at, now)}.`;
	const error = outcome.attempts.at(-1)?.error;
	const words = error && whenAgain(error);
	return words === undefined ? "" : ` ${words}`;
}

/** When it may be asked again, in milliseconds since 1970, where somebody said so. */
function readyAt(outcome: Outcome): number | undefined {
	const at = saidAt(outcome) ?? outcome.restsUntil;
	return isMoment(at) ? at : undefined;
}

/** The same without what is only guessed after a failure. */
function saidAt({ attempts, leftOut }: Outcome): number | undefined {
	if (leftOut?.retryAt !== undefined) return leftOut.retryAt;
	const last = attempts.at(-1);
	const afterMs = (last?.error as { readonly retryAfterMs?: unknown } | undefined)?.retryAfterMs;
	return last !== undefined && typeof afterMs === "number" ? last.startedAt + last.durationMs + afterMs : undefined;
}

/** The step that helps most: to wait where somebody said how long, to mend keys, else what the last failure says. */
function hintOf(outcomes: readonly Outcome[], lastHint: string | undefined, now: number): string | undefined {
	const failures = outcomes.map(({ name, attempts }) => ({ name, error: attempts.at(-1)?.error }));
	const all = (code: SpaceportError["code"]): boolean => failures.length > 0 && failures.every(({ error }) => error?.code === code);
	if (all("network")) return lastHint ?? "Look whether this machine reaches the network.";
	if (all("unsupported") || all("context-length")) return lastHint;
	const soonest = Math.min(...outcomes.map((outcome) => readyAt(outcome) ?? Infinity));
	const again = soonest - now < 3_600_000 ? `Ask again ${when(soonest, now)}.` : "";
	const refused = failures.filter(({ error }) => error?.code === "authentication").map(({ name }) => `"${name}"`);
	const steps = [
		outcomes.some((outcome) => saidAt(outcome) !== undefined) ? again : "",
		refused.length === 0 ? "" : `Look after the ${refused.length === 1 ? "key" : "keys"} of ${refused.join(" and ")}.`,
	].filter((step) => step !== "");
	return steps.length > 0 ? steps.join(" ") : (lastHint ?? (again || undefined));
}
