import type { Socket } from "node:net";

/** A stream to be sent. */
export interface StreamToSend {
	/** Its chunks. */
	readonly bytes: Buffer;
	/** Where each of them ends. */
	readonly ends: readonly number[];
	/** How many chunks come before the first token, and are sent at once. */
	readonly before: number;
	/** How many come after the last token, and with it. */
	readonly after: number;
	/** Milliseconds before each token; 0 sends everything at once. */
	readonly everyMs: number;
	/** Called when all is sent. */
	readonly onEnd: () => void;
}

interface Sending extends StreamToSend {
	readonly socket: Socket;
	readonly startedAt: number;
	sent: number;
}

const sendings = new Set<Sending>();
let timer: NodeJS.Timeout | undefined;

/**
 * Sends the chunks of a stream, by the clock: what is late is made up for.
 *
 * @param socket - the head is sent already
 * @param stream - what to send, and when
 */
export function sendStream(socket: Socket, stream: StreamToSend): void {
	if (stream.everyMs === 0) {
		socket.write(stream.bytes);
		stream.onEnd();
		return;
	}
	const sending: Sending = { ...stream, socket, startedAt: performance.now(), sent: 0 };
	advance(sending, stream.before);
	sendings.add(sending);
	timer ??= setInterval(tick, 1);
}

function tick(): void {
	const now = performance.now();
	for (const sending of sendings) {
		const { ends, before, after, everyMs, startedAt, socket } = sending;
		const tokens = ends.length - before - after;
		const due = Math.floor((now - startedAt) / everyMs);
		if (due < tokens && !socket.destroyed) {
			advance(sending, before + due);
			continue;
		}
		advance(sending, ends.length);
		sendings.delete(sending);
		sending.onEnd();
	}
	if (sendings.size > 0) return;
	clearInterval(timer);
	timer = undefined;
}

function advance(sending: Sending, count: number): void {
	const { socket, bytes, ends } = sending;
	for (; sending.sent < count; sending.sent += 1) {
		socket.write(bytes.subarray(sending.sent === 0 ? 0 : ends[sending.sent - 1], ends[sending.sent]));
	}
}
