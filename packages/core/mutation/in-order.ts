/** The tests that are about a folder: its mutants are tried against these, and no others. */
const near: Readonly<Record<string, readonly string[]>> = {
	"/errors/": ["error-classes", "/errors.test", "redact", "exhausted-error", "decisions"],
	"/chain/continuation/": ["continuation-", "interruption"],
	"/chain/health/": ["/health/", "chain-health", "exhausted-error", "/explain.test"],
	"/chain/limits/": ["/limits/", "bucket.test", "/limiter.test", "queue-limiter", "explain-limits", "estimate-tokens", "signs-of-life"],
	"/chain/": [
		"fit-request",
		"standalone-chain",
		"provider-reader",
		"attempt-ends",
		"attempt-plan",
		"batches",
		"/chain.test",
		"chain-health",
		"chain-properties",
		"conformance",
		"deadlines",
		"decisions",
		"/embed.test",
		"events",
		"exhausted-error",
		"/explain.test",
		"explain-limits",
		"going-on",
		"interruption",
		"/limiter.test",
		"load-part",
		"misbehaving",
		"registry",
		"signs-of-life",
		"small-parts",
		"/stream.test",
		"unsupported",
		"usage",
	],
};

/** These look at what a bundler makes of the sources, start processes that know nothing of a mutant, or compare pages of the docs. */
const leftOut = ["browser-bundle.test", "shared-store.test", "rests-page.test"];

/** What takes long, from the cheapest on. The first failure ends a mutant's run, and most mutants die in a test that takes no time. */
const dear = ["bucket.test", "continuation-alignment", "queue-limiter.test", "engine.test", "continuation-properties", "chain-properties"];

/**
 * After how long a test of a file fails, in milliseconds: a promise that no longer settles is the commonest way for a mutant to show. None takes a tenth of it.
 */
export function patienceMs(file: string): number {
	return dear.some((name) => file.includes(name)) ? 10_000 : 2_000;
}

/**
 * The tests' files for a mutant of a source, those first that take the least time.
 *
 * @param files - those that come by the mutant
 * @param source - the file that it is in; all that are about some folder where it is empty
 * @returns those whose names have one of `SPACEPORT_MUTATION_TESTS` in them, where that is set: whoever writes a test sees soon what it kills
 */
export function inOrder(files: readonly string[], source: string): string[] {
	const only = process.env.SPACEPORT_MUTATION_TESTS?.split(",");
	if (only !== undefined) return files.filter((file) => only.some((name) => file.includes(name)));
	const folder = Object.keys(near).find((part) => source.includes(part));
	const names = folder === undefined ? Object.values(near).flat() : (near[folder] ?? []);
	const cost = (file: string): number => dear.findIndex((name) => file.includes(name));
	return files
		.filter((file) => names.some((name) => file.includes(name)) && !leftOut.some((name) => file.includes(name)))
		.toSorted((one, other) => cost(one) - cost(other) || (one < other ? -1 : 1));
}
