import { join } from "node:path";

import { cacheFolder } from "./cache-folder.ts";
import { makeOnce } from "./make-once.ts";
import { runCommand } from "./run-command.ts";

/**
 * Finds uv, which makes a virtual environment in seconds: on the PATH, else in the cache, where pip installs it into an environment of its own.
 *
 * @throws Error with pip's own words where it cannot be installed
 */
export async function findUv(python: string): Promise<string> {
	if ((await runCommand("uv", ["--version"])).code === 0) return "uv";
	const folder = join(cacheFolder(), "uv");
	await makeOnce(folder, async (unfinished) => {
		const created = await runCommand(python, ["-m", "venv", unfinished]);
		if (created.code !== 0) throw new Error(`${python} -m venv failed: ${created.stdout}${created.stderr}`.trim());
		const installed = await runCommand(join(unfinished, "bin", "python"), ["-m", "pip", "install", "--quiet", "uv>=0.5,<1"]);
		if (installed.code !== 0) throw new Error(`pip could not install uv: ${installed.stderr}`.trim());
	});
	return join(folder, "bin", "uv");
}
