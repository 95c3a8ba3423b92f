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
		const distance = distanceOf(mistaken.toLowerCase(), name.toLowerCase());
		if (distance < bestDistance) {
			best = name;
			bestDistance = distance;
		}
	}
	return best === undefined ? "" : ` Did you mean "${best}"?`;
}

/** How many letters have to be put in, left out or changed to make one of the other (Levenshtein's distance). */
function distanceOf(one: string, other: string): number {
	const letters = [...other];
	// How far the beginning of one is from each beginning of the other.
	let distances = [0, ...letters.map((_, index) => index + 1)] as [number, ...number[]];
	for (const letter of one) {
		const before = distances;
		let last = before[0] + 1;
		distances = [
			last,
			...letters.map((expected, index) => {
				const changed = (before[index] as number) + (letter === expected ? 0 : 1);
				last = Math.min(last + 1, (before[index + 1] as number) + 1, changed);
				return last;
			}),
		];
	}
	return distances.at(-1) as number;
}
