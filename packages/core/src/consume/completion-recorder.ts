import type { Chunk, FinishChunk, ToolCallChunk } from "../chunk.ts";
import type { AttemptRecord, Completion } from "../completion.ts";
import type { SpaceportEvent } from "../events.ts";
import { createTextPieces } from "./text-pieces.ts";
import { sumUsage, type Usage, updateUsage } from "./usage.ts";

/** Gathers a completion from chunks and events. */
export interface CompletionRecorder {
	/** The text so far. */
	text(): string;
	take(chunk: Chunk): void;
	/** Notes attempts and warnings. */
	observe(event: SpaceportEvent): void;
	/** Adds a warning, unless it is there already. */
	warn(text: string): void;
	/** The completion, once the stream has finished. */
	completion(finish: FinishChunk): Completion;
}

/** An attempt that has a part in the answer. */
interface Author {
	readonly number: number;
	readonly provider: string;
	usage?: Usage;
}

/** Makes a recorder for one stream. */
export function createCompletionRecorder(): CompletionRecorder {
	const text = createTextPieces();
	let reasoning = "";
	/** Those whose content is in the answer, in order. */
	let authors: Author[] = [];
	const toolCalls: ToolCallChunk[] = [];
	/** Each with the attempt that it is about, if it is about one. */
	const warnings: { readonly text: string; readonly number?: number }[] = [];
	const attempts: AttemptRecord[] = [];
	let requestId = "";

	/** What all that is in the answer has used: nothing is made up for one who did not say. */
	function usageOf(): Usage | undefined {
		const said = authors.flatMap(({ usage }) => usage ?? []);
		if (said.length === 0) return undefined;
		const silent = authors.find(({ usage }) => usage === undefined);
		if (silent === undefined) return sumUsage(said);
		warnings.push({ text: `usage is left out: "${silent.provider}" did not say what its part of the answer used.` });
		return undefined;
	}

	return {
		text: text.text,
		take(chunk) {
			switch (chunk.type) {
				case "text-delta":
					text.add(chunk.text);
					break;
				case "text-replace":
					text.replace(chunk.text);
					break;
				case "reasoning-delta":
					reasoning += chunk.text;
					break;
				case "tool-call":
					toolCalls.push(chunk);
					break;
				case "seam":
					// The new answer takes the place of all that was there.
					if (chunk.how === "restart") {
						text.replace("");
						reasoning = "";
						authors = authors.slice(-1);
					}
					break;
				case "usage": {
					const author = authors.at(-1);
					if (author !== undefined) author.usage = updateUsage(author.usage, chunk);
					break;
				}
			}
		},
		observe(event) {
			if (event.type === "warning") warnings.push(event);
			if (event.type === "first-chunk") authors.push({ number: event.number, provider: event.provider });
			if (event.type !== "attempt-end") return;
			const { type: _, requestId: id, ...record } = event;
			requestId = id;
			attempts.push(record);
		},
		warn: (sentence) => void warnings.push({ text: sentence }),
		completion({ finishReason }) {
			const usage = usageOf();
			const told = warnings.filter(({ number }) => number === undefined || authors.some((author) => author.number === number));
			const answered = attempts.findLast(({ decision }) => decision === "answered");
			return {
				requestId,
				text: text.text(),
				...(reasoning === "" ? {} : { reasoning }),
				...(toolCalls.length === 0 ? {} : { toolCalls }),
				provider: answered?.provider ?? "",
				model: answered?.model ?? "",
				finishReason,
				...(usage === undefined ? {} : { usage }),
				warnings: [...new Set(told.map((warning) => warning.text.replace(/\s+/g, " ")))],
				attempts,
			};
		},
	};
}
