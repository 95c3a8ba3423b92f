import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromiumHost } from "./chromium.ts";
import { findChromium, howToGetChromium } from "./find-chromium.ts";
import { root } from "./root.ts";
import { runBundles } from "./run-bundles.ts";
import { runVitest, type VitestRuntime } from "./run-vitest.ts";
import type { Selection } from "./test-files.ts";
import type { FileOutcome } from "./tunnel/messages.ts";
import { workerdHost } from "./workerd.ts";
import { testRequests } from "./workerd-requests.ts";

/** What a runtime made of the test files. */
export interface Outcomes {
	readonly version: string;
	readonly outcomes: readonly FileOutcome[];
	/** What failed outside of all files. */
	readonly errors?: readonly string[];
}

/** A runtime, and how it is tested. */
export interface Runtime {
	/** As on the command line. */
	readonly id: string;
	readonly title: string;
	/** The part that `SPACEPORT_REQUIRE` may name, besides `runtimes`. */
	readonly part?: "chromium";
	/** Why it cannot run on this machine; undefined where it can. */
	readonly missing: (modules: string) => string | undefined;
	readonly run: (selection: Selection, modules: string) => Promise<Outcomes>;
}

function withVitest(id: string, title: string, describe: (modules: string) => VitestRuntime): Runtime {
	return {
		id,
		title,
		missing: (modules) => {
			const { program } = describe(modules);
			return existsSync(program)
				? undefined
				: `${program} is not there. Were install scripts allowed? Look for ignore-scripts in your npm settings.`;
		},
		run: (selection, modules) => runVitest(selection, describe(modules)),
	};
}

const executable = (name: string): string => (process.platform === "win32" ? `${name}.exe` : name);

function node(major: string, program: (modules: string) => string): Runtime {
	return withVitest(`node-${major}`, `Node ${major}`, (modules) => ({ name: "node", program: program(modules), args: [], vitestArgs: [] }));
}

/** All of them, in the order of the table. */
export const runtimes: readonly Runtime[] = [
	node("22", (modules) => join(modules, "node-22", "bin", executable("node"))),
	// The workspace's own.
	node("24", () => join(root, "node_modules", "node", "bin", executable("node"))),
	node("26", (modules) => join(modules, "node-26", "bin", executable("node"))),
	withVitest("deno", "Deno", (modules) => ({
		name: "deno",
		program: join(modules, "deno", executable("deno")),
		args: ["run", "--allow-all", "--no-lock"],
		vitestArgs: [],
	})),
	withVitest("bun", "Bun", (modules) => ({
		name: "bun",
		program: join(modules, "bun", "bin", "bun.exe"),
		args: ["--bun"],
		// Its child processes cannot be spoken to as Node's can.
		vitestArgs: ["--pool=threads"],
	})),
	{
		id: "workerd",
		title: "workerd",
		missing: () => undefined,
		run: async (selection, modules) => {
			const { version, outcomes } = await runBundles(selection, workerdHost(modules));
			// A selection is about test files; this is none.
			return { version, outcomes: selection.isAll ? [...outcomes, await testRequests(modules)] : outcomes };
		},
	},
	{
		id: "chromium",
		title: "Chromium",
		part: "chromium",
		missing: () => (findChromium() === undefined ? `There is no Chromium on this machine. ${howToGetChromium}` : undefined),
		run: (selection, modules) => runBundles(selection, chromiumHost(modules, findChromium() ?? "")),
	},
];
