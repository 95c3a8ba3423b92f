/** What is measured: something that asks a provider, and another one where that one fails. Each asks a question (see `questionText`) and reads the answer to its end. */
export interface ChainClient {
	/** The first provider answers. */
	ask(question: string): Promise<string>;
	/** The first provider is dead, and is asked as if nobody knew; the second one answers. */
	fallOver?(question: string): Promise<string>;
	/** The first provider is dead, and is left out because that is known from an earlier call. */
	passOver?(question: string): Promise<string>;
}

/** A client, and its words in tables. */
export interface ListedChainClient {
	readonly title: string;
	readonly does: readonly (keyof ChainClient)[];
	/** Loaded by the process that runs it alone. */
	readonly load: () => Promise<ChainClient>;
}
