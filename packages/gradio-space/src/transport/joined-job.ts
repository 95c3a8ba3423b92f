import { loadPart } from "@spaceport/core";
import { raceSignal, type StreamEvent } from "@spaceport/http";
import type { QueueMessage } from "../decode/queue-message.ts";
import { parts } from "../parts/parts.ts";
import { type EventStream, openEventStream } from "./event-stream.ts";
import type { Job, JobOptions } from "./job.ts";
import { join } from "./join.ts";

/** Where a job joins and is listened to, and how. */
export interface JoinedJobOptions extends JobOptions {
	readonly joinPath: string;
	readonly body: object;
	/** Where its stream is, by its id. */
	readonly streamPath: (eventId: string) => string;
	/** The session of the stream, by the job's id. */
	readonly sessionOf: (eventId: string) => string;
	/** Reads an event of the stream. */
	readonly read: (event: StreamEvent) => QueueMessage | undefined;
}

/**
 * Calls a function by a POST that gives the job's id, and a stream.
 *
 * @param options - what to call, with what, where
 */
export function startJoinedJob(options: JoinedJobOptions): Job {
	const { http, toError, signal, read, rest } = options;
	const joined = join(options, options.joinPath, options.body);
	let stream: Promise<EventStream> | undefined;
	let opened: EventStream | undefined;
	let heard = false;
	let over = false;

	function open(eventId: string, connectMs: number): Promise<EventStream> {
		return openEventStream({ http, toError, path: options.streamPath(eventId), phase: "stream", connectMs });
	}

	/** What it takes to be sure is loaded when a job is left. Where it cannot be, a stream that is opened and closed still ends a job on most versions. */
	async function end(): Promise<void> {
		try {
			const { endRemoteJob } = await loadPart("ending jobs", parts.endRemoteJob);
			endRemoteJob({ ...options, joined, stream, heard, open });
		} catch (error) {
			options.logger.debug({ err: error }, "The job at the Space is ended by closing its stream alone; it may run to its end.");
			const eventId = await joined.eventId;
			(await (stream ?? open(eventId, options.connectMs))).close();
		}
	}

	return {
		async *messages() {
			const eventId = await raceSignal(joined.eventId, signal);
			// It may have aborted since: the stream that ends the job is opened elsewhere then.
			signal.throwIfAborted();
			stream = open(eventId, options.connectMs);
			stream.catch(() => {});
			opened = await raceSignal(stream, signal);
			const { idleMs, onAlive } = options;
			const events = rest?.events(opened, signal, idleMs, onAlive) ?? opened.events(signal, idleMs, onAlive);
			for await (const batch of events) {
				heard = true;
				const messages: QueueMessage[] = [];
				let closed = false;
				for (const event of batch) {
					const message = read(event);
					if (message === undefined) options.onUnreadable(event.data);
					// One call of a session at a time: what names no job is about this one.
					else if (message.event_id === undefined || message.event_id === eventId) {
						closed = message.msg === "close_stream";
						if (closed) break;
						messages.push(message);
					}
				}
				batch.length = 0;
				if (messages.length > 0) yield messages;
				if (closed) return;
			}
		},
		close() {
			if (over) return;
			over = true;
			// A session's stream is read to its end.
			if (rest !== undefined) return;
			opened?.finish();
		},
		release() {
			if (over) return;
			over = true;
			end().catch(() => {});
		},
	};
}
