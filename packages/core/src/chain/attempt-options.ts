import type { AsyncGeneratorProvider } from "../provider.ts";
import { type ChainOptions, type ChainOptionsInput, completeChainOptions } from "./chain-options.ts";
import type { Timeouts } from "./deadlines.ts";
import { isChainProvider } from "./is-chain-provider.ts";

/** The options that hold for one attempt. */
export interface AttemptOptions extends Pick<ChainOptions, "limits"> {
	readonly deadlines: Timeouts;
}

/**
 * The options of an attempt. A chain in a chain holds those of its members itself.
 *
 * @param provider - who is asked
 * @param given - the run's options, from the weakest to the strongest; the provider's own are weaker than any of them
 * @param hasOthers - whether somebody else stands ready, so that this one is waited for less long
 * @param longestMs - how long the first content of the whole run may take, where that is a chain in a chain
 */
export function attemptOptions(
	provider: AsyncGeneratorProvider,
	given: readonly ChainOptionsInput[],
	hasOthers: boolean,
	longestMs: number = Infinity,
): AttemptOptions {
	const own = isChainProvider(provider) ? {} : { timeouts: provider.timeouts, limits: provider.limits };
	const { timeouts, limits } = completeChainOptions(own, ...given);
	const firstChunkMs = hasOthers ? timeouts.firstChunkMs : Math.min(timeouts.lastFirstChunkMs, longestMs);
	return { limits, deadlines: { ...timeouts, firstChunkMs, lastFirstChunkMs: firstChunkMs } };
}
