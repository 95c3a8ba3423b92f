import { completeAttemptContext } from "../attempt-context.ts";
import { NoSuchProviderError } from "../errors/no-such-provider-error.ts";
import { silentLogger } from "../logger.ts";
import type { AttemptContextInput } from "../provider.ts";
import type { ChainHost } from "./chain-host.ts";
import { createHealth } from "./health/health.ts";
import { createLimiters } from "./limits/limiter.ts";
import { withoutUndefined } from "./without-undefined.ts";

/** Makes what one call of a chain runs in, from what it was asked with. */
export type MakeHost = (input: AttemptContextInput | undefined) => ChainHost;

/**
 * Makes what a chain is asked with outside of a Spaceport. Its calls share who is well, and the limits.
 *
 * @param chain - its name
 */
export function createStandalone(chain: string): MakeHost {
	const health = createHealth({ report: () => {}, logger: silentLogger });
	const limiters = createLimiters();
	return (input) => {
		const context = completeAttemptContext(input);
		let attempts = 0;
		return {
			requestId: context.id,
			chains: [],
			resolve(reference) {
				throw new NoSuchProviderError(`The chain "${chain}" has the name "${reference}" in it, and is asked outside of a Spaceport.`, {
					reference,
					known: [],
					hint: "Register the chain in a Spaceport, or give it the provider itself in place of its name.",
				});
			},
			defaults: {},
			overrides: {},
			priority: 0,
			limiters,
			nextAttemptNumber: () => ++attempts,
			attemptsMade: () => attempts,
			mostAttempts: Infinity,
			hasOthers: false,
			health,
			report(event) {
				if (event.type === "warning") context.warn(event.text);
				context.logger.debug(withoutUndefined(event), event.type);
			},
			logger: context.logger,
			createId: () => crypto.randomUUID(),
			random: Math.random,
		};
	};
}
