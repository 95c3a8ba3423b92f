import { cpus } from "node:os";

import { chainClients } from "./chain/all-chain-clients.ts";
import { clients } from "./clients/all-clients.ts";
import { median, medianRatio, type Sample, valuesOf } from "./measurement.ts";
import { judge, type TargetResult } from "./targets.ts";

/** What a part gave. */
export interface PartResult {
	readonly name: string;
	readonly title: string;
	readonly samples: readonly Sample[];
	/** The client that the others are held against. @default "floor" */
	readonly floor?: string;
}

/** Where and when it was measured. */
export interface Circumstances {
	readonly date: string;
	readonly rounds: number;
	readonly node: string;
	readonly machine: string;
	/** Which form of Spaceport: `dist`, as users have it, or `src`. */
	readonly spaceport: string;
	readonly versions: Readonly<Record<string, string>>;
}

/** The circumstances of this process. */
export function circumstances(rounds: number, spaceport: string, versions: Readonly<Record<string, string>>): Circumstances {
	const [first] = cpus();
	const machine = `${cpus().length} × ${first?.model.trim() ?? "unknown"}, ${process.platform} ${process.arch}`;
	return { date: new Date().toISOString().slice(0, 10), rounds, node: process.version, machine, spaceport, versions };
}

/** The whole result as Markdown, which reads well in a terminal too. */
export function toMarkdown(where: Circumstances, results: readonly PartResult[]): string {
	const versions = Object.entries(where.versions).map(([name, version]) => `${name} ${version}`);
	const lines = [
		`Measured on ${where.date}: ${where.machine}, Node ${where.node}, ${versions.join(", ")}; Spaceport from its \`${where.spaceport}\`. Medians of ${where.rounds} interleaved rounds. In`,
		"parentheses: the ratio to the floor, the median of the ratios of each round. Absolute figures move with the machine.",
		"",
	];
	for (const result of results) lines.push(...partLines(result), "");
	return lines.join("\n");
}

function partLines({ name, title, samples, floor: floorName = "floor" }: PartResult): string[] {
	const columns = unique(samples.map(({ scenario, figure }) => `${scenario}\n${figure}`)).map((key) => key.split("\n") as [string, string]);
	const rows = unique(samples.map(({ client }) => client)).map((client) => [
		clientTitle(client),
		...columns.map(([scenario, figure]) => {
			const values = valuesOf(samples, scenario, client, figure);
			const floor = valuesOf(samples, scenario, floorName, figure);
			if (values.length === 0) return "";
			const shown = show(median(values));
			return client === floorName || floor.length === 0 ? shown : `${shown} (${medianRatio(values, floor).toFixed(2)})`;
		}),
	]);
	const shares = columns.map(([scenario, figure]) => {
		const all = samples.filter((sample) => sample.scenario === scenario && sample.figure === figure);
		return `${Math.round(100 * median(all.map(({ serverShare }) => serverShare ?? 0)))} %`;
	});
	const hasServer = samples.some(({ serverShare }) => serverShare !== undefined);
	const header = ["", ...columns.map(([scenario, figure]) => `${scenario}: ${figure}`)];
	return [
		`### ${title}`,
		"",
		...table([header, ...rows, ...(hasServer ? [["the fake server's share of a core", ...shares]] : [])]),
		...judge(name, samples).map((target, index) => `${index === 0 ? "\n" : ""}- ${targetLine(target)}`),
	];
}

function targetLine({ client, scenario, figure, against, most, value, met }: TargetResult): string {
	const other = against.client === client ? `its own at ${against.scenario}` : clientTitle(against.client);
	const unit = figure.includes("µs") ? "µs" : "ms";
	const [shown, limit] =
		"ratio" in most
			? [`${value.toFixed(2)} ×`, `${most.ratio} ×`]
			: [`${value.toFixed(2)} ${unit} more than`, `${most.difference} ${unit}`];
	return `${met ? "met" : "**not met**"}: ${clientTitle(client)}, ${scenario}, ${figure}: ${shown} ${other} (target: at most ${limit})`;
}

function clientTitle(name: string): string {
	const known: Readonly<Record<string, { readonly title: string }>> = { ...chainClients, ...clients };
	return Object.hasOwn(known, name) ? (known[name]?.title ?? name) : name;
}

function show(value: number): string {
	return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function unique(values: readonly string[]): string[] {
	return [...new Set(values)];
}

/** A Markdown table whose columns stand under each other. */
function table(rows: readonly (readonly string[])[]): string[] {
	const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]): string =>
		`| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(" | ")} |`;
	const [header = [], ...rest] = rows;
	return [
		line(header),
		line(widths.map((width, column) => (column === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`))),
		...rest.map(line),
	];
}
