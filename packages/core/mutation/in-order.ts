/** These have no part in it: they look at what a bundler makes of the sources, start processes that know nothing of a mutant, compare pages of the docs. */
const leftOut = ["browser-bundle.test", "shared-store.test", "rests-page.test", "fault-matrix.test"];

/** What takes long, from the cheapest on. The first failure ends a mutant's run, and most mutants die in a test that takes no time. */
const dear = [
	"compile-history",
	"explain.test",
	"continuation-alignment",
	"queue-limiter.test",
	"engine.test",
	"continuation-properties",
	"chain-properties",
];

/**
 * After how long a test of a file fails, in milliseconds: a promise that no longer settles is the commonest way for a mutant to show. In the others no test takes a
 * twentieth of it.
 */
export function patienceMs(file: string): number {
	return dear.some((name) => file.includes(name)) ? 10_000 : 3_000;
}

/** Where a mutant of this folder is most likely to die. */
const near: Readonly<Record<string, readonly string[]>> = {
	"/errors/": ["/errors.test", "exhausted-error", "/health/store", "retry-after"],
	"/chain/continuation/": ["continuation-"],
	"/chain/health/": ["/health/", "chain-health"],
	"/chain/limits/": ["bucket.test", "/limiter.test", "queue-limiter", "signs-of-life"],
	"/chain/": ["/chain.test", "interruption", "/errors.test"],
};

/**
 * The tests' files for a mutant of a source, those first that are likely to kill it soon.
 *
 * @param files - those that come by the mutant
 * @param source - the file that it is in
 * @param cheap - without those that take long, but for those that are about its folder
 */
export function inOrder(files: readonly string[], source: string, cheap = false): string[] {
	const folder = Object.keys(near).find((part) => source.includes(part));
	const isNear = (file: string): boolean => folder !== undefined && near[folder]?.some((name) => file.includes(name)) === true;
	const cost = (file: string): number => dear.findIndex((name) => file.includes(name));
	const rank = (file: string): number => cost(file) - (isNear(file) ? dear.length + 1 : 0);
	return files
		.filter((file) => !leftOut.some((name) => file.includes(name)) && !(cheap && cost(file) >= 0 && !isNear(file)))
		.toSorted((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}
