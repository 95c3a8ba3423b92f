import type { Chunk } from "../chunk.ts";
import { type Batches, batchesWith, type Taker } from "./batches.ts";

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
	/** Who waits for the next batch, if anybody does. */
	let taker: Taker<Chunk> | undefined;

	function pull(asking: Taker<Chunk>): void {
		taker = asking;
		hand();
	}
	function hand(): void {
		const to = taker;
		if (to === undefined || (waiting.length === 0 && !closed)) return;
		taker = undefined;
		const batch = waiting;
		waiting = [];
		if (batch.length > 0) to.take(batch, () => pull(to));
		else to.end();
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
		read: () => batchesWith(pull),
	};
}
