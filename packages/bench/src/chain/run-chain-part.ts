import type { Sample } from "../measurement.ts";
import type { PartResult } from "../report.ts";
import type { RunOptions } from "../run-part.ts";
import type { Size } from "../scenarios.ts";
import { startWorker, type WorkerProcess } from "../worker-process.ts";
import { type ChainClientName, chainClients } from "./all-chain-clients.ts";
import type { ListedChainClient } from "./chain-client.ts";
import { type ChainTable, chainTables } from "./chain-scenarios.ts";
import type { ChainTask, ChainTaskResult } from "./chain-task.ts";

interface ChainClientProcess extends WorkerProcess<ChainTask, ChainTaskResult> {
	readonly name: ChainClientName;
}

/**
 * Runs the part: in each round every client does every scenario of a table, one client after another.
 *
 * @param only - the clients to measure; all where none is named
 * @throws Error where a client reads another text than its own
 */
export async function runChainPart(size: Size, options: RunOptions, only?: readonly string[]): Promise<PartResult[]> {
	const results: PartResult[] = [];
	for (const table of chainTables(size)) {
		const clients = table.clients.filter((name) => only?.includes(name) ?? true);
		const samples = await runTable({ ...table, clients }, options);
		results.push({ name: "chain", title: table.title, samples, floor: "bare" });
	}
	return results;
}

async function runTable(table: ChainTable, { rounds, onStep, nodeOptions }: RunOptions): Promise<Sample[]> {
	const samples: Sample[] = [];
	await using running = new AsyncDisposableStack();

	async function start(name: ChainClientName): Promise<ChainClientProcess> {
		const script = new URL("./run-chain-client.ts", import.meta.url);
		const client = { name, ...(await startWorker<ChainTask, ChainTaskResult>(name, script, [name], nodeOptions)) };
		for (const task of table.warmUp) await client.run(task);
		return client;
	}
	async function measure(client: ChainClientProcess): Promise<void> {
		for (const { name: scenario, task, figures } of table.scenarios) {
			const does: ListedChainClient["does"] = chainClients[client.name].does;
			if (!does.includes(task.how)) continue;
			for (const [figure, value] of Object.entries(figures(await client.run(task)))) {
				samples.push({ scenario, client: client.name, figure, value });
			}
		}
	}

	const kept: ChainClientProcess[] = [];
	if (table.processes === "kept") for (const name of table.clients) kept.push(running.use(await start(name)));
	const last = Math.min(rounds, table.mostRounds);
	for (let round = 1; round <= last; round += 1) {
		onStep(`chain, ${table.title}: round ${round} of ${last}`);
		for (const client of kept) await measure(client);
		if (table.processes === "kept") continue;
		for (const name of table.clients) {
			await using client = await start(name);
			await measure(client);
		}
	}
	return samples;
}
