/**
 * Reads vitest's JSON report and prints `passed failed skipped`: `node scripts/ci/count-tests.ts <report> <exit code of vitest>`.
 * A file that could not be loaded counts as a failure, and so does an exit code other than 0 without a failed test, and a run without any test.
 */
import { readFileSync } from "node:fs";

import { countTests, type TestReport } from "./test-counts.ts";

const [file = "", code = "0"] = process.argv.slice(2);
const counts = countTests(JSON.parse(readFileSync(file, "utf8")) as TestReport, Number(code));
process.stdout.write(`${counts.passed} ${counts.failed} ${counts.skipped}\n`);
