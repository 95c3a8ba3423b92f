import { type ChildProcess, type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";

/** How to start a server. */
export interface ServerCommand {
	/** What errors call it: `Gradio 5.50.0`. */
	readonly title: string;
	readonly command: string;
	readonly args: readonly string[];
	/** A folder of its own, which it works in, and which is removed with it. */
	readonly folder: string;
	readonly env: NodeJS.ProcessEnv;
	/** What it prints on a line when it answers; its first group is kept. */
	readonly ready: RegExp;
	/** Milliseconds until a server that has not printed that is an error. */
	readonly startTimeoutMs: number;
	/** The exit code by which it says that its port is taken. */
	readonly portIsTaken?: number;
}

/** A server that runs. */
export interface ServerProcess {
	/** What it said when it was ready. */
	readonly ready: string;
	/** What it printed so far, on stdout and stderr. */
	output(): string;
	/**
	 * Ends it, waits for its end, and removes its folder. A second call does nothing more.
	 *
	 * @param beforeRemoval - reads what is to be kept of the folder
	 */
	stop(beforeRemoval?: () => void): Promise<void>;
}

/** The servers that still run: ended with this process. An end that runs no handlers is covered by the pipe that every server reads. */
const running = new Map<ChildProcess, { folder: string }>();
process.on("exit", () => {
	for (const [child, { folder }] of running) {
		child.kill("SIGKILL");
		rmSync(folder, { recursive: true, force: true });
	}
});

/**
 * Starts a server, and resolves once it answers. It is told to end by the end of its standard input, which it has to read for that.
 *
 * @returns undefined where its port is taken; its folder stays then
 * @throws Error with what it printed where it does not start
 */
export function startServerProcess(server: ServerCommand & { readonly portIsTaken: number }): Promise<ServerProcess | undefined>;
export function startServerProcess(server: ServerCommand & { readonly portIsTaken?: never }): Promise<ServerProcess>;
export async function startServerProcess(server: ServerCommand): Promise<ServerProcess | undefined> {
	const { title, folder, startTimeoutMs } = server;
	const child = spawn(server.command, server.args, { cwd: folder, env: server.env, stdio: ["pipe", "pipe", "pipe"] });
	const closed = once(child, "close").catch(() => undefined);
	running.set(child, { folder });
	// It ends when this pipe does. Nothing is written to it, so it can fail only where the child is gone already.
	child.stdin.on("error", () => undefined);
	const output = collectOutput(child, server.ready);
	const kill = async (): Promise<void> => {
		child.kill("SIGKILL");
		await closed;
		running.delete(child);
	};

	const giveUp = new AbortController();
	const outcome = await Promise.race([
		output.ready,
		closed.then(() => "closed" as const),
		wait(startTimeoutMs, "late" as const, { signal: giveUp.signal }).catch(() => "late" as const),
	]);
	giveUp.abort();
	if (outcome === "closed" || outcome === "late") {
		await kill();
		if (server.portIsTaken !== undefined && child.exitCode === server.portIsTaken) return undefined;
		const what = outcome === "late" ? `did not answer within ${startTimeoutMs} ms` : `ended with ${child.exitCode ?? child.signalCode}`;
		throw new Error(`${title} ${what}. It printed:\n${output.text()}`);
	}

	let stopping: Promise<void> | undefined;
	const stop = async (beforeRemoval: (() => void) | undefined): Promise<void> => {
		await kill();
		beforeRemoval?.();
		await rm(folder, { recursive: true, force: true, maxRetries: 3 });
	};
	return {
		ready: outcome.said,
		output: output.text,
		stop: (beforeRemoval) => {
			stopping ??= stop(beforeRemoval);
			return stopping;
		},
	};
}

/** Keeps what a process prints, and tells when the line is there that says it is ready. */
function collectOutput(
	child: ChildProcessByStdio<Writable, Readable, Readable>,
	readyLine: RegExp,
): { text: () => string; ready: Promise<{ said: string }> } {
	let text = "";
	let announce: (ready: { said: string }) => void;
	const ready = new Promise<{ said: string }>((resolve) => {
		announce = resolve;
	});
	let isReady = false;
	// The two are told apart: what comes on the one may come in the midst of a line of the other.
	for (const stream of [child.stdout, child.stderr]) {
		let own = "";
		stream.setEncoding("utf8").on("data", (part: string) => {
			text += part;
			if (isReady) return;
			own += part;
			const said = readyLine.exec(own)?.[1];
			if (said === undefined) return;
			isReady = true;
			announce({ said });
		});
	}
	child.on("error", (error) => {
		text += `${error.message}\n`;
	});
	return { text: () => text, ready };
}
