import PQueue from "p-queue";
import { abortedError, onAbort, throwIfAborted } from "../abort.ts";

/** Gives the turn back. A second call does nothing. */
export type EndTurn = () => void;

interface Waiter {
	readonly wake: () => void;
}

/** Lets a few calls run at a time, the others in order of arrival, each of which sees its place. */
export class Turns {
	readonly #queue: PQueue;
	readonly #waiting = new Set<Waiter>();

	constructor(concurrency: number) {
		this.#queue = new PQueue({ concurrency });
	}

	/** Resolves when no turn is taken and nobody waits. */
	onIdle(): Promise<void> {
		return this.#queue.onIdle();
	}

	/**
	 * Waits for a turn. Yields the place in the queue, 0 being next, at first and whenever it changes; yields nothing where there is no wait.
	 *
	 * @param signal - leaves the queue at once when it aborts
	 */
	async *take(signal: AbortSignal): AsyncGenerator<number, EndTurn, void> {
		throwIfAborted(signal);
		const state: { endTurn?: EndTurn; taken: boolean; left: boolean; wake: () => void } = { taken: false, left: false, wake: () => {} };
		const leaving = new AbortController();
		const stopListening = onAbort(signal, () => leaving.abort());
		const waiter: Waiter = { wake: () => state.wake() };
		this.#waiting.add(waiter);
		const turn = (): Promise<void> =>
			new Promise((end) => {
				if (state.left) {
					end();
					return;
				}
				state.endTurn = () => end();
				this.#leave(waiter);
				waiter.wake();
			});
		this.#queue.add(turn, { signal: leaving.signal }).catch(() => waiter.wake());
		try {
			let told = -1;
			for (;;) {
				if (signal.aborted) throw abortedError(signal);
				if (state.endTurn !== undefined) {
					state.taken = true;
					return state.endTurn;
				}
				const place = [...this.#waiting].indexOf(waiter);
				if (place >= 0 && place !== told) {
					told = place;
					yield place;
					continue;
				}
				await new Promise<void>((resolve) => {
					state.wake = resolve;
				});
			}
		} finally {
			stopListening();
			this.#leave(waiter);
			if (!state.taken) {
				state.left = true;
				leaving.abort();
				// A turn that came while the caller was leaving.
				state.endTurn?.();
			}
		}
	}

	#leave(waiter: Waiter): void {
		if (!this.#waiting.delete(waiter)) return;
		for (const other of this.#waiting) other.wake();
	}
}
