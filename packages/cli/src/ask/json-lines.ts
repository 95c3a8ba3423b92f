import { type Chunk, isSpaceportError } from "@spaceport/core";

/**
 * A chunk as a line of JSON. Bytes of images are written in base64.
 *
 * @param chunk - the chunk
 */
export function chunkLine(chunk: Chunk): string {
	const plain = chunk.type === "image" && chunk.data !== undefined ? { ...chunk, data: Buffer.from(chunk.data).toString("base64") } : chunk;
	return `${JSON.stringify(plain)}\n`;
}

/**
 * The failure that ends a stream as a line of JSON. One that is not Spaceport's own, such as a disk's, has a name and a message, and no code.
 *
 * @param error - what was thrown
 */
export function errorLine(error: unknown): string {
	const shown = isSpaceportError(error)
		? error
		: { name: error instanceof Error ? error.name : "Error", message: error instanceof Error ? error.message : String(error) };
	return `${JSON.stringify({ type: "error", error: shown })}\n`;
}
