import { readFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { InvalidRequestError } from "@spaceport/core";
import { checkConfig } from "./check-config.ts";
import type { SpaceportConfig } from "./config.ts";
import { type ConfigFile, configError } from "./config-error.ts";
import { findConfig } from "./find-config.ts";

/** A configuration that was read and checked. */
export interface LoadedConfig {
	readonly file: ConfigFile;
	readonly config: SpaceportConfig;
}

/**
 * Reads the configuration.
 *
 * @param folder - the current folder
 * @param given - the file that the user named; without it one is looked for
 * @returns `undefined` where none was named and none is there
 * @throws InvalidRequestError where it cannot be read or is wrong
 */
export async function loadConfig(folder: string, given?: string): Promise<LoadedConfig | undefined> {
	if (given === "")
		throw new InvalidRequestError("--config is empty.", { path: "--config", hint: "Give --config the path of a configuration." });
	const path = given === undefined ? findConfig(folder) : resolve(folder, given);
	if (path === undefined) return undefined;
	const inside = relative(folder, path);
	const file: ConfigFile = { path, shown: inside === "" || inside.startsWith("..") ? path : inside };
	return { file, config: checkConfig(await readConfig(file), file) };
}

async function readConfig(file: ConfigFile): Promise<unknown> {
	let text: string;
	try {
		text = readFileSync(file.path, "utf8");
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		const why = code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder" : `cannot be read (${code})`;
		throw configError(file, "", `${why}.`, { cause: error, hint: "Give --config the path of a configuration." });
	}
	if (file.path.endsWith(".json")) return parseJson(file, text);
	// The loader is heavy, and JSON does without it.
	const { readModule } = await import("./read-module.ts");
	let module: Record<string, unknown>;
	try {
		module = await readModule(file.path);
	} catch (error) {
		throw configError(file, "", `cannot be run: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
	}
	if (module.default !== undefined) return module.default;
	throw configError(file, "", "has no default export.", { hint: "Write: export default defineConfig({ … })" });
}

function parseJson(file: ConfigFile, text: string): unknown {
	try {
		return JSON.parse(text.replace(/^\uFEFF/, ""));
	} catch (error) {
		throw configError(file, "", `is no valid JSON: ${(error as Error).message}`, { cause: error });
	}
}
