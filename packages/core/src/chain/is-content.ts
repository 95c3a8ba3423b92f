import type { Chunk } from "../chunk.ts";

/**
 * Whether a chunk is part of the answer that a user sees: visible text, reasoning, a tool call, an image. The first such chunk commits a chain to
 * its provider; white space alone does not, since an answer of nothing else is an empty one.
 */
export function isContent(chunk: Chunk): boolean {
	switch (chunk.type) {
		case "text-delta":
		case "text-replace":
			return /\S/.test(chunk.text);
		case "reasoning-delta":
			return chunk.text !== "";
		case "tool-call":
		case "tool-call-delta":
		case "image":
		// What comes after a seam has been found to go on with the answer.
		case "seam":
			return true;
		default:
			return false;
	}
}
