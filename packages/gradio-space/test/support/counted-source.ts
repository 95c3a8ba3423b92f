/** A stream of bytes that counts how much was taken from it. */
export function countedSource(
	pieces: number,
	size: number,
): { stream: ReadableStream<Uint8Array>; taken: () => number; cancelled: Promise<unknown> } {
	let taken = 0;
	const cancelled = Promise.withResolvers<unknown>();
	const stream = new ReadableStream<Uint8Array>(
		{
			pull(controller) {
				if (taken === pieces) controller.close();
				else controller.enqueue(new Uint8Array(size).fill(taken++ % 251));
			},
			cancel: cancelled.resolve,
		},
		{ highWaterMark: 0 },
	);
	return { stream, taken: () => taken, cancelled: cancelled.promise };
}
