import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import type { AnswerPlan } from "../answer.ts";
import type { ServerAddresses } from "../server/server-process.ts";
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

/** A client in its process. */
export interface ClientProcess extends AsyncDisposable {
	readonly name: ClientName;
	/** @throws Error where a text is not what the server sent */
	run(task: Task): Promise<TaskResult>;
}

/** Starts a client. It ends with this process. */
export async function startClient(
	name: ClientName,
	addresses: ServerAddresses,
	nodeOptions: readonly string[] = [],
): Promise<ClientProcess> {
	const script = fileURLToPath(new URL("./run-client.ts", import.meta.url));
	const child = fork(script, [name, JSON.stringify(addresses)], { execArgv: ["--expose-gc", ...nodeOptions] });
	const failed = once(child, "exit").then(([code]) => {
		throw new Error(`${name} ended with ${code}.`);
	});
	failed.catch(() => {});
	const message = async (): Promise<unknown> => ((await Promise.race([once(child, "message"), failed])) as [unknown])[0];
	await message();
	return {
		name,
		async run(task) {
			const answer = message();
			child.send(task);
			const { result, error } = (await answer) as { readonly result?: TaskResult; readonly error?: string };
			if (result === undefined) throw new Error(`${name}: ${error}`);
			return result;
		},
		async [Symbol.asyncDispose]() {
			const gone = once(child, "exit");
			child.disconnect();
			await gone;
		},
	};
}
