import { medianDifference, medianRatio, type Sample, valuesOf } from "./measurement.ts";

/** What Spaceport is to reach. */
interface Target {
	readonly part: string;
	readonly scenario: string;
	readonly figure: string;
	readonly client: string;
	/** Held against another client, or against itself in another scenario. */
	readonly against: { readonly client: string; readonly scenario?: string };
	/** The most that the ratio may be, or the difference in the figure's own unit. */
	readonly most: { readonly ratio: number } | { readonly difference: number };
}

const cpuPerToken = "CPU, µs a token";
const spaceports = ["spaceport-text", "spaceport-chunks"] as const;

const targets: readonly Target[] = [
	...spaceports.flatMap((client): Target[] => [
		{
			part: "differences",
			scenario: "10 000 tokens",
			figure: cpuPerToken,
			client,
			against: { client: "floor" },
			most: { ratio: 1.5 },
		},
		{
			part: "differences",
			scenario: "10 000 tokens",
			figure: cpuPerToken,
			client,
			against: { client: "gradio-deltas" },
			most: { ratio: 0.5 },
		},
		{
			part: "differences",
			scenario: "50 000 tokens",
			figure: cpuPerToken,
			client,
			against: { client, scenario: "10 000 tokens" },
			most: { ratio: 1.1 },
		},
		{ part: "whole", scenario: "3 000 tokens", figure: cpuPerToken, client, against: { client: "floor" }, most: { ratio: 1.3 } },
		{
			part: "first",
			scenario: "known Space",
			figure: "first token, ms",
			client,
			against: { client: "floor" },
			most: { difference: 1 },
		},
	]),
	...(["spaceport-openai-text", "spaceport-openai-chunks"] as const).flatMap((client): Target[] => [
		{
			part: "openai",
			scenario: "10 000 tokens",
			figure: cpuPerToken,
			client,
			against: { client: "floor-openai" },
			most: { ratio: 1.5 },
		},
		{
			part: "openai",
			scenario: "10 000 tokens",
			figure: cpuPerToken,
			client,
			against: { client: "openai" },
			most: { ratio: 0.7 },
		},
	]),
	{
		part: "crowd",
		scenario: "1000 streams",
		figure: "CPU, ms",
		client: "spaceport-text",
		against: { client: "floor" },
		most: { ratio: 1.3 },
	},
	{
		part: "crowd",
		scenario: "1000 streams",
		figure: "peak memory, MB",
		client: "spaceport-text",
		against: { client: "floor" },
		most: { ratio: 1.2 },
	},
	...(["spaceport-text", "spaceport-chunks", "spaceport-whole"] as const).flatMap((client): Target[] => [
		...["1 000 chunks", "10 000 chunks", "50 000 chunks"].map(
			(scenario): Target => ({
				part: "chain",
				scenario,
				figure: "CPU, µs a chunk",
				client,
				against: { client: "bare" },
				most: { difference: 1 },
			}),
		),
		{ part: "chain", scenario: "one chunk", figure: "CPU, µs a call", client, against: { client: "bare" }, most: { difference: 50 } },
	]),
	...[
		["the first time in a process, the first one dead", "the first time in a process, the first one alive"] as const,
		["the first one dead", "the first one alive"] as const,
		["known to be dead", "the first one alive"] as const,
	].map(
		([scenario, alive]): Target => ({
			part: "chain",
			scenario,
			figure: "ms a call",
			client: "spaceport-text",
			against: { client: "spaceport-text", scenario: alive },
			most: { difference: 2 },
		}),
	),
	{
		part: "start",
		scenario: "new process",
		figure: "to first token, ms",
		client: "spaceport",
		against: { client: "floor" },
		most: { ratio: 1.5 },
	},
];

/** How a target was met. */
export interface TargetResult extends Target {
	readonly value: number;
	readonly met: boolean;
}

/** Holds a part's samples against its targets; what was not measured is left out. */
export function judge(part: string, samples: readonly Sample[]): TargetResult[] {
	return targets
		.filter((target) => target.part === part)
		.flatMap((target) => {
			const { scenario, client, figure, against, most } = target;
			const values = valuesOf(samples, scenario, client, figure);
			const others = valuesOf(samples, against.scenario ?? scenario, against.client, figure);
			if (values.length === 0 || others.length === 0) return [];
			const value = "ratio" in most ? medianRatio(values, others) : medianDifference(values, others);
			return [{ ...target, value, met: value <= ("ratio" in most ? most.ratio : most.difference) }];
		});
}
