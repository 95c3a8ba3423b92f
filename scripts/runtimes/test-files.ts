import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { root } from "./root.ts";

/** What is run. */
export interface Selection {
	/** Paths in the workspace. */
	readonly files: readonly string[];
	/** A pattern for the names of tests; empty for all. */
	readonly testName: string;
	/** Whether nothing was left out by its caller. */
	readonly isAll: boolean;
}

/** A test file that no runtime here is asked to run. */
export interface LeftOut {
	readonly file: string;
	readonly reason: string;
}

/** What a test file needs that has nothing to do with the runtime of the code under test. */
const needs: readonly { readonly text: RegExp; readonly reason: string }[] = [
	{ text: /\b(?:gradioRequirement|startGradioServer)\b/, reason: "real Gradio servers: npm run test:gradio" },
	{ text: /\bchatServerRequirement\b/, reason: "real servers that serve the small model, which need Python" },
	{ text: /from "\.\/byte-server\.ts"/, reason: "bytes as they are on a socket: what each runtime's fetch makes of them differs" },
	{ text: /from "esbuild"/, reason: "a test of what bundlers make of the packages" },
	{ text: /from "node:child_process"/, reason: "starts processes of Node, whose memory it measures" },
];

/** The suites: the decoder's and the client's, core's, and those of a provider that is built on them. */
const packages = ["core", "http", "gradio-space", "provider-qwen-2-72b", "provider-openai"];

/**
 * Finds the test files that all runtimes run, by what they import.
 *
 * @param filters - texts, one of which has to be in a file's path; none is all
 */
export function findTestFiles(filters: readonly string[] = []): {
	readonly files: readonly string[];
	readonly leftOut: readonly LeftOut[];
} {
	const files: string[] = [];
	const leftOut: LeftOut[] = [];
	for (const file of globSync(`packages/{${packages.join(",")}}/test/**/*.test.ts`, { cwd: root }).sort()) {
		const path = file.replaceAll("\\", "/");
		// Ten files of one line each, for ten versions of real servers.
		if (path.includes("/versions/") || (filters.length > 0 && !filters.some((filter) => path.includes(filter)))) continue;
		const text = readFileSync(join(root, file), "utf8");
		const need = needs.find((one) => one.text.test(text));
		if (need === undefined) files.push(path);
		else leftOut.push({ file: path, reason: need.reason });
	}
	return { files, leftOut };
}
