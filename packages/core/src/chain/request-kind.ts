import type { Chunk } from "../chunk.ts";
import type { ProviderRequest } from "../message.ts";
import type { AttemptContext } from "../provider.ts";
import type { Candidate } from "../route/candidate.ts";
import type { ChainRun } from "./run-chain.ts";

/** What is wanted of providers where that is no answer in words. Chains and attempts are the same for it; whom they can ask, and how, is not. */
export interface RequestKind {
	/**
	 * A run without those that cannot be asked. It is called for each chain that takes part, the outermost first.
	 *
	 * @throws UnsupportedError, or ChainExhaustedError in a chain, where nobody is left
	 */
	narrow(run: ChainRun): ChainRun;
	/** Asks a provider, in place of `createAsyncGenerator`. The first content says that all is there. */
	ask(candidate: Candidate, request: ProviderRequest, context: AttemptContext): AsyncGenerator<Chunk, void, void>;
}
