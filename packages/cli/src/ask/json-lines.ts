import type { Chunk, SpaceportError } from "@spaceport/core";

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
 * The failure that ends a stream as a line of JSON.
 *
 * @param error - the failure
 */
export function errorLine(error: SpaceportError): string {
	return `${JSON.stringify({ type: "error", error })}\n`;
}
