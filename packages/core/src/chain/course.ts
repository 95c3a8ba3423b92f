import pRetry from "p-retry";
import type { Chunk } from "../chunk.ts";
import type { AttemptRecord } from "../completion.ts";
import type { LeftOut } from "../errors/chain-exhausted-error.ts";
import { GenerationError } from "../errors/generation-error.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";
import type { Candidate } from "../route/candidate.ts";
import { type AttemptPlan, createAttemptPlan, type FailureMoment, type Move } from "./attempt-plan.ts";
import type { ChainOptions } from "./chain-options.ts";
import { couldNotGoOn } from "./could-not-go-on.ts";
import { exhaustedError, type Rest } from "./exhausted-error.ts";
import { createGoOn, type GoOn } from "./go-on.ts";
import type { HandedOut } from "./handed-out.ts";
import { rootFailure } from "./health/cooldown.ts";
import type { Ticket } from "./health/health.ts";
import { restingError } from "./health/resting-error.ts";
import type { OpenAttempt } from "./open-attempt.ts";
import { type ChainRun, isAlone } from "./run-chain.ts";

/** What a run is asked next. */
export interface NextAttempt {
	readonly candidate: Candidate;
	readonly ticket: Ticket | undefined;
	readonly hasOthers: boolean;
	/** It is asked although it rests. */
	readonly force: boolean;
	/** The request, where it is not the caller's own. */
	readonly goOn?: GoOn | undefined;
}

/** What a course needs of its run. */
export interface CourseOptions {
	readonly run: ChainRun;
	readonly options: ChainOptions;
	readonly signal: AbortSignal;
	readonly handed: HandedOut;
	/** The records so far. */
	readonly attempts: AttemptRecord[];
	/** The attempt that was made last, if there was one. */
	readonly current: () => OpenAttempt | undefined;
	readonly leftMs: () => number;
	readonly leftAttempts: () => number;
	/** Makes an attempt, up to its first content. */
	readonly ask: (next: NextAttempt) => Promise<Chunk[]>;
}

/** How a run goes on where it does not simply succeed: who is asked first where somebody rests, who after a failure, and who goes on with an answer that broke off. */
export interface Course {
	/** Asks where not everybody is well. */
	begin(): Promise<Chunk[]>;
	/** Asks again, or elsewhere, after an attempt that failed before its first content. */
	askOn(failure: unknown): Promise<Chunk[]>;
	/**
	 * Has somebody go on with the answer.
	 *
	 * @param broken - how it broke off; thrown where nobody can
	 * @param cause - what the provider failed with
	 */
	goOn(broken: SpaceportError, cause: SpaceportError): Promise<Chunk[]>;
	/** What a run that failed before any content ends in. */
	ending(error: SpaceportError): Promise<SpaceportError>;
}

/**
 * Makes the course of a run.
 *
 * @param options - the run, and how it asks
 */
export function createCourse(options: CourseOptions): Course {
	const { run, signal, handed, attempts, current, ask } = options;
	const { host } = run;
	const { requestId } = host;
	const { retry, dispositions } = options.options;
	const plan: AttemptPlan = createAttemptPlan(run.candidates, {
		retry,
		dispositions,
		random: host.random,
		health: host.health,
		claim: (candidate, force) => host.health.claim(candidate, { force, requestId, report: host.report }),
		signal,
		isAlone: isAlone(run),
		mayWait: !host.hasOthers,
		leftMs: options.leftMs,
		leftAttempts: options.leftAttempts,
		onLeftOut: (leftOut) => host.report({ type: "left-out", requestId, ...leftOut }),
		onWaiting: ({ name }, delayMs) => host.report({ type: "waiting", requestId, provider: name, delayMs }),
	});
	const first = current()?.candidate;
	if (first !== undefined) plan.began(first);
	let next: NextAttempt | undefined;
	/** How long the answer was at most, when it broke off. */
	let longest = 0;
	/** Whom chains in the chain passed over. */
	const innerLeftOut: LeftOut[] = [];

	async function take(move: Move | undefined, goOn?: GoOn): Promise<boolean> {
		const taken = move && (await plan.take(move));
		next = taken && { ...taken, hasOthers: plan.hasOthers, goOn };
		return next !== undefined;
	}

	/** Decides after a failure, and waits where there is something to wait for. */
	async function decide(error: SpaceportError, moment: FailureMoment, goOn?: GoOn, cause = error): Promise<boolean> {
		const failed = current() as OpenAttempt;
		const { candidate } = failed;
		if (isSpaceportError(error, "chain-exhausted")) innerLeftOut.push(...error.leftOut);
		// It is said before the decision, which may depend on it. Whoever says something else is well all the same.
		failed.judge(goOn?.isMismatch(cause) ? undefined : cause);
		const again = options.leftAttempts() > 0 && goOn?.asksOtherwise(candidate, cause) === true;
		const move = again ? plan.again() : await plan.failed(moment === "before" ? cause : rootFailure(cause), moment, failed.anotherKey());
		attempts.push(...failed.end(move?.action ?? "fail", error));
		if (move === undefined) return false;
		if (move.action === "retry") {
			const { name: provider, model } = candidate;
			host.report({ type: "retry", requestId, provider, model, number: error.attempt ?? 0, delayMs: move.delayMs, error });
		}
		if (!(await take(move, goOn))) return false;
		const to = next?.candidate as Candidate;
		if (to !== candidate) host.report({ type: "fallback", requestId, from: candidate.name, to: to.name, error });
		return true;
	}

	/** Makes attempts until one gives content, or none is left. */
	function askUntil(failure: unknown, decideNext: (error: SpaceportError) => Promise<boolean>): Promise<Chunk[]> {
		const attempt = (number: number): Promise<Chunk[]> => (number === 1 ? Promise.reject(failure) : ask(next as NextAttempt));
		const shouldRetry = ({ error }: { readonly error: Error }): Promise<boolean> => decideNext(error as SpaceportError);
		return pRetry(attempt, { retries: Infinity, minTimeout: 0, signal, shouldRetry }).catch((error: unknown) => {
			// Whoever was to be asked when the caller left was not: others need not wait for what comes of it.
			if (signal.aborted) next?.ticket?.released();
			throw error;
		});
	}

	const askOn = (failure: unknown): Promise<Chunk[]> => askUntil(failure, (error) => decide(error, "before"));

	return {
		async begin() {
			if (!(await take(await plan.first()))) throw nobodyLeft(plan);
			return ask(next as NextAttempt).catch(askOn);
		},
		askOn,
		async goOn(broken, cause) {
			const from = current()?.candidate.name as string;
			handed.drop();
			const { length } = handed.text();
			if (length > longest) {
				longest = length;
				plan.progressed();
			}
			const goOn = createGoOn({ run, options: options.options, handed, from, cause });
			/** How many records there are without those of whoever was asked to go on. */
			let before = attempts.length;
			const decideNext = (error: SpaceportError): Promise<boolean> =>
				error === broken
					? decide(broken, "break", goOn, cause).finally(() => {
							// A chain in the chain has kept its record to itself.
							before = attempts.length;
						})
					: decide(error, "going-on", goOn);
			try {
				return await askUntil(broken, decideNext);
			} catch (error) {
				const isOver = isSpaceportError(signal.reason, "timeout");
				if (signal.aborted && !isOver) throw error;
				// An answer that broke off did so also where time is over before somebody goes on with it.
				if (isOver) attempts.push(...(current() as OpenAttempt).end("fail", signal.reason as SpaceportError));
				throw couldNotGoOn(broken, cause, handed.text(), attempts.slice(before));
			}
		},
		async ending(error) {
			const reason =
				options.leftAttempts() <= 0 ? "no attempts were left" : options.leftMs() <= 0 ? "no time was left" : "its turn did not come";
			const notReached = plan.notReached.map(({ name: provider, model }) => ({ provider, model, reason }));
			const leftOut = [...(run.leftOut ?? []), ...plan.leftOut, ...notReached, ...innerLeftOut];
			return exhaustedError(run.name, { attempts, leftOut, lastError: error, rests: await restsOf(run, attempts) });
		},
	};
}

/** Everybody rests: what the first of them rests for. */
function nobodyLeft({ resting }: AttemptPlan): SpaceportError {
	const [first] = [...resting].sort((one, other) => one.resting.until - other.resting.until);
	if (first === undefined) return new GenerationError("Nobody is left to ask.");
	return restingError(first.candidate, first.resting, Date.now());
}

/** How long those who were asked rest now. */
async function restsOf({ candidates, host }: ChainRun, attempts: readonly AttemptRecord[]): Promise<readonly Rest[]> {
	if (host.health.isQuiet) return [];
	const rests = attempts.map(async ({ provider: name, model }) => {
		const own = candidates.find((candidate) => candidate.name === name);
		try {
			// The members of chains in the chain are registered, or unknown here.
			const resting = await host.health.look({ name, model, provider: own?.provider ?? host.resolve(name).provider });
			return resting === undefined ? [] : [{ provider: name, model, until: resting.until }];
		} catch {
			return [];
		}
	});
	return (await Promise.all(rests)).flat();
}
