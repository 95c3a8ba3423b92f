import { parseJson, type StreamEvent } from "@spaceport/http";
import { type QueueMessage, toQueueMessage } from "../decode/queue-message.ts";
import type { Job, JobOptions } from "./job.ts";
import { startJoinedJob } from "./joined-job.ts";

/**
 * Calls a function by the simple pair of requests that stands beside the queue since Gradio 4.21: a POST to `/call/<name>` that gives the job's id, then a stream
 * of named events with whole values. It tells neither the place in the queue nor progress and logs, and old servers tell no reason of an error.
 *
 * @param options - what to call, with what
 */
export function startCallJob(options: JobOptions): Job {
	const { toError, endpoint } = options;
	const { name } = endpoint;
	if (options.rest !== undefined) {
		throw toError({
			kind: "cannot",
			capability: "gradio-protocol:call",
			reason: "each /call is a session of its own.",
			hint: "Leave the option protocol out.",
		});
	}
	if (name === undefined) {
		throw toError({
			kind: "cannot",
			capability: "gradio-protocol:call",
			reason: "the function has no name, and /call knows functions by their names.",
			hint: "Leave the option protocol out.",
		});
	}
	const joinPath = `${endpoint.apiPrefix}/call/${encodeURIComponent(name)}`;
	return startJoinedJob({
		...options,
		joinPath,
		body: { data: options.data },
		streamPath: (eventId) => `${joinPath}/${encodeURIComponent(eventId)}`,
		// The session of such a job has its own id for a name.
		sessionOf: (eventId) => eventId,
		read: readCallEvent,
	});
}

function readCallEvent({ name, data }: StreamEvent): QueueMessage | undefined {
	const value = parseJson(data);
	switch (name) {
		case "generating":
			return toQueueMessage({ msg: "process_generating", success: true, output: { data: value } });
		case "complete":
			return toQueueMessage({ msg: "process_completed", success: true, output: { data: value } });
		case "error": {
			// The output with its `error`, a text, or null; it has no title of its own.
			const output = typeof value === "object" && value !== null ? value : { error: value };
			return toQueueMessage({ ...output, msg: "process_completed", success: false, output });
		}
		case "heartbeat":
			return toQueueMessage({ msg: "heartbeat" });
		default:
			return undefined;
	}
}
