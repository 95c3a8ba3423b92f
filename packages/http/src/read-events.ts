import { loadPart } from "@spaceport/core";

import type { Batches } from "./batches.ts";
import type { EventParser } from "./parse-events.ts";
import { parts } from "./parts/parts.ts";

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
	/** Its name; undefined where it has none. */
	readonly name: string | undefined;
	readonly data: string;
}

/**
 * Cuts bytes into server-sent events. The events of a piece of bytes are given together, before the next piece is asked for, so that what came before a
 * broken connection is not lost.
 *
 * Most servers write an event as one line of data and an empty one. That is read here; from anything else on, what knows the whole format reads.
 *
 * @param bytes - the stream, in pieces of any size, mostly one at a time
 * @param maxBufferSize - the most characters that one event may have
 * @param signal - ends the wait for what has to be loaded
 * @throws EventTooLargeError where an event has more; whatever `bytes` throws
 */
export async function* readEvents(bytes: AsyncIterable<Uint8Array[]>, maxBufferSize: number, signal?: AbortSignal): Batches<StreamEvent> {
	let parser: EventParser | undefined;
	/** What came of an event whose end has not come. */
	let held: string[] = [];
	let size = 0;
	/** What is to be read by the parser. */
	let odd: string | undefined;
	let isStart = true;

	/** Gives the events that are plain, up to the first one that is not. */
	function read(text: string): StreamEvent[] {
		const events: StreamEvent[] = [];
		held.push(text);
		size += text.length;
		let isPlain = parser === undefined && size <= maxBufferSize && !text.includes("\r");
		// A long one is put together once, and not at each of its pieces.
		if (isPlain && !text.includes("\n")) return events;
		const whole = held.join("");
		let from = 0;
		while (isPlain) {
			const end = whole.indexOf("\n", from);
			// What follows the line is not known yet.
			if (end < 0 || end === whole.length - 1) break;
			isPlain = whole.startsWith("data:", from) && whole[end + 1] === "\n";
			if (!isPlain) break;
			events.push({ name: undefined, data: whole.slice(from + (whole[from + 5] === " " ? 6 : 5), end) });
			from = end + 2;
			isStart = false;
		}
		const rest = whole.slice(from);
		// Only at its start may a stream have a mark of its encoding.
		if (!isPlain) odd = parser !== undefined || isStart ? rest : `\n${rest}`;
		held = isPlain ? [rest] : [];
		size = isPlain ? rest.length : 0;
		return events;
	}

	async function* readOn(): Batches<StreamEvent> {
		if (odd === undefined) return;
		parser ??= (await loadPart("streams of events", parts.parseEvents, signal)).createEventParser(maxBufferSize);
		const events = parser.feed(odd);
		odd = undefined;
		if (events.length > 0) yield events;
		if (parser.overflow !== undefined) throw parser.overflow;
	}

	// Some runtimes take a mark in the midst of a stream for one at its start. Whoever reads the events knows where it is.
	const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
	const decode = (pieces: Uint8Array[]): string => pieces.map((piece) => decoder.decode(piece, { stream: true })).join("");
	for await (const pieces of bytes) {
		const events = read(decode(pieces));
		pieces.length = 0;
		if (events.length > 0) yield events;
		if (odd !== undefined) yield* readOn();
	}
	// The blank line after the last event may be missing; half an event is not parsable JSON, and skipped by the reader.
	const events = read(`${decoder.decode()}\n\n`);
	if (events.length > 0) yield events;
	yield* readOn();
}
