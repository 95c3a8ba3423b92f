/**
 * Packs every public package and looks at it as its users will: `node scripts/ci/check-packages.ts [folder]`. The packages must be built.
 *
 * The packed manifest must be clean; publint and attw must have nothing to say; all tarballs together are installed with npm into an empty project, every entry
 * point is imported on the oldest Node that is promised and on this one, and the packed command line answers.
 */
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

import { manifestFaults, type PackedManifest } from "./manifest-faults.ts";

/** The floor of `engines` in every package. */
const oldestNode = "22.12.0";

interface Packed {
	readonly name: string;
	readonly tarball: string;
	readonly manifest: PackedManifest;
}

const [folderArgument] = process.argv.slice(2);
const folder = folderArgument === undefined ? mkdtempSync(join(tmpdir(), "spaceport-packages-")) : resolve(folderArgument);
mkdirSync(folder, { recursive: true });
const faults: string[] = [];

const packed = packAll();
for (const { name, manifest } of packed) for (const fault of manifestFaults(manifest)) faults.push(`${name}: ${fault}`);
for (const { name, tarball } of packed) {
	check(`${name}: publint`, "publint", ["run", tarball, "--strict"]);
	check(`${name}: attw`, "attw", [tarball, "--profile", "esm-only", "--no-emoji"]);
}
installAndImport();

if (folderArgument === undefined) rmSync(folder, { recursive: true, force: true });
for (const fault of faults) process.stderr.write(`FAULT ${fault}\n`);
process.stdout.write(`${packed.length} packages, ${faults.length} faults\n`);
if (faults.length > 0) process.exitCode = 1;

function packAll(): Packed[] {
	return globSync("packages/*/package.json")
		.sort()
		.flatMap((file) => {
			const source = JSON.parse(readFileSync(file, "utf8")) as PackedManifest & { private?: boolean };
			if (source.private === true) return [];
			const tarball = join(folder, `${source.name.replace("@", "").replace("/", "-")}.tgz`);
			if (!check(`${source.name}: pack`, "pnpm", ["--dir", dirname(file), "pack", "--out", tarball])) return [];
			const manifest = spawnSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8" }).stdout;
			return [{ name: source.name, tarball, manifest: JSON.parse(manifest) as PackedManifest }];
		});
}

function installAndImport(): void {
	const project = join(folder, "project");
	mkdirSync(project, { recursive: true });
	writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
	const npm = ["install", "--no-audit", "--no-fund", "--loglevel=error", `node@${oldestNode}`, ...packed.map(({ tarball }) => tarball)];
	if (!check("install of all tarballs into an empty project", "npm", npm, project)) return;

	const entries = packed.flatMap(({ name, manifest }) =>
		Object.keys(manifest.exports ?? {})
			.filter((entry) => !entry.endsWith(".json"))
			.map((entry) => name + entry.slice(1)),
	);
	writeFileSync(
		join(project, "import.js"),
		`for (const entry of ${JSON.stringify(entries)}) {\n\tconst names = Object.keys(await import(entry));\n\tif (names.length === 0) throw new Error(entry + " exports nothing");\n}\n`,
	);
	const nodes = {
		[`Node ${oldestNode}`]: join(project, "node_modules", "node", "bin", "node"),
		[`Node ${process.versions.node}`]: process.execPath,
	};
	for (const [label, node] of Object.entries(nodes)) {
		if (label.endsWith(oldestNode) && spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim() !== `v${oldestNode}`) {
			faults.push(`${label} did not install`);
			continue;
		}
		check(`${label} imports ${entries.length} entry points`, node, ["import.js"], project);
		for (const { name, manifest } of packed) {
			for (const [command, file] of Object.entries(manifest.bin ?? {})) {
				const program = join(project, "node_modules", name, file);
				const version = check(`${label} runs ${command} --version`, node, [program, "--version"], project);
				if (version !== false && !version.includes(manifest.version))
					faults.push(`${command} --version says ${version.trim()}, not ${manifest.version}`);
				check(`${label} runs ${command} --help`, node, [program, "--help"], project);
			}
		}
	}
}

/** Runs a command, without the workspace's own condition in its environment. A failure is a fault; its output is kept. */
function check(what: string, command: string, args: readonly string[], cwd: string = process.cwd()): string | false {
	const { NODE_OPTIONS: _, ...env } = process.env;
	const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
	if (status === 0) {
		process.stdout.write(`ok ${what}\n`);
		return stdout;
	}
	faults.push(`${what}\n${error?.message ?? ""}${stdout}${stderr}`);
	return false;
}
