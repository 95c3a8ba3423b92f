import type { Chunk } from "../chunk.ts";

/** Hands chunks from a callback to a generator, in order. */
export interface ChunkOutbox {
	push(chunk: Chunk): void;
	/** Ends the generator once what was pushed is read. */
	close(): void;
	/** The chunks as they come. To be read once. */
	read(): AsyncGenerator<Chunk, void, void>;
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
				const chunk = waiting.shift();
				if (chunk !== undefined) yield chunk;
				else if (closed) return;
				else
					await new Promise<void>((resolve) => {
						wake = resolve;
					});
			}
		},
	};
}
