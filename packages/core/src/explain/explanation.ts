import type { ChainOptions } from "../chain/chain-options.ts";
import type { Timeouts } from "../chain/deadlines.ts";
import type { LeftOut } from "../errors/chain-exhausted-error.ts";

/** How somebody stands: `well`, at rest after failures (`cooling`), tried by somebody else just now (`probing`), or without a key that is accepted (`refused`). */
export type CandidateState = "well" | "cooling" | "probing" | "refused";

/** Somebody who would be asked. */
export interface ExplainedCandidate {
	/** The provider's registered name. */
	readonly provider: string;
	/** The provider's model id; empty where it declares no models. */
	readonly model: string;
	/** Which one it is, from 1, if all before it fail. */
	readonly position: number;
	/** Why it is asked at this place, in a few words. */
	readonly reason: string;
	/** The chains that it is asked in, the outermost first; empty for a provider asked alone. */
	readonly chain: readonly string[];
	/** Asked also while it rests, when nobody else is left. */
	readonly lastResort?: boolean;
	readonly state: CandidateState;
	/** How its limits would hold it back now, where they would: those that were set, and what it said of its own. It would wait, or the next one would be asked. */
	readonly limit?: string;
	/** When its rest is over, or its limits have room, in milliseconds since 1970, where that is known. */
	readonly retryAt?: number;
	/** What would be left out of the request for it: the sentences that the completion would have. */
	readonly warnings: readonly string[];
	/** How long each phase may take. */
	readonly timeouts: Timeouts;
}

/** Somebody who would be passed over. */
export interface ExplainedLeftOut extends LeftOut {
	/** The chains that it is in, the outermost first. */
	readonly chain: readonly string[];
}

/** Who would be asked a request, in what order and why, and who would be passed over. */
export interface Explanation {
	/** What is asked: a name, or the names of a list. */
	readonly asked: string;
	/** In the order in which they would be asked, if each failed so that the next is asked at once. */
	readonly candidates: readonly ExplainedCandidate[];
	readonly leftOut: readonly ExplainedLeftOut[];
	/** The options that hold for the request: those of the chain that is asked, with the request's own. A chain in the chain may have others. */
	readonly options: ChainOptions;
	/** The same for a terminal. */
	toString(): string;
}
