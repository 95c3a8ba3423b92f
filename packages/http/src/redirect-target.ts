/**
 * Where an answer sends its caller.
 *
 * @param response - the answer
 * @param url - what was asked
 * @returns undefined where it is no redirect; the empty document where a browser does not tell, or the address is none
 */
export function redirectTarget(response: Response, url: string): URL | undefined {
	if (response.type === "opaqueredirect") return new URL("about:blank");
	if (![301, 302, 303, 307, 308].includes(response.status)) return undefined;
	const location = response.headers.get("location") ?? "";
	return URL.canParse(location, url) ? new URL(location, url) : new URL("about:blank");
}
