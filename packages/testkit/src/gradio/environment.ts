import { createHash } from "node:crypto";
import { access, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { cacheFolder } from "./cache-folder.ts";
import { findPython } from "./find-python.ts";
import { findUv } from "./find-uv.ts";
import { makeOnce } from "./make-once.ts";
import { runCommand } from "./run-command.ts";
import { type GradioVersion, gradioFile } from "./versions.ts";

/** A virtual environment with one version of Gradio. */
export interface GradioEnvironment {
	readonly version: GradioVersion;
	/** The folder in the cache. */
	readonly folder: string;
	/** Its Python interpreter. */
	readonly python: string;
}

/** Where the environment of a version is, or would be. Other pins mean another folder, so that an old one is never taken for the new one. */
export async function locateGradioEnvironment(version: GradioVersion): Promise<GradioEnvironment> {
	const pins = await readFile(gradioFile(`requirements-${version}.txt`));
	const hash = createHash("sha256").update(pins).digest("hex").slice(0, 12);
	const folder = join(cacheFolder(), "gradio", `${version}-${hash}`);
	return { version, folder, python: join(folder, "bin", "python") };
}

/** Says whether the environment of a version is there and its interpreter still exists. */
export async function isGradioEnvironmentReady(version: GradioVersion): Promise<boolean> {
	const { python } = await locateGradioEnvironment(version);
	return access(python).then(
		() => true,
		() => false,
	);
}

/**
 * Gives the environment of a version, and makes it where it is not there: 50 to 300 MB, a few seconds from uv's cache, else as long as the download takes.
 * Two processes that ask at once share the work.
 *
 * @throws Error where there is no Python 3.11, or with uv's own words where the packages cannot be installed
 */
export async function prepareGradioEnvironment(version: GradioVersion): Promise<GradioEnvironment> {
	const environment = await locateGradioEnvironment(version);
	if (await isGradioEnvironmentReady(version)) return environment;
	const python = await findPython();
	if (python === undefined) throw new Error(missingPython);
	const uv = await findUv(python);
	await removeBroken(environment);
	await makeOnce(environment.folder, async (unfinished) => {
		// An environment that is renamed works because only its interpreter is called, none of its scripts.
		await uvOrThrow(uv, ["venv", "--quiet", "--relocatable", "--python", python, unfinished], version);
		const inside = join(unfinished, "bin", "python");
		await uvOrThrow(
			uv,
			["pip", "install", "--quiet", "--python", inside, "--requirement", gradioFile(`requirements-${version}.txt`)],
			version,
		);
	});
	return environment;
}

/** What to say where there is no Python 3.11. */
export const missingPython: string =
	"Real Gradio servers need Python 3.11, and there is none: neither python3.11 nor python3 of that version is on the PATH, nor in pyenv. " +
	"Install it, or set SPACEPORT_PYTHON to its path.";

/** Removes what is left of an environment whose Python was uninstalled. */
async function removeBroken({ folder, python }: GradioEnvironment): Promise<void> {
	const configured = await access(join(folder, "pyvenv.cfg")).then(
		() => true,
		() => false,
	);
	const runs = (await runCommand(python, ["--version"])).code === 0;
	if (configured && !runs) await rm(folder, { recursive: true, force: true });
}

async function uvOrThrow(uv: string, args: readonly string[], version: GradioVersion): Promise<void> {
	const { code, stderr } = await runCommand(uv, args);
	if (code !== 0) throw new Error(`The environment for Gradio ${version} could not be made: uv ${args[0]} said:\n${stderr.trim()}`);
}
