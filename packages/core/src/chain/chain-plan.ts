import type { Candidate } from "../route/candidate.ts";
import type { ChainHost, NamedProvider } from "./chain-host.ts";
import type { ChainProvider } from "./create-chain.ts";
import type { ChainRun } from "./run-chain.ts";

/** Whom a chain asks, and how: what a run is made of apart from the request. */
export type ChainPlan = Pick<ChainRun, "name" | "candidates" | "host" | "given" | "limiters">;

/** Where a chain keeps its plan, for Spaceport's own packages. */
const key: unique symbol = Symbol.for("spaceport.chain-plan");

/** A member of a chain, found. */
export interface ChainMember extends NamedProvider {
	readonly model?: string | undefined;
	readonly lastResort?: boolean | undefined;
}

/** Finds whom a chain asks that was asked for a model. */
export type PreferModel = (chain: string, members: readonly ChainMember[], wanted: string) => readonly Candidate[];

type MakePlan = (outer: ChainHost, reference: string, prefer: PreferModel) => ChainPlan;

/**
 * Gives a chain its plan.
 *
 * @param chain - the chain
 * @param make - makes a run's plan of what the chain runs in, and of what it is asked for
 */
export function withPlan(chain: ChainProvider, make: MakePlan): ChainProvider {
	return Object.defineProperty(chain, key, { value: make });
}

/**
 * The plan of a chain; undefined for one that was not made by `createChain`.
 *
 * @param chain - the chain
 * @param outer - what it runs in
 * @param reference - the request's model; its own name or nothing means that of each member
 * @param prefer - for any other model
 * @throws InvalidRequestError where it is at work already; NoSuchModelError where no member has that model; NoSuchProviderError where a name means nobody
 */
export function chainPlan(chain: ChainProvider, outer: ChainHost, reference: string, prefer: PreferModel): ChainPlan | undefined {
	return (chain as { readonly [key]?: MakePlan })[key]?.(outer, reference, prefer);
}
