import type { ChainHost } from "./chain/chain-host.ts";
import type { Timeouts } from "./chain/deadlines.ts";
import type { Chunk } from "./chunk.ts";
import type { Logger } from "./logger.ts";
import type { ProviderRequest } from "./message.ts";

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
	/** Limits of its own, in place of the chain's defaults, for a provider that is known to be slower. */
	readonly timeouts?: Partial<Timeouts>;
	/**
	 * Answers one request. A bare string is a text delta. The generator ends by yielding a `finish` chunk or by returning (finish reason
	 * `unknown`); where the answer is not whole it throws. Leaving it early runs its `finally`, which must end the remote job.
	 */
	createAsyncGenerator(request: ProviderRequest, context: AttemptContext): AsyncGenerator<Chunk | string, void, void>;
}
