/** One client in a process of its own: `run-client.ts <name>`. It does what the parent's messages say, and answers each with what it took. */
import { type AnswerPlan, answerTokens, questionFor } from "../answer.ts";
import type { ServerAddresses } from "../server/server-process.ts";
import { answerTasks } from "../worker-process.ts";
import { type ClientName, clients } from "./all-clients.ts";
import type { BenchClient, StreamForm } from "./client.ts";
import type { Task, TaskResult } from "./client-process.ts";

const [name, ...addressList] = process.argv.slice(2);
const addresses = JSON.parse(addressList[0] ?? "{}") as ServerAddresses;
const { load, asks } = clients[name as ClientName];
const makeClient = await load();
const known = new Map<StreamForm, Promise<BenchClient>>();

async function newClient(form: StreamForm): Promise<BenchClient> {
	const server = asks === "openai" ? "openai" : form;
	return makeClient(addresses[server], server);
}

function knownClient(form: StreamForm): Promise<BenchClient> {
	const client = known.get(form) ?? newClient(form);
	known.set(form, client);
	return client;
}

/** Asks once, and holds the text against what the server was to send. */
async function ask(client: BenchClient, plan: AnswerPlan, expected: string): Promise<number> {
	const startedAt = performance.now();
	let first = 0;
	let characters = 0;
	const text = await client.ask(questionFor(plan), (piece) => {
		if (first === 0) first = performance.now();
		characters += piece.length;
	});
	if (text !== expected) throw new Error(`${name} read ${text.length} characters that differ from the ${expected.length} that were sent.`);
	if (characters !== 0 && characters !== expected.length) throw new Error(`The pieces of ${name} have ${characters} characters.`);
	return first - startedAt;
}

async function run({ form, plan, times, atOnce, fresh }: Task): Promise<TaskResult> {
	const expected = answerTokens(plan.tokens).join("");
	const firstMs: number[] = [];
	if (!fresh) await knownClient(form);
	// For the sake of the memory alone: with no answer under way it takes what the engine compiled with it, and the CPU would be that of compiling once more.
	if (atOnce) globalThis.gc?.();
	const cpuBefore = process.cpuUsage();
	const startedAt = performance.now();
	const clientFor = (): Promise<BenchClient> => (fresh ? newClient(form) : knownClient(form));
	if (atOnce) {
		const client = await clientFor();
		firstMs.push(...(await Promise.all(Array.from({ length: times }, () => ask(client, plan, expected)))));
	} else {
		for (let turn = 0; turn < times; turn += 1) {
			const askedAt = performance.now();
			const client = await clientFor();
			const connectMs = performance.now() - askedAt;
			firstMs.push(connectMs + (await ask(client, plan, expected)));
		}
	}
	const wallMs = performance.now() - startedAt;
	const { user, system } = process.cpuUsage(cpuBefore);
	return { cpuMs: (user + system) / 1000, wallMs, firstMs, peakRssMb: process.resourceUsage().maxRSS / 1024 };
}

answerTasks(run);
