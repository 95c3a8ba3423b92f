import type { Chunk } from "../chunk.ts";
import { type Batches, batchesWith, over } from "./batches.ts";

/** Hands chunks from a callback to a reader, in order. */
export interface ChunkOutbox {
	push(chunk: Chunk): void;
	/** Ends the reading once what was pushed is read. */
	close(): void;
	/** The chunks as they come. To be read once. */
	read(): Batches<Chunk>;
}

/** Makes an outbox. It is unbounded, and meant for the few chunks that come before an answer begins. */
export function createChunkOutbox(): ChunkOutbox {
	let waiting: Chunk[] = [];
	let closed = false;
	let wake: ((result: IteratorResult<Chunk[], void>) => void) | undefined;

	function hand(): void {
		if (waiting.length === 0) {
			if (closed) wake?.(over);
		} else if (wake !== undefined) {
			wake({ done: false, value: waiting });
			wake = undefined;
			waiting = [];
		}
	}
	return {
		push(chunk) {
			waiting.push(chunk);
			hand();
		},
		close() {
			closed = true;
			hand();
		},
		read: () =>
			batchesWith(
				() =>
					new Promise((resolve) => {
						wake = resolve;
						hand();
					}),
			),
	};
}
