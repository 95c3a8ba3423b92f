import { startTimer } from "./timer.ts";

/** How much of a body is read, and how long. */
export interface ReadBounds {
	/** The most bytes. What comes after them is not read. */
	readonly maxBytes: number;
	/** The longest time, in milliseconds. What came until then is the result. */
	readonly maxMs: number;
}

/** What was read. */
export interface BoundedText {
	readonly text: string;
	/** Whether it is the whole body. */
	readonly complete: boolean;
}

/**
 * Reads a response's body as text, bounded in size and time, so that no server can hold a caller with an unending body. It does not throw: a body that
 * breaks is an incomplete one.
 *
 * @param response - the response; its body is used up afterwards
 * @param bounds - how much and how long
 * @param signal - ends the reading
 */
export async function readBounded(response: Response, bounds: ReadBounds, signal?: AbortSignal): Promise<BoundedText> {
	const reader = response.body?.getReader();
	if (reader === undefined) return { text: "", complete: true };
	const decoder = new TextDecoder();
	let text = "";
	let bytes = 0;
	let complete = false;
	let stopped = false;
	const stop = (): void => {
		stopped = true;
		reader.cancel().catch(() => {});
	};
	const clear = startTimer(stop, bounds.maxMs);
	signal?.addEventListener("abort", stop, { once: true });
	if (signal?.aborted === true) stop();
	try {
		while (true) {
			const { done, value } = await reader.read();
			if (done) break;
			bytes += value.byteLength;
			text += decoder.decode(value, { stream: true });
			if (bytes > bounds.maxBytes) {
				stop();
				break;
			}
		}
		complete = !stopped;
		text += decoder.decode();
	} catch {
		complete = false;
	} finally {
		clear();
		signal?.removeEventListener("abort", stop);
	}
	return { text, complete };
}
