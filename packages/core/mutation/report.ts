import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

import { isAbout, type LookedAt, lookedAt } from "./looked-at.ts";
import { reasons } from "./reasons.ts";

/** What Stryker's report has of a mutant. */
export interface Mutant {
	readonly mutatorName: string;
	readonly replacement: string;
	readonly status: string;
	readonly location: { readonly start: Position; readonly end: Position };
}

interface Position {
	readonly line: number;
	readonly column: number;
}

/** A mutant that no test noticed. */
export interface Survivor {
	/** Its file, from `packages/core/src/` on. */
	readonly file: string;
	readonly line: number;
	/** What was replaced. */
	readonly was: string;
	/** By what. */
	readonly is: string;
	readonly mutator: string;
	/** The whole line that it begins in. */
	readonly around: string;
}

const page = "docs/mutation.md";
const target = 85;
const unexplained = "Not looked at one by one";
const explained = "Looked at one by one";
const kinds =
	"Those that somebody has looked at have a reason each (`packages/core/mutation/looked-at.ts`). “A gap” is what a test could notice and none does: where it says that none has something, none has it so that the change shows. The kinds are told by the shape of a change (`packages/core/mutation/reasons.ts`): that each of a kind is as harmless as its heading says is likely, and not proven.";

/**
 * Writes the page of the docs from Stryker's report.
 *
 * @param file - Stryker's report, as JSON
 * @param minutes - how long the run took
 * @returns the score, from 0 to 100
 */
export function writeReport(file: string, minutes: number): number {
	const report = JSON.parse(readFileSync(file, "utf8")) as { files: Record<string, { source: string; mutants: Mutant[] }> };
	const folders = new Map<string, Mutant[]>();
	const survivors: Survivor[] = [];
	for (const [path, { source, mutants }] of Object.entries(report.files)) {
		const name = path.replace("packages/core/src/", "");
		const folder = name.slice(0, name.lastIndexOf("/"));
		folders.set(folder, [...(folders.get(folder) ?? []), ...mutants]);
		for (const mutant of mutants) if (!isDead(mutant)) survivors.push(survivorOf(name, source, mutant));
	}
	const all = [...folders.values()].flat();
	for (const { file, line } of stale(survivors)) console.log(`Looked at, but no survivor any more: ${file}: ${line}`);
	writeFileSync(page, [head(minutes), table(folders, all), "", ...sections(survivors), ""].join("\n"));
	return score(all);
}

const isDead = ({ status }: Mutant): boolean => status === "Killed" || status === "Timeout";

const score = (mutants: readonly Mutant[]): number => (100 * mutants.filter(isDead).length) / mutants.length;

export function survivorOf(file: string, source: string, { location: { start, end }, replacement, mutatorName }: Mutant): Survivor {
	const lines = source.split("\n").slice(start.line - 1, end.line);
	const around = (lines[0] ?? "").trim();
	lines[lines.length - 1] = (lines.at(-1) ?? "").slice(0, end.column - 1);
	lines[0] = (lines[0] ?? "").slice(start.column - 1);
	return { file, line: start.line, was: inShort(lines.join(" ")), is: inShort(replacement), mutator: mutatorName, around };
}

function inShort(code: string): string {
	const line = code.replace(/\s+/g, " ").trim();
	return line.length > 60 ? `${line.slice(0, 40)} … ${line.slice(-17)}` : line;
}

function head(minutes: number): string {
	const commit = execFileSync("git", ["rev-parse", "--short=10", "HEAD"], { encoding: "utf8" }).trim();
	return `---
title: Mutation testing
---

# Mutation testing

How much of \`chain/\` and \`errors/\` in core the tests hold: [Stryker](https://stryker-mutator.io) changes the sources in one place at a time, and counts the
changes that make a test fail. This page is written by \`npm run mutation\`, which is run by hand; the last time on commit \`${commit}\`, in ${minutes} minutes.
Mutants that had been tried before, and whose code and tests had not changed since, were taken over from then. All of them anew take about 40 minutes on two cores that have other work.

All of Stryker's mutators are on, for all files of both folders, the texts of messages and hints included: nothing is excluded. *Timed out* counts as killed: the
change makes an endless loop. What no test comes by counts as a survivor. Each mutant is tried
against the tests that are about its folder, and no others (\`packages/core/mutation/in-order.ts\`), so that survivors are rather too many than too few: left out are
above all the fault matrix, those that start other processes or bundlers, and most worlds of the property tests (30 of each are tried). A test
that does not end within two seconds fails, or within ten where it is one of those that take long.

Stryker's own runner for vitest starts a worker for each mutant. \`packages/core/mutation/warm-runner.ts\` keeps one that stays warm, and loads modules anew only for
changes in code that runs while they load. After each kill the test that did it is run once more without the change: where it fails then too, the worker is
replaced and the mutant is tried again.
`;
}

function table(folders: ReadonlyMap<string, readonly Mutant[]>, all: readonly Mutant[]): string {
	const row = (name: string, mutants: readonly Mutant[]): string => {
		const count = (status: string): number => mutants.filter((mutant) => mutant.status === status).length;
		return `| ${name} | ${mutants.length} | ${count("Killed")} | ${count("Timeout")} | ${count("Survived")} | ${count("NoCoverage")} | ${score(mutants).toFixed(1)} % |`;
	};
	return [
		"| folder | mutants | killed | timed out | survived | not come by | score |",
		"|---|---:|---:|---:|---:|---:|---:|",
		...[...folders].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, mutants]) => row(`\`${name}/\``, mutants)),
		row("**together**", all),
	].join("\n");
}

export function sections(survivors: readonly Survivor[]): string[] {
	const groups = new Map<string, Survivor[]>();
	const looked = new Map<LookedAt, Survivor[]>();
	for (const survivor of survivors) {
		const entry = lookedAt.find((one) => isAbout(one, survivor));
		if (entry !== undefined) {
			looked.set(entry, [...(looked.get(entry) ?? []), survivor]);
			continue;
		}
		const why = reasons.find(({ of }) => of(survivor))?.why ?? unexplained;
		groups.set(why, [...(groups.get(why) ?? []), survivor]);
	}
	const rank = (why: string): number => (why === unexplained ? reasons.length : reasons.findIndex((reason) => reason.why === why));
	const lines = [`## The ${survivors.length} survivors, by kind`, "", kinds, ""];
	const count = [...looked.values()].flat().length;
	if (count > 0) lines.push(`### ${explained} (${count})`, "", ...lookedAt.flatMap((one) => toldOf(one, looked.get(one))), "");
	for (const [why, group] of [...groups].sort(([one], [other]) => rank(one) - rank(other))) {
		lines.push(`### ${why} (${group.length})`, "", ...listed(group), "");
	}
	return lines;
}

/** A line for an entry that is about some survivors. */
function toldOf({ why }: LookedAt, group: readonly Survivor[] | undefined): readonly string[] {
	return group === undefined ? [] : listed(group).map((line) => `${line}: ${why}.`);
}

/** The entries that are about no survivor any more: they are to be taken out. */
function stale(survivors: readonly Survivor[]): readonly LookedAt[] {
	return lookedAt.filter((one) => !survivors.some((survivor) => isAbout(one, survivor)));
}

/** A line for each file, with what was changed and by what. */
function listed(group: readonly Survivor[]): string[] {
	const files = new Map<string, Map<string, string[]>>();
	for (const { file, line, was, is } of group) {
		const places = files.get(file) ?? new Map<string, string[]>();
		files.set(file, places);
		const place = `${line}: ${code(was)}`;
		places.set(place, [...(places.get(place) ?? []), code(is)]);
	}
	return [...files].map(
		([file, places]) => `- \`${file}\` ${[...places].map(([place, now]) => `${place} → ${now.join(" or ")}`).join("; ")}`,
	);
}

function code(text: string): string {
	const ticks = "`".repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
	return ticks.length === 1 && text !== "" ? `\`${text}\`` : `${ticks} ${text} ${ticks}`;
}

export const reachesTarget = (reached: number): boolean => reached >= target;
