import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { entryFile } from "./bundle-page.ts";

/** What came of it. */
export interface PageRun {
	/** The text of each answer, or what the error says of itself. */
	readonly answers: readonly unknown[];
	/** The names of the files that were loaded, in order. */
	readonly loaded: readonly string[];
}

/**
 * Opens the page and asks.
 *
 * @param folder - where its files are
 * @param space - address of the server that stands in for the Space
 * @param questions - asked one after the other, as one conversation
 */
export async function runPage(folder: string, space: string, questions: readonly string[]): Promise<PageRun> {
	const program = fileURLToPath(new URL("page-process.ts", import.meta.url));
	const run = promisify(execFile);
	const { stdout } = await run(process.execPath, [program, join(folder, entryFile), space, JSON.stringify(questions)]);
	return JSON.parse(stdout) as PageRun;
}
