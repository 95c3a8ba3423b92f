import { setTimeout as wait } from "node:timers/promises";

import { bundleTests, type Host } from "./bundle.ts";
import { root } from "./root.ts";
import type { Selection } from "./test-files.ts";
import type { FileOutcome } from "./tunnel/messages.ts";
import { startTunnels } from "./tunnel/serve.ts";

/** A runtime that runs bundles. */
export interface BundleRuntime extends AsyncDisposable {
	/** What it calls itself; where that is not known from inside. */
	readonly version: string;
	/** Starts a test file. `broken` rejects when it can say nothing any more. */
	start(file: string): Promise<{ readonly broken: Promise<never>; close(): Promise<void> }>;
}

/** How a runtime that runs bundles is started. */
export interface BundleHost {
	readonly host: Host;
	/** The package folder of what the stand-ins need. */
	readonly modules: string;
	open(bundles: ReadonlyMap<string, string>, tunnelUrl: string): Promise<BundleRuntime>;
}

/** How many instances of a runtime there are, with a file each: one process runs one thing at a time, and the tests keep time. */
const instances = 2;
/** How long one file may take. */
const longestFileMs = 300_000;

/** Runs test files in a runtime without Node's modules, a few at a time, each in a page or a worker of its own. */
export async function runBundles(
	selection: Selection,
	{ host, modules, open }: BundleHost,
): Promise<{ readonly version: string; readonly outcomes: readonly FileOutcome[] }> {
	const bundles = await bundleTests(selection, host, modules);
	await using tunnels = await startTunnels(bundles, { root, crossOrigin: host === "page" });
	const waiting = [...selection.files];
	const outcomes: FileOutcome[] = [];
	const runSome = async (): Promise<string> => {
		await using runtime = await open(bundles, tunnels.url);
		for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
			outcomes.push(await runOne(runtime, file));
		}
		return runtime.version;
	};
	async function runOne(runtime: BundleRuntime, file: string): Promise<FileOutcome> {
		const stop = new AbortController();
		const late = wait(longestFileMs, undefined, { signal: stop.signal, ref: false }).then(() => {
			throw new Error(`it was not over after ${longestFileMs / 1000} s`);
		});
		late.catch(() => undefined);
		try {
			const { broken, close } = await runtime.start(file);
			const outcome = await Promise.race([tunnels.outcomeOf(file), broken, late]);
			await close();
			return outcome;
		} catch (error) {
			return { file, tests: [], errors: [String(error)], runtime: { name: "", version: undefined } };
		} finally {
			stop.abort();
		}
	}
	const [version = ""] = await Promise.all(Array.from({ length: instances }, runSome));
	return { version, outcomes: outcomes.sort((one, other) => (one.file < other.file ? -1 : 1)) };
}
