import { loadPart } from "@spaceport/core";
import type { CookieJar } from "../login/cookie-jar.ts";
import type { Login } from "../login/login.ts";
import { parts } from "../parts/parts.ts";
import { defined } from "../read-json.ts";
import type { ToError } from "../space-failure.ts";
import type { SpacePhase } from "../to-spaceport-error.ts";
import { raceSignal } from "./race.ts";
import { type BoundedText, type ReadBounds, readBounded } from "./read-bounded.ts";
import { sendRequest } from "./send-request.ts";
import { startTimer } from "./timer.ts";

/** A `fetch`, as callers may give one. `input` may be a `Request`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

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

/** A response whose headers have come. */
export interface HttpResponse {
	readonly response: Response;
	/** Ends it, at whatever point it is: the connection is closed. */
	close(): void;
	/**
	 * Its body as text; it is closed afterwards.
	 *
	 * @param bounds - by default what is enough for an error: 64 KiB, within `connectMs` and 15 s
	 * @param signal - ends the reading
	 */
	text(bounds?: Partial<ReadBounds>, signal?: AbortSignal): Promise<BoundedText>;
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

const errorBytes = 64 * 1024;
const longestBodyMs = 15_000;

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

	async function once(request: HttpRequest, url: string, origin: string, jar: CookieJar | undefined): Promise<HttpResponse> {
		const { phase, signal, connectMs } = request;
		const throwIfAborted = (): void => {
			if (signal?.aborted === true) throw toError({ kind: "aborted", reason: signal.reason });
		};
		throwIfAborted();
		const controller = new AbortController();
		let late = false;
		const clear = startTimer(() => {
			late = true;
			controller.abort();
		}, connectMs);
		const onAbort = (): void => controller.abort();
		signal?.addEventListener("abort", onAbort, { once: true });
		try {
			const outgoing = {
				method: request.method,
				headers: headersFor(request, url, origin, jar),
				...bodyOf(request),
				signal: controller.signal,
				redirect: "manual" as const,
			};
			const pending = sendRequest(phase, url, outgoing, options.fetch);
			const response = await raceSignal(pending, controller.signal, discard);
			return {
				response,
				close: () => {
					controller.abort();
					discard(response);
				},
				text: async (bounds, readSignal) => {
					const limits = { maxBytes: errorBytes, maxMs: Math.min(connectMs, longestBodyMs), ...bounds };
					const read = await readBounded(response, limits, readSignal);
					// After its end there is nothing to abort, which is not free.
					if (read.end !== "whole") controller.abort();
					return read;
				},
			};
		} catch (cause) {
			if (late) throw toError({ kind: "late", phase, afterMs: connectMs });
			throwIfAborted();
			throw toError({ kind: "no-answer", phase, cause });
		} finally {
			clear();
			signal?.removeEventListener("abort", onAbort);
		}
	}

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

/** Headers by names that can be compared, so that a caller's own take the place of others. */
export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function discard(response: Response): void {
	// A body that is being read cannot be cancelled here; aborting the request has ended it.
	if (!response.bodyUsed && !(response.body?.locked ?? false)) response.body?.cancel().catch(() => {});
}
