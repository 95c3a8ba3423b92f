import { isDeepStrictEqual } from "node:util";

import { startSpaceEmulator } from "@spaceport/testkit/emulator";

import { bundleWorker } from "./bundle.ts";
import { requireFrom } from "./install.ts";
import type { FileOutcome, TestOutcome } from "./tunnel/messages.ts";
import type { Miniflare, MiniflareModule } from "./workerd.ts";

const file = "scripts/runtimes/inside/shared-space.ts";

/** Asks the worker, and gives what it says. */
type Ask = (path: string, question: string, more?: Readonly<Record<string, string>>) => Promise<unknown>;

/**
 * Tests what no test file can, since each runs within one request: a Space and a Spaceport that all requests of a worker share. What one request of a worker has
 * begun ends with it, and no other may touch it.
 */
export async function testRequests(modules: string): Promise<FileOutcome> {
	const { Miniflare } = requireFrom(modules, "miniflare") as MiniflareModule;
	const contents = await bundleWorker(file);
	const tests: TestOutcome[] = [];
	for (const flags of [[], ["nodejs_compat"]]) {
		const miniflare = new Miniflare({
			cf: false,
			compatibilityDate: "2026-04-01",
			compatibilityFlags: flags,
			modules: [{ type: "ESModule", path: "worker.mjs", contents }],
		});
		try {
			await miniflare.ready;
			for (const [name, run] of cases) tests.push(await outcomeOf(`${name}${flags.map((flag) => ` (${flag})`).join("")}`, miniflare, run));
		} finally {
			await miniflare.dispose();
		}
	}
	return { file, tests, errors: [], runtime: { name: "workerd", version: undefined } };
}

type Case = (ask: (version?: "3.50.2") => Promise<AsyncDisposable & { readonly ask: Ask; silenceConfig(): void }>) => Promise<void>;

const cases: readonly (readonly [name: string, run: Case])[] = [
	[
		"several requests at once share a Space that none has asked before",
		async (start) => {
			await using space = await start();
			const answers = await Promise.all([1, 2, 3, 4, 5].map((count) => space.ask("/", `count ${count}`)));
			expectSame(
				answers,
				["1", "1 2", "1 2 3", "1 2 3 4", "1 2 3 4 5"].map((answer) => ({ answer })),
			);
		},
	],
	[
		"a request that ends while it reads the config leaves the others alone",
		async (start) => {
			await using space = await start();
			space.silenceConfig();
			const [, answer] = await Promise.all([space.ask("/begin", "count 1"), space.ask("/", "count 2")]);
			expectSame(answer, { answer: "1 2" });
			expectSame(await space.ask("/", "count 3"), { answer: "1 2 3" });
		},
	],
	[
		"several requests at once share a Spaceport",
		async (start) => {
			await using space = await start();
			const answers = await Promise.all([1, 2, 3].map((count) => space.ask("/complete", `count ${count}`)));
			expectSame(
				answers,
				["1", "1 2", "1 2 3"].map((answer) => ({ answer })),
			);
		},
	],
	[
		"a token for a WebSocket, which sends none here, is unsupported",
		async (start) => {
			await using space = await start("3.50.2");
			expectSame(await space.ask("/", "count 2"), { answer: "1 2" });
			const { code } = (await space.ask("/", "count 2", { token: "hf_0123456789" })) as { readonly code: unknown };
			expectSame(code, "unsupported");
		},
	],
];

async function outcomeOf(name: string, miniflare: Miniflare, run: Case): Promise<TestOutcome> {
	try {
		await run(async (version) => {
			const space = await startSpaceEmulator(version === undefined ? {} : { version });
			return {
				ask: (path, question, more = {}) => ask(miniflare, path, { base: space.baseUrl, question, ...more }),
				silenceConfig: () => space.setFaults([{ kind: "silent", at: "config", times: 1 }]),
				[Symbol.asyncDispose]: () => space.stop(),
			};
		});
		return { name, state: "passed" };
	} catch (error) {
		return { name, state: "failed", errors: [error instanceof Error ? (error.stack ?? error.message) : String(error)] };
	}
}

async function ask(miniflare: Miniflare, path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
	const late = AbortSignal.timeout(20_000);
	const response = miniflare.dispatchFetch(`http://worker${path}?${new URLSearchParams(query)}`);
	return await Promise.race([
		response.then((answered) => answered.json()),
		new Promise((_, reject) => late.addEventListener("abort", () => reject(new Error(`${path} was not answered within 20 s`)))),
	]);
}

function expectSame(found: unknown, expected: unknown): void {
	if (!isDeepStrictEqual(found, expected)) throw new Error(`Expected ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`);
}
