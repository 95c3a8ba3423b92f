import { isChainProvider } from "../chain/is-chain-provider.ts";
import type { ChatRequest } from "../message.ts";
import type { Registry } from "../registry/registry.ts";
import type { Candidate } from "../route/candidate.ts";
import { findModel } from "../route/pick-model.ts";
import { resolveRoute } from "../route/resolve-route.ts";

/** Why a candidate is at its place, by its place among those that are preferred. */
export type ReasonOf = (candidate: Candidate, index: number) => string;

const ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

function ordinal(index: number): string {
	return ordinals[index] ?? `number ${index + 1}`;
}

/**
 * Why the members of a chain are asked.
 *
 * @param chain - its name
 * @param reference - the model that it is asked for; its name or nothing means that of each member
 */
export function inChain(chain: string, reference: string): ReasonOf {
	return ({ provider }, index) => {
		const place = `${ordinal(index)} in the chain "${chain}"`;
		if (reference === "" || reference === chain || isChainProvider(provider)) return place;
		const has = provider.models.length === 0 ? "takes any model" : `has the model "${reference}"`;
		return `${findModel(provider, reference) === undefined && provider.models.length > 0 ? `for when those with "${reference}" fail` : has}, ${place}`;
	};
}

/**
 * Why somebody is asked without a chain of theirs.
 *
 * @param reference - the request's model
 * @param registry - what is registered
 * @param isList - whether they are a list
 */
export function inRoute(reference: ChatRequest["model"], registry: Registry, isList: boolean): ReasonOf {
	const references = reference === undefined || typeof reference === "string" ? [reference] : reference;
	const words = references.flatMap((one) => {
		const { candidates } = resolveRoute(one, registry);
		const isNamed = one === undefined || registry.has(one) || candidates.some(({ name }) => one.startsWith(`${name}:`));
		return candidates.map(() => (one === undefined ? "the only provider" : isNamed ? `named by "${one}"` : `has the model "${one}"`));
	});
	return (_, index) => (isList ? `${words[index]}, ${ordinal(index)} in the list` : `asked alone: ${words[index]}`);
}
