import { createParser } from "eventsource-parser";

import { parseJson } from "./parse-json.ts";
import { EventTooLargeError, type StreamEvent } from "./read-events.ts";

/** Cuts text into events, in whichever of its forms a server may write them. */
export interface EventParser {
	/**
	 * Takes more of the text.
	 *
	 * @returns the events that end in it
	 */
	feed(text: string): StreamEvent[];
	/** Why it reads no more: an event had too many characters. */
	readonly overflow: EventTooLargeError | undefined;
}

/**
 * Makes a parser for one stream.
 *
 * @param maxBufferSize - the most characters that one event may have
 */
export function createEventParser(maxBufferSize: number): EventParser {
	let ready: StreamEvent[] = [];
	let overflow: EventTooLargeError | undefined;
	const parser = createParser({
		maxBufferSize,
		onError(error) {
			if (error.type === "max-buffer-size-exceeded") overflow = new EventTooLargeError(maxBufferSize, error);
		},
		onEvent({ event: name, data }) {
			// Events have one line of JSON. A server that leaves out the blank lines between them has its events joined by the parser.
			if (data.includes("\n") && parseJson(data) === undefined) ready.push(...data.split("\n").map((line) => ({ name, data: line })));
			else ready.push({ name, data });
		},
	});
	return {
		feed(text) {
			if (text !== "") parser.feed(text);
			const events = ready;
			ready = [];
			return events;
		},
		get overflow() {
			return overflow;
		},
	};
}
