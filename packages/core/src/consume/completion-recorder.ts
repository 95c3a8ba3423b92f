import type { Chunk, FinishChunk, ToolCallChunk, UsageChunk } from "../chunk.ts";
import type { AttemptRecord, Completion } from "../completion.ts";
import type { SpaceportEvent } from "../events.ts";
import { createTextPieces } from "./text-pieces.ts";

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

/** Makes a recorder for one stream. */
export function createCompletionRecorder(): CompletionRecorder {
	const text = createTextPieces();
	let reasoning = "";
	let usage: Omit<UsageChunk, "type"> | undefined;
	const toolCalls: ToolCallChunk[] = [];
	const warnings: string[] = [];
	const attempts: AttemptRecord[] = [];
	let requestId = "";

	function warn(sentence: string): void {
		if (!warnings.includes(sentence)) warnings.push(sentence);
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
				case "usage": {
					const { type: _, ...figures } = chunk;
					usage = figures;
					break;
				}
			}
		},
		observe(event) {
			if (event.type === "warning") warn(event.text);
			if (event.type !== "attempt-end") return;
			const { type: _, requestId: id, ...record } = event;
			requestId = id;
			attempts.push(record);
		},
		warn,
		completion({ finishReason }) {
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
				warnings,
				attempts,
			};
		},
	};
}
