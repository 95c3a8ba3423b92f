import type { ChainHost } from "./chain/chain-host.ts";
import type { LimitOptions } from "./chain/chain-options.ts";
import type { Timeouts } from "./chain/deadlines.ts";
import type { Chunk } from "./chunk.ts";
import type { ProviderEmbeddings, ProviderEmbedRequest } from "./embed/embedding.ts";
import type { Logger } from "./logger.ts";
import type { ChatSettings, ProviderRequest } from "./message.ts";

/** The name of a setting of a request. */
export type SettingName = Exclude<keyof ChatSettings, "metadata" | "providerOptions">;

/** One of a provider's limits, as the provider tells it. */
export interface ReportedLimit {
	/** How much there is in a window. */
	readonly limit?: number | undefined;
	/** How much of it is left. */
	readonly remaining?: number | undefined;
	/** When it is whole again, in milliseconds from now. */
	readonly resetMs?: number | undefined;
	/** How long the window is, in milliseconds, where the provider says so. */
	readonly windowMs?: number | undefined;
}

/** What a provider said of its limits, in the headers of an answer or in the body of an error. */
export interface ReportedLimits {
	readonly requests?: ReportedLimit | undefined;
	readonly tokens?: ReportedLimit | undefined;
	/** It wants to be left alone for so long, in milliseconds. */
	readonly retryAfterMs?: number | undefined;
}

/** A model that a provider offers. */
export interface ModelInfo {
	/** The id that a request names. */
	readonly id: string;
	/** Other names that mean the same model. */
	readonly aliases?: readonly string[];
	/** How many tokens prompt and answer may have together, where it is known. */
	readonly contextTokens?: number;
	/** Takes images. */
	readonly vision?: boolean;
	/** Makes images. */
	readonly images?: boolean;
	/** Calls tools. */
	readonly tools?: boolean;
	/** Takes earlier turns of the conversation. */
	readonly history?: boolean;
	/** Goes on from the beginning of an answer when the last message is the assistant's. */
	readonly prefill?: boolean;
	/**
	 * Makes embeddings, and gives no answers: `stream` and `complete` do not ask it. `false` says that it makes none. Left out, it is not known: it is asked for answers,
	 * and for embeddings where its provider has `embed` and says of none of its models that it makes some.
	 */
	readonly embeddings?: boolean;
	/** How many numbers its embeddings have, where a request does not want others. */
	readonly dimensions?: number;
	/** The settings that it honours, where they are not those of the provider's `parameters`. */
	readonly parameters?: readonly SettingName[];
}

/** What a provider gets beside the request: which attempt this is, when to stop, where to log. */
export interface AttemptContext {
	/** Identifies the attempt in logs and events. */
	readonly id: string;
	/** Counts the attempts of one request, from 1. */
	readonly number: number;
	/** Aborts when the caller leaves or a deadline passes. It must reach every socket and timer of the attempt. */
	readonly signal: AbortSignal;
	/** The limits that hold for this attempt, in milliseconds. The chain holds them; a provider uses `connectMs` for its connections. */
	readonly deadlines: Timeouts;
	readonly logger: Logger;
	/** Adds a sentence to the completion's `warnings`, such as a setting that this provider cannot honour. */
	readonly warn: (text: string) => void;
	/** The name of the credential to use, where the provider has several (`keys`). */
	readonly key?: string;
	/** A sign of life that is no chunk, such as a heartbeat: the time between two chunks (`idleMs`) begins anew. It is no first chunk. */
	readonly alive: () => void;
	/** Tells what the provider said of its limits, so that it is asked no more than it lets itself be. */
	readonly reportLimits: (limits: ReportedLimits) => void;
	/**
	 * Says that a setting of the request cannot be honoured: a warning where such settings are dropped.
	 *
	 * @throws UnsupportedError where they are refused (`unsupportedParameters`)
	 */
	readonly unsupported: (parameter: SettingName, message?: string) => void;
	/** What the Spaceport lends to a chain that runs inside it. Providers that are no chains leave it alone. */
	readonly host?: ChainHost;
}

/** What a caller must say who asks a provider directly: all of {@link AttemptContext} is optional, and so is the context itself. */
export type AttemptContextInput = Partial<AttemptContext>;

/**
 * A source of answers. The required members are a name, the models, and one function that turns a request into a stream;
 * everything else declares a capability by being present.
 */
export interface AsyncGeneratorProvider {
	/** The name that it is registered under unless another is given. */
	readonly name: string;
	readonly models: readonly ModelInfo[];
	/** It has other models than those in `models`: an id that is not there is asked as well. @default false */
	readonly otherModels?: boolean;
	/** Limits of its own, in place of the chain's defaults, for a provider that is known to be slower. */
	readonly timeouts?: Partial<Timeouts>;
	/** Its own limits, in place of the chain's defaults. Where it has `keys`, they hold for each of them. */
	readonly limits?: Partial<LimitOptions>;
	/**
	 * Names of its credentials, never these themselves: `key-1`, or a short hash. They are used in turn; one that is refused or used up rests alone. The attempt's
	 * is `context.key`.
	 */
	readonly keys?: readonly string[];
	/** The settings that it honours, `system` among them. What is not in the list is not given to it. Without a list it says itself what it cannot honour. */
	readonly parameters?: readonly SettingName[];
	/**
	 * Looks whether it is well, without spending tokens.
	 *
	 * @throws SpaceportError that says what is wrong where it is not
	 */
	probe?(context: AttemptContext): Promise<void>;
	/**
	 * Answers one request. A bare string is a text delta. The generator ends by yielding a `finish` chunk or by returning (finish reason
	 * `unknown`); where the answer is not whole it throws. Leaving it early runs its `finally`, which must end the remote job.
	 */
	createAsyncGenerator(request: ProviderRequest, context: AttemptContext): AsyncGenerator<Chunk | string, void, void>;
	/**
	 * Makes embeddings of texts: one for each, in their order, all by the model that is asked for. What is not whole is an error. Its presence says that it can.
	 *
	 * @param request - the texts
	 * @param context - the attempt's; its signal must reach every socket and timer
	 */
	embed?(request: ProviderEmbedRequest, context: AttemptContext): Promise<ProviderEmbeddings>;
}
