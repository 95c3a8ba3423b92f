import { isReachable, startTimer } from "@spaceport/http";
import type { ToError } from "../space-failure.ts";

/** The signal of something that a caller waits for. */
export interface WaitSignal {
	/** Aborts when the caller leaves, the time is over, or the wait is. */
	readonly signal: AbortSignal;
	/** Ends the wait for another reason. */
	abort(reason: unknown): void;
	/** Gives it its whole time once more, where it belongs to this request of a worker. */
	restart(): void;
	/** The wait is over: whatever still goes on for it ends. */
	end(): void;
}

/** How long a caller waits. */
export interface WaitSignalOptions {
	/** The caller's own signal: where it aborts, the reason is an `aborted` error. */
	readonly caller: AbortSignal | undefined;
	/** In milliseconds. */
	readonly forMs: number;
	/** Makes the reason for a time that is over. */
	readonly late: () => unknown;
	readonly toError: ToError;
}

/** Nobody waits any more, so nobody sees it: one for all, since each call makes a few. */
const waitIsOver = new Error("The wait is over.");

/**
 * Makes the signal of one wait.
 *
 * @param options - who waits, and how long
 */
export function createWaitSignal({ caller, forMs, late, toError }: WaitSignalOptions): WaitSignal {
	const controller = new AbortController();
	const abort = (reason: unknown): void => controller.abort(reason);
	const onAbort = (): void => abort(toError({ kind: "aborted", reason: caller?.reason }));
	const start = (): (() => void) => startTimer(() => abort(late()), forMs);
	let clear = start();
	caller?.addEventListener("abort", onAbort, { once: true });
	if (caller?.aborted === true) onAbort();
	return {
		signal: controller.signal,
		abort,
		restart() {
			if (!isReachable(controller.signal)) return;
			clear();
			if (!controller.signal.aborted) clear = start();
		},
		end() {
			clear();
			caller?.removeEventListener("abort", onAbort);
			abort(waitIsOver);
		},
	};
}
