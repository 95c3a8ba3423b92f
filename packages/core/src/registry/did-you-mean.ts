import leven from "leven";

/**
 * The known name that is nearest to a mistaken one.
 *
 * @param mistaken - what was written
 * @param known - what could have been meant
 */
export function nearest(mistaken: string, known: readonly string[]): string | undefined {
	let best: string | undefined;
	let bestDistance = Infinity;
	for (const name of known) {
		const distance = leven(mistaken.toLowerCase(), name.toLowerCase());
		if (distance < bestDistance) {
			best = name;
			bestDistance = distance;
		}
	}
	return best;
}

/** The nearest known name as a sentence to end a message with; empty where nothing is known. */
export function didYouMean(mistaken: string, known: readonly string[]): string {
	const name = nearest(mistaken, known);
	return name === undefined ? "" : ` Did you mean "${name}"?`;
}
