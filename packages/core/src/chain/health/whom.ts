import { NoSuchProviderError } from "../../errors/no-such-provider-error.ts";
import { didYouMean } from "../../registry/did-you-mean.ts";
import type { Registry } from "../../registry/registry.ts";
import { findModel } from "../../route/pick-model.ts";
import { showValue } from "../../show-value.ts";
import { isChainProvider } from "../is-chain-provider.ts";

/** Whom a name means: a provider, or one of its models. */
export interface Whom {
	readonly name: string;
	readonly model?: string | undefined;
}

/**
 * Whom a reference means: a provider, one of its models (`provider:model`), or the members of a chain.
 *
 * @param reference - what was written
 * @param registry - what is registered
 * @param others - further names: of those who rest, and are members of chains without being registered
 * @throws NoSuchProviderError where there is nobody of that name
 */
export function findWhom(reference: unknown, registry: Registry, others: readonly string[]): readonly Whom[] {
	const known = [...new Set([...registry.list(), ...others])];
	const found = new Map<string, Whom>();
	const chains = new Set<string>();

	function add(name: string, model: string | undefined): void {
		const provider = registry.has(name) ? registry.get(name) : undefined;
		if (provider === undefined || !isChainProvider(provider)) {
			const id = model === undefined || provider === undefined ? model : (findModel(provider, model)?.id ?? model);
			found.set(JSON.stringify([name, id]), { name, model: id });
			return;
		}
		if (chains.has(name)) return;
		chains.add(name);
		for (const entry of provider.entries) {
			const member = typeof entry === "object" && "provider" in entry ? entry : { provider: entry, model: undefined };
			add(typeof member.provider === "string" ? member.provider : member.provider.name, member.model);
		}
	}

	const text = String(reference);
	if (known.includes(text)) add(text, undefined);
	for (let colon = text.indexOf(":"); colon > 0 && found.size === 0; colon = text.indexOf(":", colon + 1)) {
		const name = text.slice(0, colon);
		if (known.includes(name)) add(name, text.slice(colon + 1));
	}
	if (found.size > 0) return [...found.values()];
	throw new NoSuchProviderError(`There is no provider ${showValue(reference)}.${didYouMean(text, known)}`, {
		reference: text,
		known,
		hint: `Known are ${known.join(", ")}. A model of one is "provider:model".`,
	});
}
