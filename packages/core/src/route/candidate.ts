import type { AsyncGeneratorProvider } from "../provider.ts";

/** A provider that may be asked, and for which of its models. */
export interface Candidate {
	/** The name that it is registered under. */
	readonly name: string;
	readonly provider: AsyncGeneratorProvider;
	/** The provider's own model id; empty where it declares no models. */
	readonly model: string;
	/** How many tokens that model takes, where it is known. */
	readonly contextTokens?: number;
}
