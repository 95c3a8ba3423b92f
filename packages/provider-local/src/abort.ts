import { AbortedError, isSpaceportError, type SpaceportError } from "@spaceport/core";

/** The error that an aborted signal stands for: the one that it carries, such as a deadline's, else `aborted`. */
export function abortedError(signal: AbortSignal): SpaceportError {
	const reason: unknown = signal.reason;
	if (isSpaceportError(reason)) return reason;
	return new AbortedError("The caller aborted the request.", { reason, cause: reason });
}

/** @throws the error that the signal stands for, where it is aborted */
export function throwIfAborted(signal: AbortSignal): void {
	if (signal.aborted) throw abortedError(signal);
}

/** Calls back when the signal aborts, at once where it has; gives back how to stop listening. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
	if (signal.aborted) {
		listener();
		return () => {};
	}
	signal.addEventListener("abort", listener, { once: true });
	return () => signal.removeEventListener("abort", listener);
}

/** Waits for a time, or until the signal aborts, whichever is first. */
export function wait(delayMs: number, signal: AbortSignal): Promise<void> {
	const { promise, resolve } = withResolvers();
	const timer = setTimeout(resolve, delayMs);
	const stopListening = onAbort(signal, resolve);
	return promise.finally(() => {
		clearTimeout(timer);
		stopListening();
	});
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
	let resolve = (): void => {};
	const promise = new Promise<void>((settle) => {
		resolve = settle;
	});
	return { promise, resolve };
}
