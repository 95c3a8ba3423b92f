import { pause, raceSignal, type StreamEvent, startTimer } from "@spaceport/http";
import type { QueueMessage } from "../decode/queue-message.ts";
import type { BoundEndpoint } from "../handshake/bind-by-name.ts";
import { createBackground } from "./background.ts";
import type { EventStream } from "./event-stream.ts";
import type { JobOptions } from "./job.ts";
import type { Join } from "./join.ts";

/** A job in a queue that is to end. */
export interface RemoteJob extends JobOptions {
	/** What put it into the queue. */
	readonly joined: Join;
	/** Its stream, where it was asked for. */
	readonly stream: Promise<EventStream> | undefined;
	/** Whether a message has come on it. */
	readonly heard: boolean;
	/** Asks for its stream, once more. */
	readonly open: (eventId: string, connectMs: number) => Promise<EventStream>;
	/** Reads an event of that stream. */
	readonly read: (event: StreamEvent) => QueueMessage | undefined;
	/** Its session, by its id. */
	readonly sessionOf: (eventId: string) => string;
}

/** What a stream that was opened once more says about its job. */
interface Sign {
	/** Whether it is over or not known any more, goes on, or neither shows. */
	readonly job: "over" | "alive" | "unknown";
	/** Whether a message came. */
	readonly heard: boolean;
}

const mostRounds = 3;
/** How long after a close the session is asked for, in milliseconds. */
const roundAfterMs = 500;
/** How long it may take to answer, in milliseconds. */
const longestOpenMs = 3_000;
/** How long a stream that was opened once more is listened to, in milliseconds. */
const listenMs = 1_500;
/** What comes within this time after the first message was in the session's mailbox, in milliseconds; what comes later is new. */
const mailboxMs = 500;
/** How long a stream that nobody has listened to may take to its first message, in milliseconds. */
const longestSilenceMs = 5_000;

/**
 * Ends a job on the server, in the background. The stream is closed, which alone ends the job as its app expects: a job that waits is taken out of the queue, the
 * generator of one that runs is closed after the step that it is at. A job that is still being joined gets its stream opened and closed as well, since a job that
 * nobody ever listened to runs to its end. The first message is waited for: a stream that is closed before it may not have begun on the server.
 *
 * Then the session is asked for again, to see whether the server has noticed. That it is still known proves nothing: of the two ways in which Gradio notices a
 * close, one leaves the session there, silent. The new stream is closed too, which never does harm. Only a job that makes a new step after all that, behind a proxy
 * that holds on to streams, is ended by `/cancel`: during a step, such as the long one to the first token, that would leave the generator suspended for ever, its
 * `finally` never run (measured on Gradio 4.44, 5.0 and 5.50). One sign of life is enough: behind such a proxy every further stream gets a part of the messages.
 * The process does not end before all that is done.
 *
 * @param job - the job
 */
export function endRemoteJob(job: RemoteJob): void {
	const { endpoint } = job;
	const background = createBackground(job);

	/** Listens to a stream until `enough` says so, or its time is over, and closes it. */
	async function listen(stream: EventStream, forMs: number, enough: (message: QueueMessage) => boolean): Promise<boolean> {
		const deadline = new AbortController();
		const clear = startTimer(() => deadline.abort(), forMs);
		try {
			for await (const events of stream.events(deadline.signal, Infinity)) {
				for (const event of events) {
					const message = job.read(event);
					if (message !== undefined && enough(message)) return true;
				}
			}
		} catch {
			// Its time is over, the connection broke, or somebody has read it already.
		} finally {
			clear();
			stream.close();
		}
		return false;
	}

	async function askAgain(eventId: string): Promise<Sign> {
		const openMs = Math.min(background.connectMs, longestOpenMs);
		const stream = await within(job.open(eventId, openMs), openMs, (late) => late.close());
		let state: Sign["job"] = "unknown";
		let firstAt: number | undefined;
		const enough = ({ msg, event_id }: QueueMessage): boolean => {
			firstAt ??= performance.now();
			if (event_id !== undefined && event_id !== eventId) return false;
			if (msg === "unexpected_error" || msg === "process_completed" || msg === "close_stream") state = "over";
			else if (performance.now() - firstAt > mailboxMs && msg !== "heartbeat" && msg !== "estimation") state = "alive";
			return state !== "unknown";
		};
		if (stream !== undefined) await listen(stream, listenMs, enough);
		return { job: state, heard: firstAt !== undefined };
	}

	async function end(eventId: string): Promise<void> {
		if (missesClose(endpoint)) {
			job.stream?.then(
				(opened) => opened.close(),
				() => {},
			);
			return background.reset(eventId);
		}
		const opened = await within(job.stream ?? job.open(eventId, background.connectMs), background.connectMs, (late) => late.close());
		let heard = opened !== undefined && (await listen(opened, longestSilenceMs, () => true));
		heard ||= job.heard;
		for (let round = 0; ; round += 1) {
			if (round === mostRounds) return;
			await pause(roundAfterMs);
			const sign = await askAgain(eventId);
			if (sign.job === "over" || (heard && sign.job === "unknown")) return;
			if (heard) break;
			heard = sign.heard;
		}
		const { status } = await background.post("/cancel", {
			session_hash: job.sessionOf(eventId),
			fn_index: endpoint.fnIndex,
			event_id: eventId,
		});
		if (status === 404 && (endpoint.version ?? "4.").startsWith("4.")) await background.reset(eventId);
	}

	async function endOnceJoined(): Promise<void> {
		// The request that joins is not cut at once: its job's id would be lost.
		const eventId = await within(job.joined.eventId, background.connectMs);
		if (eventId === undefined) job.joined.cut();
		else await end(eventId);
	}

	background.run(endOnceJoined());
}

/**
 * Gradio 4.19 to 4.21 do not see that a stream is closed (read in their `sse_stream`: it yields where it should clean up), and have no `/cancel`. There, asking for
 * the session again tells nothing either.
 */
function missesClose({ protocol, version = "" }: BoundEndpoint): boolean {
	return protocol === "sse_v2" || protocol === "sse_v2.1" || (protocol === "call" && /^4\.(?:19|20|21)\./.test(version));
}

/** The value of a promise if it comes in time; what comes later is disposed of. A rejection counts as nothing. */
async function within<Value>(promise: Promise<Value>, maxMs: number, dispose?: (value: Value) => void): Promise<Value | undefined> {
	const deadline = new AbortController();
	const clear = startTimer(() => deadline.abort(), maxMs);
	try {
		return await raceSignal(promise, deadline.signal, dispose);
	} catch {
		return undefined;
	} finally {
		clear();
	}
}
