/**
 * The benchmarks: `npm run bench -- [part…] [--rounds 5] [--markdown file] [--json file]`.
 *
 * Parts: differences, openai, whole, crowd, first, start, chain; all of them where none is named.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseArgs } from "node:util";

import { runChainPart } from "./chain/run-chain-part.ts";
import { circumstances, type PartResult, toMarkdown } from "./report.ts";
import { runPart, runStarts } from "./run-part.ts";
import { parts } from "./scenarios.ts";
import { startServers } from "./server/server-process.ts";

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		rounds: { type: "string", default: "5" },
		clients: { type: "string" },
		json: { type: "string" },
		markdown: { type: "string" },
		node: { type: "string" },
	},
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds is ${values.rounds}, and must be a whole number, 1 or more.`);
const all = parts("full");
const names = [...all.map(({ name }) => name), "start", "chain"];
for (const name of positionals)
	if (!names.includes(name)) throw new Error(`There is no part "${name}". The parts are ${names.join(", ")}.`);
const wanted = positionals.length === 0 ? names : positionals;
const onlyClients = values.clients?.split(",");

const onStep = (text: string): void => {
	process.stderr.write(`${text}\n`);
};
const options = { rounds, onStep, nodeOptions: values.node?.split(" ") ?? [] };
const results: PartResult[] = [];
await using servers = await startServers();
for (const part of all) {
	if (!wanted.includes(part.name)) continue;
	const chosen = part.clients.filter((name) => onlyClients?.includes(name) ?? true);
	const samples = await runPart({ ...part, clients: chosen }, servers, options);
	results.push({ name: part.name, title: part.title, samples, floor: part.floor ?? "floor" });
}
if (wanted.includes("start")) {
	results.push({ name: "start", title: "A new process to its first token", samples: await runStarts(servers, 5, options) });
}
if (wanted.includes("chain")) results.push(...(await runChainPart("full", options, onlyClients)));

const require = createRequire(import.meta.url);
const peers = ["@gradio/client", "openai", "ai", "@ai-sdk/openai-compatible", "ai-fallback", "@langchain/core"];
const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly name: string };
const where = circumstances(rounds, spaceportForm(), Object.fromEntries(peers.map((name) => [name, versionOf(name)])));
const markdown = toMarkdown(where, results);
process.stdout.write(`${markdown}\n`);
if (values.markdown !== undefined) writeFileSync(values.markdown, `${markdown}\n`);
if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ bench: manifest.name, ...where, results }, undefined, "\t"));

function spaceportForm(): string {
	return import.meta.resolve("@spaceport/core").includes("/dist/") ? "dist" : "src";
}

function versionOf(name: string): string {
	for (let folder of require.resolve.paths(name) ?? []) {
		try {
			folder = `${folder}/${name}/package.json`;
			return (JSON.parse(readFileSync(folder, "utf8")) as { readonly version: string }).version;
		} catch {
			// It is in the next one.
		}
	}
	return "unknown";
}
