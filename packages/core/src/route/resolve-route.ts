import { isChainProvider } from "../chain/is-chain-provider.ts";
import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { NoSuchProviderError } from "../errors/no-such-provider-error.ts";
import type { ChatRequest } from "../message.ts";
import { didYouMean } from "../registry/did-you-mean.ts";
import type { Registry } from "../registry/registry.ts";
import type { Candidate } from "./candidate.ts";
import { findModel, toCandidate } from "./pick-model.ts";

/** Whom a request goes to. */
export interface Route {
	/** In order of preference, at least one. */
	readonly candidates: readonly [Candidate, ...Candidate[]];
	/** What the route is called in messages. */
	readonly name: string;
	/** Whether several were asked for or found, so that the route is a chain made on the spot. */
	readonly isList: boolean;
}

/**
 * From a model reference to candidates. A reference is looked up as a name (of a chain or a provider), as `provider:model`, as a model id, as an
 * alias. Without one it is the chain `default`, else the only provider.
 *
 * @param reference - the request's `model`
 * @param registry - what is registered
 * @throws NoSuchProviderError where nothing has that name; NoSuchModelError where the provider lacks the model; InvalidRequestError where nothing was
 *   named and nothing is the default
 */
export function resolveRoute(reference: ChatRequest["model"], registry: Registry): Route {
	const references = reference === undefined ? [defaultReference(registry)] : typeof reference === "string" ? [reference] : reference;
	const candidates = references.flatMap((one) => resolveReference(one, registry));
	if (candidates.length === 0) {
		throw new InvalidRequestError("The list of models is empty.", { path: "model", hint: "Name at least one model, or leave model out." });
	}
	return {
		candidates: candidates as unknown as Route["candidates"],
		name: references.join(", "),
		isList: candidates.length > 1 || (reference !== undefined && typeof reference !== "string"),
	};
}

function resolveReference(reference: string, registry: Registry): readonly Candidate[] {
	if (registry.has(reference)) return [toCandidate(reference, registry.get(reference))];
	// Names may have colons in them: every colon may be the one that ends a provider's name, the first one first.
	for (let colon = reference.indexOf(":"); colon > 0; colon = reference.indexOf(":", colon + 1)) {
		const name = reference.slice(0, colon);
		if (registry.has(name)) return [toCandidate(name, registry.get(name), reference.slice(colon + 1))];
	}
	const named = registry.list().map((name) => ({ name, provider: registry.get(name) }));
	const providers = named.filter(({ provider }) => !isChainProvider(provider));
	const byId = providers.filter(({ provider }) => provider.models.some(({ id }) => id === reference));
	const having = byId.length > 0 ? byId : providers.filter(({ provider }) => findModel(provider, reference) !== undefined);
	if (having.length > 0) return having.map(({ name, provider }) => toCandidate(name, provider, reference));

	const known = [...new Set([...registry.list(), ...registry.models().map(({ id }) => id)])];
	throw new NoSuchProviderError(`There is no provider, chain or model "${reference}".${didYouMean(reference, known)}`, {
		reference,
		known,
		hint: known.length === 0 ? "No provider is registered." : `Known are ${known.join(", ")}.`,
	});
}

function defaultReference(registry: Registry): string {
	if (registry.has("default")) return "default";
	const providers = registry.list().filter((name) => !isChainProvider(registry.get(name)));
	const [only] = providers;
	if (only !== undefined && providers.length === 1) return only;
	throw new InvalidRequestError(
		providers.length === 0
			? "The request names no model, and no provider is registered."
			: `The request names no model, and there are ${providers.length} providers and no chain "default".`,
		{ path: "model", hint: 'Name a model, or register a chain under the name "default".' },
	);
}
