import { createParser } from "eventsource-parser";

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

/**
 * Cuts bytes into the data of server-sent events. All events of a piece of bytes are given before the next piece is asked for, so that what came before
 * a broken connection is not lost.
 *
 * @param bytes - the stream, in pieces of any size
 * @param maxBufferSize - the most characters that one event may have
 * @throws EventTooLargeError where an event has more; whatever `bytes` throws
 */
export async function* readEventData(bytes: AsyncIterable<Uint8Array>, maxBufferSize: number): AsyncGenerator<string, void, void> {
	let ready: string[] = [];
	const parser = createParser({
		maxBufferSize,
		onEvent: ({ data }) => {
			// Gradio's events have one line of data. A server that leaves out the blank lines between them has its events joined by the parser.
			if (data.includes("\n") && parseJson(data) === undefined) ready.push(...data.split("\n"));
			else ready.push(data);
		},
	});
	function* feed(text: string): Generator<string, void, void> {
		let failure: { readonly cause: unknown } | undefined;
		try {
			if (text !== "") parser.feed(text);
		} catch (cause) {
			failure = { cause };
		}
		const events = ready;
		ready = [];
		yield* events;
		if (failure) throw new EventTooLargeError(maxBufferSize, failure.cause);
	}
	const decoder = new TextDecoder();
	for await (const piece of bytes) yield* feed(decoder.decode(piece, { stream: true }));
	// The blank line after the last event may be missing; half an event is not parsable JSON, and skipped by the reader.
	yield* feed(`${decoder.decode()}\n\n`);
}
