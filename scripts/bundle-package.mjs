/**
 * Makes `dist/bundle` of the package that it is run in: one file that Node and its like load in place of a hundred, with the libraries in it, since finding and
 * reading files is most of what a start takes. Other packages of the workspace stay outside. What it includes keeps its licence in `licenses.txt`.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const folder = "dist/bundle";
rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
	entryPoints: ["src/index.ts"],
	outdir: folder,
	bundle: true,
	splitting: true,
	format: "esm",
	platform: "neutral",
	target: "node22",
	external: ["@spaceport/*"],
	mainFields: ["module", "main"],
	conditions: ["import", "node", "default"],
	sourcemap: true,
	metafile: true,
	legalComments: "inline",
	logLevel: "warning",
});

/** @type {Map<string, string>} */
const licenses = new Map();
for (const input of Object.keys(metafile.inputs)) {
	const root = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
	if (root === undefined) continue;
	const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
	const file = readdirSync(root).find((entry) => /^licen[cs]e/i.test(entry));
	if (file === undefined) throw new Error(`${name} has no licence beside ${dirname(input)}.`);
	licenses.set(`${name} ${version}`, readFileSync(join(root, file), "utf8").trim());
}
writeFileSync(join(folder, "licenses.txt"), [...licenses].map(([name, text]) => `${name}\n\n${text}\n`).join("\n---\n\n"));
