import { createParser } from "eventsource-parser";

import type { Batches } from "../batches.ts";
import { parseJson } from "../parse-json.ts";

/** Why a stream of events stopped being readable. */
export class EventTooLargeError extends Error {
	override readonly name = "EventTooLargeError";
	/** How many characters an event may have. */
	readonly limit: number;

	constructor(limit: number, cause: unknown) {
		super(`An event has more than ${limit} characters.`, { cause });
		this.limit = limit;
	}
}

/** One server-sent event. */
export interface StreamEvent {
	/** Its name; undefined where it has none, as in Gradio's queue. */
	readonly name: string | undefined;
	readonly data: string;
}

/**
 * Cuts bytes into server-sent events. The events of a piece of bytes are given together, before the next piece is asked for, so that what came before a
 * broken connection is not lost.
 *
 * @param bytes - the stream, in pieces of any size, mostly one at a time
 * @param maxBufferSize - the most characters that one event may have
 * @throws EventTooLargeError where an event has more; whatever `bytes` throws
 */
export async function* readEvents(bytes: AsyncIterable<Uint8Array[]>, maxBufferSize: number): Batches<StreamEvent> {
	let ready: StreamEvent[] = [];
	let overflow: EventTooLargeError | undefined;
	const parser = createParser({
		maxBufferSize,
		onError(error) {
			if (error.type === "max-buffer-size-exceeded") overflow = new EventTooLargeError(maxBufferSize, error);
		},
		onEvent({ event: name, data }) {
			// Gradio's events have one line of data. A server that leaves out the blank lines between them has its events joined by the parser.
			if (data.includes("\n") && parseJson(data) === undefined) ready.push(...data.split("\n").map((line) => ({ name, data: line })));
			else ready.push({ name, data });
		},
	});
	function feed(text: string): StreamEvent[] {
		if (text !== "") parser.feed(text);
		const events = ready;
		ready = [];
		return events;
	}
	const decoder = new TextDecoder();
	const decode = (pieces: Uint8Array[]): string => pieces.map((piece) => decoder.decode(piece, { stream: true })).join("");
	for await (const pieces of bytes) {
		const events = feed(decode(pieces));
		pieces.length = 0;
		if (events.length > 0) yield events;
		if (overflow !== undefined) throw overflow;
	}
	// The blank line after the last event may be missing; half an event is not parsable JSON, and skipped by the reader.
	const events = feed(`${decoder.decode()}\n\n`);
	if (events.length > 0) yield events;
	if (overflow !== undefined) throw overflow;
}
