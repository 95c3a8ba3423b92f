import pRetry from "p-retry";
import type { SpaceportError } from "../errors/spaceport-error.ts";

export { createAttemptPlan } from "./attempt-plan.ts";
export { exhaustedError } from "./exhausted-error.ts";

/** How it goes on after a first failure. */
export interface AskAgainOptions<Answer> {
	/** Why the first attempt failed. */
	readonly failure: unknown;
	/** Makes the next attempt. */
	readonly ask: () => Promise<Answer>;
	/** Says whether there is to be one, after the wait that it needs. */
	readonly decide: (error: SpaceportError) => Promise<boolean>;
	readonly signal: AbortSignal;
}

/**
 * Makes attempts until one gives an answer, or none is left.
 *
 * @param options - what failed, and how to go on
 * @throws the failure of the last attempt
 */
export function askAgain<Answer>({ failure, ask, decide, signal }: AskAgainOptions<Answer>): Promise<Answer> {
	const attempt = (number: number): Promise<Answer> => (number === 1 ? Promise.reject(failure) : ask());
	return pRetry(attempt, { retries: Infinity, minTimeout: 0, signal, shouldRetry: ({ error }) => decide(error as SpaceportError) });
}
