/** Fails where a tracked file names a package registry's host or a path of one particular machine: both belong to whoever builds, not to the project. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";

import { findForeignNames } from "./foreign-names.ts";

// Files that are new and not ignored count too, so that the check can be made before a commit.
const { stdout, status, stderr } = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
	encoding: "utf8",
	maxBuffer: 64 * 1024 * 1024,
});
if (status !== 0) throw new Error(`git ls-files failed: ${stderr}`);
const files = stdout.split("\0").filter((file) => file !== "" && existsSync(file) && statSync(file).isFile());
const found = files.flatMap((file) => findForeignNames(readFileSync(file, "utf8")).map(({ line, text }) => `${file}:${line}: ${text}`));
for (const place of found) process.stderr.write(`${place}\n`);
process.stdout.write(`${files.length} files, ${found.length} names that do not belong here\n`);
if (found.length > 0) process.exitCode = 1;
