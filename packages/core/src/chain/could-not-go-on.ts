import type { AttemptRecord } from "../completion.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";
import { StreamInterruptedError } from "../errors/stream-interrupted-error.ts";
import { rootFailure } from "./health/cooldown.ts";
import { passesThrough } from "./passes-through.ts";
import { reasonOf } from "./reason-of.ts";

/**
 * What an answer ends in that nobody could go on with: its own failure, with what came of those who were asked.
 *
 * @param broken - how it broke off
 * @param cause - what its provider failed with
 * @param textSoFar - all that was handed out
 * @param others - the attempts to go on with it
 */
export function couldNotGoOn(
	broken: SpaceportError,
	cause: SpaceportError,
	textSoFar: string,
	others: readonly AttemptRecord[],
): SpaceportError {
	if (others.length === 0 || passesThrough(broken)) return broken;
	const words = others.map(({ provider, error }) => `${provider}: ${error === undefined ? "It broke off as well." : reasonOf(error)}`);
	return new StreamInterruptedError(
		`The answer broke off after ${textSoFar.length} characters: ${reasonOf(rootFailure(cause))} Nobody could go on with it. ${words.join(" ")}`,
		{ textSoFar, cause, hint: broken.hint, provider: broken.provider, attempt: broken.attempt },
	);
}
