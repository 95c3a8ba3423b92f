/** Between Stryker's process and the thread in it that runs the tests. */
export const channelName = "spaceport-mutation";

/** What the thread is to run. */
export interface Job {
	/** The tests' files, in the order in which they are run. */
	readonly files: readonly string[];
	/** Ids of the tests; all where there are none. */
	readonly tests: readonly string[] | undefined;
	/** The mutant that is active meanwhile. */
	readonly mutant: string | undefined;
	/** The mutant is in code that runs when its module is loaded. */
	readonly loads: boolean;
	/** The first failure ends it. */
	readonly bail: boolean;
	/** How often the mutant may be come by before it counts as an endless loop. */
	readonly hitLimit: number | undefined;
}

/** What the thread says. */
export interface Said {
	/** It waits for a job. */
	readonly ready?: true;
	/** It is at work, and says so again within this many milliseconds unless it goes round in circles. */
	readonly aliveMs?: number;
	readonly result?: JobResult;
}

/** How a test ended. */
export interface Outcome {
	readonly id: string;
	readonly name: string;
	readonly file: string;
	readonly location: { readonly line: number; readonly column: number } | undefined;
	readonly passed: boolean;
	readonly ms: number;
	readonly message: string | undefined;
}

/** What became of a job. */
export interface JobResult {
	readonly outcomes: readonly Outcome[];
	/** How often the mutant was come by. */
	readonly hits: number;
	/** Which tests come by which mutants. */
	readonly coverage: unknown;
}

interface Named {
	readonly name: string;
	readonly suite?: Named | undefined;
}

/** A test's file, and its name with those of the suites around it. */
export function testId(test: Named & { readonly file: { readonly name: string } }): string {
	const names = [test.name];
	for (let suite = test.suite; suite !== undefined; suite = suite.suite) names.unshift(suite.name);
	return `${test.file.name}#${names.join(" > ")}`;
}
