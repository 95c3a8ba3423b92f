import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { chainClients } from "../src/chain/all-chain-clients.ts";
import { runChainPart } from "../src/chain/run-chain-part.ts";
import { runPart, runStarts } from "../src/run-part.ts";
import { parts } from "../src/scenarios.ts";
import { type ServerProcess, startServers } from "../src/server/server-process.ts";

test("chain: every client reads the very text, whether or not the first provider is dead", { timeout: 120_000 }, async () => {
	const results = await runChainPart("tiny", { rounds: 1, onStep: () => {} });
	const samples = results.flatMap((result) => result.samples);
	expect(new Set(samples.map(({ client }) => client))).toEqual(new Set(Object.keys(chainClients)));
	expect(new Set(samples.map(({ scenario }) => scenario))).toContain("known to be dead");
	for (const { figure, value } of samples) if (figure !== "left in the heap, MB") expect(value).toBeGreaterThan(0);
});

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
