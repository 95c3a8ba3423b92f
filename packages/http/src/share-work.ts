import { isReachable } from "./is-reachable.ts";
import { raceSignal } from "./race.ts";

/**
 * Work that several callers wait for at the same time: begun by the first one, given up when the last one has left. Requests of a worker of Cloudflare's share it
 * within each alone, since what one has begun ends with it.
 */
export interface SharedWork<Value> {
	/**
	 * Waits for the work that goes on, or begins it.
	 *
	 * @param work - what to do where nothing goes on; its signal aborts when nobody waits any more, also where it has come to its end
	 * @param signal - this caller leaves when it aborts; its reason is thrown
	 */
	join(work: (signal: AbortSignal) => Promise<Value>, signal: AbortSignal | undefined): Promise<Value>;
	/** Whether nothing goes on. */
	isIdle(): boolean;
}

/** Makes a place for shared work. */
export function createSharedWork<Value>(): SharedWork<Value> {
	let current: Flight<Value> | undefined;

	return {
		async join(work, signal) {
			signal?.throwIfAborted();
			if (current === undefined || !isReachable(current.controller.signal)) {
				const controller = new AbortController();
				current = { controller, result: work(controller.signal), waiting: 0 };
			}
			const mine = current;
			mine.waiting += 1;
			try {
				return await raceSignal(mine.result, signal);
			} finally {
				mine.waiting -= 1;
				if (mine.waiting === 0) {
					if (current === mine) current = undefined;
					mine.controller.abort();
				}
			}
		},
		isIdle: () => current === undefined,
	};
}

interface Flight<Value> {
	readonly controller: AbortController;
	readonly result: Promise<Value>;
	waiting: number;
}
