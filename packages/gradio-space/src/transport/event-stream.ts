import {
	type Batches,
	cancel,
	EventTooLargeError,
	type HttpResponse,
	readBody,
	readEvents,
	readRest,
	type StreamEvent,
	startTimer,
} from "@spaceport/http";
import type { ToError } from "../space-failure.ts";
import type { SpacePhase } from "../to-spaceport-error.ts";
import type { Http } from "./http.ts";

/** Characters of one event: the whole history of a long conversation with pictures in it fits, a server that never ends a line does not fill the memory. */
export const largestEvent: number = 50 * 1024 * 1024;

/** How long a stream may take from the end of its job to its own, in milliseconds. Real servers take one. */
const longestFinishMs = 250;

/** A stream of server-sent events whose headers have come. */
export interface EventStream {
	/** When they came, by `performance.now()`. */
	readonly openedAt: number;
	/**
	 * Its events, those of one piece of the network together.
	 *
	 * @param signal - its reason is thrown when it aborts
	 * @param idleMs - the longest silence, in milliseconds
	 * @param onAlive - called whenever a piece has come, also of no event, such as a comment
	 */
	events(signal: AbortSignal, idleMs: number, onAlive?: () => void): Batches<StreamEvent>;
	/** Closes the connection, at whatever point it is. */
	close(): void;
	/**
	 * What matters has come: whoever leaves the events now leaves the rest to be read in the background, so that the connection can be used again. Where the end
	 * does not come within a moment, it is closed.
	 */
	finish(): void;
}

/** How a stream is opened. */
export interface EventStreamOptions {
	readonly http: Http;
	readonly toError: ToError;
	readonly path: string;
	readonly phase: SpacePhase;
	/** Until its headers, in milliseconds. */
	readonly connectMs: number;
	/** Gives it up until its headers have come. */
	readonly signal?: AbortSignal;
}

/**
 * Opens a stream.
 *
 * @param options - where, and how long to wait
 * @throws SpaceportError where another answer than a stream comes
 */
export async function openEventStream(options: EventStreamOptions): Promise<EventStream> {
	const { http, toError, phase, ...request } = options;
	const answer = await http.send({ ...request, method: "GET", phase, accept: "text/event-stream" });
	const { response } = answer;
	if (!response.ok) throw await refused(answer, phase, toError);
	if (/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) {
		throw toError({ kind: "unreadable", phase, body: (await answer.text()).text });
	}
	let clearFinish: (() => void) | undefined;

	function leave(reader: ReadableStreamDefaultReader<Uint8Array>): void {
		if (clearFinish === undefined) cancel(reader);
		else void readRest(reader).then(clearFinish);
	}

	return {
		openedAt: performance.now(),
		async *events(signal, idleMs, onAlive) {
			if (response.body === null) return;
			const silent = (): Error => toError({ kind: "silent", phase, afterMs: idleMs });
			try {
				yield* readEvents(readBody(response.body, { signal, idleMs, silent, onAlive, leave }), largestEvent, signal);
			} catch (error) {
				throw error instanceof EventTooLargeError ? toError({ kind: "too-large", limit: error.limit, cause: error }) : error;
			}
		},
		close: answer.close,
		finish() {
			clearFinish ??= startTimer(answer.close, longestFinishMs);
		},
	};
}

/**
 * The error of an answer with another status than those of success.
 *
 * @param signal - ends the reading of its words
 */
export async function refused(answer: HttpResponse, phase: SpacePhase, toError: ToError, signal?: AbortSignal): Promise<Error> {
	const { status, headers } = answer.response;
	const { text } = await answer.text({}, signal);
	return toError({ kind: "status", phase, status, body: text, headers });
}
