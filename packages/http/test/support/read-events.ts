import { readEvents as readBatches, type StreamEvent } from "../../src/read-events.ts";

/** The events of a stream of bytes, one after another. */
export async function* readEvents(bytes: AsyncIterable<Uint8Array>, maxBufferSize: number): AsyncGenerator<StreamEvent, void, void> {
	for await (const batch of readBatches(alone(bytes), maxBufferSize)) {
		if (batch.length === 0) throw new Error("A batch without events.");
		yield* batch;
	}
}

async function* alone(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array[], void, void> {
	for await (const piece of bytes) yield [piece];
}
