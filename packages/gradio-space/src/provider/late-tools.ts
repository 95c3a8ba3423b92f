import { loadPart } from "@spaceport/core";

import { parts } from "../parts/parts.ts";

type Tools = Awaited<ReturnType<typeof parts.loadTools>>;

let loaded: Tools | undefined;

/** What is thrown where they are needed and not there. */
const toolsNeeded: unique symbol = Symbol("tools needed");

/**
 * What writes a conversation as one prompt, what reads and writes files, and what applies differences other than a text that grew: few chats need them. `toData` and
 * `fromData`, which use them, cannot wait; so they are called once more when a page has loaded them.
 */
export function lateTools(): Tools {
	// They are there from the start but in browsers.
	loaded ??= parts.tools;
	if (loaded === undefined) throw toolsNeeded;
	return loaded;
}

/** Whether an error says that they are needed. */
export function areNeeded(error: unknown): boolean {
	return error === toolsNeeded;
}

/**
 * Loads them.
 *
 * @param signal - ends the wait
 */
export async function loadTools(signal: AbortSignal | undefined): Promise<void> {
	loaded ??= await loadPart("prompts, files and differences", parts.loadTools, signal);
}

/**
 * Does something that may need them.
 *
 * @param make - does it, and once more where they were needed
 * @param signal - ends the wait
 */
export async function withTools<Made>(make: () => Made, signal: AbortSignal | undefined): Promise<Made> {
	try {
		return make();
	} catch (error) {
		if (!areNeeded(error)) throw error;
		await loadTools(signal);
		return make();
	}
}
