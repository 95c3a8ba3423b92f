import type { AsyncGeneratorProvider, ModelInfo } from "../provider.ts";

/** A provider that may be asked, and for which of its models. */
export interface Candidate {
	/** The name that it is registered under. */
	readonly name: string;
	readonly provider: AsyncGeneratorProvider;
	/** The provider's own model id; empty where it declares no models. */
	readonly model: string;
	/** The model was not named: the provider's first was taken. */
	readonly isDefault?: boolean;
	/** What is known of that model. */
	readonly info?: ModelInfo;
	/** Asked also while it rests, when nobody else is left. */
	readonly lastResort?: boolean;
}
