import { idInBytes } from "./space-messages.ts";

/** An event stream as the bytes of a chunked HTTP response, one HTTP chunk an event. */
export interface PreparedStream {
	readonly bytes: Buffer;
	/** Where each chunk ends. */
	readonly ends: readonly number[];
	/** Where the job's id stands, to be written over. */
	readonly ids: readonly number[];
}

/** Makes the bytes of events. */
export function prepareStream(events: readonly string[]): PreparedStream {
	const chunks = events.map((event) => Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`));
	const bytes = Buffer.concat(chunks);
	const ends: number[] = [];
	const ids: number[] = [];
	let at = 0;
	for (const chunk of chunks) {
		const id = chunk.indexOf(idInBytes);
		if (id >= 0) ids.push(at + id);
		at += chunk.length;
		ends.push(at);
	}
	return { bytes, ends, ids };
}

/** The bytes for one job. Where no id stands in them, they are shared. */
export function bytesForJob({ bytes, ids }: PreparedStream, eventId: string): Buffer {
	if (ids.length === 0) return bytes;
	const own = Buffer.from(bytes);
	const id = Buffer.from(eventId);
	for (const at of ids) own.set(id, at);
	return own;
}
