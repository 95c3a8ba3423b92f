import { writeFileSync } from "node:fs";
import { relative } from "node:path";

import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";

import type { FileOutcome, TestOutcome } from "./tunnel/messages.ts";

/** Writes what came of each test file to the file that `SPACEPORT_OUTCOMES` names, in the form that the other runtimes have. */
export default class OutcomeReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
		const outcomes = modules.map(outcomeOf);
		const errors = unhandled.map((error) => `not handled: ${error.stack ?? error.message}`);
		writeFileSync(process.env.SPACEPORT_OUTCOMES ?? "", JSON.stringify({ outcomes, errors }));
	}
}

function outcomeOf(module: TestModule): FileOutcome {
	const tests: TestOutcome[] = [];
	let runtime: FileOutcome["runtime"] = { name: "", version: undefined };
	for (const test of module.children.allTests()) {
		tests.push(testOutcome(test));
		runtime = test.meta().runtime ?? runtime;
	}
	return {
		file: relative(process.cwd(), module.moduleId).replaceAll("\\", "/"),
		tests,
		errors: module.errors().map((error) => error.stack ?? error.message),
		runtime,
	};
}

function testOutcome(test: TestCase): TestOutcome {
	const name = test.fullName;
	const result = test.result();
	if (result.state === "passed") return { name, state: "passed" };
	if (result.state === "failed") {
		return {
			name,
			state: "failed",
			errors: result.errors.map((error) => [error.stack ?? error.message, error.diff].filter(Boolean).join("\n")),
		};
	}
	return { name, state: "skipped", reason: result.state === "skipped" ? result.note : undefined };
}
