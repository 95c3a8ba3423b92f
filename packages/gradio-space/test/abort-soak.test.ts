import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { type EmulatedFunction, type SpaceEmulator, startSpaceEmulator } from "@spaceport/testkit/emulator";
import type { GradioVersion } from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, expect, test } from "vitest";

import type { SoakPlan, SoakReport, SoakTarget } from "./support/soak-program.ts";

/** Says a word each few milliseconds, until nobody listens. */
const endless: EmulatedFunction = {
	inputs: ["textbox"],
	outputs: ["textbox"],
	run: async function* (_, { signal }) {
		for (let text = "word"; ; text += " word") {
			yield [text];
			await wait(4, undefined, { signal });
		}
	},
};

/** One Gradio of each way to end a job; `weight` is how many of the calls it gets, of 20. */
const spaces: readonly { version: GradioVersion; weight: number; protocol?: "call" | "run" }[] = [
	{ version: "3.50.2", weight: 2 },
	{ version: "4.0.2", weight: 1 },
	{ version: "4.16.0", weight: 1 },
	{ version: "4.21.0", weight: 2 },
	{ version: "4.29.0", weight: 1 },
	{ version: "4.44.1", weight: 2 },
	{ version: "5.50.0", weight: 8 },
	{ version: "5.50.0", weight: 1, protocol: "call" },
	{ version: "6.31.0", weight: 2 },
];

/** V8 lets go of the code of functions at moments of its own: megabytes, in which a leak would not be seen. */
const flags = ["--expose-gc", "--no-flush-bytecode", "--conditions=@spaceport/source"];

const emulators: SpaceEmulator[] = [];
const targets: SoakTarget[] = [];

beforeAll(async () => {
	for (const { version, weight, protocol } of spaces) {
		// On some there is a queue. Not on those where a job that was left in it keeps a slot: 4.0 waits for its inputs, 4.21 runs it.
		const queue = version === "5.50.0" || version === "3.50.2" ? { concurrency: 10 } : {};
		const emulator = await startSpaceEmulator({ version, functions: { endless }, queue });
		emulators.push(emulator);
		targets.push({ url: emulator.baseUrl, weight, ...(protocol && { protocol }) });
	}
});
afterAll(() => Promise.all(emulators.map((emulator) => emulator.stop())));

test("10 000 calls that are left leave nothing behind", { timeout: 300_000 }, async () => {
	const plan: SoakPlan = { targets, warmUpCalls: 1_800, calls: 10_000, concurrency: 50 };
	const program = fileURLToPath(new URL("support/soak-program.ts", import.meta.url));
	const child = spawn(process.execPath, [...flags, program, JSON.stringify(plan)], {
		stdio: ["pipe", "pipe", "inherit"],
	});
	const exited = once(child, "exit");
	try {
		const lines = createInterface(child.stdout);
		const [line] = (await Promise.race([once(lines, "line"), exited.then(() => [undefined])])) as [string | undefined];
		if (line === undefined) throw new Error("The program ended before its report.");
		const { warm, end, outcomes, listening, unhandled } = JSON.parse(line) as SoakReport;

		// Each call ended as it was left. Those that are cut short by time may have met it at any moment.
		expect(Object.keys(outcomes).sort()).toEqual([
			"aborted-at-first-value: aborted",
			"aborted-at-once: aborted",
			"aborted-before: aborted",
			"aborted-in-queue: aborted",
			"aborted-later: aborted",
			"aborted-soon: aborted",
			"left: finished",
			"thrown: Error: mine",
			"too-long: timeout",
		]);
		expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(plan.warmUpCalls + plan.calls);
		expect(unhandled).toEqual([]);
		expect(listening).toBe(0);
		// No timer and no socket in use: else the process would not have come to its end by itself, twice.
		for (const holding of [warm, end]) expect(holding).toMatchObject({ resources: [], sharedListeners: 0 });
		// V8's own noise is one million; 200 bytes that each call left behind would be two.
		expect(end.heapBytes - warm.heapBytes).toBeLessThan(2_000_000);

		for (const emulator of emulators) {
			// Connections that nobody uses are closed after a while; one that is held by a forgotten answer is not.
			await emulator.waitFor(({ stats }) => {
				const { openRequests, openConnections, openStreams, openSockets, queuedJobs, runningJobs } = stats();
				return openRequests + openConnections + openStreams + openSockets + queuedJobs + runningJobs === 0;
			});
			expect(emulator.stats()).toMatchObject({ completedJobs: 0, failedJobs: 0 });
			expect(emulator.stats().abortedJobs).toBeGreaterThan(0);
		}
	} finally {
		child.stdin.end();
		await exited;
	}
});
