import { completeAttemptContext } from "../attempt-context.ts";
import { NoSuchProviderError } from "../errors/no-such-provider-error.ts";
import type { AttemptContextInput } from "../provider.ts";
import type { ChainHost } from "./chain-host.ts";
import type { Health } from "./health/health.ts";
import { createLimiters } from "./limits/limiter.ts";
import { withoutUndefined } from "./without-undefined.ts";

/**
 * Makes what a chain runs in when it is asked outside of a Spaceport.
 *
 * @param chain - its name
 * @param input - what it was asked with
 * @param health - what its calls share
 */
export function createStandaloneHost(chain: string, input: AttemptContextInput | undefined, health: Health): ChainHost {
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
		limiters: createLimiters(),
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
}
