import { type Batches, raceSignal, type StreamEvent } from "@spaceport/http";
import { parseQueueMessage, type QueueMessage } from "../decode/queue-message.ts";
import { createBackground } from "./background.ts";
import { type EventStream, openEventStream, refused } from "./event-stream.ts";
import { callBody, type Job, type JobOptions, toJson } from "./job.ts";
import { createMailbox } from "./mailbox.ts";

/** What comes until the inputs are sent. */
type Early = { readonly message: QueueMessage } | { readonly error: unknown } | "sent" | "ended";

/**
 * Joins the queue of a Gradio 4.0: a GET that is the place in the queue and the stream of its messages in one. When the job's turn has come, the server gives
 * its id and asks for the inputs (`send_data`), which go there by a POST. It waits for them a few seconds, so they are sent whether or not the caller asks for the
 * next event meanwhile. A job that is left before that never starts; later only `/reset` ends it, as this version does not see that a stream is closed.
 *
 * @param options - what to call, with what
 */
export function startSseJob(options: JobOptions): Job {
	const { http, toError, endpoint, sessionHash, signal, connectMs } = options;
	const query = new URLSearchParams({ fn_index: String(endpoint.fnIndex), session_hash: sessionHash });
	const left = new AbortController();
	const early = createMailbox<Early>();
	let stream: EventStream | undefined;
	/** What came with the question for the inputs, and after it. */
	let unread: readonly StreamEvent[] = [];
	let eventId: string | undefined;
	let over = false;

	function read({ data }: StreamEvent): QueueMessage | undefined {
		const message = parseQueueMessage(data);
		if (message === undefined) options.onUnreadable(data);
		return message;
	}

	/** The messages of events, where there are some. */
	function readAll(events: readonly StreamEvent[]): readonly QueueMessage[][] {
		const messages = events.map(read).filter((message) => message !== undefined);
		return messages.length > 0 ? [messages] : [];
	}

	async function sendInputs(): Promise<void> {
		const answer = await http.send({
			method: "POST",
			path: `${endpoint.apiPrefix}/queue/data`,
			phase: "join",
			accept: "application/json",
			body: toJson({ ...callBody(options), event_id: eventId }, toError),
			connectMs,
		});
		if (!answer.response.ok) throw await refused(answer, "join", toError);
		answer.close();
	}

	async function waitForTurn(events: Batches<StreamEvent>): Promise<void> {
		try {
			for (let next = await events.next(); next.done !== true; next = await events.next()) {
				// Inputs that go out now would start a job that nobody ends.
				if (over) return;
				for (const [index, event] of next.value.entries()) {
					const message = read(event);
					if (message?.msg === "send_data") {
						eventId = message.event_id;
						unread = next.value.slice(index + 1);
						await sendInputs();
						early.put("sent");
						return;
					}
					if (message !== undefined) early.put({ message });
				}
			}
			early.put("ended");
		} catch (error) {
			early.put({ error });
		}
	}

	function end(): boolean {
		if (over) return false;
		over = true;
		left.abort();
		stream?.close();
		return true;
	}

	return {
		async *messages() {
			const path = `${endpoint.apiPrefix}/queue/join?${query}`;
			const opening = openEventStream({ http, toError, path, phase: "join", connectMs, signal: left.signal });
			stream = await raceSignal(opening, signal, (late) => late.close());
			const events = stream.events(signal, options.idleMs, options.onAlive);
			void waitForTurn(events);
			while (true) {
				const item = await raceSignal(early.take(), signal);
				if (item === "sent") break;
				if (item === "ended") return;
				if ("error" in item) throw item.error;
				yield [item.message];
			}
			yield* readAll(unread);
			for await (const batch of events) yield* readAll(batch);
		},
		close: end,
		release() {
			if (!end() || eventId === undefined) return;
			const background = createBackground(options);
			background.run(background.reset(eventId));
		},
	};
}
