import { loadPart } from "@spaceport/core";
import { defined, exchange, type Fetch, type HttpResponse, lowerCased } from "@spaceport/http";
import type { CookieJar } from "../login/cookie-jar.ts";
import type { Login } from "../login/login.ts";
import { parts } from "../parts/parts.ts";
import type { ToError } from "../space-failure.ts";
import type { SpacePhase } from "../to-spaceport-error.ts";

/** What every request of a Space has in common. */
export interface HttpOptions {
	/** The Space's address, without a slash at its end: asked at each request, since the hub may name another one than the static rule. */
	readonly baseUrl: () => string;
	readonly token: string | undefined;
	readonly headers: Readonly<Record<string, string>>;
	/** @default the global fetch, looked up at each call */
	readonly fetch: Fetch | undefined;
	/** Logs in where the Space asks for it. @default a Space that asks is an error */
	readonly login?: Login | undefined;
	/** Makes the error of a fact. */
	readonly toError: ToError;
}

/** One request. */
export interface HttpRequest {
	readonly method: "GET" | "POST";
	/** Comes after the Space's address; or a whole address on its origin. */
	readonly path: string;
	readonly phase: SpacePhase;
	readonly accept: string;
	readonly body?: string | RequestBody;
	/** @default "application/json" */
	readonly contentType?: string;
	/** Whether a redirect is an answer like others, and is not followed. @default false */
	readonly takesRedirects?: boolean;
	/** Until the response's headers, in milliseconds. */
	readonly connectMs: number;
	/** Gives the request up until its headers have come; from there on `close` is what ends it. */
	readonly signal?: AbortSignal | undefined;
}

/** A body that is no text. */
export interface RequestBody {
	/** Makes it, anew for each time that it is sent. */
	create(): Blob | ReadableStream<Uint8Array>;
	/** Whether it can be made more than once. Where it cannot, nothing is tried again: no redirect, no login. */
	readonly repeatable: boolean;
}

/** Sends the requests of one Space. */
export interface Http {
	/**
	 * Sends a request to the Space, and to nobody else: a redirect to another host is an error. It never tries again.
	 *
	 * @throws SpaceportError with code `network`, `timeout`, `aborted`, `authentication` or `protocol` where there is no response; a response of any
	 *   other status is returned
	 */
	send(request: HttpRequest): Promise<HttpResponse>;
}

/** The requests that a chat is made of: a GET, or a POST of a text. */
const chatPhases: ReadonlySet<SpacePhase> = new Set<SpacePhase>(["config", "hub", "join", "stream", "cancel"]);

/**
 * Makes the sender of one Space's requests, one after another where one leads to the next.
 *
 * @param options - address, token, headers
 */
export function createHttp(options: HttpOptions): Http {
	const { token, toError } = options;
	const ownHeaders = lowerCased(options.headers);

	function headersFor(request: HttpRequest, url: string, origin: string, jar: CookieJar | undefined): Headers {
		const headers = new Headers();
		const cookie = jar?.header(url, ownHeaders.cookie);
		const defaults = {
			accept: request.accept,
			origin,
			referer: `${origin}/`,
			"user-agent": "spaceport (+https://github.com/spaceport-ai/spaceport)",
			"content-type": request.body === undefined ? undefined : "application/json",
			authorization: token && `Bearer ${token}`,
		};
		// What the request would not be understood without.
		const needed = defined({ cookie, "content-type": request.contentType });
		for (const [name, value] of Object.entries({ ...defaults, ...ownHeaders, ...needed })) {
			try {
				if (value !== undefined) headers.set(name, value);
			} catch {
				// A runtime may forbid names such as `origin`; the values were checked when the Space was made. The request is good without them.
			}
		}
		return headers;
	}

	const once = (request: HttpRequest, url: string, origin: string, jar: CookieJar | undefined): Promise<HttpResponse> =>
		exchange(url, () => ({ method: request.method, headers: headersFor(request, url, origin, jar), ...bodyOf(request) }), {
			...request,
			fetch: options.fetch,
			isPlain: chatPhases.has(request.phase),
			toError,
		});

	return {
		async send(request) {
			const { origin } = new URL(options.baseUrl());
			const { login } = options;
			const url = URL.canParse(request.path) ? request.path : options.baseUrl() + request.path;
			let jar: CookieJar | undefined;
			const ask = async (at: string): Promise<HttpResponse> => {
				jar = login?.jar;
				const result = await once(request, at, origin, jar);
				jar?.take(result.response, at);
				return result;
			};
			const result = await ask(url);
			const { status, type, url: answered } = result.response;
			const isElsewhere =
				type === "opaqueredirect" || (status > 300 && status < 309) || (answered !== "" && !answered.startsWith(`${origin}/`));
			if (!isElsewhere && (status !== 401 || login === undefined)) return result;
			try {
				const { askOn } = await loadPart("redirects and logins", parts.askOn, request.signal);
				return await askOn({ request, origin, toError, ask, logIn: login && (() => login.renew(jar, request)) }, url, result);
			} catch (error) {
				result.close();
				throw error;
			}
		},
	};
}

/** What is sent. A stream is sent while the answer is not read yet, which has to be said. */
function bodyOf({ body }: HttpRequest): { body?: BodyInit; duplex?: "half" } {
	if (body === undefined) return {};
	if (typeof body === "string") return { body };
	const made = body.create();
	return made instanceof Blob ? { body: made } : { body: made as BodyInit, duplex: "half" };
}
