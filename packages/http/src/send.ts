import { loadPart } from "@spaceport/core";

import { parts } from "./parts/parts.ts";

/** A `fetch`, as callers may give one. `input` may be a `Request`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** What goes out, complete: nobody adds to it, tries it again or limits it in time. */
export interface OutgoingRequest extends RequestInit {
	readonly signal: AbortSignal;
}

/** What sends a request. */
export interface SendOptions {
	/** In place of the global `fetch`; it gets a `Request`. */
	readonly fetch: Fetch | undefined;
	/**
	 * Whether it is a GET, or a POST of a text, as the requests of a chat are: those go to `fetch` as they are. The others go through ky, which knows what runtimes do with
	 * bodies, and which a page loads for them.
	 */
	readonly isPlain: boolean;
}

/**
 * Sends a request.
 *
 * @param url - where it goes
 * @param request - what goes there
 * @param options - what sends it
 */
export async function send(url: string, request: OutgoingRequest, { fetch: own, isPlain }: SendOptions): Promise<Response> {
	const { signal } = request;
	// Without a `Request` of ours, of which it would make a second one.
	if (own === undefined && isPlain) return globalThis.fetch(url, request);
	const fetch = own ?? globalThis.fetch;
	// With the signal itself: the one in a `Request` no longer aborts anything once that was garbage-collected (Node 22 to 26).
	const withSignal: Fetch = (input, init) => fetch(input, { ...init, signal });
	if (isPlain) return withSignal(new Request(url, request));
	const { sendByKy } = await loadPart("requests that are no chat", parts.sendByKy, signal);
	return sendByKy(url, request, withSignal);
}
