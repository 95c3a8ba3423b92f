import { NetworkError } from "./errors/network-error.ts";
import { abortedError } from "./errors/to-aborted-error.ts";
import { showValue } from "./show-value.ts";

/** How long a part of the program may take to load where no signal says so, in milliseconds. */
const longestLoadMs = 30_000;

/**
 * Loads a part of the program that is not needed at first: a module behind `import()`. In a bundle it may be a file of its own, which the network can fail to
 * bring.
 *
 * @param name - what it does, for the message
 * @param load - such as `() => import("./rare.ts")`
 * @param signal - ends the wait
 * @throws NetworkError where it cannot be loaded, or, without a signal, not within 30 s; AbortedError, or the signal's reason if it is an error of Spaceport's,
 *   when it aborts
 *
 * @example
 * ```ts
 * import { loadPart } from "@spaceport/core";
 *
 * const { createHash } = await loadPart("hashing", () => import("node:crypto"));
 * ```
 */
export function loadPart<Part>(name: string, load: () => Promise<Part>, signal?: AbortSignal): Promise<Part> {
	return new Promise<Part>((resolve, reject) => {
		const fail = (cause: unknown): void => {
			const words = cause instanceof Error ? cause.message : showValue(cause);
			const hint = "Look whether the network is there. A page that is older than the files on its server has to be loaded anew.";
			reject(new NetworkError(`The part of the program for ${name} cannot be loaded: ${words}`, { phase: "load", cause, hint }));
		};
		const end = signal ?? AbortSignal.timeout(longestLoadMs);
		const onAbort = (): void => (signal === undefined ? fail(end.reason) : reject(abortedError(end.reason)));
		if (end.aborted) onAbort();
		end.addEventListener("abort", onAbort, { once: true });
		load()
			.then(resolve, fail)
			.finally(() => end.removeEventListener("abort", onAbort));
	});
}
