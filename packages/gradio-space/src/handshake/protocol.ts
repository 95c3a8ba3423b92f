/**
 * How a function is called: `websocket` (the queue of Gradio 3), `sse` (seen on 4.0 to 4.8), `sse_v1` (4.16), `sse_v2` (4.19, 4.20), `sse_v2.1` (4.21), `sse_v3` (from
 * 4.22 on); `call`, the simple pair of requests beside the queue (from 4.21 on); `run`, one request past the queue.
 */
export type SpaceProtocol = "websocket" | "sse" | "sse_v1" | "sse_v2" | "sse_v2.1" | "sse_v3" | "call" | "run";

/** All of them. Those of a queue have the names that Gradio's config gives them, but for `websocket`. */
export const spaceProtocols: readonly SpaceProtocol[] = ["websocket", "sse", "sse_v1", "sse_v2", "sse_v2.1", "sse_v3", "call", "run"];

/** How values come after the first one: whole, as differences, or `unknown` where the Space did not say which protocol it speaks. */
export type ValueForm = "full" | "diff" | "unknown";

/** Whether a name is one of {@link spaceProtocols}. */
export function isSpaceProtocol(name: unknown): name is SpaceProtocol {
	return spaceProtocols.some((known) => known === name);
}

/** How a protocol sends values. */
export function valueForm(protocol: SpaceProtocol): ValueForm {
	return protocol === "sse_v2" || protocol === "sse_v2.1" || protocol === "sse_v3" ? "diff" : "full";
}

/**
 * Whether a server sends a sign of life every 15 seconds while a job waits or runs: all do that have `sse_v1` or later. On Gradio 4.0 there is a single one,
 * on 3 there is none, and an un-queued call is silent until its answer.
 */
export function hasHeartbeats(protocol: SpaceProtocol): boolean {
	return protocol !== "websocket" && protocol !== "sse" && protocol !== "run";
}
