import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** Where the fake servers are. */
export interface ServerAddresses {
	/** A Space that sends differences (Gradio 5.50.0, `sse_v3`). */
	readonly differences: string;
	/** A Space that sends whole values (Gradio 4.16.0, `sse_v1`). */
	readonly whole: string;
	/** An OpenAI-compatible server. */
	readonly openai: string;
}

/** What the servers' process has used so far. */
export interface ServerReport {
	readonly cpuMs: number;
	readonly atMs: number;
}

/** The fake servers in their process. */
export interface ServerProcess extends AsyncDisposable {
	readonly addresses: ServerAddresses;
	report(): Promise<ServerReport>;
}

/** Starts the fake servers. They end with this process. */
export async function startServers(): Promise<ServerProcess> {
	const child = fork(fileURLToPath(new URL("./serve.ts", import.meta.url)));
	const failed = once(child, "exit").then(([code]) => {
		throw new Error(`The fake servers ended with ${code}.`);
	});
	failed.catch(() => {});
	const message = async <Value>(): Promise<Value> => ((await Promise.race([once(child, "message"), failed])) as [Value])[0];
	const addresses = await message<ServerAddresses>();
	return {
		addresses,
		report() {
			const answer = message<ServerReport>();
			child.send("report");
			return answer;
		},
		async [Symbol.asyncDispose]() {
			const gone = once(child, "exit");
			child.disconnect();
			await gone;
		},
	};
}
