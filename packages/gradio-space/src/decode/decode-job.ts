import type { Batches, Report } from "@spaceport/http";
import type { GradioEvent } from "../gradio-event.ts";
import type { ValueForm } from "../handshake/protocol.ts";
import { areNeeded, loadTools } from "../provider/late-tools.ts";
import { isTyped, type ToError } from "../space-failure.ts";
import { createOutputState } from "./output-state.ts";
import { isSessionLost, type QueueMessage } from "./queue-message.ts";
import { toGradioEvent } from "./to-gradio-event.ts";

/** What the messages of one job are read with. */
export interface DecodeJobOptions {
	/** How values come after the first. */
	readonly form: ValueForm;
	readonly toError: ToError;
	readonly report: Report;
	/** The text that was made of the job so far: kept in `stream-interrupted`. */
	readonly textSoFar: () => string;
	/** Called when the job is over on the server, whichever way. */
	readonly onOver: () => void;
	/** Ends the wait for what has to be loaded. */
	readonly signal?: AbortSignal;
}

/** Messages after which nothing comes. The last is in Gradio's source; no version was seen to send it. */
const ends: ReadonlySet<string> = new Set(["process_completed", "queue_full", "unexpected_error", "Server stopped unexpectedly."]);

/** Messages that may tell nothing about the job: signs of life, and those whose fields are empty. */
const silentMessages: ReadonlySet<string> = new Set([
	"heartbeat",
	"send_hash",
	"send_data",
	"close_stream",
	"estimation",
	"progress",
	"log",
]);

/**
 * Turns the messages of one job into events. It ends after the final value, or throws a typed error: an end of the messages without the protocol's own end is
 * one as well. What ends the job is looked at when all events before it were taken.
 *
 * @param messages - the messages, in order
 * @param options - how to read them
 */
export async function* decodeJob(messages: AsyncIterable<QueueMessage[]>, options: DecodeJobOptions): Batches<GradioEvent> {
	const { toError, report, textSoFar, onOver, signal } = options;
	const state = createOutputState(options.form);
	let broken: unknown;

	/** What a message says that is not the job's end, if it says something. */
	function toEvent(message: QueueMessage): GradioEvent | undefined {
		if (message.msg === "process_generating" || message.msg === "process_streaming") {
			// A step that failed is followed by its `process_completed`, which says why.
			if (message.success === false || message.output?.data === undefined) return undefined;
			const { data, appends, misfits } = state.generating(message.output.data);
			if (misfits > 0) report("misfit", { misfits }, "A difference did not fit and was skipped; the final value makes up for it.");
			return { type: "value", data, final: false, appends };
		}
		const event = toGradioEvent(message);
		if (event === undefined && !silentMessages.has(message.msg)) {
			const kind = message.msg.slice(0, 100);
			report(`message ${kind}`, { kind }, "Messages of a kind that is not known are skipped.");
		}
		return event;
	}

	/** The final value; throws what else a job may end in. */
	function toEnd(message: QueueMessage): GradioEvent {
		if (message.msg === "process_completed") {
			onOver();
			const { data, error } = message.output ?? {};
			if (message.success === false || (data === undefined && typeof error === "string")) {
				throw toError({ kind: "failed", error, title: message.title });
			}
			if (data === undefined) throw toError({ kind: "cancelled", textSoFar: textSoFar() });
			return { type: "value", data: state.completed(data).data, final: true, appends: [] };
		}
		if (message.msg === "queue_full") {
			onOver();
			throw toError({ kind: "queue-full" });
		}
		throw toError({
			kind: "unexpected",
			message: message.message ?? (message.msg === "unexpected_error" ? "" : message.msg),
			sessionNotFound: isSessionLost(message),
			textSoFar: textSoFar(),
		});
	}

	try {
		for await (const batch of messages) {
			const events: GradioEvent[] = [];
			let end: QueueMessage | undefined;
			for (const message of batch) {
				if (ends.has(message.msg)) {
					end = message;
					break;
				}
				let event: GradioEvent | undefined;
				try {
					event = toEvent(message);
				} catch (error) {
					if (!areNeeded(error)) throw error;
					await loadTools(signal);
					event = toEvent(message);
				}
				if (event !== undefined) events.push(event);
			}
			batch.length = 0;
			if (events.length > 0) yield events;
			if (end === undefined) continue;
			yield [toEnd(end)];
			return;
		}
	} catch (error) {
		if (isTyped(error)) throw error;
		broken = error;
	}
	throw toError({ kind: "ended-early", textSoFar: textSoFar(), cause: broken });
}
