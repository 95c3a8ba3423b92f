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
	/** Where it ends: with the body (`whole`), at `maxBytes` (`cut`), at `maxMs` (`late`), with the signal (`left`), or where the body broke. */
	readonly end: "whole" | "cut" | "late" | "left" | "broken";
	/** Why it broke. */
	readonly cause?: unknown;
}

/**
 * Reads a response's body as text, bounded in size and time, so that no server can hold a caller with an unending body. It does not throw: a body that
 * breaks, or that somebody else has read already, is an incomplete one.
 *
 * @param response - the response; its body is used up afterwards
 * @param bounds - how much and how long
 * @param signal - ends the reading
 */
export async function readBounded(response: Response, bounds: ReadBounds, signal?: AbortSignal): Promise<BoundedText> {
	const decoder = new TextDecoder();
	let text = "";
	let bytes = 0;
	let end: BoundedText["end"] = "whole";
	let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
	const stop = (why: BoundedText["end"]): void => {
		if (end === "whole") end = why;
		reader?.cancel().catch(() => {});
	};
	const onAbort = (): void => stop("left");
	const clear = startTimer(() => stop("late"), bounds.maxMs);
	signal?.addEventListener("abort", onAbort, { once: true });
	try {
		reader = response.body?.getReader();
		if (signal?.aborted === true) onAbort();
		while (reader !== undefined) {
			const { done, value } = await reader.read();
			if (done) break;
			bytes += value.byteLength;
			text += decoder.decode(value, { stream: true });
			if (bytes > bounds.maxBytes) {
				stop("cut");
				break;
			}
		}
		return { text: text + decoder.decode(), end };
	} catch (cause) {
		return { text, end: end === "whole" ? "broken" : end, cause };
	} finally {
		clear();
		signal?.removeEventListener("abort", onAbort);
	}
}
