import { execFile } from "node:child_process";
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import type { DocExample } from "./find-doc-examples.ts";

/**
 * Type-checks examples against the sources of the workspace, each as a module of its own, in one run of the compiler.
 *
 * @returns the compiler's complaints, for each example that has any; the key `undefined` holds those that belong to none
 */
export async function checkDocExamples(root: string, examples: readonly DocExample[]): Promise<Map<DocExample | undefined, string[]>> {
	const complaints = await compileExamples(root, examples);
	// Where a file cannot be parsed the compiler stops before it looks at types: the others are checked without it.
	const parsed = examples.filter((example) => !complaints.has(example));
	const unparsed = [...complaints.values()].flat().some((line) => /error TS1\d{3}:/.test(line));
	return unparsed ? new Map([...(await compileExamples(root, parsed)), ...complaints]) : complaints;
}

async function compileExamples(root: string, examples: readonly DocExample[]): Promise<Map<DocExample | undefined, string[]>> {
	const folder = join(root, "node_modules", ".cache", `spaceport-examples-${process.pid}`);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	try {
		const byFile = new Map<string, DocExample>();
		for (const [index, example] of examples.entries()) {
			const name = `example-${index}.ts`;
			byFile.set(name, example);
			// On the first line, so that the compiler's line numbers count from the fence.
			writeFileSync(join(folder, name), `export {};\n${example.code}`);
		}
		writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(compilerConfiguration(root, folder)));
		const output = await compile(root, folder);

		const complaints = new Map<DocExample | undefined, string[]>();
		let current: string[] | undefined;
		for (const line of output.split("\n")) {
			if (line.trim() === "") continue;
			const [, path, row, message] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(line) ?? [];
			if (path === undefined || message === undefined) {
				// A line that goes on with the complaint before it is indented.
				if (current === undefined || !line.startsWith(" ")) {
					current = complaints.get(undefined) ?? [];
					complaints.set(undefined, current);
				}
				current.push(line);
				continue;
			}
			const example = byFile.get(path.split("/").at(-1) ?? "");
			current = complaints.get(example) ?? [];
			complaints.set(example, current);
			current.push(example === undefined ? line : `${example.file}:${example.line + Number(row) - 1}: ${message}`);
		}
		return complaints;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

function compilerConfiguration(root: string, folder: string): object {
	return {
		extends: relative(folder, join(root, "tsconfig.json")),
		compilerOptions: {
			types: ["node"],
			typeRoots: [join(root, "node_modules", "@types")],
			noUnusedLocals: false,
			noUnusedParameters: false,
			paths: {
				...workspacePaths(root),
				// What applications log with: a folder's types are not found by a path.
				pino: [join(root, "node_modules", ".pnpm", "node_modules", "pino", "pino.d.ts")],
				"*": [join(root, "node_modules", "*"), join(root, "node_modules", ".pnpm", "node_modules", "*")],
			},
		},
		include: ["*.ts"],
	};
}

/** Where each entry point of each package has its source, for the compiler's `paths`. */
function workspacePaths(root: string): Record<string, string[]> {
	const paths: Record<string, string[]> = {};
	for (const file of globSync("packages/*/package.json", { cwd: root })) {
		const { name, exports } = JSON.parse(readFileSync(join(root, file), "utf8")) as { name: string; exports?: Record<string, unknown> };
		for (const [entry, target] of Object.entries(exports ?? {})) {
			const source = typeof target === "object" && target !== null ? (target as Record<string, unknown>)["@spaceport/source"] : undefined;
			if (typeof source === "string") paths[name + entry.slice(1)] = [join(root, dirname(file), source)];
		}
	}
	return paths;
}

function compile(root: string, folder: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024, encoding: "utf8" as const };
		execFile(join(root, "node_modules", ".bin", "tsc"), ["-p", folder, "--pretty", "false"], options, (error, stdout, stderr) => {
			if (error !== null && typeof error.code !== "number") reject(error);
			else if (error !== null && stdout === "") resolve(stderr === "" ? error.message : stderr);
			else resolve(stdout);
		});
	});
}
