import { parseQueueMessage } from "../decode/queue-message.ts";
import { callBody, type Job, type JobOptions } from "./job.ts";
import { startJoinedJob } from "./joined-job.ts";

/**
 * Joins the queue of a server that speaks `sse_v1` to `sse_v3`: a POST that gives the job's id, then a stream of the session's messages. No other job runs in the
 * session, and it is used again only where this one came to its end and so did its stream: Gradio splits the events of a session between two streams, and does not
 * end the stream of one that was left before.
 *
 * @param options - what to call, with what
 */
export function startQueueJob(options: JobOptions): Job {
	const { endpoint, sessionHash } = options;
	return startJoinedJob({
		...options,
		joinPath: `${endpoint.apiPrefix}/queue/join`,
		body: callBody(options),
		streamPath: () => `${endpoint.apiPrefix}/queue/data?session_hash=${encodeURIComponent(sessionHash)}`,
		sessionOf: () => sessionHash,
		read: ({ data }) => parseQueueMessage(data),
	});
}
