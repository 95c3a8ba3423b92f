import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import type { AsyncGeneratorProvider } from "../provider.ts";
import { showValue } from "../show-value.ts";

/**
 * Checks that a value has the members that every provider has.
 *
 * @param value - what was given as a provider
 * @param path - where it was given
 * @throws InvalidRequestError that says which member is missing
 */
export function checkProvider(value: unknown, path: string): asserts value is AsyncGeneratorProvider {
	const hint = "A provider has a name, a list of models, and createAsyncGenerator(request, context).";
	if (typeof value !== "object" || value === null) {
		const shown = typeof value === "function" ? "a function; did you forget to call the factory" : showValue(value);
		throw new InvalidRequestError(`${path} is no provider: it is ${shown}.`, { path, hint });
	}
	const { name, models, createAsyncGenerator } = value as Partial<AsyncGeneratorProvider>;
	if (typeof name !== "string" || name === "") {
		throw new InvalidRequestError(`${path} is no provider: its name is ${name === undefined ? "missing" : showValue(name)}.`, {
			path: `${path}.name`,
			hint,
		});
	}
	if (typeof createAsyncGenerator !== "function") {
		throw new InvalidRequestError(`${path} is no provider: "${name}" has no createAsyncGenerator.`, {
			path: `${path}.createAsyncGenerator`,
			hint,
		});
	}
	if (!Array.isArray(models)) {
		throw new InvalidRequestError(`${path} is no provider: the models of "${name}" are no list.`, { path: `${path}.models`, hint });
	}
}
