import { didYouMean, InvalidRequestError, isChainProvider, NoSuchProviderError, type Spaceport } from "@spaceport/core";
import { endpoints } from "@spaceport/provider-openai";

/** Whom the user names. */
export interface Named {
	readonly chain?: string | undefined;
	readonly provider?: string | undefined;
	readonly model?: string | undefined;
}

/**
 * Puts what the user names into one reference.
 *
 * @param named - the options `--chain`, `--provider` and `--model`
 * @param spaceport - what is registered
 * @returns the request's `model`; `undefined` where nobody is named
 * @throws InvalidRequestError where the options contradict each other; NoSuchProviderError where a name is nobody's
 */
export function toReference({ chain, provider, model }: Named, spaceport: Spaceport): string | undefined {
	if (chain !== undefined) {
		const other = provider === undefined ? (model === undefined ? undefined : "--model") : "--provider";
		if (other !== undefined) {
			throw new InvalidRequestError(`--chain and ${other} cannot be said together.`, {
				path: "--chain",
				hint: "A chain asks its own providers for their own models. Say one of the two.",
			});
		}
		checkKind("chain", chain, spaceport);
		return chain;
	}
	if (provider === undefined) return model;
	checkKind("provider", provider, spaceport);
	return model === undefined ? provider : `${provider}:${model}`;
}

function checkKind(kind: "chain" | "provider", name: string, spaceport: Spaceport): void {
	const other = kind === "chain" ? "provider" : "chain";
	const known = spaceport.list().filter((one) => isChainProvider(spaceport.get(one)) === (kind === "chain"));
	if (known.includes(name)) return;
	if (spaceport.has(name)) {
		throw new InvalidRequestError(`"${name}" is no ${kind}, it is a ${other}.`, { path: `--${kind}`, hint: `Say --${other} ${name}.` });
	}
	const names = kind === "provider" ? [...known, ...Object.keys(endpoints)] : known;
	throw new NoSuchProviderError(`There is no ${kind} "${name}".${didYouMean(name, names)}`, {
		reference: name,
		known,
		hint:
			known.length === 0
				? `There is no ${kind} at all.`
				: `There are: ${known.join(", ")}${kind === "provider" ? ", and the endpoints that are known" : ""}.`,
	});
}
