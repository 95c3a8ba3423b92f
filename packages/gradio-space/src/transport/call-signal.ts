import type { SpaceFact } from "../to-spaceport-error.ts";
import { startTimer } from "./timer.ts";

/** The signal of one call. */
export interface CallSignal {
	/** Aborts, always with a typed error, when the caller leaves, its time is over, or the call is over. */
	readonly signal: AbortSignal;
	/** The call is over: whatever still goes on for it ends. */
	end(): void;
}

/**
 * Makes the signal of one call.
 *
 * @param caller - the caller's own signal
 * @param totalMs - how long the call may take, in milliseconds
 * @param toError - makes the error of a fact
 */
export function createCallSignal(caller: AbortSignal | undefined, totalMs: number, toError: (fact: SpaceFact) => Error): CallSignal {
	const controller = new AbortController();
	const onAbort = (): void => controller.abort(toError({ kind: "aborted", reason: caller?.reason }));
	const clear = startTimer(() => controller.abort(toError({ kind: "too-long", afterMs: totalMs })), totalMs);
	caller?.addEventListener("abort", onAbort, { once: true });
	if (caller?.aborted === true) onAbort();
	return {
		signal: controller.signal,
		end() {
			clear();
			caller?.removeEventListener("abort", onAbort);
			controller.abort(toError({ kind: "aborted", reason: undefined }));
		},
	};
}
