import ky, { isNetworkError } from "ky";

import type { Fetch, OutgoingRequest } from "./send.ts";

/**
 * Sends a request through ky, its own retries and deadlines off.
 *
 * @param url - where it goes
 * @param request - what goes there
 * @param fetch - what sends it
 */
export async function sendByKy(url: string, request: OutgoingRequest, fetch: Fetch): Promise<Response> {
	try {
		return await ky(url, { ...request, retry: 0, timeout: false, throwHttpErrors: false, fetch } as Parameters<typeof ky>[1]);
	} catch (error) {
		// ky's wrapper says nothing new, and it carries the request with its headers, the token among them.
		throw isNetworkError(error) ? error.cause : error;
	}
}
