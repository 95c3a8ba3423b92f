import type { Chunk } from "../chunk.ts";
import type { Batches } from "./batches.ts";

/** Hands chunks from a callback to a generator, in order. */
export interface ChunkOutbox {
	push(chunk: Chunk): void;
	/** Ends the generator once what was pushed is read. */
	close(): void;
	/** The chunks as they come. To be read once. */
	read(): Batches<Chunk>;
}

/** Makes an outbox. It is unbounded, and meant for the few chunks that come before an answer begins. */
export function createChunkOutbox(): ChunkOutbox {
	const waiting: Chunk[] = [];
	let closed = false;
	let wake: (() => void) | undefined;
	return {
		push(chunk) {
			waiting.push(chunk);
			wake?.();
		},
		close() {
			closed = true;
			wake?.();
		},
		async *read() {
			while (true) {
				if (waiting.length > 0) yield waiting.splice(0);
				else if (closed) return;
				else
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
			}
		},
	};
}
