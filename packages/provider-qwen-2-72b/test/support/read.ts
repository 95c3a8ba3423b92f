import type { Chunk } from "@spaceport/core";

/** What came out of a stream. */
export interface ReadStream {
	readonly text: string;
	readonly chunks: readonly (Chunk | string)[];
	/** How many chunks carried text. */
	readonly deltas: number;
	readonly error: (Error & Record<string, unknown>) | undefined;
}

/** Reads a stream to its end, whichever it is. */
export async function read(stream: AsyncIterable<Chunk | string>, onChunk?: (chunk: Chunk | string) => void): Promise<ReadStream> {
	const chunks: (Chunk | string)[] = [];
	let text = "";
	let deltas = 0;
	let error: ReadStream["error"];
	try {
		for await (const chunk of stream) {
			chunks.push(chunk);
			if (typeof chunk === "string") text += chunk;
			else if (chunk.type === "text-delta") text += chunk.text;
			else if (chunk.type === "text-replace") text = chunk.text;
			if (typeof chunk === "string" || chunk.type === "text-delta" || chunk.type === "text-replace") deltas += 1;
			onChunk?.(chunk);
		}
	} catch (thrown) {
		error = thrown as ReadStream["error"];
	}
	return { text, chunks, deltas, error };
}
