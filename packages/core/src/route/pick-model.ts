import { isChainProvider } from "../chain/is-chain-provider.ts";
import { NoSuchModelError } from "../errors/no-such-model-error.ts";
import type { AsyncGeneratorProvider, ModelInfo } from "../provider.ts";
import { didYouMean } from "../registry/did-you-mean.ts";
import type { Candidate } from "./candidate.ts";

/** The model of a provider that an id or alias means, if it has it. */
export function findModel(provider: AsyncGeneratorProvider, reference: string): ModelInfo | undefined {
	return (
		provider.models.find((model) => model.id === reference) ?? provider.models.find((model) => model.aliases?.includes(reference) === true)
	);
}

/**
 * A provider as a candidate for one of its models: the one that is named, else the first that gives answers. A provider that declares no models takes any, and so does one
 * that has others than it declares.
 *
 * @param name - the name that it is registered under
 * @param provider - the provider
 * @param reference - a model id or alias
 * @param lastResort - whether it is asked also while it rests, when nobody else is left
 * @throws NoSuchModelError where the provider declares all of its models and this is none of them
 */
export function toCandidate(name: string, provider: AsyncGeneratorProvider, reference?: string, lastResort?: boolean): Candidate {
	// A chain keeps its own order, and knows its members' models itself: those of names are not in its list.
	if (isChainProvider(provider)) return { name, provider, model: reference ?? "" };
	const { models } = provider;
	const model =
		reference === undefined ? (models.find(({ embeddings }) => embeddings !== true) ?? models[0]) : findModel(provider, reference);
	if (model === undefined && reference !== undefined && models.length > 0 && !provider.otherModels) {
		const known = models.map(({ id }) => id);
		throw new NoSuchModelError(`"${name}" has no model "${reference}".${didYouMean(reference, known)}`, {
			reference,
			known,
			provider: name,
			hint: `Its models are ${known.join(", ")}.`,
		});
	}
	return {
		name,
		provider,
		model: model?.id ?? reference ?? "",
		...(model && { info: model }),
		...(reference === undefined && { isDefault: true }),
		...(lastResort && { lastResort }),
	};
}
