/** The part of vitest's JSON report that is counted. */
export interface TestReport {
	readonly testResults: readonly {
		readonly status: string;
		readonly assertionResults: readonly { readonly status: string }[];
	}[];
}

/**
 * Counts a run. A test file that could not be loaded is one failure; an exit code other than 0 without a failed test is one (an unhandled rejection, say), and
 * so is a run in which nothing was tested.
 */
export function countTests(report: TestReport, exitCode: number): { passed: number; failed: number; skipped: number } {
	let passed = 0;
	let failed = 0;
	let skipped = 0;
	for (const { status, assertionResults } of report.testResults) {
		const failedBefore = failed;
		for (const test of assertionResults) {
			if (test.status === "passed") passed++;
			else if (test.status === "failed") failed++;
			else skipped++;
		}
		if (status === "failed" && failed === failedBefore) failed++;
	}
	if (failed === 0 && (exitCode !== 0 || passed === 0)) failed++;
	return { passed, failed, skipped };
}
