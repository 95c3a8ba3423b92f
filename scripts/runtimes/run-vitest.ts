import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { root } from "./root.ts";
import type { Selection } from "./test-files.ts";
import type { FileOutcome } from "./tunnel/messages.ts";

const probe = "scripts/runtimes/which-runtime.test.ts";
const longestMs = 10 * 60_000;

/** A program that runs vitest. */
export interface VitestRuntime {
	/** As `currentRuntime` calls it. */
	readonly name: string;
	readonly program: string;
	/** Before the path of vitest. */
	readonly args: readonly string[];
	/** After it. */
	readonly vitestArgs: readonly string[];
}

/**
 * Runs test files with vitest in another runtime, which is asked from inside of vitest's workers what it is.
 *
 * @throws Error where vitest does not come to its end, or where its workers are another runtime
 */
export async function runVitest(
	{ files, testName }: Selection,
	runtime: VitestRuntime,
): Promise<{ readonly version: string; readonly outcomes: readonly FileOutcome[]; readonly errors: readonly string[] }> {
	const folder = await mkdtemp(join(tmpdir(), "spaceport-runtimes-"));
	const report = join(folder, "outcomes.json");
	try {
		const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
		// With the test that asks the runtime, which always runs.
		const pattern = testName === "" ? [] : ["--testNamePattern", `${testName}|the runtime that was asked for`];
		const output = await run(
			runtime.program,
			[
				...runtime.args,
				vitest,
				"run",
				"--config",
				join("scripts", "runtimes", "vitest.config.ts"),
				...runtime.vitestArgs,
				...pattern,
				probe,
				...files,
			],
			{ SPACEPORT_RUNTIME: runtime.name, SPACEPORT_OUTCOMES: report },
		);
		const text = await readFile(report, "utf8").catch(() => undefined);
		if (text === undefined) throw new Error(`vitest came to no end: ${output.slice(-3000)}`);
		const { outcomes, errors } = JSON.parse(text) as { outcomes: FileOutcome[]; errors: string[] };
		const asked = outcomes.find(({ file }) => file === probe);
		if (asked?.runtime.version === undefined || asked.tests.some(({ state }) => state !== "passed")) {
			throw new Error(`The workers are not ${runtime.name}: ${JSON.stringify(asked ?? output.slice(-3000))}`);
		}
		const missing = files.filter((file) => !outcomes.some((outcome) => outcome.file === file));
		return {
			version: asked.runtime.version,
			outcomes: outcomes.filter((outcome) => outcome !== asked),
			errors: [...errors, ...missing.map((file) => `${file} did not run`)],
		};
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

function run(program: string, args: readonly string[], variables: Readonly<Record<string, string>>): Promise<string> {
	return new Promise((resolve, reject) => {
		const { NODE_OPTIONS: _, ...inherited } = process.env;
		const env = { ...inherited, NO_COLOR: "1", CI: "true", ...variables };
		const child = spawn(program, args, { cwd: root, env, stdio: ["ignore", "pipe", "pipe"], timeout: longestMs, killSignal: "SIGKILL" });
		let output = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding("utf8").on("data", (text: string) => {
				output += text;
			});
		}
		child.once("error", reject);
		child.once("close", () => resolve(output));
	});
}
