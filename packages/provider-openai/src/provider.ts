import type {
	AsyncGeneratorProvider,
	AttemptContext,
	AttemptContextInput,
	ChatMessage,
	ChatSettings,
	Chunk,
	ModelInfo,
	ProviderEmbeddings,
	ProviderEmbedRequest,
} from "@spaceport/core";

/** What a provider of this kind is asked. The model may be left out, and `messages` may be a string, by those who ask it directly. */
export interface OpenAICompatibleRequest extends ChatSettings {
	readonly model?: string;
	readonly messages: string | readonly ChatMessage[];
}

/** How a list of models is read. */
export interface ListModelsOptions {
	/** Ends the reading. */
	readonly signal?: AbortSignal | undefined;
}

/** A provider over an endpoint that speaks as OpenAI does. It can be asked directly. */
export interface OpenAICompatibleProvider extends AsyncGeneratorProvider {
	/** Where the endpoint is. */
	readonly url: string;
	createAsyncGenerator(request: OpenAICompatibleRequest, context?: AttemptContextInput): AsyncGenerator<Chunk, void, void>;
	/**
	 * The models that the server says it has, read anew.
	 *
	 * @param options - when to stop
	 * @throws SpaceportError where it has no such list, or does not give it
	 */
	listModels(options?: ListModelsOptions): Promise<readonly ModelInfo[]>;
	/**
	 * Makes embeddings: one for each text, in their order.
	 *
	 * @param request - the texts
	 * @param context - signal and deadlines
	 * @throws SpaceportError where they are not whole
	 */
	embed(request: ProviderEmbedRequest, context?: AttemptContextInput): Promise<ProviderEmbeddings>;
	/**
	 * Looks whether it is well and takes the key, by its list of models: no tokens are spent. It is absent where the endpoint has nothing to tell that by.
	 *
	 * @throws SpaceportError that says what is wrong where it is not
	 */
	probe?(context: AttemptContext): Promise<void>;
}
