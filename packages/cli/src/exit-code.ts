import { isSpaceportError, type SpaceportErrorCode } from "@spaceport/core";

/** What the exit code says. */
export const exitCode = {
	/** The answer is whole. */
	answered: 0,
	/** No provider could answer, or the answer broke off. */
	failed: 1,
	/** The command was used wrongly, or the configuration is wrong. */
	wrongUse: 2,
} as const;

/** The failures that the user mends by asking differently. */
const wrongUses: ReadonlySet<SpaceportErrorCode> = new Set(["invalid-request", "no-such-provider", "no-such-model"]);

/**
 * The exit code for a failure.
 *
 * @param error - what was thrown
 */
export function exitCodeOf(error: unknown): number {
	if (!isSpaceportError(error)) return exitCode.failed;
	if (isSpaceportError(error, "unsupported") && error.capability === "network") return exitCode.wrongUse;
	return wrongUses.has(error.code) ? exitCode.wrongUse : exitCode.failed;
}
