import { defaultTimeouts } from "./chain/deadlines.ts";
import { silentLogger } from "./logger.ts";
import type { AttemptContext, AttemptContextInput } from "./provider.ts";

const ignore = (): void => {};

/**
 * Fills in what a caller who asks a provider directly left out: a signal that never aborts, the default deadlines, a silent logger.
 * A provider calls it first, so that it can be used alone as well as in a chain.
 *
 * @param input - what the caller gave, if anything
 */
export function completeAttemptContext(input: AttemptContextInput = {}): AttemptContext {
	return {
		...input,
		id: input.id ?? "direct",
		number: input.number ?? 1,
		signal: input.signal ?? new AbortController().signal,
		deadlines: { ...defaultTimeouts, ...input.deadlines },
		logger: input.logger ?? silentLogger,
		warn: input.warn ?? ignore,
		alive: input.alive ?? ignore,
		reportLimits: input.reportLimits ?? ignore,
		unsupported: input.unsupported ?? ((parameter, message = `${parameter} has no effect.`) => input.warn?.(message)),
	};
}
