import type { GradioEvent } from "../gradio-event.ts";
import type { ValueForm } from "../handshake/protocol.ts";
import { isTyped, type ToError } from "../space-failure.ts";
import { createOutputState } from "./output-state.ts";
import { isSessionLost, type QueueMessage } from "./queue-message.ts";
import type { Report } from "./report-once.ts";
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
}

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
 * one as well.
 *
 * @param messages - the messages, in order
 * @param options - how to read them
 */
export async function* decodeJob(
	messages: AsyncIterable<QueueMessage>,
	options: DecodeJobOptions,
): AsyncGenerator<GradioEvent, void, void> {
	const { toError, report, textSoFar, onOver } = options;
	const state = createOutputState(options.form);
	let broken: unknown;
	try {
		for await (const message of messages) {
			switch (message.msg) {
				case "process_generating":
				// A step of a function that takes its inputs as a stream (Gradio 5.0 and later).
				case "process_streaming": {
					// A step that failed is followed by its `process_completed`, which says why.
					if (message.success === false || message.output?.data === undefined) continue;
					const step = state.generating(message.output.data);
					if (step.misfits > 0) {
						report("misfit", { misfits: step.misfits }, "A difference did not fit and was skipped; the final value makes up for it.");
					}
					yield { type: "value", data: step.data, final: false, appends: step.appends };
					break;
				}
				case "process_completed": {
					onOver();
					const { data, error } = message.output ?? {};
					if (message.success === false || (data === undefined && typeof error === "string")) {
						throw toError({ kind: "failed", error, title: message.title });
					}
					if (data === undefined) throw toError({ kind: "cancelled", textSoFar: textSoFar() });
					yield { type: "value", data: state.completed(data).data, final: true, appends: [] };
					return;
				}
				case "queue_full":
					onOver();
					throw toError({ kind: "queue-full" });
				case "unexpected_error":
				// In Gradio's source; no version was seen to send it.
				case "Server stopped unexpectedly.":
					throw toError({
						kind: "unexpected",
						message: message.message ?? (message.msg === "unexpected_error" ? "" : message.msg),
						sessionNotFound: isSessionLost(message),
						textSoFar: textSoFar(),
					});
				default: {
					const event = toGradioEvent(message);
					if (event !== undefined) yield event;
					else if (!silentMessages.has(message.msg)) {
						const kind = message.msg.slice(0, 100);
						report(`message ${kind}`, { kind }, "Messages of a kind that is not known are skipped.");
					}
				}
			}
		}
	} catch (error) {
		if (isTyped(error)) throw error;
		broken = error;
	}
	throw toError({ kind: "ended-early", textSoFar: textSoFar(), cause: broken });
}
