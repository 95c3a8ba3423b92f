import { type AttemptContext, readRateLimits, readRetryAfter } from "@spaceport/core";
import { exchange, type HttpResponse, redirectTarget } from "@spaceport/http";

import type { ToError } from "../errors/fact.ts";
import type { Settings } from "../options.ts";
import { patientExchange } from "./patient-exchange.ts";

/** What is asked of an endpoint. */
export interface ServerRequest {
	/** After the base URL; or a whole address of the same origin. */
	readonly path: string;
	/** What it is for, in messages. */
	readonly phase: string;
	readonly accept: string;
	/** JSON text: then it is a POST. */
	readonly body?: string;
	/** Until the headers of the answer, in milliseconds. */
	readonly connectMs: number;
	/** The same where the endpoint is there, and takes its time. @default connectMs */
	readonly answerMs?: number;
	readonly signal: AbortSignal | undefined;
	/** Which key, by its name. @default the first */
	readonly key: string | undefined;
	/** Statuses of failure that are taken as answers all the same. */
	readonly passes?: readonly number[] | undefined;
	/** Is told what the answer says of limits. */
	readonly reportLimits?: AttemptContext["reportLimits"];
}

const mostRedirects = 3;

/** How long the body of a failure may take at most, in milliseconds. */
const longestFailureMs = 15_000;

/**
 * Asks the endpoint.
 *
 * @param settings - who it is
 * @param request - what is asked
 * @param toError - makes the error of a fact
 * @returns an answer whose status says that all is well
 * @throws SpaceportError for all else
 */
export async function ask(settings: Settings, request: ServerRequest, toError: ToError): Promise<HttpResponse> {
	const { phase, body, connectMs, answerMs = connectMs, signal } = request;
	const isThere = (waitMs: number, checkSignal: AbortSignal): Promise<boolean> => answers(settings, waitMs, checkSignal, toError);
	const method = body === undefined ? "GET" : "POST";
	let url = addressOf(settings, request.path);
	const { origin } = new URL(url);
	for (let hops = 0; ; hops += 1) {
		const makeRequest = (): RequestInit => ({ method, headers: headersFor(settings, request), ...(body !== undefined && { body }) });
		const options = { phase, connectMs, signal, fetch: settings.fetch, isPlain: phase === "chat", toError };
		const answer = await patientExchange(url, makeRequest, options, { answerMs, isThere });
		const { response } = answer;
		const target = redirectTarget(response, url);
		// A `fetch` that follows redirects by itself is told apart by the address that answered.
		const strayed = URL.canParse(response.url) && new URL(response.url).origin !== origin;
		if (strayed || target !== undefined) {
			answer.close();
			const mayFollow = method === "GET" || response.status === 307 || response.status === 308;
			if (strayed || target?.origin !== origin || !mayFollow || hops === mostRedirects) {
				throw toError({ kind: "redirect", phase, status: response.status, location: strayed ? response.url : target?.href });
			}
			url = (target as URL).href;
			continue;
		}
		tellLimits(response, request);
		if (response.ok || request.passes?.includes(response.status) === true) return answer;
		const { text } = await answer.text({ maxMs: Math.min(connectMs, longestFailureMs) }, signal);
		if (signal?.aborted === true) throw toError({ kind: "aborted", reason: signal.reason });
		const retryAfterMs = response.status === 429 ? readRetryAfter({ headers: response.headers, body: text }) : undefined;
		if (retryAfterMs !== undefined) request.reportLimits?.({ retryAfterMs });
		throw toError({ kind: "status", phase, status: response.status, headers: response.headers, body: text });
	}
}

/** Whether the endpoint answers anything at all. Neither a key nor anything of a request goes along. */
async function answers(settings: Settings, connectMs: number, signal: AbortSignal, toError: ToError): Promise<boolean> {
	const { baseUrl, quirks, fetch } = settings;
	// The base URL's query may have a key in it.
	const url = new URL(addressOf(settings, quirks.modelList ?? "/models"));
	if (url.origin !== baseUrl.origin) return false;
	url.search = "";
	const options = { phase: "models", connectMs, signal, fetch, isPlain: true, toError };
	try {
		(await exchange(url.href, () => ({ method: "GET" }), options)).close();
		return true;
	} catch {
		return false;
	}
}

/**
 * The address of a path of the endpoint; the base URL's query goes along.
 *
 * @param settings - who it is
 * @param path - after the base URL; or a whole address
 */
export function addressOf({ baseUrl }: Settings, path: string): string {
	if (URL.canParse(path)) return path;
	const url = new URL(baseUrl);
	const [pathname = "", query] = path.split("?");
	// An address without a path has a slash for one.
	url.pathname = `${url.pathname.replace(/\/$/, "")}${pathname}`;
	for (const [name, value] of new URLSearchParams(query)) url.searchParams.append(name, value);
	return url.href;
}

function headersFor({ keys, headers: own, quirks }: Settings, { accept, body, key }: ServerRequest): Headers {
	const secret = keys[keyIndex(key)] ?? keys[0];
	const { keyHeader } = quirks;
	const defaults = {
		accept,
		"user-agent": quirks.userAgent ?? "spaceport (+https://github.com/spaceport-ai/spaceport)",
		"content-type": body === undefined ? undefined : "application/json",
		[keyHeader?.toLowerCase() ?? "authorization"]: secret && (keyHeader === undefined ? `Bearer ${secret}` : secret),
	};
	const headers = new Headers();
	for (const [name, value] of Object.entries({ ...defaults, ...own })) {
		try {
			if (value !== undefined) headers.set(name, value);
		} catch {
			// A runtime may forbid names such as `user-agent`; the values were checked when the provider was made.
		}
	}
	return headers;
}

/** Which key is called `key-2`. */
function keyIndex(name: string | undefined): number {
	return name === undefined ? 0 : Number(/^key-(\d+)$/.exec(name)?.[1] ?? 1) - 1;
}

function tellLimits({ headers }: Response, { reportLimits }: ServerRequest): void {
	const limits = reportLimits === undefined ? undefined : readRateLimits(headers);
	if (limits !== undefined) reportLimits?.(limits);
}
