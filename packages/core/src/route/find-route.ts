import type { NamedProvider } from "../chain/chain-host.ts";
import { isChainProvider } from "../chain/is-chain-provider.ts";
import type { ChatRequest } from "../message.ts";
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
 * alias. Without one it is the chain `default`, else the only one that is registered, else the only provider.
 *
 * @param reference - the request's `model`
 * @param registry - what is registered
 * @returns undefined where nobody is found: `resolveRoute` says why
 * @throws NoSuchModelError where the provider lacks the model
 */
export function findRoute(reference: ChatRequest["model"], registry: Registry): Route | undefined {
	const references = reference === undefined ? defaultReference(registry) : typeof reference === "string" ? [reference] : reference;
	const candidates: Candidate[] = [];
	for (const one of references) {
		const found = findCandidates(one, registry);
		if (found.length === 0) return undefined;
		candidates.push(...found);
	}
	if (candidates.length === 0) return undefined;
	return {
		candidates: candidates as [Candidate, ...Candidate[]],
		name: references.join(", "),
		isList: candidates.length > 1 || (reference !== undefined && typeof reference !== "string"),
	};
}

/** Whom one reference means; empty where it means nobody. */
export function findCandidates(reference: string, registry: Registry): readonly Candidate[] {
	if (registry.has(reference)) return [toCandidate(reference, registry.get(reference))];
	// Names may have colons in them: every colon may be the one that ends a provider's name, the first one first.
	for (let colon = reference.indexOf(":"); colon > 0; colon = reference.indexOf(":", colon + 1)) {
		const name = reference.slice(0, colon);
		if (registry.has(name)) return [toCandidate(name, registry.get(name), reference.slice(colon + 1))];
	}
	const providers = namedProviders(registry);
	const byId = providers.filter(({ provider }) => provider.models.some(({ id }) => id === reference));
	const having = byId.length > 0 ? byId : providers.filter(({ provider }) => findModel(provider, reference) !== undefined);
	return having.map(({ name, provider }) => toCandidate(name, provider, reference));
}

/** Those that are no chains. */
export function namedProviders(registry: Registry): readonly NamedProvider[] {
	return registry
		.list()
		.map((name) => ({ name, provider: registry.get(name) }))
		.filter(({ provider }) => !isChainProvider(provider));
}

function defaultReference(registry: Registry): readonly string[] {
	if (registry.has("default")) return ["default"];
	const names = registry.list();
	// A chain that is there alone.
	if (names.length === 1) return names;
	const providers = namedProviders(registry);
	return providers.length === 1 ? providers.map(({ name }) => name) : [];
}
