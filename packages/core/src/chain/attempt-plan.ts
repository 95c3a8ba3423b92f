import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";
import type { Candidate } from "../route/candidate.ts";
import type { RetryOptions } from "./chain-options.ts";
import { type DispositionOverrides, disposition } from "./disposition.ts";
import { retryDelay } from "./retry-delay.ts";

/** What to do after a failed attempt. */
export type NextStep =
	| { readonly action: "retry" | "fallback"; readonly candidate: Candidate; readonly delayMs: number }
	| { readonly action: "fail" };

/** Which candidate is asked, in which order, and after which wait. It keeps one request's position. */
export interface AttemptPlan {
	/** Whether a candidate is left that was not asked yet. */
	hasUntried(): boolean;
	/**
	 * Decides after a failure.
	 *
	 * @param error - why the attempt failed
	 * @param now - the clock, in milliseconds
	 * @param leftMs - what is left of the request's time
	 */
	failed(error: SpaceportError, now: number, leftMs: number): NextStep;
}

/** How a plan decides. */
export interface AttemptPlanOptions {
	readonly retry: RetryOptions;
	readonly dispositions: DispositionOverrides;
	readonly random: () => number;
}

interface Standing {
	readonly candidate: Candidate;
	tried: boolean;
	failures: number;
	retriesUsed: number;
	/** When it may be asked again; `undefined` where it may not. */
	readyAt: number | undefined;
}

/**
 * Makes the plan for one request. A chain's order is the user's preference: after a failure that may pass, the same provider is asked again once
 * while another is untried, if the wait is short; then the untried ones, at once; when none is left, those that may be asked again, in order.
 *
 * @param candidates - at least one, in order of preference
 * @param options - how to decide
 */
export function createAttemptPlan(candidates: readonly [Candidate, ...Candidate[]], options: AttemptPlanOptions): AttemptPlan {
	const { retry, dispositions, random } = options;
	const standings: readonly Standing[] = candidates.map((candidate) => ({
		candidate,
		tried: false,
		failures: 0,
		retriesUsed: 0,
		readyAt: undefined,
	}));
	let position = 0;
	(standings[0] as Standing).tried = true;

	function step(to: number, now: number): NextStep {
		const standing = standings[to] as Standing;
		const action = to === position ? "retry" : "fallback";
		const delayMs = standing.tried ? Math.max(0, (standing.readyAt ?? now) - now) : 0;
		if (standing.tried) standing.retriesUsed += 1;
		standing.tried = true;
		standing.readyAt = undefined;
		position = to;
		return { action, candidate: standing.candidate, delayMs };
	}

	return {
		hasUntried: () => standings.some((standing) => !standing.tried),
		failed(error, now, leftMs) {
			const standing = standings[position] as Standing;
			const { same, next } = disposition(error, dispositions);
			const mostRetries = same === "yes" ? retry.retries : same === "once" ? Math.min(1, retry.retries) : 0;
			standing.failures += 1;
			const delayMs = standing.retriesUsed < mostRetries ? retryDelay(error, standing.failures, retry, random) : undefined;
			standing.readyAt = delayMs === undefined ? undefined : now + delayMs;
			if (same === "no" && !next) return { action: "fail" };

			// What the conversation does not fit into is out for the whole request.
			for (const other of standings) if (!other.tried && !fits(other.candidate, error)) other.tried = true;
			const untried = next ? standings.findIndex((other) => !other.tried) : -1;
			if (untried >= 0) {
				const patient = delayMs !== undefined && standing.retriesUsed === 0 && delayMs <= retry.patienceMs && delayMs <= leftMs;
				return step(patient ? position : untried, now);
			}
			const again = next ? nextAgain(standings, position, now, retry.patienceMs) : standing.readyAt === undefined ? -1 : position;
			if (again < 0) return { action: "fail" };
			const wait = (standings[again]?.readyAt ?? now) - now;
			return wait <= leftMs ? step(again, now) : { action: "fail" };
		},
	};
}

/** The next one in order that may be asked again soon, else the one whose wait is the shortest. */
function nextAgain(standings: readonly Standing[], position: number, now: number, patienceMs: number): number {
	let best = -1;
	for (let offset = 1; offset <= standings.length; offset += 1) {
		const index = (position + offset) % standings.length;
		const readyAt = standings[index]?.readyAt;
		if (readyAt === undefined) continue;
		if (readyAt - now <= patienceMs) return index;
		if (best < 0 || readyAt < (standings[best]?.readyAt ?? Infinity)) best = index;
	}
	return best;
}

/** After a conversation that was too long, a model that is known to take less is not worth asking. */
function fits(candidate: Candidate, error: SpaceportError): boolean {
	const contextTokens = candidate.info?.contextTokens;
	if (!isSpaceportError(error, "context-length") || contextTokens === undefined) return true;
	if (error.requested !== undefined) return contextTokens >= error.requested;
	return error.limit === undefined || contextTokens > error.limit;
}
