import type { Chunk, FinishChunk, UsageChunk } from "../chunk.ts";
import { createTextPieces } from "../consume/text-pieces.ts";

/** What a caller has of an answer. All chunks of a run go through it, and it knows what an answer that breaks off must be gone on from. */
export interface HandedOut {
	/** The text. It never ends within a surrogate pair: the first half waits for the second. */
	text(): string;
	/** Whether it has what nobody can go on from: tool calls, which the caller may act on, or images. */
	readonly isFinal: boolean;
	/** Whether it has anything that a reader sees. */
	readonly isEmpty: boolean;
	/**
	 * Takes chunks, and gives those that may be handed out now.
	 *
	 * @param chunks - as they came; they may be given back as they are
	 */
	pass(chunks: Chunk[]): Chunk[];
	/** Forgets what was held back: its attempt broke off. */
	drop(): void;
}

/** How {@link createHandedOut} passes chunks on. */
export interface HandedOutOptions {
	/** Whether the pieces of a tool call are held back until it is whole. */
	readonly holdsCalls: boolean;
	readonly onUsage: (usage: UsageChunk) => void;
	readonly onFinish: (finish: FinishChunk) => void;
}

/** Whether a text ends in the first half of a surrogate pair. */
function endsInHalf(text: string): boolean {
	const last = text.charCodeAt(text.length - 1);
	return last >= 0xd800 && last <= 0xdbff;
}

/**
 * Makes an empty one.
 *
 * @param options - what is held back, and who is told of what
 */
export function createHandedOut({ holdsCalls, onUsage, onFinish }: HandedOutOptions): HandedOut {
	const text = createTextPieces();
	let half = "";
	/** The pieces of tool calls that are not whole yet. */
	let calls: Chunk[] = [];

	function take(chunk: Chunk, out: Chunk[]): void {
		switch (chunk.type) {
			case "text-delta":
			case "text-replace": {
				const whole = chunk.type === "text-delta" ? half + chunk.text : chunk.text;
				half = endsInHalf(whole) ? whole.slice(-1) : "";
				const ready = half === "" ? whole : whole.slice(0, -1);
				if (chunk.type === "text-replace") text.replace(ready);
				else if (ready === "") return;
				else text.add(ready);
				out.push(ready === chunk.text ? chunk : { type: chunk.type, text: ready });
				return;
			}
			case "tool-call-delta":
				if (holdsCalls) calls.push(chunk);
				else out.push(chunk);
				return;
			case "tool-call": {
				handed.isFinal = true;
				const { id } = chunk;
				out.push(...calls.filter((piece) => (piece as { id?: string }).id === id), chunk);
				calls = calls.filter((piece) => (piece as { id?: string }).id !== id);
				return;
			}
			case "seam":
				// The new answer takes the place of all that was there.
				if (chunk.how === "restart") text.replace("");
				break;
			case "image":
				handed.isFinal = true;
				break;
			case "usage":
				onUsage(chunk);
				break;
			case "finish":
				if (half !== "") {
					text.add(half);
					out.push({ type: "text-delta", text: half });
				}
				out.push(...calls);
				onFinish(chunk);
				break;
		}
		out.push(chunk);
	}

	// Plain members, no getters: the engine makes a type of its own of each object that has some of its own.
	const handed: { -readonly [Name in keyof HandedOut]: HandedOut[Name] } = {
		text: text.text,
		isFinal: false,
		isEmpty: true,
		pass(chunks) {
			handed.isEmpty = false;
			// Nearly all are text, and nothing is to be done but to note it.
			let index = 0;
			for (; index < chunks.length && half === ""; index += 1) {
				const chunk = chunks[index] as Chunk;
				if (chunk.type !== "text-delta" || endsInHalf(chunk.text)) break;
				text.add(chunk.text);
			}
			if (index === chunks.length) return chunks;
			const out = chunks.slice(0, index);
			for (; index < chunks.length; index += 1) take(chunks[index] as Chunk, out);
			chunks.length = 0;
			return out;
		},
		drop() {
			half = "";
			calls = [];
		},
	};
	return handed;
}
