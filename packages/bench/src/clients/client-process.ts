import type { AnswerPlan } from "../answer.ts";
import type { ServerAddresses } from "../server/server-process.ts";
import { startWorker, type WorkerProcess } from "../worker-process.ts";
import type { ClientName } from "./all-clients.ts";
import type { StreamForm } from "./client.ts";

/** What a client is to do. */
export interface Task {
	readonly form: Exclude<StreamForm, "openai">;
	readonly plan: AnswerPlan;
	/** How often it asks. */
	readonly times: number;
	/** All at once, or one after another. @default false */
	readonly atOnce?: boolean;
	/** A new client each time, which knows nothing of the server. @default false */
	readonly fresh?: boolean;
}

/** What that took. */
export interface TaskResult {
	/** Of the client's process: user and system. */
	readonly cpuMs: number;
	readonly wallMs: number;
	/** From asking to the first piece of text, for each answer. */
	readonly firstMs: readonly number[];
	/** Of the whole life of the client's process. */
	readonly peakRssMb: number;
}

/** A client in its process. Its tasks fail where a text is not what the server sent. */
export interface ClientProcess extends WorkerProcess<Task, TaskResult> {
	readonly name: ClientName;
}

/** Starts a client. It ends with this process. */
export async function startClient(
	name: ClientName,
	addresses: ServerAddresses,
	nodeOptions: readonly string[] = [],
): Promise<ClientProcess> {
	const script = new URL("./run-client.ts", import.meta.url);
	return { name, ...(await startWorker<Task, TaskResult>(name, script, [name, JSON.stringify(addresses)], nodeOptions)) };
}
