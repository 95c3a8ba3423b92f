import { raceSignal } from "@spaceport/http";

/** Work that several wait for. */
interface Work<Value> {
	readonly result: Promise<Value>;
	readonly controller: AbortController;
	waiting: number;
}

/** Does work once for all who want it at the same time. */
export interface SharedWork<Value> {
	/**
	 * Begins the work, or waits for the same that is under way.
	 *
	 * @param key - what is the same
	 * @param signal - ends this wait, with its reason; the work ends with the last of the waits
	 * @param begin - begins it
	 */
	want(key: string, signal: AbortSignal | undefined, begin: (signal: AbortSignal) => Promise<Value>): Promise<Value>;
}

/** Makes what shares work. */
export function shareWork<Value>(): SharedWork<Value> {
	const underWay = new Map<string, Work<Value>>();

	function start(key: string, begin: (signal: AbortSignal) => Promise<Value>): Work<Value> {
		const controller = new AbortController();
		const work: Work<Value> = { result: begin(controller.signal), controller, waiting: 0 };
		underWay.set(key, work);
		return work;
	}

	return {
		async want(key, signal, begin) {
			const work = underWay.get(key) ?? start(key, begin);
			work.waiting += 1;
			try {
				return await raceSignal(work.result, signal);
			} finally {
				work.waiting -= 1;
				// Whoever comes from here on begins anew.
				const isOver = work.waiting === 0 || signal?.aborted !== true;
				if (isOver && underWay.get(key) === work) underWay.delete(key);
				if (work.waiting === 0) work.controller.abort();
			}
		},
	};
}
