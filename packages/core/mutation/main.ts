import { spawnSync } from "node:child_process";

import { reachesTarget, writeReport } from "./report.ts";

const startedAt = Date.now();
const { status } = spawnSync("stryker", ["run", "packages/core/mutation/stryker.config.mjs", ...process.argv.slice(2)], {
	stdio: "inherit",
});
if (status !== 0) process.exit(status ?? 1);
const score = writeReport(".mutation/report.json", Math.ceil((Date.now() - startedAt) / 60_000));
console.log(`The score is ${score.toFixed(1)} %. The survivors are in docs/mutation.md.`);
if (!reachesTarget(score)) process.exitCode = 1;
