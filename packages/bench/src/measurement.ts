/** One figure of one client in one round. */
export interface Sample {
	readonly scenario: string;
	readonly client: string;
	readonly figure: string;
	readonly value: number;
	/** How much of one core the fake servers used meanwhile, from 0 to 1. Undefined where there are none. */
	readonly serverShare?: number;
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((first, second) => first - second);
	const middle = sorted.length >> 1;
	if (sorted.length === 0) return Number.NaN;
	return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

/** The values of one figure, one a round, in order. */
export function valuesOf(samples: readonly Sample[], scenario: string, client: string, figure: string): number[] {
	return samples
		.filter((sample) => sample.scenario === scenario && sample.client === client && sample.figure === figure)
		.map(({ value }) => value);
}

/** The median of the ratios of each round: what disturbs a whole round disturbs both. */
export function medianRatio(values: readonly number[], against: readonly number[]): number {
	return median(values.map((value, round) => value / (against[round] ?? Number.NaN)));
}

/** The median of the differences of each round. */
export function medianDifference(values: readonly number[], against: readonly number[]): number {
	return median(values.map((value, round) => value - (against[round] ?? Number.NaN)));
}
