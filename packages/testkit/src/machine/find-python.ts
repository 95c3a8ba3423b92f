import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";

import { runCommand } from "./run-command.ts";

const wanted = "3.11";

let found: Promise<string | undefined> | undefined;

/**
 * Finds Python 3.11, which every pinned version of Gradio runs on: `SPACEPORT_PYTHON`, then `python3.11`, `python3` and `python` on the PATH, then pyenv's
 * versions. Looks once in a process.
 *
 * @returns the path of the interpreter, or undefined where there is none
 */
export function findPython(): Promise<string | undefined> {
	found ??= search();
	return found;
}

async function search(): Promise<string | undefined> {
	const chosen = process.env.SPACEPORT_PYTHON;
	const candidates = chosen === undefined ? ["python3.11", "python3", "python", ...(await pyenvPythons())] : [chosen];
	for (const candidate of candidates) {
		// The answer is the interpreter itself: the name may be a shim that stops working in another folder.
		const { code, stdout } = await runCommand(candidate, [
			"-c",
			"import sys; print('%d.%d' % sys.version_info[:2]); print(sys.executable)",
		]);
		const [version, path] = stdout.trim().split(/\r?\n/);
		if (code === 0 && version === wanted && path !== undefined) return path;
	}
	return undefined;
}

async function pyenvPythons(): Promise<string[]> {
	const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
	const names = await readdir(versions).catch(() => []);
	return names
		.filter((name) => name.startsWith(`${wanted}.`))
		.sort((a, b) => b.localeCompare(a, "en", { numeric: true }))
		.map((name) => join(versions, name, "bin", "python3.11"));
}
