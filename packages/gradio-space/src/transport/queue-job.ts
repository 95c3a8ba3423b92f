import type { Logger } from "@spaceport/core";
import * as v from "valibot";

import { isSessionLost, parseQueueMessage } from "../decode/queue-message.ts";
import { readEventData } from "../decode/read-messages.ts";
import { parseJson } from "../parse-json.ts";
import type { SpaceFact, SpacePhase } from "../to-spaceport-error.ts";
import type { Http } from "./http.ts";
import { raceSignal } from "./race.ts";
import { readBody } from "./read-body.ts";
import { startTimer } from "./timer.ts";

/** What a job is made of. */
export interface QueueJobOptions {
	readonly http: Http;
	readonly toError: (fact: SpaceFact) => Error;
	readonly logger: Logger;
	/** Goes before the queue's paths. */
	readonly apiPrefix: string;
	readonly data: readonly unknown[];
	readonly fnIndex: number;
	readonly triggerId: number | null;
	readonly sessionHash: string;
	/** Until the headers of each response, in milliseconds. */
	readonly connectMs: number;
	/** Whether the server may be one of Gradio 4 without `/cancel`, where `/reset` is what helps. */
	readonly mayReset: boolean;
}

/** One job in a Space's queue. */
export interface QueueJob {
	/** Its id, once the queue has taken it. The request that joins is never cut: its id would be lost, and the job would run with nobody to end it. */
	readonly joined: Promise<string>;
	/** Opens the event stream. Call it once `joined` is there. */
	open(): Promise<ReadableStream<Uint8Array>>;
	/** Closes the event stream of a job that is over. */
	close(): void;
	/**
	 * Ends the job on the server, in the background. The event stream is closed first, which alone ends the job as its app expects: the generator is closed
	 * after the step that it is at. About half a second later the session is asked for again. A server that has seen the close no longer knows it, and
	 * nothing more is sent: a `/cancel` during a long step, such as the one to the first token, would leave the app's generator suspended for ever, its
	 * `finally` never run (seen on Gradio 4.44, 5.50 and 6.31). Where the session is still there, behind a proxy that holds on to the stream, `/cancel`
	 * follows. A job that is still being joined gets its stream opened and closed as well, since a job that nobody ever listened to runs to its end.
	 * The process does not end before that is done.
	 */
	release(): void;
}

interface OpenStream {
	readonly body: ReadableStream<Uint8Array> | null;
	/** When its headers came, by `performance.now()`. */
	readonly openedAt: number;
	close(): void;
}

const cancelAfterMs = 500;
/** How long a stream is open before it is closed, in milliseconds: a server that has not begun to send does not see the close (Gradio 4.44 under load). */
const shortestOpenMs = 300;
const longestBackgroundMs = 10_000;
/** How long an opened stream may take to say that its session is not known, in milliseconds; the servers that were seen say it at once. */
const longestDoubtMs = 500;
const longestDoubtCharacters = 64 * 1024;
const joinSchema = v.looseObject({ event_id: v.pipe(v.string(), v.nonEmpty()) });

/**
 * Joins a Space's queue.
 *
 * @param options - what to call, with what
 */
export function startQueueJob(options: QueueJobOptions): QueueJob {
	const { http, toError, logger, apiPrefix, connectMs, fnIndex, sessionHash } = options;
	const backgroundMs = Math.min(connectMs, longestBackgroundMs);
	let stream: Promise<OpenStream> | undefined;
	let over = false;

	function refused({ status, headers }: Response, phase: SpacePhase, body: string): Error {
		return toError({ kind: "status", phase, status, body, retryAfter: headers.get("retry-after") });
	}

	async function join(): Promise<string> {
		const answer = await http.send({
			method: "POST",
			path: `${apiPrefix}/queue/join`,
			phase: "join",
			accept: "application/json",
			body: toJson({ data: options.data, event_data: null, fn_index: fnIndex, trigger_id: options.triggerId, session_hash: sessionHash }),
			connectMs,
		});
		const { text } = await answer.text();
		if (!answer.response.ok) throw refused(answer.response, "join", text);
		const parsed = v.safeParse(joinSchema, parseJson(text));
		if (!parsed.success) throw toError({ kind: "unreadable", phase: "join", body: text });
		return parsed.output.event_id;
	}

	async function listen(): Promise<OpenStream> {
		const answer = await http.send({
			method: "GET",
			path: `${apiPrefix}/queue/data?session_hash=${encodeURIComponent(sessionHash)}`,
			phase: "stream",
			accept: "text/event-stream",
			connectMs,
		});
		const { response } = answer;
		if (!response.ok) throw refused(response, "stream", (await answer.text()).text);
		if (/^text\/html\b/i.test(response.headers.get("content-type") ?? "")) {
			throw toError({ kind: "unreadable", phase: "stream", body: (await answer.text()).text });
		}
		return { close: answer.close, body: response.body, openedAt: performance.now() };
	}

	/** Posts in the background, and gives the status of the answer. */
	async function post(path: string, body: object): Promise<number> {
		const answer = await http.send({
			method: "POST",
			path: apiPrefix + path,
			phase: "cancel",
			accept: "application/json",
			body: JSON.stringify(body),
			connectMs: backgroundMs,
		});
		await answer.text();
		return answer.response.status;
	}

	/** Whether the server has seen that the stream is closed, and dropped the session. */
	async function isDropped(): Promise<boolean> {
		const again = await within(listen(), backgroundMs, (late) => late.close());
		const deadline = new AbortController();
		const clear = startTimer(() => deadline.abort(), longestDoubtMs);
		try {
			if (!again?.body) return false;
			for await (const text of readEventData(readBody(again.body, deadline.signal), longestDoubtCharacters)) {
				const message = parseQueueMessage(text);
				return message !== undefined && isSessionLost(message);
			}
		} catch {
			// Then it is not known, and the cancel is sent.
		} finally {
			clear();
			again?.close();
		}
		return false;
	}

	async function end(eventId: string): Promise<void> {
		stream ??= listen();
		const opened = await within(stream, backgroundMs, (late) => late.close());
		if (opened !== undefined) {
			const openMs = performance.now() - opened.openedAt;
			if (openMs < shortestOpenMs) await pause(shortestOpenMs - openMs);
			opened.close();
		}
		await pause(cancelAfterMs);
		if (await isDropped()) return;
		const status = await post("/cancel", { session_hash: sessionHash, fn_index: fnIndex, event_id: eventId });
		if (status === 404 && options.mayReset) await post("/reset", { event_id: eventId });
	}

	const joined = join();
	joined.catch(() => {});
	return {
		joined,
		async open() {
			stream = listen();
			stream.catch(() => {});
			const { body } = await stream;
			return body ?? new ReadableStream({ start: (controller) => controller.close() });
		},
		close() {
			if (over) return;
			over = true;
			stream?.then(
				({ close }) => close(),
				() => {},
			);
		},
		release() {
			if (over) return;
			over = true;
			joined
				.then(end, () => {})
				.catch((error: unknown) => {
					logger.debug({ err: error, sessionHash }, "Ending the job at the Space did not work; it may run to its end.");
				});
		},
	};
}

function pause(delayMs: number): Promise<void> {
	return new Promise((resolve) => {
		startTimer(resolve, delayMs);
	});
}

/** The value of a promise if it comes in time; what comes later is disposed of. A rejection counts as nothing. */
async function within<Value>(promise: Promise<Value>, maxMs: number, dispose: (value: Value) => void): Promise<Value | undefined> {
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

/** JSON whose strings are well-formed: half of a surrogate pair makes Gradio fail without a word. */
function toJson(body: object): string {
	return JSON.stringify(body, (_, value: unknown) => (typeof value === "string" ? value.toWellFormed() : value));
}
