import leven from "leven";

/**
 * The known name that is nearest to a mistaken one, as a sentence to end a message with; empty where nothing is known.
 *
 * @param mistaken - what was written
 * @param known - what could have been meant
 */
export function didYouMean(mistaken: string, known: Iterable<string>): string {
	let best: string | undefined;
	let bestDistance = Infinity;
	for (const name of known) {
		const distance = leven(mistaken.toLowerCase(), name.toLowerCase());
		if (distance < bestDistance) {
			best = name;
			bestDistance = distance;
		}
	}
	return best === undefined ? "" : ` Did you mean "${best}"?`;
}
