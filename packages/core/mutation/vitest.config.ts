import { fileURLToPath } from "node:url";

import { defineConfig } from "vitest/config";

// In a sandbox of Stryker's this is the sandbox: every package has to come from there, although its node_modules lead out of it.
const root = fileURLToPath(new URL("../../..", import.meta.url));
const conditions = ["@spaceport/source"];

export default defineConfig({
	root,
	resolve: { conditions, alias: [{ find: /^@spaceport\/([\w-]+)$/, replacement: `${root}packages/$1/src/index.ts` }] },
	ssr: { resolve: { conditions, externalConditions: conditions } },
	test: {
		include: ["packages/core/mutation/idle.test.ts"],
		runner: fileURLToPath(new URL("warm-worker.ts", import.meta.url)),
		isolate: false,
		env: { SPACEPORT_PROPERTY_RUNS: "30" },
	},
});
