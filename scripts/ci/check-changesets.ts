/**
 * Makes the next release of a copy of the manifests, so that a changeset that does not parse, or names a package that is not there, is found before the release.
 * Prints what the release would be. It needs no network and no base branch.
 */
import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const changesets = globSync(".changeset/*.md").filter((name) => !name.endsWith("README.md"));
const manifests = globSync("packages/*/package.json").sort();
const copy = mkdtempSync(join(tmpdir(), "spaceport-changesets-"));
try {
	for (const file of [
		"package.json",
		"pnpm-workspace.yaml",
		".changeset",
		...manifests,
		...globSync(["examples/package.json", "docs/package.json"]),
	]) {
		mkdirSync(dirname(join(copy, file)), { recursive: true });
		cpSync(file, join(copy, file), { recursive: true });
	}
	run("git", ["init", "--quiet", "--initial-branch=main"]);
	run("git", ["add", "--all"]);
	run("git", ["-c", "user.name=check", "-c", "user.email=check@example.invalid", "commit", "--quiet", "--no-verify", "--message=copy"]);
	run("changeset", ["version"]);

	for (const file of changesets) if (/^---\n[\s\S]*?---\s*$/.test(readFileSync(file, "utf8"))) throw new Error(`${file} says nothing.`);
	const left = globSync(".changeset/*.md", { cwd: copy }).filter((name) => !name.endsWith("README.md"));
	if (left.length > 0) throw new Error(`These changesets were not taken into the release: ${left.join(", ")}`);
	for (const file of manifests) {
		const before = readManifest(file);
		const after = readManifest(join(copy, file));
		if (before.version !== after.version) process.stdout.write(`${before.name} ${before.version} → ${after.version}\n`);
	}
	process.stdout.write(`${changesets.length} changesets\n`);
} finally {
	rmSync(copy, { recursive: true, force: true });
}

function readManifest(file: string): { name: string; version: string } {
	return JSON.parse(readFileSync(file, "utf8")) as { name: string; version: string };
}

function run(command: string, args: readonly string[]): void {
	const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: copy, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
	if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? ""}\n${stdout}${stderr}`);
}
