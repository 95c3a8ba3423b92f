/**
 * Whether this signal may be used here. In Cloudflare's workers it belongs to the request of the worker in which it was made: in any other it throws when it is
 * looked at, and what waits for it ends with that request.
 */
export function isReachable(signal: AbortSignal): boolean {
	try {
		return typeof signal.aborted === "boolean";
	} catch {
		return false;
	}
}
