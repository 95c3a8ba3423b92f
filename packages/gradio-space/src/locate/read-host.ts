/**
 * Reads a Space's address from what the hub answers to `/host`: `{ "subdomain": "owner-name", "host": "https://owner-name.hf.space" }`. The token will
 * go there, so it is believed only where it is an https address with nothing behind it; plain http where the hub itself is asked so.
 *
 * @param json - the body
 * @param hubUrl - the hub that said it
 * @returns the address without a slash at its end; undefined where there is none to be believed
 */
export function readHost(json: unknown, hubUrl: string): string | undefined {
	const host = (json as { readonly host?: unknown } | null | undefined)?.host;
	if (typeof host !== "string" || !URL.canParse(host)) return undefined;
	const url = new URL(host);
	const safe = url.protocol === "https:" || (url.protocol === "http:" && hubUrl.startsWith("http:"));
	const bare = url.href === `${url.origin}/`;
	return safe && bare ? url.origin : undefined;
}
