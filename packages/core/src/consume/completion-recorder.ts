import type { Chunk, FinishChunk, ToolCallChunk, Usage } from "../chunk.ts";
import type { AttemptRecord, Completion } from "../completion.ts";
import type { SpaceportEvent } from "../events.ts";
import { createTextPieces } from "./text-pieces.ts";
import { sumUsage, updateUsage } from "./usage.ts";

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

/** A part of the answer, and the attempts that it comes from: one, or one within the other where a provider asks another. */
interface Part {
	readonly provider: string;
	readonly numbers: number[];
	usage?: Usage | undefined;
}

/** Makes a recorder for one stream. */
export function createCompletionRecorder(): CompletionRecorder {
	const text = createTextPieces();
	let reasoning = "";
	/** What the answer is made of, in order. */
	let parts: Part[] = [];
	/** The part that has begun, before its first chunk shows whether it goes on with another one's answer. */
	let begun: Part | undefined;
	const toolCalls: ToolCallChunk[] = [];
	/** Each with the attempt that it is about, if it is about one. */
	const warnings: { readonly text: string; readonly number?: number }[] = [];
	const attempts: AttemptRecord[] = [];
	let requestId = "";

	/** What all that is in the answer has used: nothing is made up for one who did not say. */
	function usageOf(): Usage | undefined {
		const said = parts.flatMap(({ usage }) => usage ?? []);
		if (said.length === 0) return undefined;
		const silent = parts.find(({ usage }) => usage === undefined);
		if (silent === undefined) return sumUsage(said);
		warnings.push({ text: `usage is left out: "${silent.provider}" did not say what its part of the answer used.` });
		return undefined;
	}

	/** Others have a part in an answer only after a seam: an attempt within an attempt has the same part. */
	function placeBegun(part: Part, isOwn: boolean): void {
		const last = parts.at(-1);
		if (isOwn || last === undefined) parts.push(part);
		else {
			last.numbers.push(...part.numbers);
			last.usage = part.usage ?? last.usage;
		}
		begun = undefined;
	}

	return {
		text: text.text,
		take(chunk) {
			if (begun !== undefined && chunk.type !== "usage") placeBegun(begun, chunk.type === "seam");
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
						parts = parts.slice(-1);
					}
					break;
				case "usage": {
					const part = begun ?? parts.at(-1);
					if (part !== undefined) part.usage = updateUsage(part.usage, chunk);
					break;
				}
			}
		},
		observe(event) {
			if (event.type === "warning") warnings.push(event);
			if (event.type === "first-chunk") {
				begun ??= { provider: event.provider, numbers: [] };
				begun.numbers.push(event.number);
			}
			if (event.type !== "attempt-end") return;
			const { type: _, requestId: id, ...record } = event;
			requestId = id;
			attempts.push(record);
		},
		warn: (sentence) => void warnings.push({ text: sentence }),
		completion({ finishReason }) {
			const usage = usageOf();
			const told = warnings.filter(({ number }) => number === undefined || parts.some((part) => part.numbers.includes(number)));
			const answered = attempts.findLast(({ decision }) => decision === "answered");
			return {
				requestId,
				text: text.text(),
				...(reasoning !== "" && { reasoning }),
				...(toolCalls.length > 0 && { toolCalls }),
				provider: answered?.provider ?? "",
				model: answered?.model ?? "",
				finishReason,
				...(usage && { usage }),
				warnings: [...new Set(told.map((warning) => warning.text.replace(/\s+/g, " ")))],
				attempts,
			};
		},
	};
}
