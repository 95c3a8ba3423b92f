import { loadPart } from "@spaceport/core";
import { parts } from "../parts/parts.ts";

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
			return (await load(parts.webSocketJob)).startWebSocketJob(options);
		case "sse":
			return (await load(parts.sseJob)).startSseJob(options);
		case "call":
			return (await load(parts.callJob)).startCallJob(options);
		case "run":
			return (await load(parts.runJob)).startRunJob(options);
		default:
			return startQueueJob(options);
	}
}
