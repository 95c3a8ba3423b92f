import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { runPart, runStarts } from "../src/run-part.ts";
import { parts } from "../src/scenarios.ts";
import { type ServerProcess, startServers } from "../src/server/server-process.ts";

// Each client holds its own text against what the server was to send, and fails where they differ. Nothing here is timed.
describe("the benchmarks, tiny", () => {
	let servers: ServerProcess;
	beforeAll(async () => {
		servers = await startServers();
	});
	afterAll(() => servers[Symbol.asyncDispose]());

	test.each(parts("tiny").map((part) => [part.name, part] as const))("%s: every client reads the very text", async (_, part) => {
		const samples = await runPart(part, servers, { rounds: 1, onStep: () => {} });
		expect(new Set(samples.map(({ client }) => client))).toEqual(new Set(part.clients));
		expect(new Set(samples.map(({ scenario }) => scenario))).toEqual(new Set(part.scenarios.map(({ name }) => name)));
		for (const { value } of samples) expect(value).toBeGreaterThan(0);
	});

	test("start: every program prints the first token", async () => {
		const samples = await runStarts(servers, 1, { rounds: 1, onStep: () => {} });
		expect(samples.map(({ client }) => client)).toContain("spaceport");
		for (const { value } of samples) expect(value).toBeGreaterThan(0);
	});
});
