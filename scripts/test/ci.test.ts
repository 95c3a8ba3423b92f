import { expect, test } from "vitest";

import { findForeignNames } from "../ci/foreign-names.ts";
import { countTests } from "../ci/test-counts.ts";

const file = (status: string, ...tests: string[]) => ({ status, assertionResults: tests.map((test) => ({ status: test })) });

test("tests are counted by their state", () => {
	const report = {
		testResults: [file("passed", "passed", "passed", "pending"), file("failed", "failed", "passed"), file("passed", "todo", "skipped")],
	};
	expect(countTests(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 3 });
});

test("a file that could not be loaded is a failure", () => {
	expect(countTests({ testResults: [file("passed", "passed"), file("failed")] }, 1)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test.each([
	["an exit code without a failed test", [file("passed", "passed")], 1, { passed: 1, failed: 1, skipped: 0 }],
	["a run without tests", [], 0, { passed: 0, failed: 1, skipped: 0 }],
	["a run that only skipped", [file("passed", "pending")], 0, { passed: 0, failed: 1, skipped: 1 }],
])("%s is a failure", (_, testResults, exitCode, counts) => {
	expect(countTests({ testResults }, exitCode)).toEqual(counts);
});

test.each([
	["resolved: https://registry." + "npmjs.org/ky", "registry." + "npmjs.org"],
	["see files." + "pythonhosted.org", "files." + "pythonhosted.org"],
	["cd /" + "root/project", "/" + "root/project"],
	['"/' + 'tmp/x.json"', "/" + "tmp/x.json"],
])("%s does not belong in a tracked file", (text, found) => {
	expect(findForeignNames(`first line\n${text}`)).toEqual([{ line: 2, text: found }]);
});

test.each(["https://example.com/home/someone/x", "packages/work/x", "~/.cache/spaceport", "a homework/tmp/x", "the npm registry"])(
	"%s does",
	(text) => {
		expect(findForeignNames(text)).toEqual([]);
	},
);
