import { inOneLine } from "../errors/in-one-line.ts";
import { isSpaceportError } from "../errors/is-spaceport-error.ts";
import type { SpaceportError } from "../errors/spaceport-error.ts";

/**
 * What was wrong, as one sentence in one line. What a chain in the chain says in several lines is left out of it.
 *
 * @param error - the failure
 */
export function reasonOf(error: SpaceportError): string {
	const words = isSpaceportError(error, "chain-exhausted") ? `its chain is exhausted: ${error.lastError.message}` : error.message;
	return sentence(inOneLine(words) || "It gave no reason");
}

/** A text with a full stop, where it has none of its own. */
export function sentence(text: string): string {
	return /[.!?…。！？]["')\]]?$/.test(text) ? text : `${text}.`;
}
