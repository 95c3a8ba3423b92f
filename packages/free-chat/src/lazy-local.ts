import type { AsyncGeneratorProvider, AttemptContext, Chunk, ProviderRequest } from "@spaceport/core";

/** The model on this machine, loaded when it is asked for the first time. */
export interface LazyLocal extends AsyncGeneratorProvider {
	/** Frees its memory, where it was loaded. */
	dispose(): Promise<void>;
}

type Loaded = AsyncGeneratorProvider & { readonly dispose?: () => Promise<void> };

/**
 * Stands for the model on this machine: what is known of it without loading its engine's package.
 *
 * @param load - loads the provider
 */
export function createLazyLocal(load: () => Promise<Loaded>): LazyLocal {
	let loading: Promise<Loaded> | undefined;

	/** One that could not be loaded may be there the next time: somebody has installed it. */
	function loaded(): Promise<Loaded> {
		loading ??= load().catch((error: unknown) => {
			loading = undefined;
			throw error;
		});
		return loading;
	}

	return {
		name: "local",
		models: [{ id: "smollm2-135m-instruct", aliases: ["smollm2", "smollm2-135m"], contextTokens: 4096, history: true, prefill: true }],
		parameters: ["system", "temperature", "topP", "maxTokens", "stop", "seed", "responseFormat"],
		// A first request may have 98 MB to download.
		timeouts: { firstChunkMs: 600_000, lastFirstChunkMs: 600_000 },
		async probe(context: AttemptContext) {
			await (await loaded()).probe?.(context);
		},
		async *createAsyncGenerator(request: ProviderRequest, context: AttemptContext): AsyncGenerator<Chunk | string, void, void> {
			yield* (await loaded()).createAsyncGenerator(request, context);
		},
		async dispose() {
			const known = loading;
			loading = undefined;
			await (await known?.catch(() => undefined))?.dispose?.();
		},
	};
}
