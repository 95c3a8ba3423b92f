import type { Chunk, FinishChunk } from "../chunk.ts";
import { ContentFilteredError } from "../errors/content-filtered-error.ts";
import { GenerationError } from "../errors/generation-error.ts";
import type { Batches } from "./batches.ts";

/** Chunks that tell about the way to an answer: they are shown at once and commit to nothing. */
const statusTypes: ReadonlySet<Chunk["type"]> = new Set(["queue-update", "progress", "log"]);

/**
 * Reads a stream up to its first content. Until then nothing of the answer was shown, so a failure can be met by asking again or elsewhere.
 *
 * @param stream - the attempt's chunks
 * @param show - receives the chunks that may be shown before the first content
 * @param commits - whether a chunk is content
 * @returns the chunks that were held, the first content, and what came with it
 * @throws GenerationError where the answer is empty; what the stream throws
 */
export async function primeStream(
	stream: Batches<Chunk>,
	show: (chunk: Chunk) => void,
	commits: (chunk: Chunk) => boolean,
): Promise<Chunk[]> {
	const held: Chunk[] = [];
	while (true) {
		const result = await stream.next();
		if (result.done) throw emptyAnswer({ type: "finish", finishReason: "unknown" });
		for (const [index, chunk] of result.value.entries()) {
			if (statusTypes.has(chunk.type)) {
				show(chunk);
				continue;
			}
			if (chunk.type === "finish") throw emptyAnswer(chunk);
			held.push(chunk);
			if (commits(chunk)) return [...held, ...result.value.slice(index + 1)];
		}
	}
}

/** What an answer without any content is. */
export function emptyAnswer(finish: FinishChunk): Error {
	if (finish.finishReason === "content-filter") {
		return new ContentFilteredError("The provider withheld the answer.", { reason: "content-filter" });
	}
	return new GenerationError("The provider ended without an answer: nothing but white space came.", { title: "empty answer" });
}
