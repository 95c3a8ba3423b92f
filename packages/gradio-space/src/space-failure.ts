import { isSpaceportError, loadPart } from "@spaceport/core";
import { isPlain, plainError, type Secrets } from "@spaceport/http";
import { parts } from "./parts/parts.ts";

import type { SpaceFact } from "./to-spaceport-error.ts";

/** Makes the error of a fact. What it makes may be a {@link SpaceFailure}: it is for code inside this package, and `explained` before a caller sees it. */
export type ToError = (fact: SpaceFact) => Error;

/** A fact on its way to the caller. Its class and its words are in a part of their own, which a chat that goes well never loads. */
export class SpaceFailure extends Error {
	override readonly name = "SpaceFailure";
	/** Its typed error, or why that cannot be made. It does not throw. */
	readonly explain: (signal?: AbortSignal) => Promise<unknown>;

	constructor(fact: SpaceFact, space: string, secrets: Secrets) {
		super(fact.kind);
		this.explain = async (signal) => {
			const name = `telling of "${fact.kind}" at ${space}`;
			try {
				const { toSpaceportError } = await loadPart(name, parts.toSpaceportError, signal);
				return toSpaceportError(fact, space, secrets);
			} catch (error) {
				return error;
			}
		};
	}
}

/**
 * Makes what turns the facts of one Space into errors.
 *
 * @param space - its address
 * @param secrets - what must not stand in any text
 */
export function createToError(space: () => string, secrets: Secrets): ToError {
	return (fact) => (isPlain(fact) ? plainError(fact, space()) : new SpaceFailure(fact, space(), secrets));
}

/**
 * An error as a caller may see it.
 *
 * @param error - anything that was thrown
 * @param signal - ends the waiting for its words; an abort takes the place of the error then
 */
export async function explained(error: unknown, signal?: AbortSignal): Promise<unknown> {
	return error instanceof SpaceFailure ? error.explain(signal) : error;
}

/** Whether an error is one of this package's making, and so says all that there is to say. */
export function isTyped(error: unknown): boolean {
	return error instanceof SpaceFailure || isSpaceportError(error);
}
