import { isChainProvider } from "../chain/is-chain-provider.ts";
import { InvalidRequestError } from "../errors/invalid-request-error.ts";
import { NoSuchProviderError } from "../errors/no-such-provider-error.ts";
import type { AsyncGeneratorProvider, ModelInfo } from "../provider.ts";
import { checkName } from "./check-name.ts";
import { checkProvider } from "./check-provider.ts";
import { didYouMean } from "./did-you-mean.ts";

/** A model as {@link Registry.models} lists it. */
export interface RegisteredModel extends ModelInfo {
	/** The registered name of the provider that offers it. */
	readonly provider: string;
}

/** How a provider is registered. */
export interface RegisterOptions {
	/** Takes the place of a provider that has the name already. @default false */
	readonly replace?: boolean;
}

/** Providers and chains under unique names, in order of registration. */
export interface Registry {
	/** Registers under the provider's own name. Throws `invalid-request` where the name is taken. */
	register(provider: AsyncGeneratorProvider, options?: RegisterOptions): void;
	/** Registers under another name. */
	register(name: string, provider: AsyncGeneratorProvider, options?: RegisterOptions): void;
	/** Takes a name out, and says whether it was there. */
	unregister(name: string): boolean;
	/** The provider or chain of a name. Throws `no-such-provider`, with the nearest known name, where there is none. */
	get(name: string): AsyncGeneratorProvider;
	has(name: string): boolean;
	/** The names, in order of registration. */
	list(): readonly string[];
	/** Every model of every provider, in order of registration. Chains have none of their own. */
	models(): readonly RegisteredModel[];
}

/**
 * Makes an empty registry.
 *
 * @param onGone - hears of a name that means nobody, or somebody else, from now on
 */
export function createRegistry(onGone?: (name: string) => void): Registry {
	const providers = new Map<string, AsyncGeneratorProvider>();

	function register(
		first: string | AsyncGeneratorProvider,
		second?: AsyncGeneratorProvider | RegisterOptions,
		third?: RegisterOptions,
	): void {
		const named = typeof first === "string";
		const provider: unknown = named ? second : first;
		const options = (named ? third : (second as RegisterOptions | undefined)) ?? {};
		checkProvider(provider, "provider");
		const name = named ? first : provider.name;
		checkName(name);
		if (providers.has(name) && options.replace !== true) {
			throw new InvalidRequestError(`The name "${name}" is taken.`, {
				path: "name",
				hint: "Register under another name, register(name, provider), or say { replace: true }.",
			});
		}
		if (providers.has(name)) onGone?.(name);
		providers.set(name, provider);
	}

	return {
		register,
		unregister(name) {
			onGone?.(name);
			return providers.delete(name);
		},
		get(name) {
			const provider = providers.get(name);
			if (provider !== undefined) return provider;
			const known = [...providers.keys()];
			throw new NoSuchProviderError(`There is no provider or chain "${name}".${didYouMean(name, known)}`, {
				reference: name,
				known,
				hint: known.length === 0 ? "No provider is registered." : `Registered are ${known.join(", ")}.`,
			});
		},
		has: (name) => providers.has(name),
		list: () => [...providers.keys()],
		models: () =>
			[...providers].flatMap(([name, provider]) =>
				isChainProvider(provider) ? [] : provider.models.map((model) => ({ ...model, provider: name })),
			),
	};
}
