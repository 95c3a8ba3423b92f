/** @type {import("@stryker-mutator/api/core").PartialStrykerOptions} */
export default {
	plugins: ["./packages/core/mutation/warm-runner.ts"],
	testRunner: "warm-vitest",
	mutate: ["packages/core/src/{chain,errors}/**/*.ts"],
	coverageAnalysis: "perTest",
	concurrency: 4,
	// The runner itself tells of what does not end.
	timeoutMS: 60_000,
	// What the tests of core never read.
	ignorePatterns: ["examples", ".changeset", ".ci", ".github", "packages/gradio-space", "packages/bench", "packages/cli"],
	tempDirName: ".mutation/sandbox",
	// Stryker would rewrite it with TypeScript's old API, and the tests need none.
	tsconfigFile: ".mutation/no-tsconfig.json",
	reporters: ["progress-append-only", "json"],
	jsonReporter: { fileName: ".mutation/report.json" },
	incremental: true,
	incrementalFile: ".mutation/incremental.json",
	allowEmpty: false,
	disableTypeChecks: false,
};
