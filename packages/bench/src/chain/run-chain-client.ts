/** One client in a process of its own: `run-chain-client.ts <name>`. */
import { answerTasks } from "../worker-process.ts";
import { type ChainClientName, chainClients } from "./all-chain-clients.ts";
import type { ChainClient } from "./chain-client.ts";
import type { ChainTask, ChainTaskResult } from "./chain-task.ts";
import { answerText, type Question, questionText } from "./question.ts";

const name = process.argv[2] as ChainClientName;
const client: ChainClient = await chainClients[name].load();

async function run({ how, pieces, everyMs = 0, times, atOnce = false, heap = false }: ChainTask): Promise<ChainTaskResult> {
	const ask = client[how];
	if (ask === undefined) throw new Error(`${name} has no ${how}.`);

	/** Holds the text against what was to come. */
	async function once(call: number): Promise<void> {
		const question: Question = { pieces, everyMs, call };
		const text = await (ask as ChainClient["ask"])(questionText(question));
		if (text !== answerText(question)) throw new Error(`Call ${call} gave ${text.length} characters that differ from the answer.`);
	}

	const heapBeforeMb = heap ? heapMb() : Number.NaN;
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	if (atOnce) await Promise.all(Array.from({ length: times }, (_, call) => once(call)));
	else for (let call = 0; call < times; call += 1) await once(call);
	const wallMs = performance.now() - startedAt;
	const { user, system } = process.cpuUsage(cpuBefore);
	// What runs on after the last text, such as timers that were set for nobody, has a moment to end.
	await new Promise((resolve) => setTimeout(resolve, 20));
	const leftMb = heap ? heapMb() - heapBeforeMb : Number.NaN;
	return { cpuMs: (user + system) / 1000, wallMs, leftMb, peakRssMb: process.resourceUsage().maxRSS / 1024 };
}

function heapMb(): number {
	globalThis.gc?.();
	return process.memoryUsage().heapUsed / 2 ** 20;
}

answerTasks(run);
