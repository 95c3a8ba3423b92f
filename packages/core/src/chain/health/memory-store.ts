import type { HealthState } from "./health-state.ts";
import type { StateStore } from "./state-store.ts";

/** How often what has expired is swept out, in milliseconds. */
const sweepMs = 60_000;

/** Keeps states in memory. It is the default, and answers at once. Give one to several Spaceports of a process to have them share what they know. */
export function createMemoryStore(): StateStore {
	const states = new Map<string, HealthState>();
	let sweptAt = Date.now();

	/** Those who are not asked any more would stay for ever. */
	function sweep(): void {
		const now = Date.now();
		if (Math.abs(now - sweptAt) < sweepMs) return;
		sweptAt = now;
		for (const [id, { expiresAt }] of states) if (expiresAt !== null && expiresAt <= now) states.delete(id);
	}

	return {
		get isEmpty() {
			return states.size === 0;
		},
		get: (id) => states.get(id),
		update(id, change) {
			sweep();
			const state = change(states.get(id));
			if (state === undefined) states.delete(id);
			else states.set(id, state);
			return state;
		},
		entries: () => [...states],
	};
}
