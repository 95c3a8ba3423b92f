/**
 * A thousand callers at once ask chains whose providers flap, for as long as SPACEPORT_SOAK_SECONDS says: in this process and over sockets, with every policy, read in every
 * way, left and aborted. At the end nothing may be left of them: no memory, no timer, no socket, no listener. `--write` writes the figures to docs/soak.md.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { createChain, createSpaceport } from "@spaceport/core";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";

import { createFlappingProvider } from "./flapping-provider.ts";
import { createRandom } from "./random.ts";
import { median, report } from "./report.ts";
import { growth, holding, holdingAtRest } from "./resources.ts";
import type { SpaceReport } from "./space.ts";
import { questionFor, stories } from "./stories.ts";
import { createTally, runTraffic } from "./traffic.ts";

const seconds = Number(process.env.SPACEPORT_SOAK_SECONDS ?? 3600);
const callers = Number(process.env.SPACEPORT_SOAK_CALLERS ?? 1000);
const seed = Number(process.env.SPACEPORT_SOAK_SEED ?? Date.now() % 1e9);
/** What V8 keeps for itself comes and goes by so much: 1 MB less to 4 MB more were seen. A leak of 100 bytes a call would be 20 MB in three minutes. */
const heapNoise = 8e6;

const wrong: string[] = [];
process.on("unhandledRejection", (error) => wrong.push(`unhandled: ${String(error)}`));
process.on("warning", (warning) => {
	if (warning.name === "MaxListenersExceededWarning") wrong.push(String(warning));
});
console.log(`seed ${seed}, ${seconds} s, ${callers} callers`);

const child = fork(fileURLToPath(new URL("space.ts", import.meta.url)), [String(seed)]);
const spaceReport = async (): Promise<SpaceReport> => {
	child.send("report");
	const [said] = await once(child, "message");
	return said as SpaceReport;
};
const [{ url }] = (await once(child, "message")) as [SpaceReport];

const flapping = [
	createFlappingProvider({ name: "first", seed: seed + 1 }),
	createFlappingProvider({ name: "second", seed: seed + 2, goesOn: true }),
	createFlappingProvider({ name: "third", seed: seed + 3 }),
	createFlappingProvider({ name: "narrow", seed: seed + 4, limits: { concurrency: 60, queueSize: 100 } }),
	createFlappingProvider({ name: "steady", seed: seed + 5, always: "well" }),
];
const space = createQwen2_72b({ baseUrl: url });
const spaceport = createSpaceport({
	providers: [...flapping, space],
	chains: [
		createChain({ name: "default", providers: ["first", space.name, "second", { provider: "steady", lastResort: true }] }),
		createChain({ name: "pair", providers: ["first", "third"] }),
		createChain({ name: "by the Space", providers: [space.name, "second", "narrow"] }),
		createChain({ name: "nested", providers: ["pair", "narrow", { provider: "steady", lastResort: true }] }),
	],
	retry: { minDelayMs: 20, maxDelayMs: 200, patienceMs: 100, maxRetryAfterMs: 500 },
	timeouts: { connectMs: 2000, firstChunkMs: 1500, lastFirstChunkMs: 3000, idleMs: 1500, queueMs: 4000, totalMs: 15_000 },
});
const models = ["default", "default", "pair", "by the Space", "nested", "third", space.name] as const;

const shared = new AbortController().signal;
const tally = createTally();
const random = createRandom(seed);
const traffic = { spaceport, models, callers, random, shared };
// A refused key rests until somebody sees to it.
const caretaker = setInterval(() => void spaceport.reset(), 2500);

// What is made once (code, pools, tables) is made before anything is measured.
await runTraffic({ ...traffic, durationMs: Math.min(20_000, seconds * 200), tally: createTally() });
const baseline = await holdingAtRest(shared);

const samples: { heap: number; rss: number }[] = [];
const began = performance.now();
const cpu = process.cpuUsage();
const sampling = setInterval(
	() => {
		const { heapBytes, rssBytes } = holding(shared);
		samples.push({ heap: heapBytes, rss: rssBytes });
	},
	Math.max(1000, (seconds * 1000) / 200),
);
await runTraffic({ ...traffic, durationMs: seconds * 1000, tally });
clearInterval(sampling);
const took = (performance.now() - began) / 1000;
const { user, system } = process.cpuUsage(cpu);
const end = await holdingAtRest(shared);
clearInterval(caretaker);

// All is well now: whoever is asked answers at once, so that no slot was kept and nobody is forgotten.
child.send("calm");
for (const provider of flapping) provider.stay("well");
await (spaceport as { reset?: () => unknown }).reset?.();
await wait(1000);
for (const model of new Set<string>([...models, ...flapping.map(({ name }) => name)])) {
	const text = await spaceport.complete({ model, messages: questionFor(0) }).then(
		(completion) => completion.text,
		(error: unknown) => String(error),
	);
	if (text !== stories[0]) wrong.push(`${model} does not answer when all is over: ${text}`);
}
for (const provider of flapping) if (provider.open > 0) wrong.push(`${provider.open} calls of ${provider.name} are still open`);
await wait(6000);
const { open } = await spaceReport();
for (const [what, times] of Object.entries(open)) if (times > 0) wrong.push(`the Space has ${times} ${what}`);
child.disconnect();

const half = samples.slice(Math.floor(samples.length / 2));
const figures = {
	seconds: took,
	callers,
	tally,
	baseline,
	end,
	heaps: samples.map(({ heap }) => heap),
	heapGrowth: growth(half.map(({ heap }) => heap)),
	rssGrowth: growth(half.map(({ rss }) => rss)),
	peakRss: Math.max(...samples.map(({ rss }) => rss)),
	cpuSeconds: (user + system) / 1e6,
};
wrong.push(...tally.wrong);
const grown = end.heapBytes - baseline.heapBytes;
if (grown > heapNoise) wrong.push(`the heap at rest has grown by ${grown} bytes`);
if (figures.heapGrowth > heapNoise + 0.15 * median(figures.heaps))
	wrong.push(`the heap under load grows: ${Math.round(figures.heapGrowth)} bytes in the second half`);
for (const [kind, times] of Object.entries(end.handles)) {
	if (times > (baseline.handles[kind] ?? 0))
		wrong.push(`there are ${times} handles of the kind ${kind}, and there were ${baseline.handles[kind] ?? 0}`);
}
if (end.listeners > 0) wrong.push(`${end.listeners} listeners are left on a signal that calls shared`);

const table = report(figures);
console.log(table);
if (process.argv.includes("--write")) {
	const day = new Date().toISOString().slice(0, 10);
	const words =
		"A thousand callers at once ask chains whose providers flap, with every policy; they read in every way, leave and abort. At the end nothing may be left of them: no memory, no timer, no socket, no listener.";
	const how = `This is what a run on ${day} has shown. \`npm run soak -- --write\` writes it, after an hour or after as many seconds as \`SPACEPORT_SOAK_SECONDS\` says.`;
	const page = `---\ntitle: Soak\n---\n\n# Soak\n\n${words}\n\n${how}\n\n${table}\n`;
	writeFileSync(join(fileURLToPath(new URL("../..", import.meta.url)), "docs/soak.md"), page);
}
for (const one of wrong) console.error(`WRONG: ${one}`);
process.exitCode = wrong.length > 0 ? 1 : 0;
