import type { Size } from "../scenarios.ts";
import type { ChainClientName } from "./all-chain-clients.ts";
import type { ChainTask, ChainTaskResult } from "./chain-task.ts";

/** Something that all clients of a table do in turn. */
export interface ChainScenario {
	readonly name: string;
	readonly task: ChainTask;
	/** What is taken from the result. The unit stands in the name. */
	readonly figures: (result: ChainTaskResult) => Readonly<Record<string, number>>;
}

/** Scenarios that stand in one table. */
export interface ChainTable {
	readonly title: string;
	readonly clients: readonly ChainClientName[];
	/** Whether a client's process goes through all rounds, or each round has a new one. */
	readonly processes: "kept" | "new";
	/** How many of the rounds are made, where they are long. */
	readonly mostRounds: number;
	readonly warmUp: readonly ChainTask[];
	readonly scenarios: readonly ChainScenario[];
}

const all: readonly ChainClientName[] = [
	"bare",
	"spaceport-text",
	"spaceport-chunks",
	"spaceport-whole",
	"ai-fallback-parts",
	"ai-fallback",
	"ai-sdk-alone",
	"langchain",
];

/** What is measured of chains. */
export function chainTables(size: Size): readonly ChainTable[] {
	const scale = (count: number, tiny: number): number => (size === "full" ? count : tiny);

	function chunks(name: string, pieces: number, times: number): ChainScenario {
		const task: ChainTask = { how: "ask", pieces: scale(pieces, 20), times: scale(times, 2) };
		return { name, task, figures: ({ cpuMs }) => ({ "CPU, µs a chunk": (1000 * cpuMs) / (task.pieces * task.times) }) };
	}
	function calls(name: string, how: ChainTask["how"], times: number): ChainScenario {
		const task: ChainTask = { how, pieces: 1, times: scale(times, 2) };
		return { name, task, figures: ({ wallMs }) => ({ "ms a call": wallMs / task.times }) };
	}
	const perCall: ChainTask = { how: "ask", pieces: 1, times: scale(2000, 2) };
	const crowd: ChainTask = { how: "ask", pieces: scale(10, 3), everyMs: scale(100, 1), times: scale(10_000, 20), atOnce: true, heap: true };

	return [
		{
			title: "Chunks that come one by one, without delay",
			clients: all,
			processes: "kept",
			mostRounds: Infinity,
			warmUp: [
				{ how: "ask", pieces: scale(1000, 5), times: scale(150, 1) },
				{ how: "ask", pieces: 1, times: scale(1000, 1) },
			],
			scenarios: [
				chunks("1 000 chunks", 1000, 100),
				chunks("10 000 chunks", 10_000, 10),
				chunks("50 000 chunks", 50_000, 2),
				{
					name: "one chunk",
					task: perCall,
					figures: ({ cpuMs }) => ({ "CPU, µs a call": (1000 * cpuMs) / perCall.times }),
				},
			],
		},
		{
			title: "A dead first provider",
			clients: ["spaceport-text", "ai-fallback-parts", "ai-fallback", "langchain"],
			processes: "new",
			mostRounds: Infinity,
			warmUp: [],
			scenarios: [
				calls("the first time in a process, the first one alive", "ask", 1),
				calls("the first time in a process, the first one dead", "fallOver", 1),
				{ ...calls("warming up", "fallOver", 300), figures: () => ({}) },
				calls("the first one alive", "ask", 300),
				calls("the first one dead", "fallOver", 300),
				calls("known to be dead", "passOver", 300),
			],
		},
		{
			title: "10 000 calls at once in one process, 10 chunks each, 100 ms between two",
			clients: ["bare", "spaceport-text", "ai-fallback-parts", "ai-fallback", "langchain"],
			processes: "new",
			mostRounds: 2,
			warmUp: Array.from({ length: scale(10, 1) }, () => ({ ...crowd, everyMs: 1, times: scale(50, 2) })),
			scenarios: [
				{
					name: "10 000 calls",
					task: crowd,
					figures: ({ wallMs, cpuMs, peakRssMb, leftMb }) => ({
						"wall, ms": wallMs,
						"CPU, ms": cpuMs,
						"peak memory, MB": peakRssMb,
						"left in the heap, MB": leftMb,
					}),
				},
			],
		},
	];
}
