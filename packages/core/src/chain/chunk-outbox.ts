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
		const take = wake;
		if (take === undefined || (waiting.length === 0 && !closed)) return;
		wake = undefined;
		const value = waiting;
		waiting = [];
		take(value.length > 0 ? { done: false, value } : over);
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
			batchesWith((take) => {
				wake = take;
				hand();
			}),
	};
}
