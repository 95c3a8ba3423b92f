import type { ClientName } from "./clients/all-clients.ts";
import type { Task, TaskResult } from "./clients/client-process.ts";

/** How large the scenarios are: as they are measured, or just large enough to see that they work. */
export type Size = "full" | "tiny";

/** Something that all clients of a part do in turn. */
export interface Scenario {
	readonly name: string;
	readonly task: Task;
	/** What is taken from the result. The unit ends the name. */
	readonly figures: (result: TaskResult) => Readonly<Record<string, number>>;
}

/** Scenarios that are measured together. */
export interface Part {
	readonly name: string;
	readonly title: string;
	readonly clients: readonly ClientName[];
	/** The client that the others are held against. @default "floor" */
	readonly floor?: ClientName;
	/** Whether a client's process goes through all rounds, or each round has a new one. */
	readonly processes: "kept" | "new";
	/** What each process does before it is measured: enough for the engine to have compiled all that is hot. */
	readonly warmUp: readonly Task[];
	readonly scenarios: readonly Scenario[];
}

/** The parts that clients do in processes that are warm; the start of a process is measured elsewhere. */
export function parts(size: Size): readonly Part[] {
	const full = size === "full";
	const scale = (count: number, tiny: number): number => (full ? count : tiny);

	const perToken =
		(task: Task) =>
		({ cpuMs }: TaskResult): Readonly<Record<string, number>> => ({ "CPU, µs a token": (cpuMs * 1000) / (task.plan.tokens * task.times) });
	const stream = (name: string, form: Task["form"], tokens: number, times: number): Scenario => {
		const task: Task = { form, plan: { tokens: scale(tokens, 20), everyMs: 0 }, times: scale(times, 1) };
		return { name, task, figures: perToken(task) };
	};
	const warm = (form: Task["form"], tokens: number, times: number): Task => stream("", form, tokens, times).task;

	const crowdTask: Task = { form: "differences", plan: { tokens: scale(100, 5), everyMs: 10 }, times: scale(1000, 10), atOnce: true };
	const firstTask: Task = { form: "differences", plan: { tokens: 4, everyMs: 5 }, times: scale(25, 1) };
	const firstMs = (result: TaskResult): Readonly<Record<string, number>> => ({ "first token, ms": middle(result.firstMs) });

	return [
		{
			name: "differences",
			title: "A stream of differences (Gradio 5, sse_v3), no delay",
			clients: ["floor", "spaceport-text", "spaceport-chunks", "gradio-whole", "gradio-deltas", "openai", "ai-sdk"],
			processes: "kept",
			warmUp: [warm("differences", 1000, 20), warm("differences", 10_000, 10)],
			scenarios: [
				stream("1 000 tokens", "differences", 1000, 10),
				stream("10 000 tokens", "differences", 10_000, 5),
				stream("50 000 tokens", "differences", 50_000, 2),
			],
		},
		{
			name: "openai",
			title: "An OpenAI stream, no delay",
			clients: ["floor-openai", "spaceport-openai-text", "spaceport-openai-chunks", "openai", "ai-sdk"],
			floor: "floor-openai",
			processes: "kept",
			warmUp: [warm("differences", 1000, 20), warm("differences", 10_000, 10)],
			scenarios: [
				stream("1 000 tokens", "differences", 1000, 10),
				stream("10 000 tokens", "differences", 10_000, 5),
				stream("50 000 tokens", "differences", 50_000, 2),
			],
		},
		{
			name: "whole",
			title: "A stream of whole values (Gradio 4.16, sse_v1), no delay",
			clients: ["floor", "spaceport-text", "spaceport-chunks"],
			processes: "kept",
			warmUp: [warm("whole", 1000, 20), warm("whole", 3000, 5)],
			scenarios: [stream("1 000 tokens", "whole", 1000, 10), stream("3 000 tokens", "whole", 3000, 6)],
		},
		{
			name: "crowd",
			title: "1000 streams at once in one process, 100 tokens each, 10 ms between two",
			clients: ["floor", "spaceport-text", "gradio-whole", "floor-openai", "spaceport-openai-text", "openai", "ai-sdk"],
			processes: "new",
			// Many small crowds, so that it is not the measured one that makes the memory large.
			warmUp: Array.from({ length: scale(20, 1) }, () => ({
				...crowdTask,
				plan: { tokens: scale(100, 5), everyMs: scale(1, 0) },
				times: scale(25, 2),
			})),
			scenarios: [
				{
					name: "1000 streams",
					task: crowdTask,
					figures: ({ wallMs, cpuMs, peakRssMb }) => ({ "wall, ms": wallMs, "CPU, ms": cpuMs, "peak memory, MB": peakRssMb }),
				},
			],
		},
		{
			name: "first",
			title: "The first token, 5 ms a token, warm process",
			clients: ["floor", "spaceport-text", "spaceport-chunks", "gradio-whole", "floor-openai", "spaceport-openai-text", "openai", "ai-sdk"],
			processes: "kept",
			warmUp: [firstTask, { ...firstTask, fresh: true }],
			scenarios: [
				{ name: "known Space", task: firstTask, figures: firstMs },
				{ name: "new Space", task: { ...firstTask, fresh: true }, figures: firstMs },
			],
		},
	];
}

function middle(values: readonly number[]): number {
	return [...values].sort((first, second) => first - second)[values.length >> 1] ?? Number.NaN;
}
