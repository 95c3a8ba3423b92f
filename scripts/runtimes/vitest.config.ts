import { defineConfig } from "vitest/config";

const conditions = ["@spaceport/source"];

/** How the runtimes that have Node's modules run vitest itself. Which files, says the command line. */
export default defineConfig({
	resolve: { conditions },
	ssr: { resolve: { conditions, externalConditions: conditions } },
	test: {
		include: ["packages/*/test/**/*.test.ts", "scripts/runtimes/which-runtime.test.ts"],
		reporters: ["./scripts/runtimes/outcome-reporter.ts"],
		maxWorkers: 2,
		env: { NODE_OPTIONS: `--conditions=${conditions[0]}` },
		testTimeout: 30_000,
		hookTimeout: 120_000,
	},
});
