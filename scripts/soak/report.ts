import { arch, availableParallelism, platform } from "node:os";

import type { Holding } from "./resources.ts";
import type { Tally } from "./traffic.ts";

/** Everything that a soak has measured. */
export interface Figures {
	readonly seconds: number;
	readonly callers: number;
	readonly tally: Tally;
	readonly baseline: Holding;
	readonly end: Holding;
	/** Bytes after a collection, while calls were under way. */
	readonly heaps: readonly number[];
	readonly heapGrowth: number;
	readonly rssGrowth: number;
	readonly peakRss: number;
	readonly cpuSeconds: number;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
const list = (counts: ReadonlyMap<string, number>): string =>
	[...counts]
		.toSorted(([, one], [, other]) => other - one)
		.map(([name, times]) => `${name} ${times}`)
		.join(", ");
const handles = ({ handles: kinds }: Holding): string =>
	Object.entries(kinds)
		.map(([kind, times]) => `${kind} ${times}`)
		.join(", ") || "none";

/** The figures, as a table. */
export function report(figures: Figures): string {
	const { tally, baseline, end, seconds } = figures;
	const milliseconds = (percentile: number): string => `${(tally.answered.percentile(percentile) / 1000).toFixed(0)} ms`;
	const rows: readonly (readonly [string, string])[] = [
		["time", `${seconds.toFixed(0)} s, ${figures.callers} calls at once, ${figures.cpuSeconds.toFixed(0)} s of CPU`],
		["calls", `${tally.calls}, ${(tally.calls / seconds).toFixed(0)} a second`],
		["how they ended", list(tally.ends)],
		["failures of attempts", list(tally.failures)],
		["events", list(tally.events)],
		["until the whole answer", `p50 ${milliseconds(50)}, p90 ${milliseconds(90)}, p99 ${milliseconds(99)}`],
		["heap at rest", `${megabytes(baseline.heapBytes)} after the warm-up, ${megabytes(end.heapBytes)} at the end`],
		["heap under load", `${megabytes(median(figures.heaps))}, ${megabytes(figures.heapGrowth)} more in the second half`],
		["resident memory", `${megabytes(figures.peakRss)} at most, ${megabytes(figures.rssGrowth)} more in the second half`],
		["handles", `${handles(baseline)} after the warm-up, ${handles(end)} at the end`],
		["listeners on a shared signal", `${baseline.listeners} after the warm-up, ${end.listeners} at the end`],
		["where", `Node ${process.version}, ${platform()} ${arch()}, ${availableParallelism()} cores`],
	];
	return ["| figure | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

/** The one in the middle. */
export function median(figures: readonly number[]): number {
	return figures.toSorted((one, other) => one - other)[Math.floor(figures.length / 2)] ?? 0;
}
