import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Reporter, TestModule } from "vitest/node";

import { describeSkipped } from "./describe-skipped.ts";

/** Ends a run with one block that says which tests were skipped because the machine lacks something, and how to run them. */
export default class SkippedReporter implements Reporter {
	readonly #folder = mkdtempSync(join(tmpdir(), "spaceport-tests-"));
	readonly #file = join(this.#folder, "skipped");

	onInit(): void {
		process.env.SPACEPORT_SKIPPED_FILE = this.#file;
	}

	onTestRunEnd(modules: readonly TestModule[]): void {
		let tests = 0;
		for (const module of modules) for (const _ of module.children.allTests("skipped")) tests++;
		const lines = readLines(this.#file);
		rmSync(this.#folder, { recursive: true, force: true });
		const block = describeSkipped(lines, tests);
		if (block !== "") process.stderr.write(`\n${block}\n`);
	}
}

function readLines(file: string): string[] {
	try {
		return readFileSync(file, "utf8").split("\n").filter(Boolean);
	} catch {
		return [];
	}
}
