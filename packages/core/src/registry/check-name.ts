import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { showValue } from "../show-value.ts";

/**
 * Checks the name of a provider or chain.
 *
 * @throws InvalidRequestError where it is no non-empty string, or has white space around it
 */
export function checkName(name: unknown): asserts name is string {
	if (typeof name === "string" && name !== "" && name.trim() === name) return;
	throw new InvalidRequestError(`${showValue(name)} is no name for a provider or chain.`, {
		path: "name",
		hint: "A name is a non-empty string without white space around it.",
	});
}
