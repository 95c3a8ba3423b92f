import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** The names of configurations, the first one that is there counts. */
export const configNames: readonly string[] = ["ts", "mts", "js", "mjs", "json"].map((extension) => `spaceport.config.${extension}`);

/**
 * Looks for a configuration in a folder and in those above it, up to the root of the repository that the folder is in. Outside of a repository only the
 * folder itself counts: a configuration may be a program, and nobody's program is run because it lies in a folder that all may write to.
 *
 * @param folder - where to begin
 * @returns the file's path, or `undefined` where there is none
 */
export function findConfig(folder: string): string | undefined {
	const root = findRepository(folder) ?? folder;
	for (let current = folder; ; current = dirname(current)) {
		const found = configNames.map((name) => join(current, name)).find(isFile);
		if (found !== undefined || current === root) return found;
	}
}

function findRepository(folder: string): string | undefined {
	for (let current = folder; ; current = dirname(current)) {
		if (existsSync(join(current, ".git"))) return current;
		if (dirname(current) === current) return undefined;
	}
}

function isFile(path: string): boolean {
	return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
