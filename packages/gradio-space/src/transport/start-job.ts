import { loadPart } from "@spaceport/core";

import type { Job, JobOptions } from "./job.ts";
import { startQueueJob } from "./queue-job.ts";

/**
 * Calls a function over its protocol. All but that of the present Gradio are loaded when they are first spoken.
 *
 * @param options - what to call, how, with what
 * @throws SpaceportError, or a SpaceFailure, where this runtime, or the function, cannot do it that way
 */
export async function startJob(options: JobOptions): Promise<Job> {
	const { endpoint, signal } = options;
	const load = <Part>(part: () => Promise<Part>): Promise<Part> => loadPart(`the protocol ${endpoint.protocol}`, part, signal);
	switch (endpoint.protocol) {
		case "websocket":
			return (await load(() => import("./web-socket-job.ts"))).startWebSocketJob(options);
		case "sse":
			return (await load(() => import("./sse-job.ts"))).startSseJob(options);
		case "call":
			return (await load(() => import("./call-job.ts"))).startCallJob(options);
		case "run":
			return (await load(() => import("./run-job.ts"))).startRunJob(options);
		default:
			return startQueueJob(options);
	}
}
