import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { countTests, type TestReport } from "../ci/test-counts.ts";
import { bundleTests } from "../runtimes/bundle.ts";
import { countOutcomes, describeFailures, describeRun, type RuntimeReport, toTestReport } from "../runtimes/report.ts";
import { root } from "../runtimes/root.ts";
import { findTestFiles } from "../runtimes/test-files.ts";

const runtime = { name: "bun", version: "1.0.0" };
const good: RuntimeReport = {
	runtime: { id: "bun", title: "Bun" },
	version: "1.0.0",
	seconds: 3.2,
	errors: [],
	outcomes: [
		{
			file: "a.test.ts",
			runtime,
			errors: [],
			tests: [
				{ name: "one", state: "passed" },
				{ name: "two", state: "skipped", reason: "it cannot" },
			],
		},
	],
};
const bad: RuntimeReport = {
	...good,
	runtime: { id: "deno", title: "Deno" },
	errors: ["it fell over"],
	outcomes: [{ file: "b.test.ts", runtime, errors: ["not handled: x"], tests: [{ name: "three", state: "failed", errors: ["no"] }] }],
};
const absent: RuntimeReport = { ...good, runtime: { id: "chromium", title: "Chromium" }, outcomes: [], notRun: "there is none" };

test("what failed outside of the tests counts as a failure, and so does a runtime that fell over", () => {
	expect(countOutcomes(good)).toEqual({ passed: 1, failed: 0, skipped: 1 });
	expect(countOutcomes(bad)).toEqual({ passed: 0, failed: 3, skipped: 0 });
	expect(describeFailures(bad).join("\n")).toMatch(/it fell over.*not handled: x.*b\.test\.ts > three.*no/s);
});

test("the table says what was not run, what was skipped, and why", () => {
	const text = describeRun([good, bad, absent], [{ file: "c.test.ts", reason: "needs a server" }]);
	expect(text).toContain("| Bun      | 1.0.0   |          1 |      1 |      0 |       1 |       3 |");
	expect(text).toContain("| Deno     | 1.0.0   |          1 |      0 |      3 |       0 |       3 |");
	expect(text).toContain("Chromium was not run: there is none");
	expect(text).toContain('- Bun: "two" of `a.test.ts`: it cannot');
	expect(text).toContain("- `c.test.ts`: needs a server");
});

test("the closing count has every test, and a runtime that was not run as one that is skipped", () => {
	const count = (...reports: RuntimeReport[]) => countTests(toTestReport(reports) as TestReport, 0);
	expect(count(good)).toEqual({ passed: 1, failed: 0, skipped: 1 });
	expect(count(good, absent)).toEqual({ passed: 1, failed: 0, skipped: 2 });
	expect(count(good, bad).failed).toBeGreaterThan(0);
});

test("every test file of the suites runs, or is left out for a reason", () => {
	const { files, leftOut } = findTestFiles();
	expect(files).toContain("packages/gradio-space/test/apply-diff.test.ts");
	expect(files).toContain("packages/core/test/chain.test.ts");
	expect(leftOut.map(({ file }) => file)).toContain("packages/gradio-space/test/gradio-diffs.test.ts");
	for (const file of [...files, ...leftOut.map(({ file }) => file)]) expect(existsSync(join(root, file)), file).toBe(true);
	expect(findTestFiles(["apply-diff.test"]).files).toEqual(["packages/gradio-space/test/apply-diff.test.ts"]);
});

test("a package under test that imports a module of Node cannot be bundled", async () => {
	const selection = { files: ["packages/provider-local/src/index.ts"], testName: "", isAll: false };
	await expect(bundleTests(selection, "page", join(root, "node_modules"))).rejects.toThrow(
		/imports node:\w+.*which this runtime does not have/s,
	);
});
