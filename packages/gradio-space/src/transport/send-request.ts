import { loadPart } from "@spaceport/core";

import { parts } from "../parts/parts.ts";
import type { SpacePhase } from "../to-spaceport-error.ts";
import type { Fetch } from "./http.ts";

/** What goes out, complete: nobody adds to it, tries it again or limits it in time. */
export interface OutgoingRequest extends RequestInit {
	readonly signal: AbortSignal;
}

/** The requests that a chat is made of: a GET, or a POST of a text. */
const chatPhases: ReadonlySet<SpacePhase> = new Set<SpacePhase>(["config", "hub", "join", "stream", "cancel"]);

/**
 * Sends a request. Those of a chat go to `fetch` as they are; the others through ky, which knows what runtimes do with bodies, and which a page loads for them.
 *
 * @param phase - what it is for
 * @param url - where it goes
 * @param request - what goes there
 * @param own - what sends it in place of the global `fetch`, and gets a `Request`
 */
export async function sendRequest(phase: SpacePhase, url: string, request: OutgoingRequest, own: Fetch | undefined): Promise<Response> {
	const { signal } = request;
	// Without a `Request` of ours, of which it would make a second one.
	if (own === undefined && chatPhases.has(phase)) return globalThis.fetch(url, request);
	const fetch = own ?? globalThis.fetch;
	// With the signal itself: the one in a `Request` no longer aborts anything once that was garbage-collected (Node 22 to 26).
	const send: Fetch = (input, init) => fetch(input, { ...init, signal });
	if (chatPhases.has(phase)) return send(new Request(url, request));
	const { sendByKy } = await loadPart("requests that are no chat", parts.sendByKy, signal);
	return sendByKy(url, request, send);
}
