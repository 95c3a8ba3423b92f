import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

/** A program in a process of its own, which does tasks one after another. */
export interface WorkerProcess<Task, Result> extends AsyncDisposable {
	/** @throws Error with what went wrong there */
	run(task: Task): Promise<Result>;
}

/**
 * Starts a program that ends with `answerTasks`. It ends with this process.
 *
 * @param name - for messages
 * @param script - where the program is
 * @param args - its arguments
 * @param nodeOptions - more options of its Node
 */
export async function startWorker<Task, Result>(
	name: string,
	script: URL,
	args: readonly string[],
	nodeOptions: readonly string[] = [],
): Promise<WorkerProcess<Task, Result>> {
	const child = fork(fileURLToPath(script), args, { execArgv: ["--expose-gc", ...nodeOptions] });
	const failed = once(child, "exit").then(([code]) => {
		throw new Error(`${name} ended with ${code}.`);
	});
	failed.catch(() => {});
	const message = async (): Promise<unknown> => ((await Promise.race([once(child, "message"), failed])) as [unknown])[0];
	await message();
	return {
		async run(task) {
			const answer = message();
			child.send(task as object);
			const { result, error } = (await answer) as { readonly result?: Result; readonly error?: string };
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

/**
 * Does what the parent's messages say, and answers each with what came of it.
 *
 * @param run - does one task
 */
export function answerTasks<Task, Result>(run: (task: Task) => Promise<Result>): void {
	process.on("message", (task: Task) => {
		run(task).then(
			(result) => process.send?.({ result }),
			(error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
		);
	});
	process.on("disconnect", () => process.exit());
	process.send?.("ready");
}
