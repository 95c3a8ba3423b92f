import { type ClientProcess, startClient } from "./clients/client-process.ts";
import type { Sample } from "./measurement.ts";
import type { Part } from "./scenarios.ts";
import type { ServerProcess } from "./server/server-process.ts";
import { measureStart, type StartName } from "./start/start-process.ts";

/** How a part is run. */
export interface RunOptions {
	readonly rounds: number;
	/** Told of each step. */
	readonly onStep: (text: string) => void;
	/** More options for the node of a client's process, such as `--cpu-prof`. */
	readonly nodeOptions?: readonly string[];
}

/**
 * Runs a part: in each round every client does every scenario, one client after another, so that what slows the machine down for a while slows all of them down.
 *
 * @throws Error where a client reads a text that the server did not send
 */
export async function runPart(part: Part, servers: ServerProcess, { rounds, onStep, nodeOptions }: RunOptions): Promise<Sample[]> {
	const samples: Sample[] = [];
	await using running = new AsyncDisposableStack();

	async function start(name: ClientProcess["name"]): Promise<ClientProcess> {
		const client = await startClient(name, servers.addresses, nodeOptions);
		for (const task of part.warmUp) await client.run(task);
		return client;
	}

	async function measure(client: ClientProcess): Promise<void> {
		for (const { name: scenario, task, figures } of part.scenarios) {
			const before = await servers.report();
			const result = await client.run(task);
			const after = await servers.report();
			const serverShare = (after.cpuMs - before.cpuMs) / (after.atMs - before.atMs);
			for (const [figure, value] of Object.entries(figures(result))) {
				samples.push({ scenario, client: client.name, figure, value, serverShare });
			}
		}
	}

	const kept: ClientProcess[] = [];
	if (part.processes === "kept") for (const name of part.clients) kept.push(running.use(await start(name)));
	for (let round = 1; round <= rounds; round += 1) {
		onStep(`${part.name}: round ${round} of ${rounds}`);
		if (part.processes === "kept") {
			for (const client of kept) await measure(client);
			continue;
		}
		for (const name of part.clients) {
			await using client = await start(name);
			await measure(client);
		}
	}
	return samples;
}

const programs: readonly StartName[] = ["floor", "spaceport", "gradio-client", "openai", "ai-sdk"];

/**
 * Measures the start of new processes: in each round each program, a few times in turn.
 *
 * @param turns - how often in a round, of which the median counts
 */
export async function runStarts(servers: ServerProcess, turns: number, { rounds, onStep }: RunOptions): Promise<Sample[]> {
	const samples: Sample[] = [];
	for (let round = 1; round <= rounds; round += 1) {
		onStep(`start: round ${round} of ${rounds}`);
		const wall = new Map<StartName, number[]>(programs.map((name) => [name, []]));
		const cpu = new Map<StartName, number[]>(programs.map((name) => [name, []]));
		const before = await servers.report();
		for (let turn = 0; turn < turns; turn += 1) {
			for (const name of programs) {
				const result = await measureStart(name, servers.addresses);
				wall.get(name)?.push(result.wallMs);
				cpu.get(name)?.push(result.cpuMs);
			}
		}
		const after = await servers.report();
		const serverShare = (after.cpuMs - before.cpuMs) / (after.atMs - before.atMs);
		for (const client of programs) {
			const sample = { scenario: "new process", client, serverShare };
			samples.push({ ...sample, figure: "to first token, ms", value: middle(wall.get(client) ?? []) });
			samples.push({ ...sample, figure: "CPU, ms", value: middle(cpu.get(client) ?? []) });
		}
	}
	return samples;
}

function middle(values: readonly number[]): number {
	return [...values].sort((first, second) => first - second)[values.length >> 1] ?? Number.NaN;
}
