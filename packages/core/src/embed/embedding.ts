import type { Usage } from "../chunk.ts";
import type { AttemptRecord } from "../completion.ts";
import type { ChatSettings } from "../message.ts";
import type { AskOptions } from "../spaceport.ts";

/** What a caller wants embeddings of. */
export interface EmbedRequest extends Pick<ChatSettings, "metadata" | "providerOptions"> {
	/**
	 * Whom to ask, as for an answer: a chain's name, a provider's name, `provider:model`, a model id or alias; a list is a chain made on the spot.
	 * Without it the chain `default` is asked, else the only provider.
	 */
	readonly model?: string | readonly string[];
	/** One text, or several. None may be empty. */
	readonly input: string | readonly string[];
	/** How many numbers each embedding has, for models that can make shorter ones. @default as many as the model makes */
	readonly dimensions?: number;
}

/** How embeddings are asked for. Options of chains that are given here are stronger than those of any chain that takes part. */
export interface EmbedOptions
	extends Omit<AskOptions, "revisions" | "onChunk" | "onInterruption" | "onMismatch" | "unsupportedParameters"> {
	/**
	 * Whether another model may make them than that of the first who says that it makes some (`embeddings` of its model), else of the first who may. The embeddings of two models cannot be compared, not
	 * even where they are equally long: `"refuse"` fails rather than to mix them; `"allow"` asks any, and says so in `warnings`. Two have the same model where an id or alias of it is the same.
	 *
	 * @default "refuse"; for a list of models, those that the list names are allowed
	 */
	readonly otherModels?: "refuse" | "allow" | undefined;
}

/** The embeddings of all texts of a request. They are of one provider and one model. */
export interface Embeddings {
	/** Identifies the request in events and logs. */
	readonly requestId: string;
	/** One for each text, in the order of `input`. All have the same length. */
	readonly embeddings: readonly (readonly number[])[];
	/** The provider that made them. */
	readonly provider: string;
	/** The model that made them. Only embeddings of the same model can be compared. */
	readonly model: string;
	/** What they used, where the provider said so. */
	readonly usage?: Usage;
	/** What the caller should know although the embeddings are there, such as that they are of another model than the first one that was to be asked. */
	readonly warnings: readonly string[];
	/** Every attempt that was made, the last one being the one that answered. */
	readonly attempts: readonly AttemptRecord[];
}

/** What a provider is asked for embeddings: the caller's request with `model` resolved to that provider's own model id and `input` as a list. */
export interface ProviderEmbedRequest extends Omit<EmbedRequest, "model" | "input"> {
	/** The provider's own model id. Empty where the provider declares no models and none was named. */
	readonly model: string;
	/** At least one text, and none that is empty. A provider whose server takes fewer at once asks it several times. */
	readonly input: readonly string[];
}

/** What a provider gives for embeddings: all of them, or it throws. */
export interface ProviderEmbeddings {
	/** One for each text, in the order of `input`. */
	readonly embeddings: readonly (readonly number[] | Float32Array)[];
	/** What they used, where the server said so. */
	readonly usage?: Pick<Usage, "inputTokens" | "source"> | undefined;
	/** The model that the server says it is, where it does. If it is none of the names of the one that was asked for, the caller is warned. */
	readonly model?: string | undefined;
}
