import { NoSuchModelError } from "../errors/no-such-model-error.ts";
import { didYouMean } from "../registry/did-you-mean.ts";
import type { Candidate } from "../route/candidate.ts";
import { findModel, toCandidate } from "../route/pick-model.ts";
import type { ChainMember } from "./chain-plan.ts";

/**
 * The members of a chain that is asked for a model: those that have it come first; the others are asked for their own when those fail.
 *
 * @param chain - the chain's name
 * @param members - its members, in order
 * @param wanted - a model id or alias
 * @throws NoSuchModelError where none of them has it
 */
export function preferModel(chain: string, members: readonly ChainMember[], wanted: string): readonly Candidate[] {
	const has = ({ provider }: ChainMember): boolean => provider.models.length === 0 || findModel(provider, wanted) !== undefined;
	const having = members.filter(has);
	if (having.length === 0) {
		const known = [...new Set(members.flatMap(({ provider }) => provider.models.map(({ id }) => id)))];
		const message = `No member of the chain "${chain}" has a model "${wanted}".${didYouMean(wanted, known)}`;
		throw new NoSuchModelError(message, { reference: wanted, known, hint: `Its models are ${known.join(", ")}.` });
	}
	return [
		...having.map(({ name, provider, lastResort }) => toCandidate(name, provider, wanted, lastResort)),
		...members
			.filter((member) => !has(member))
			.map(({ name, provider, model, lastResort }) => toCandidate(name, provider, model, lastResort)),
	];
}
