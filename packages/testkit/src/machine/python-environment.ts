import { createHash } from "node:crypto";
import { access, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { cacheFolder } from "./cache-folder.ts";
import { findPython } from "./find-python.ts";
import { findUv } from "./find-uv.ts";
import { makeOnce } from "./make-once.ts";
import { runCommand } from "./run-command.ts";

/** What a virtual environment is made of. */
export interface EnvironmentPins {
	/** What errors call it: `Gradio 5.50.0`. */
	readonly title: string;
	/** The folder in the cache that it stands in, with others of its kind: `gradio`. */
	readonly kind: string;
	/** Its own name there: `5.50.0`. */
	readonly name: string;
	/** The path of the file that pins all of its packages. */
	readonly requirements: string;
}

/** A virtual environment. */
export interface PythonEnvironment {
	/** The folder in the cache. */
	readonly folder: string;
	/** Its Python interpreter. */
	readonly python: string;
}

/** Where an environment is, or would be. Other pins mean another folder, so that an old one is never taken for the new one. */
export async function locateEnvironment({ kind, name, requirements }: EnvironmentPins): Promise<PythonEnvironment> {
	const hash = createHash("sha256")
		.update(await readFile(requirements))
		.digest("hex")
		.slice(0, 12);
	const folder = join(cacheFolder(), kind, `${name}-${hash}`);
	return { folder, python: join(folder, "bin", "python") };
}

/** Says whether an environment is there and its interpreter still exists. */
export async function isEnvironmentReady(pins: EnvironmentPins): Promise<boolean> {
	return isThere((await locateEnvironment(pins)).python);
}

/**
 * Gives an environment, and makes it where it is not there: a few seconds from uv's cache, else as long as the download takes. Two processes that ask at once share
 * the work.
 *
 * @throws Error where there is no Python 3.11, or with uv's own words where the packages cannot be installed
 */
export async function prepareEnvironment(pins: EnvironmentPins): Promise<PythonEnvironment> {
	const environment = await locateEnvironment(pins);
	if (await isThere(environment.python)) return environment;
	const python = await findPython();
	if (python === undefined) throw new Error(missingPython(pins.title));
	const uv = await findUv(python);
	await removeBroken(environment);
	await makeOnce(environment.folder, async (unfinished) => {
		// An environment that is renamed works because only its interpreter is called, none of its scripts.
		await uvOrThrow(uv, ["venv", "--quiet", "--relocatable", "--python", python, unfinished], pins);
		const inside = join(unfinished, "bin", "python");
		await uvOrThrow(uv, ["pip", "install", "--quiet", "--python", inside, "--requirement", pins.requirements], pins);
	});
	return environment;
}

/** What to say where there is no Python 3.11. */
export function missingPython(title: string): string {
	return (
		`${title} needs Python 3.11, and there is none: neither python3.11 nor python3 of that version is on the PATH, nor in pyenv. ` +
		"Install it, or set SPACEPORT_PYTHON to its path."
	);
}

/** Removes what is left of an environment whose Python was uninstalled. */
async function removeBroken({ folder, python }: PythonEnvironment): Promise<void> {
	const configured = await isThere(join(folder, "pyvenv.cfg"));
	const runs = (await runCommand(python, ["--version"])).code === 0;
	if (configured && !runs) await rm(folder, { recursive: true, force: true });
}

async function uvOrThrow(uv: string, args: readonly string[], { title }: EnvironmentPins): Promise<void> {
	const { code, stderr } = await runCommand(uv, args);
	if (code !== 0) throw new Error(`The environment for ${title} could not be made: uv ${args[0]} said:\n${stderr.trim()}`);
}

function isThere(path: string): Promise<boolean> {
	return access(path).then(
		() => true,
		() => false,
	);
}
