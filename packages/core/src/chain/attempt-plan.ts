import type { LeftOut } from "../errors/chain-exhausted-error.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";
import type { Candidate } from "../route/candidate.ts";
import type { RetryOptions } from "./chain-options.ts";
import { type DispositionOverrides, disposition } from "./disposition.ts";
import { type Health, isResting, type Resting, type Ticket } from "./health/health.ts";
import { isChainProvider } from "./is-chain-provider.ts";
import { createLinkedController } from "./linked-controller.ts";
import { restReason } from "./rest-reason.ts";
import { retryDelay } from "./retry-delay.ts";
import { wait } from "./wait.ts";

/** Whom to ask, and when. */
export interface Move {
	/** Whether the same provider is asked again, or another one. */
	readonly action: "retry" | "fallback";
	readonly candidate: Candidate;
	readonly delayMs: number;
	/** Asked although it rests. */
	readonly force: boolean;
	/** Asked with another credential, or in another way: that is no repetition. */
	readonly isFresh?: boolean;
	/** It rests: it is asked when its time has come, or somebody has found that it is well. */
	readonly resting?: Resting;
}

/** When in a request an attempt failed: before its first content, after it, or while it was to go on with the answer of another. */
export type FailureMoment = "before" | "break" | "going-on";

/** Which candidate is asked, in which order, and after which wait. It keeps one request's position. */
export interface AttemptPlan {
	/** Who was passed over, and why. */
	readonly leftOut: readonly LeftOut[];
	/** Who rests and was never asked, for the last error where there is no other. */
	readonly resting: readonly { readonly candidate: Candidate; readonly resting: Resting }[];
	/** Whether somebody who was not asked yet stands ready. */
	readonly hasOthers: boolean;
	/** Notes that a candidate is being asked without the plan's doing: the first one, before there was a plan. */
	began(candidate: Candidate): void;
	/** Whom to ask first. `undefined` where nobody may be asked. */
	first(): Promise<Move | undefined>;
	/**
	 * Decides after a failure. `undefined` ends the request.
	 *
	 * @param error - why the attempt failed
	 * @param moment - when
	 * @param anotherKey - whether another credential of the same provider may be used at once
	 */
	failed(error: SpaceportError, moment: FailureMoment, anotherKey: boolean): Promise<Move | undefined>;
	/** Notes that the answer has grown by the last attempt: that it broke off as well is no repetition of what was before. */
	progressed(): void;
	/** Who was neither asked nor passed over. */
	readonly notReached: readonly Candidate[];
	/** The same provider at once, in another way than the one that it refused: that is no repetition. */
	again(): Move;
	/** Waits as long as the move wants, and gets the leave to ask. It may come out elsewhere where that is refused; `undefined` where nobody is left. */
	take(move: Move): Promise<{ readonly candidate: Candidate; readonly ticket: Ticket | undefined; readonly force: boolean } | undefined>;
}

/** How a plan decides. */
export interface AttemptPlanOptions {
	readonly retry: RetryOptions;
	readonly dispositions: DispositionOverrides;
	readonly random: () => number;
	readonly health: Health;
	/** Gets the leave to ask somebody. */
	readonly claim: (candidate: Candidate, force: boolean) => ReturnType<Health["claim"]>;
	readonly signal: AbortSignal;
	/** Whether the only candidate is asked for by its name, so that it is asked although it rests. */
	readonly isAlone: boolean;
	/** Whether somebody who rests may be waited for. */
	readonly mayWait: boolean;
	/** What is left of the request's time, in milliseconds. */
	readonly leftMs: () => number;
	/** How many attempts the request may still make. */
	readonly leftAttempts: () => number;
	/** Told when a candidate is passed over, once for each. */
	readonly onLeftOut: (leftOut: LeftOut) => void;
	/** Told when nobody is left but one that rests, and it is waited for. */
	readonly onWaiting: (candidate: Candidate, delayMs: number) => void;
}

interface Standing {
	readonly candidate: Candidate;
	readonly lastResort: boolean;
	tried: boolean;
	/** It cannot answer this request. */
	out: boolean;
	failures: number;
	retriesUsed: number;
	/** How often another credential was tried in a row. */
	keysTried: number;
	/** When it may be asked again; `undefined` where it may not. */
	readyAt: number | undefined;
	/** Why it rests, where it does and was not asked yet. */
	resting: Resting | undefined;
}

/**
 * Makes the plan for one request. A chain's order is the user's preference: after a failure that may pass, the same provider is asked again once
 * while another stands ready, if the wait is short; then those that were not asked yet, at once; when none is left, those that may be asked again, in order; then
 * the last resorts that rest; then whoever rests is waited for.
 *
 * @param candidates - at least one, in order of preference
 * @param options - how to decide
 */
export function createAttemptPlan(candidates: readonly [Candidate, ...Candidate[]], options: AttemptPlanOptions): AttemptPlan {
	const { retry, dispositions, random, health, signal, isAlone, mayWait } = options;
	const standings: readonly Standing[] = candidates.map((candidate) => ({
		candidate,
		lastResort: isAlone || candidate.lastResort === true,
		tried: false,
		out: false,
		failures: 0,
		retriesUsed: 0,
		keysTried: 0,
		readyAt: undefined,
		resting: undefined,
	}));
	const leftOut = new Map<Standing, LeftOut>();
	let position = 0;
	/** How long those that rest may still be waited for, over the whole request. */
	let patienceLeftMs = retry.maxRetryAfterMs;

	/** Looks who of those that were not asked yet rests. */
	async function look(): Promise<void> {
		await Promise.all(
			standings.map(async (standing) => {
				const known = !standing.tried && !standing.out && !health.isQuiet && !isChainProvider(standing.candidate.provider);
				standing.resting = known ? await health.look(standing.candidate) : undefined;
			}),
		);
	}

	function leaveOut(standing: Standing, reason: string, retryAt?: number): void {
		if (leftOut.has(standing)) return;
		const { name, model } = standing.candidate;
		const record: LeftOut = { provider: name, model, reason, ...(retryAt !== undefined && Number.isFinite(retryAt) && { retryAt }) };
		leftOut.set(standing, record);
		options.onLeftOut(record);
	}

	function passOver(standing: Standing): void {
		if (standing.resting !== undefined) leaveOut(standing, restReason(standing.resting), standing.resting.until);
	}

	const untried = (standing: Standing): boolean => !standing.tried && !standing.out;
	const isReady = (standing: Standing): boolean => untried(standing) && standing.resting === undefined;

	function move(to: Standing, delayMs: number, force = false, resting?: Resting): Move {
		const action = to === standings[position] && to.tried ? "retry" : "fallback";
		return { action, candidate: to.candidate, delayMs, force, ...(resting && { resting }) };
	}

	/**
	 * The next move.
	 *
	 * @param elsewhere - whether another candidate than the current one may be asked
	 * @param patientMs - the wait after which the current one would be asked again, where that comes first
	 */
	async function choose(elsewhere: boolean, patientMs?: number): Promise<Move | undefined> {
		await look();
		const now = Date.now();
		const current = standings[position] as Standing;
		const ready = elsewhere ? standings.find(isReady) : undefined;
		if (ready !== undefined) {
			for (const standing of standings) {
				if (standing === ready) break;
				if (untried(standing)) passOver(standing);
			}
			return patientMs === undefined ? move(ready, 0) : move(current, patientMs);
		}
		const leftMs = options.leftMs();
		const again = elsewhere ? nextAgain(standings, position, now, retry.patienceMs) : current.readyAt === undefined ? undefined : current;
		const againMs = again === undefined ? Infinity : Math.max(0, (again.readyAt ?? now) - now);
		const lastResort = elsewhere ? standings.find((standing) => untried(standing) && standing.lastResort) : undefined;
		if (lastResort !== undefined && againMs > retry.patienceMs) return move(lastResort, 0, true);
		if (again !== undefined && againMs <= leftMs) return move(again, againMs);
		if (lastResort !== undefined) return move(lastResort, 0, true);

		const resting = elsewhere ? standings.filter((standing) => untried(standing) && standing.resting !== undefined) : [];
		resting.forEach(passOver);
		const soonest = resting.reduce<Standing | undefined>(
			(best, standing) => ((standing.resting?.until ?? 0) < (best?.resting?.until ?? Infinity) ? standing : best),
			undefined,
		);
		if (!mayWait || soonest?.resting === undefined) return undefined;
		const delayMs = Math.max(0, soonest.resting.until - now);
		return delayMs <= Math.min(leftMs, patienceLeftMs) ? move(soonest, delayMs, false, soonest.resting) : undefined;
	}

	/** The wait for a provider, where another key of it is free before the one that failed. */
	async function untilSomeKey(candidate: Candidate, ownMs: number | undefined): Promise<number | undefined> {
		const { keys = [] } = candidate.provider;
		const rest = keys.length > 1 ? await health.look(candidate) : undefined;
		if (rest === undefined) return ownMs;
		const keyMs = Math.max(retry.minDelayMs, rest.until - Date.now());
		return keyMs < (ownMs ?? retry.maxRetryAfterMs) ? keyMs : ownMs;
	}

	return {
		get leftOut() {
			return [...leftOut.values()];
		},
		get resting() {
			return standings.flatMap(({ candidate, resting }) => (resting === undefined ? [] : [{ candidate, resting }]));
		},
		get hasOthers() {
			return standings.some(isReady);
		},
		began(candidate) {
			position = standings.findIndex((standing) => standing.candidate === candidate);
			(standings[position] as Standing).tried = true;
		},
		first: () => choose(true),
		async failed(error, moment, anotherKey) {
			const standing = standings[position] as Standing;
			const { same, next } = disposition(error, dispositions);
			// Whoever was to go on with an answer and did not: the answer is still wanted, whatever its reasons are.
			const elsewhere = next || (moment !== "before" && !ends(error) && dispositions[error.code]?.next !== false);
			const mostRetries = same === "no" ? 0 : same === "once" ? Math.min(1, retry.retries) : retry.retries;
			standing.failures += 1;
			const mayRepeat = standing.retriesUsed < mostRetries;
			const delayMs = mayRepeat ? await untilSomeKey(standing.candidate, retryDelay(error, standing.failures, retry, random)) : undefined;
			standing.readyAt = delayMs === undefined ? undefined : Date.now() + delayMs;
			if (options.leftAttempts() <= 0) return undefined;
			// A round of all of them is enough: after that they wait as one would.
			if (anotherKey && standing.keysTried < (standing.candidate.provider.keys?.length ?? 0) - 1) {
				standing.keysTried += 1;
				return this.again();
			}
			if (same === "no" && !elsewhere) return undefined;

			// What the conversation does not fit into is out for the whole request.
			for (const other of standings) {
				if (other.tried || other.out || fits(other.candidate, error)) continue;
				other.out = true;
				leaveOut(other, `takes ${other.candidate.info?.contextTokens} tokens, and the conversation is longer`);
			}
			const patient =
				moment === "before" &&
				delayMs !== undefined &&
				standing.retriesUsed === 0 &&
				delayMs <= retry.patienceMs &&
				delayMs <= options.leftMs();
			return choose(elsewhere, patient ? delayMs : undefined);
		},
		progressed() {
			const standing = standings[position] as Standing;
			standing.failures = 0;
			standing.retriesUsed = 0;
		},
		get notReached() {
			return standings.filter((standing) => untried(standing) && !leftOut.has(standing)).map(({ candidate }) => candidate);
		},
		again: () => ({ ...move(standings[position] as Standing, 0), isFresh: true }),
		async take(wanted) {
			let chosen: Move | undefined = wanted;
			while (chosen !== undefined) {
				const { candidate, delayMs, resting, force }: Move = chosen;
				const standing = standings.find((one) => one.candidate === candidate) as Standing;
				if (resting !== undefined) {
					options.onWaiting(candidate, delayMs);
					const since = Date.now();
					const others = standings.filter(untried).map((one) => one.candidate);
					await waitForRest(health, others, delayMs, signal);
					// Time that did not pass still counts: nobody waits for ever for one whose turn never comes.
					patienceLeftMs -= Math.max(1, Date.now() - since);
					chosen = await choose(true);
					continue;
				}
				if (delayMs > 0) await wait(delayMs, signal);
				const claimed = isChainProvider(candidate.provider) ? undefined : await options.claim(candidate, force || standing.tried);
				if (claimed !== undefined && isResting(claimed)) {
					standing.resting = claimed;
					patienceLeftMs -= 1;
					chosen = await choose(true);
					continue;
				}
				if (chosen.isFresh !== true) {
					if (standing.tried) standing.retriesUsed += 1;
					standing.keysTried = 0;
				}
				standing.tried = true;
				standing.readyAt = undefined;
				standing.resting = undefined;
				leftOut.delete(standing);
				position = standings.indexOf(standing);
				return { candidate, ticket: claimed, force: force || standing.lastResort };
			}
			return undefined;
		},
	};
}

/** The failures after which nobody is asked any more, whatever has come so far. */
function ends(error: SpaceportError): boolean {
	return error.code === "aborted" || (isSpaceportError(error, "timeout") && error.phase === "total");
}

/** Waits for a time, or until something about one of the candidates has changed. */
async function waitForRest(health: Health, candidates: readonly Candidate[], delayMs: number, parent: AbortSignal): Promise<void> {
	const { controller, unlink } = createLinkedController(parent);
	const { signal } = controller;
	try {
		signal.throwIfAborted();
		await Promise.race([wait(delayMs, signal), health.changed(candidates, signal)]);
		signal.throwIfAborted();
	} finally {
		unlink();
		controller.abort();
	}
}

/** The next one in order that may be asked again soon, else the one whose wait is the shortest. */
function nextAgain(standings: readonly Standing[], position: number, now: number, patienceMs: number): Standing | undefined {
	let best: Standing | undefined;
	for (let offset = 1; offset <= standings.length; offset += 1) {
		const standing = standings[(position + offset) % standings.length] as Standing;
		if (standing.readyAt === undefined) continue;
		if (standing.readyAt - now <= patienceMs) return standing;
		if (best === undefined || standing.readyAt < (best.readyAt ?? Infinity)) best = standing;
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
