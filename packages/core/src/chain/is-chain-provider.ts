import type { AsyncGeneratorProvider } from "../provider.ts";
import type { ChainProvider } from "./create-chain.ts";

/** Whether a provider is a chain of providers. */
export function isChainProvider(provider: AsyncGeneratorProvider): provider is ChainProvider {
	return (provider as { readonly kind?: unknown }).kind === "chain";
}
