import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

const conditions = ["@spaceport/source"];
// A path for vitest's own JSON report; `.ci/run` reads its numbers from there.
const resultsFile = process.env.SPACEPORT_TEST_RESULTS;

export default defineConfig({
	resolve: { conditions },
	ssr: { resolve: { conditions, externalConditions: conditions } },
	test: {
		include: ["packages/*/test/**/*.test.ts", "examples/**/*.test.ts", "scripts/test/**/*.test.ts"],
		setupFiles: ["./scripts/vitest/collect-skipped.ts"],
		reporters: ["default", "./scripts/vitest/skipped-reporter.ts", ...(resultsFile === undefined ? [] : ["json"])],
		...(resultsFile === undefined ? {} : { outputFile: { json: resultsFile } }),
		// Real servers are heavy and the tests mostly wait for them: never fewer than two files at a time, never more than four.
		pool: "forks",
		maxWorkers: Math.min(4, Math.max(2, availableParallelism())),
		// Programs that tests start as child processes run from the sources too.
		env: { NODE_OPTIONS: `--conditions=${conditions[0]}` },
		testTimeout: 30_000,
		hookTimeout: 120_000,
	},
});
