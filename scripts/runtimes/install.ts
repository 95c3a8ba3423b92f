import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { cacheFolder } from "../../packages/testkit/src/machine/cache-folder.ts";
import { makeOnce } from "../../packages/testkit/src/machine/make-once.ts";

const here = dirname(fileURLToPath(import.meta.url));
const manifests = ["package.json", "package-lock.json"];

/**
 * Installs the runtimes, which come as npm packages, into the user's cache folder: once for each state of the lock file beside this module. They are large
 * (about 800 MB), so they are not among the workspace's own packages.
 *
 * @returns the `node_modules` folder
 * @throws Error where npm fails, with what it says
 */
export async function installRuntimes(): Promise<string> {
	const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
	for (const name of manifests) hash.update(await readFile(join(here, name)));
	const folder = join(cacheFolder(), "runtimes", hash.digest("hex").slice(0, 16));
	await makeOnce(folder, async (unfinished) => {
		process.stderr.write("Installing Node 22 and 26, Deno, Bun, workerd and playwright-core (about 800 MB, once) …\n");
		const started = Date.now();
		await mkdir(unfinished, { recursive: true });
		for (const name of manifests) await copyFile(join(here, name), join(unfinished, name));
		await npm(unfinished, ["ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]);
		process.stderr.write(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s, in ${folder}\n`);
	});
	return join(folder, "node_modules");
}

/** Loads a package of the runtimes' own folder. */
export function requireFrom(modules: string, name: string): unknown {
	return createRequire(join(modules, "here.js"))(name);
}

function npm(cwd: string, args: readonly string[]): Promise<void> {
	return new Promise((resolve, reject) => {
		// Not with what an `npm run` around this one has set: it would be taken for the workspace's own.
		const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(?:package|lifecycle)|^NODE_OPTIONS$/.test(name)));
		const child = spawn("npm", args, { cwd, env, stdio: ["ignore", "pipe", "pipe"], shell: process.platform === "win32" });
		let output = "";
		for (const stream of [child.stdout, child.stderr]) {
			stream.setEncoding("utf8").on("data", (text: string) => {
				output += text;
			});
		}
		child.once("error", reject);
		child.once("close", (code) => {
			if (code === 0) resolve();
			else reject(new Error(`npm ${args[0]} ended with ${code}: ${output.trim().slice(-2000)}`));
		});
	});
}
