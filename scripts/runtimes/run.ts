/**
 * Runs the test files of core, http, gradio-space, provider-qwen-2-72b and provider-openai in every runtime, and ends with a table of what happened.
 *
 * `npm run test:runtimes -- [options] [runtime …]`
 *   --file <text>   only test files with this in their path; may be given more than once
 *   --test <text>   only tests with this pattern in their name
 *   --write         writes the table to docs/runtimes.md
 *   --at-once <n>   how many runtimes run at the same time (default 2)
 *
 * Without names all runtimes run. A runtime that is named, or that `SPACEPORT_REQUIRE` asks for (`runtimes`, for Chromium also `chromium`), is never skipped.
 * The exit code is 0 where nothing failed.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { isRequired } from "../../packages/testkit/src/require.ts";
import { installRuntimes } from "./install.ts";
import { countOutcomes, describeFailures, describeRun, type RuntimeReport, toTestReport } from "./report.ts";
import { root } from "./root.ts";
import { type Runtime, runtimes } from "./runtimes.ts";
import { findTestFiles } from "./test-files.ts";
import { writeTable } from "./write-table.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		file: { type: "string", multiple: true, default: [] },
		test: { type: "string", default: "" },
		write: { type: "boolean", default: false },
		"at-once": { type: "string", default: "2" },
	},
});
const unknown = positionals.filter((name) => !runtimes.some(({ id }) => id === name));
if (unknown.length > 0) {
	process.stderr.write(`There is no runtime ${unknown.join(", ")}. There are: ${runtimes.map(({ id }) => id).join(", ")}\n`);
	process.exit(2);
}
const chosen = positionals.length === 0 ? runtimes : runtimes.filter(({ id }) => positionals.includes(id));
const { files, leftOut } = findTestFiles(values.file);
const isAll = values.file.length === 0 && values.test === "";
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const modules = await installRuntimes().catch((error: unknown) => {
	process.stderr.write(`The runtimes could not be installed. ${error instanceof Error ? error.message : String(error)}\n`);
	return undefined;
});
say(`${files.length} test files in ${chosen.map(({ title }) => title).join(", ")}`);
const reports = new Map<Runtime, RuntimeReport>();
const waiting = [...chosen];
await Promise.all(Array.from({ length: Number(values["at-once"]) || 1 }, runNext));
const inOrder = chosen.flatMap((runtime) => reports.get(runtime) ?? []);

say("");
for (const report of inOrder) for (const line of describeFailures(report)) say(`${line}\n`);
say(describeRun(inOrder, leftOut));
const total = { passed: 0, failed: 0, skipped: 0 };
for (const report of inOrder) {
	const { passed, failed, skipped } = countOutcomes(report);
	total.passed += passed;
	total.failed += failed;
	total.skipped += skipped + (report.notRun === undefined ? 0 : 1);
}
say(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
const resultsFile = process.env.SPACEPORT_TEST_RESULTS;
if (resultsFile !== undefined) await writeFile(resultsFile, JSON.stringify(toTestReport(inOrder)));
if (values.write) await writeTable(join(root, "docs", "runtimes.md"), describeRun(inOrder, leftOut));
// A run that tested nothing has shown nothing.
process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);

async function runNext(): Promise<void> {
	for (let runtime = waiting.shift(); runtime !== undefined; runtime = waiting.shift()) {
		const report = await test(runtime);
		reports.set(runtime, report);
		const { passed, failed, skipped } = countOutcomes(report);
		if (report.notRun !== undefined) process.stderr.write(`SKIPPED: ${runtime.title}. ${report.notRun}\n`);
		else
			say(`${runtime.title} ${report.version}: ${passed} passed, ${failed} failed, ${skipped} skipped in ${report.seconds.toFixed(0)} s`);
	}
}

async function test(runtime: Runtime): Promise<RuntimeReport> {
	const about = { runtime, version: "", seconds: 0, outcomes: [], errors: [] };
	let missing: string | undefined = "The runtimes could not be installed; see above.";
	try {
		if (modules !== undefined) missing = runtime.missing(modules);
	} catch (error) {
		// What the environment names is not there, which is a mistake and no reason to skip.
		return { ...about, errors: [error instanceof Error ? error.message : String(error)] };
	}
	if (modules === undefined || missing !== undefined) {
		const required = positionals.includes(runtime.id) || isRequired("runtimes") || (runtime.part !== undefined && isRequired(runtime.part));
		return required ? { ...about, errors: [missing ?? ""] } : { ...about, notRun: missing ?? "" };
	}
	const started = Date.now();
	try {
		const { version, outcomes, errors = [] } = await runtime.run({ files, testName: values.test, isAll }, modules);
		return { runtime, version, outcomes, errors, seconds: (Date.now() - started) / 1000 };
	} catch (error) {
		const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
		return { ...about, errors: [text], seconds: (Date.now() - started) / 1000 };
	}
}
