import { type AsyncGeneratorProvider, UnsupportedError } from "@spaceport/core";

/**
 * Stands in for a provider that needs the network, where the user wants none: it is known by its name and models, and refuses in words.
 *
 * @param name - the name that it is registered under
 * @param provider - the provider, or its models
 */
export function refuseOffline(name: string, provider: Pick<AsyncGeneratorProvider, "models">): AsyncGeneratorProvider {
	return {
		name,
		models: provider.models,
		// biome-ignore lint/correctness/useYield: it refuses before there is anything to yield.
		async *createAsyncGenerator() {
			throw new UnsupportedError(`"${name}" needs the network, and --offline allows none.`, {
				capability: "network",
				hint: 'Ask without --offline, or ask "local".',
			});
		},
	};
}
