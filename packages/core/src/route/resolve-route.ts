import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { NoSuchProviderError } from "../errors/no-such-provider-error.ts";
import type { ChatRequest } from "../message.ts";
import { didYouMean } from "../registry/did-you-mean.ts";
import type { Registry } from "../registry/registry.ts";
import { findCandidates, findRoute, namedProviders, type Route } from "./find-route.ts";

/**
 * The route of a reference, or why there is none.
 *
 * @param reference - the request's `model`
 * @param registry - what is registered
 * @throws NoSuchProviderError where nothing has that name; NoSuchModelError where the provider lacks the model; InvalidRequestError where nothing was
 *   named and nothing is the default
 */
export function resolveRoute(reference: ChatRequest["model"], registry: Registry): Route {
	const route = findRoute(reference, registry);
	if (route !== undefined) return route;
	if (reference === undefined) throw noDefault(registry);
	const mistaken = [reference].flat().find((one) => findCandidates(one, registry).length === 0);
	if (mistaken === undefined) {
		throw new InvalidRequestError("The list of models is empty.", { path: "model", hint: "Name at least one model, or leave model out." });
	}
	const known = [...new Set([...registry.list(), ...registry.models().map(({ id }) => id)])];
	throw new NoSuchProviderError(`There is no provider, chain or model "${mistaken}".${didYouMean(mistaken, known)}`, {
		reference: mistaken,
		known,
		hint: known.length === 0 ? "No provider is registered." : `Known are ${known.join(", ")}.`,
	});
}

function noDefault(registry: Registry): InvalidRequestError {
	const { length } = namedProviders(registry);
	return new InvalidRequestError(
		length === 0
			? "The request names no model, and no provider is registered."
			: `The request names no model, and there are ${length} providers and no chain "default".`,
		{ path: "model", hint: 'Name a model, or register a chain under the name "default".' },
	);
}
