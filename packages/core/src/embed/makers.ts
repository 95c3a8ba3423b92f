import type { ChainHost } from "../chain/chain-host.ts";
import { chainPlan } from "../chain/chain-plan.ts";
import { isChainProvider } from "../chain/is-chain-provider.ts";
import { preferModel } from "../chain/prefer-model.ts";
import type { LeftOut } from "../errors/chain-exhausted-error.ts";
import type { Candidate } from "../route/candidate.ts";

/** Who makes embeddings where a candidate is asked: itself, or the members of a chain. */
export interface Makers {
	/** The candidate, for the model that makes them. */
	readonly candidate: Candidate;
	/** In the order in which they are asked. */
	readonly makers: readonly Candidate[];
	/** Who makes none. */
	readonly leftOut: readonly LeftOut[];
	/** Whether there may be others: it is a chain that nothing is known of before it is asked. */
	readonly isUnknown: boolean;
}

/**
 * Looks who would make embeddings, without asking anybody.
 *
 * @param candidate - a provider, or a chain
 * @param host - what it would be asked in
 */
export function makersOf(candidate: Candidate, host: ChainHost): Makers {
	const { provider, name } = candidate;
	if (isChainProvider(provider)) return inChain(candidate, membersOf(candidate, host));
	const maker = asMaker(candidate);
	if (typeof maker !== "string") return { candidate: maker, makers: [maker], leftOut: [], isUnknown: false };
	return { candidate, makers: [], leftOut: [{ provider: name, model: candidate.model, reason: maker }], isUnknown: false };
}

/** The same for the members of a chain; undefined where that cannot be known. */
function membersOf({ provider, model }: Candidate, host: ChainHost): readonly Makers[] | undefined {
	if (!isChainProvider(provider)) return undefined;
	try {
		const plan = chainPlan(provider, host, model, preferModel);
		return plan?.candidates.map((member) => makersOf(member, plan.host));
	} catch {
		// Once it is asked, it says itself what is wrong.
		return undefined;
	}
}

function inChain(candidate: Candidate, members: readonly Makers[] | undefined): Makers {
	return {
		candidate,
		makers: members?.flatMap(({ makers }) => makers) ?? [],
		leftOut: members?.flatMap(({ leftOut }) => leftOut) ?? [],
		isUnknown: members?.some(({ isUnknown }) => isUnknown) ?? true,
	};
}

/** A provider with the model that makes embeddings, or why there is none. Where some of its models are said to make them, the others are taken for ones that do not. */
function asMaker(candidate: Candidate): Candidate | string {
	const { provider, model, info, isDefault } = candidate;
	const { models } = provider;
	if (typeof provider.embed !== "function") return "makes no embeddings";
	const isSaid = models.some(({ embeddings }) => embeddings === true);
	const makes = ({ embeddings }: { readonly embeddings?: boolean }): boolean => (isSaid ? embeddings === true : embeddings !== false);
	if (isDefault !== true) return info === undefined || makes(info) ? candidate : `makes no embeddings with "${model}"`;
	const found = models.find(makes);
	if (found !== undefined) return { ...candidate, model: found.id, info: found };
	return models.length === 0 ? candidate : "has no model that makes embeddings";
}

/** Whether the embeddings of two can be compared: both have the same model, by its id or an alias. */
export function isSameModel(one: Candidate, other: Candidate): boolean {
	if (one.provider === other.provider && one.model === other.model) return true;
	const names = namesOf(one);
	return namesOf(other).some((name) => names.includes(name));
}

/** What the model of a candidate is called; nothing where none was named and none is declared. */
export function namesOf({ model, info }: Candidate): readonly string[] {
	return [model, ...(info?.aliases ?? [])].filter((name) => name !== "");
}
