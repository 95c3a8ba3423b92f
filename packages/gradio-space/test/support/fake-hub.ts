import { createLocator, type Locator, type LocatorOptions } from "../../src/locate/locator.ts";
import { toSpaceportError } from "../../src/to-spaceport-error.ts";

/** A locator with the errors of this package. */
export function makeLocator(options: Partial<LocatorOptions> = {}): Locator {
	const { token, headers = {} } = options;
	const locator: Locator = createLocator({
		space: "Ada/My_Space",
		token,
		headers,
		fetch: undefined,
		hubUrl: undefined,
		toError: (fact) => toSpaceportError(fact, locator.url, { values: [token], headers }),
		...options,
	});
	return locator;
}

/** A request that {@link createFakeNet} got. */
export interface NetRequest {
	readonly url: URL;
	readonly headers: Headers;
	/** By the clock of the test. */
	readonly at: number;
}

/** A `fetch` without a network, for tests that hold the clock. */
export interface FakeNet {
	fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
	/** All requests so far. */
	readonly requests: readonly NetRequest[];
	/** Those to the hub. */
	hub(): readonly NetRequest[];
	/** Those to the Space itself. */
	space(): readonly NetRequest[];
	/** How many requests wait for their answer. */
	open(): number;
}

/** What a fake server does with a request: an answer's stage or JSON, a response, or `hang`. */
export type NetAnswer = string | object | Response;

/**
 * Makes a hub and a Space's host without a network.
 *
 * @param answers - `hub` is asked for each request to `huggingface.co` but the one for the host, `space` for all others. A string stands for the
 *   stage at the hub; `hang` never answers.
 */
export function createFakeNet(answers: {
	readonly hub: (count: number) => NetAnswer;
	readonly space?: (count: number, url: URL) => NetAnswer;
	readonly host?: () => NetAnswer | Promise<NetAnswer>;
}): FakeNet {
	const requests: NetRequest[] = [];
	let open = 0;
	const hub = (): NetRequest[] => requests.filter(({ url }) => url.hostname === "huggingface.co");
	const space = (): NetRequest[] => requests.filter(({ url }) => url.hostname !== "huggingface.co");
	return {
		requests,
		hub,
		space,
		open: () => open,
		async fetch(input, init) {
			const request = new Request(input, init);
			const url = new URL(request.url);
			requests.push({ url, headers: request.headers, at: performance.now() });
			let answer: NetAnswer;
			if (url.hostname !== "huggingface.co") answer = answers.space?.(space().length, url) ?? new Response("<html>", { status: 503 });
			else if (url.pathname.endsWith("/host")) answer = (await answers.host?.()) ?? { host: "https://ada-my-space.hf.space" };
			else answer = answers.hub(hub().filter(({ url: { pathname } }) => !pathname.endsWith("/host")).length);
			if (answer === "hang") {
				open += 1;
				return new Promise((_, reject) => {
					request.signal.addEventListener("abort", () => {
						open -= 1;
						reject(request.signal.reason);
					});
				});
			}
			if (answer instanceof Response) return answer;
			return Response.json(typeof answer === "string" ? { id: "Ada/My_Space", runtime: { stage: answer } } : answer);
		},
	};
}
