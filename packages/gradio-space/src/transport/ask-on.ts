import { type HttpResponse, redirectTarget } from "@spaceport/http";
import type { ToError } from "../space-failure.ts";
import type { HttpRequest } from "./http.ts";

/** What goes on from an answer that is not the last word. */
export interface AskOnOptions {
	readonly request: HttpRequest;
	/** Of the Space: nobody else is asked. */
	readonly origin: string;
	readonly toError: ToError;
	/** Sends the request to an address. */
	readonly ask: (url: string) => Promise<HttpResponse>;
	/** Logs in, unless somebody has since the request was sent. */
	readonly logIn: (() => Promise<void>) | undefined;
}

const mostRedirects = 3;

/**
 * Goes where a redirect leads, if that is the Space still, and logs in where the Space asks for it.
 *
 * @param options - the request, and what sends it
 * @param firstUrl - where it went
 * @param firstAnswer - what came from there
 * @returns the last answer
 * @throws SpaceportError with code `protocol` where it leads elsewhere; what `ask` throws
 */
export async function askOn(options: AskOnOptions, firstUrl: string, firstAnswer: HttpResponse): Promise<HttpResponse> {
	const { request, origin, toError, ask, logIn } = options;
	let url = firstUrl;
	let result = firstAnswer;
	const again = typeof request.body !== "object" || request.body.repeatable;
	let asked = false;
	for (let hops = 0; ; hops += 1) {
		const { response } = result;
		if (response.status === 401 && logIn !== undefined && !asked && again) {
			asked = true;
			result.close();
			await logIn();
			result = await ask(url);
			continue;
		}
		const target = redirectTarget(response, url);
		// A `fetch` that follows redirects by itself is told apart by the address that answered.
		const strayed = response.url !== url && response.url !== "" && URL.canParse(response.url) && new URL(response.url).origin !== origin;
		if (!strayed && (target === undefined || request.takesRedirects === true)) return result;
		result.close();
		const mayFollow = again && (request.method === "GET" || response.status === 307 || response.status === 308);
		if (!strayed && target?.origin === origin && mayFollow && hops < mostRedirects) {
			url = target.href;
			result = await ask(url);
			continue;
		}
		const location = strayed ? response.url : target?.href;
		throw toError({ kind: "redirect", phase: request.phase, status: response.status, location });
	}
}
