import { AbortedError, isSpaceportError, loadPart } from "@spaceport/core";

/**
 * Loads a part of the program that an attempt needs.
 *
 * @param name - what it does
 * @param load - such as `() => import("./rare.ts")`
 * @param signal - the attempt's own, whose reason is anything
 * @throws AbortedError, NetworkError
 */
export async function loadForAttempt<Part>(name: string, load: () => Promise<Part>, signal: AbortSignal | undefined): Promise<Part> {
	try {
		return await loadPart(name, load, signal);
	} catch (error) {
		if (signal?.aborted !== true || isSpaceportError(error)) throw error;
		throw new AbortedError("The caller aborted the request.", { reason: error, cause: error });
	}
}
