import type { HealthState } from "./health-state.ts";

/** A value, or the promise of one: what is in memory is there at once. */
export type MaybePromise<Value> = Value | Promise<Value>;

/**
 * Where the health of providers is kept. One that several processes share (Redis, say) has them all leave a provider alone that one of them saw fail. Ids are the
 * names of providers: processes that share a store must mean the same by them. A store that fails, or takes longer than half a second, costs no answer: it is
 * logged, and everybody counts as well.
 */
export interface StateStore {
	/** The state of an id, where there is one. */
	get(id: string): MaybePromise<HealthState | undefined>;
	/**
	 * Reads, changes and writes, with nobody in between. `undefined` deletes. `change` has no effect of its own and may be called again where somebody else was
	 * faster.
	 *
	 * @returns what stands there afterwards
	 */
	update(id: string, change: (state: HealthState | undefined) => HealthState | undefined): MaybePromise<HealthState | undefined>;
	/** All that is kept. */
	entries(): MaybePromise<readonly (readonly [id: string, state: HealthState])[]>;
	/** Where it can be said at once that nothing is kept: then nothing is looked up. */
	readonly isEmpty?: boolean;
}
