/** The cookies of one session with one server. They go to that server's origin, and nowhere else. */
export interface CookieJar {
	/**
	 * The `Cookie` header of a request.
	 *
	 * @param url - of the request
	 * @param own - the caller's own header, whose cookies win over those in here
	 * @returns undefined where there is none to send
	 */
	header(url: string, own?: string): string | undefined;
	/**
	 * Keeps what a response sets, and drops what it takes back.
	 *
	 * @param response - of a request to this origin
	 * @param url - of that request
	 */
	take(response: Response, url: string): void;
	/** Whether nothing is in it. */
	isEmpty(): boolean;
}

interface Cookie {
	readonly name: string;
	readonly value: string;
	readonly path: string;
	readonly secure: boolean;
	/** By the wall clock, in milliseconds. */
	readonly expiresAt: number;
}

/** As browsers have it: what is larger is no cookie, and what comes after so many takes the place of the oldest. */
const largestCookie = 4096;
const mostCookies = 50;
/** Every visible character but those that end a pair or a name. */
const namePattern = /^[^\s=;,\p{Cc}]+$/u;
const valuePattern = /^[^;\p{Cc}]*$/u;

/**
 * Makes an empty jar.
 *
 * @param origin - whose cookies these are
 * @param onSecret - told of each value, so that no error shows it
 */
export function createCookieJar(origin: string, onSecret: (value: string) => void): CookieJar {
	/** By name and path, the oldest first. */
	const cookies = new Map<string, Cookie>();

	function prune(): void {
		for (const [key, { expiresAt }] of cookies) if (expiresAt <= Date.now()) cookies.delete(key);
	}

	return {
		header(address, own) {
			const url = new URL(address);
			if (url.origin !== origin) return own;
			prune();
			const mine = new Set((own ?? "").split(";").map((pair) => pair.split("=")[0]?.trim()));
			const sent = [...cookies.values()]
				.filter(({ name, path, secure }) => !mine.has(name) && pathFits(url.pathname, path) && (!secure || isSafe(url)))
				// Of two with one name, servers take the first: the one whose path fits closer.
				.sort((a, b) => b.path.length - a.path.length)
				.map(({ name, value }) => `${name}=${value}`);
			return [...(own === undefined || own === "" ? [] : [own]), ...sent].join("; ") || undefined;
		},
		take(response, address) {
			const url = new URL(address);
			if (url.origin !== origin) return;
			for (const line of setCookies(response.headers)) {
				const cookie = parseSetCookie(line, url);
				if (cookie === undefined) continue;
				const key = `${cookie.name} ${cookie.path}`;
				// What is replaced becomes the newest.
				cookies.delete(key);
				cookies.set(key, cookie);
				onSecret(cookie.value);
			}
			prune();
			for (const key of cookies.keys()) if (cookies.size > mostCookies) cookies.delete(key);
		},
		isEmpty() {
			prune();
			return cookies.size === 0;
		},
	};
}

/** Each `Set-Cookie` on its own. A `fetch` of the caller's may give headers that have them in one line. */
function setCookies(headers: Headers): readonly string[] {
	if (typeof headers.getSetCookie === "function") return headers.getSetCookie();
	// A comma also stands in dates: what follows one that divides has a name and an equals sign.
	return (headers as Headers).get("set-cookie")?.split(/,(?=\s*[^\s=;,]+=)/) ?? [];
}

function parseSetCookie(line: string, url: URL): Cookie | undefined {
	const [pair = "", ...rest] = line.split(";");
	const at = pair.indexOf("=");
	const name = pair.slice(0, at).trim();
	const value = pair.slice(at + 1).trim();
	if (at < 1 || name.length + value.length > largestCookie || !namePattern.test(name) || !valuePattern.test(value)) return undefined;
	const attributes = new Map(
		rest.map((attribute) => {
			const [key = "", ...words] = attribute.split("=");
			return [key.trim().toLowerCase(), words.join("=").trim()];
		}),
	);
	const domain = attributes.get("domain")?.replace(/^\./, "").toLowerCase() ?? "";
	if (domain !== "" && url.hostname !== domain && !url.hostname.endsWith(`.${domain}`)) return undefined;
	const path = attributes.get("path") ?? "";
	return {
		name,
		value,
		path: path.startsWith("/") ? path : url.pathname.replace(/\/[^/]*$/, "") || "/",
		secure: attributes.has("secure"),
		expiresAt: expiry(attributes),
	};
}

/** Of the two ways to say it, `Max-Age` wins. */
function expiry(attributes: ReadonlyMap<string, string>): number {
	const maxAge = attributes.get("max-age") ?? "";
	if (/^-?\d+$/.test(maxAge)) return Number(maxAge) <= 0 ? 0 : Date.now() + Number(maxAge) * 1000;
	const date = Date.parse(attributes.get("expires") ?? "");
	return Number.isNaN(date) ? Infinity : date;
}

function pathFits(path: string, of: string): boolean {
	return path === of || (path.startsWith(of) && (of.endsWith("/") || path[of.length] === "/"));
}

/** As in browsers, this machine counts as safe. */
function isSafe({ protocol, hostname }: URL): boolean {
	return protocol === "https:" || hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}
