import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const bin = fileURLToPath(new URL("../../src/bin.ts", import.meta.url));

/** How the command is started. */
export interface CliOptions {
	/** The current folder. @default a new empty one */
	readonly folder?: string;
	/** Variables besides PATH and HOME, which are there always. */
	readonly env?: Readonly<Record<string, string>>;
	/** What stdin gives before it ends; `null` leaves it open and silent. @default "" */
	readonly stdin?: string | null;
}

/** The command's end. */
export interface CliResult {
	readonly code: number | null;
	readonly signal: NodeJS.Signals | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** A running command. */
export interface RunningCli {
	readonly child: ChildProcessWithoutNullStreams;
	readonly result: Promise<CliResult>;
	/** Waits until a stream has said something. */
	said(stream: "stdout" | "stderr", pattern: RegExp): Promise<void>;
}

/** Starts the real command as a child process. */
export async function startCli(args: readonly string[], options: CliOptions = {}): Promise<RunningCli> {
	const folder = options.folder ?? (await createFolder({}));
	const child = spawn(process.execPath, ["--conditions=@spaceport/source", bin, ...args], {
		cwd: folder,
		// A test that comes to the local model by mistake finds no weights, and downloads none.
		env: { PATH: process.env.PATH ?? "", HOME: folder, PIP_NO_INDEX: "1", ...options.env },
		stdio: "pipe",
	});
	const texts = { stdout: "", stderr: "" };
	let onText = (): void => {};
	for (const name of ["stdout", "stderr"] as const) {
		child[name].setEncoding("utf8").on("data", (text: string) => {
			texts[name] += text;
			onText();
		});
	}
	const result = new Promise<CliResult>((resolve) => {
		child.once("close", (code, signal) => {
			resolve({ code, signal, ...texts });
			onText();
		});
	});
	// A child that is still there when its test is over must not outlive it.
	onTestFinished(() => void child.kill("SIGKILL"));
	child.stdin.on("error", () => {});
	if (options.stdin !== null) child.stdin.end(options.stdin ?? "");
	return {
		child,
		result,
		async said(stream, pattern) {
			while (!pattern.test(texts[stream])) {
				if (child.exitCode !== null) throw new Error(`The command ended without ${pattern} on ${stream}: ${JSON.stringify(texts)}`);
				await new Promise<void>((resolve) => {
					onText = resolve;
				});
			}
		},
	};
}

/** Runs the real command to its end. */
export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
	return (await startCli(args, options)).result;
}

/** Makes a folder with files, for one test. Values that are no text are written as JSON. */
export async function createFolder(files: Readonly<Record<string, unknown>>): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "spaceport-cli-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	for (const [name, content] of Object.entries(files)) {
		await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
	}
	return folder;
}

/** A provider's module whose generator has the given body; `core`, `request`, `context` and `options` are at hand in it. */
export function providerModule(body: string): string {
	return `import * as core from "@spaceport/core";
export default (options = {}) => ({
	name: "scripted",
	models: [{ id: options.model ?? "scripted-1" }],
	async *createAsyncGenerator(request, context) {
		${body}
	},
});
`;
}

/** A folder whose default chain is made of the given providers, in order. */
export function createChainFolder(bodies: Readonly<Record<string, string>>, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
	const names = Object.keys(bodies);
	return createFolder({
		"spaceport.config.json": {
			providers: Object.fromEntries(names.map((name) => [name, { use: `./${name}.mjs`, options: { model: `${name}-1` } }])),
			chains: { default: names },
			...more,
		},
		...Object.fromEntries(Object.entries(bodies).map(([name, body]) => [`${name}.mjs`, providerModule(body)])),
	});
}

/** Bodies for {@link createChainFolder}. */
export const answer: string = 'yield "Paris is"; yield " the capital.";';
export const unreachable: string =
	'throw new core.NetworkError("The server cannot be reached.", { phase: "join", hint: "Check the network." });';
