import type { Runtime } from "./runtimes.ts";
import type { LeftOut } from "./test-files.ts";
import type { FileOutcome } from "./tunnel/messages.ts";

/** What is known about one runtime after a run. */
export interface RuntimeReport {
	readonly runtime: Pick<Runtime, "id" | "title">;
	readonly version: string;
	readonly seconds: number;
	readonly outcomes: readonly FileOutcome[];
	/** What failed outside of the test files. */
	readonly errors: readonly string[];
	/** Why nothing was run. */
	readonly notRun?: string;
}

/** Tests by their state; a failure outside of a test counts as one. */
export function countOutcomes({ outcomes, errors }: Pick<RuntimeReport, "outcomes" | "errors">): {
	passed: number;
	failed: number;
	skipped: number;
} {
	const counts = { passed: 0, failed: errors.length, skipped: 0 };
	for (const outcome of outcomes) {
		for (const { state } of outcome.tests) counts[state] += 1;
		counts.failed += outcome.errors.length;
	}
	return counts;
}

/** The table of a run, in Markdown, with what was skipped and why. */
export function describeRun(reports: readonly RuntimeReport[], leftOut: readonly LeftOut[]): string {
	const rows = reports.map((report) => {
		const { passed, failed, skipped } = countOutcomes(report);
		const { title } = report.runtime;
		if (report.notRun !== undefined) return [title, "not run", "0", "0", "0", "all", "0"];
		return [title, report.version, report.outcomes.length, passed, failed, skipped, report.seconds.toFixed(0)].map(String);
	});
	const lines = [table(["runtime", "version", "test files", "passed", "failed", "skipped", "seconds"], rows)];
	for (const { runtime, notRun } of reports) if (notRun !== undefined) lines.push("", `${runtime.title} was not run: ${notRun}`);
	const skipped = skippedTests(reports);
	if (skipped.length > 0) lines.push("", "Skipped tests:", "", ...skipped);
	if (leftOut.length > 0) {
		lines.push("", "Test files of these packages that no runtime was asked to run:", "");
		for (const { file, reason } of leftOut) lines.push(`- \`${file}\`: ${reason}`);
	}
	return lines.join("\n");
}

/** One line for each reason in a file, with the runtimes that skipped tests for it. */
function skippedTests(reports: readonly RuntimeReport[]): string[] {
	const found = new Map<string, string[]>();
	for (const { runtime, outcomes } of reports) {
		for (const { file, tests } of outcomes) {
			const byReason = new Map<string, string[]>();
			for (const { name, state, reason = "it does not say why" } of tests) {
				if (state === "skipped") byReason.set(reason, [...(byReason.get(reason) ?? []), name]);
			}
			for (const [reason, names] of byReason) {
				const which = names.length === 1 ? `"${names[0]}"` : `${names.length} tests`;
				const line = `${which} of \`${file}\`: ${reason}`;
				found.set(line, [...(found.get(line) ?? []), runtime.title]);
			}
		}
	}
	return [...found].map(([line, titles]) => `- ${titles.join(", ")}: ${line}`);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]): string =>
		`| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
	const rule = `|${widths.map((width, column) => (column < 2 ? `${"-".repeat(width + 2)}` : `${"-".repeat(width + 1)}:`)).join("|")}|`;
	return [line(head), rule, ...rows.map(line)].join("\n");
}

/** What failed, test by test. */
export function describeFailures({ runtime, outcomes, errors }: RuntimeReport): string[] {
	const indent = (text: string): string => text.split("\n").slice(0, 25).join("\n      ");
	const lines = errors.map((error) => `  FAILED in ${runtime.title}\n      ${indent(error)}`);
	for (const outcome of outcomes) {
		for (const error of outcome.errors) lines.push(`  FAILED in ${runtime.title}: ${outcome.file}\n      ${indent(error)}`);
		for (const { name, state, errors: failures = [] } of outcome.tests) {
			if (state === "failed") lines.push(`  FAILED in ${runtime.title}: ${outcome.file} > ${name}\n      ${indent(failures.join("\n"))}`);
		}
	}
	return lines;
}

/** The run in the form of vitest's JSON report, as `.ci/run` counts it. A runtime that was not run is one skipped test. */
export function toTestReport(reports: readonly RuntimeReport[]): object {
	const testResults = reports.flatMap(({ outcomes, errors, notRun }) => [
		...outcomes.map(({ tests, errors: outside }) => ({
			status: outside.length > 0 || tests.some(({ state }) => state === "failed") ? "failed" : "passed",
			assertionResults: tests.map(({ state }) => ({ status: state === "skipped" ? "pending" : state })),
		})),
		...errors.map(() => ({ status: "failed", assertionResults: [] })),
		...(notRun === undefined ? [] : [{ status: "passed", assertionResults: [{ status: "pending" }] }]),
	]);
	return { testResults };
}
