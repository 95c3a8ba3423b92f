import { startCallJob } from "./call-job.ts";
import type { Job, JobOptions } from "./job.ts";
import { startQueueJob } from "./queue-job.ts";
import { startRunJob } from "./run-job.ts";
import { startSseJob } from "./sse-job.ts";
import { startWebSocketJob } from "./web-socket-job.ts";

/**
 * Calls a function over its protocol.
 *
 * @param options - what to call, how, with what
 * @throws SpaceportError where this runtime, or the function, cannot do it that way
 */
export function startJob(options: JobOptions): Job {
	switch (options.endpoint.protocol) {
		case "websocket":
			return startWebSocketJob(options);
		case "sse":
			return startSseJob(options);
		case "call":
			return startCallJob(options);
		case "run":
			return startRunJob(options);
		default:
			return startQueueJob(options);
	}
}
