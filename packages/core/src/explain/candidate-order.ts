import type { Resting } from "../chain/health/health.ts";
import type { Candidate } from "../route/candidate.ts";

/** A candidate at its place in the order. */
export interface Placed {
	readonly candidate: Candidate;
	/** Its place among the candidates as they were given. */
	readonly index: number;
	readonly rest: Resting | undefined;
	/** Asked at this place, asked once its rest is over, or passed over. */
	readonly turn: "asked" | "waited-for" | "passed-over";
}

/**
 * The order in which candidates are asked if each fails so that the next is asked at once: those who are well, then last resorts that rest; where there is neither, those
 * that rest, as their time comes, if that is soon enough.
 *
 * @param candidates - as they are preferred
 * @param rests - why each rests, if it does
 * @param isAlone - whether the only one is asked by its name, although it rests
 * @param latest - until when somebody is waited for, in milliseconds since 1970
 */
export function inOrder(
	candidates: readonly Candidate[],
	rests: readonly (Resting | undefined)[],
	isAlone: boolean,
	latest: number,
): readonly Placed[] {
	const all = candidates.map((candidate, index) => {
		const rest = rests[index];
		const until = rest?.until ?? 0;
		const group = rest === undefined ? 0 : isAlone || candidate.lastResort === true ? 1 : 2;
		return { candidate, index, rest, until, group };
	});
	const isWaitedFor = all.every(({ group }) => group === 2);
	return all
		.sort((one, other) => one.group - other.group || (isWaitedFor ? one.until - other.until : 0))
		.map(({ candidate, index, rest, until, group }) => ({
			candidate,
			index,
			rest,
			turn: group < 2 ? "asked" : isWaitedFor && until <= latest ? "waited-for" : "passed-over",
		}));
}
