import { raceSignal } from "./race.ts";

/**
 * The pieces of a body. It ends at once when the signal aborts, also where the `fetch` that gave the body does not heed signals.
 *
 * @param body - the body
 * @param signal - throws its reason when it aborts
 */
export async function* readBody(body: ReadableStream<Uint8Array>, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, void> {
	const reader = body.getReader();
	try {
		while (true) {
			const { done, value } = await raceSignal(reader.read(), signal);
			if (done) return;
			yield value;
		}
	} finally {
		reader.cancel().catch(() => {});
	}
}
