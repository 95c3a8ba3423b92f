/** Whether this runtime lets a program send a `Cookie`. Browsers drop it without a word. What runs is no proof of it, so it is tried. */
export function sendsCookies(): boolean {
	return new Request("http://localhost/", { headers: { cookie: "a=b" } }).headers.get("cookie") === "a=b";
}

/**
 * Whether this runtime sends a body while it is made. Those that cannot take a stream for text; Chromium can, but over HTTP/2 alone, and fails elsewhere: that
 * is not known beforehand, so no browser is asked to.
 */
export function streamsRequests(): boolean {
	if (!sendsCookies()) return false;
	try {
		const init = { method: "POST", body: new ReadableStream(), duplex: "half" };
		const request = new Request("http://localhost/", init as RequestInit);
		return request.body !== null && request.body !== undefined && !request.headers.has("content-type");
	} catch {
		return false;
	}
}
