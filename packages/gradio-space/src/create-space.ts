import { InvalidRequestError, isSpaceportError, type Logger, type SpaceportError, silentLogger } from "@spaceport/core";

import { createOutputState } from "./decode/output-state.ts";
import { isSessionLost, parseQueueMessage } from "./decode/queue-message.ts";
import { EventTooLargeError, readEventData } from "./decode/read-messages.ts";
import { toGradioEvent } from "./decode/to-gradio-event.ts";
import type { GradioEvent } from "./gradio-event.ts";
import { type BoundEndpoint, bindEndpoint, bindFixedEndpoint, describeInputs, type FixedEndpoint } from "./handshake/bind-endpoint.ts";
import { createConfigStore } from "./handshake/fetch-config.ts";
import type { SpaceConfig } from "./handshake/space-config.ts";
import { spaceUrl } from "./locate/space-url.ts";
import { createScrubber } from "./scrub.ts";
import { type SpaceFact, toSpaceportError } from "./to-spaceport-error.ts";
import { createHttp, type Fetch } from "./transport/http.ts";
import { startQueueJob } from "./transport/queue-job.ts";
import { raceSignal } from "./transport/race.ts";
import { readBody } from "./transport/read-body.ts";

/** How a Space is reached. */
export interface CreateSpaceOptions {
	/** A Hugging Face token, sent as bearer with every request to the Space, and to nobody else. */
	readonly token?: string | undefined;
	/** Used in place of the global `fetch`. It is called as `fetch(input, init?)`, where `input` may be a `Request`. */
	readonly fetch?: Fetch | undefined;
	/** More headers for every request. They win over those that are sent anyway: accept, content-type, origin, referer, user-agent, authorization. */
	readonly headers?: Readonly<Record<string, string>> | undefined;
	/** How long each request may take until the headers of its response, in milliseconds. @default 10000 */
	readonly connectMs?: number | undefined;
	/** Where it logs. @default silent */
	readonly logger?: Logger | undefined;
	/** Makes the session hash of each call. @default 12 hexadecimal characters of a random UUID */
	readonly createId?: (() => string) | undefined;
}

/** How one call is made. */
export interface SubmitOptions {
	/** Ends the call and its job when it aborts. */
	readonly signal?: AbortSignal | undefined;
	/** In place of the Space's own. */
	readonly connectMs?: number | undefined;
	/** In place of the Space's own. */
	readonly logger?: Logger | undefined;
	/** The numbers of the function, for a Space without a usable config, or whose function has lost its name. */
	readonly fallback?: FixedEndpoint | undefined;
	/** The text that was made of the call so far: kept in `stream-interrupted`. */
	readonly textSoFar?: (() => string) | undefined;
}

/** The inputs of a call, or what makes them once it is known what the function takes. */
export type SubmitData = readonly unknown[] | ((endpoint: BoundEndpoint) => readonly unknown[]);

/** A Space, or any other Gradio server. */
export interface Space {
	/** Its address, without a slash at its end. */
	readonly url: string;
	/**
	 * Reads the Space's config. It is kept, and shared with the calls.
	 *
	 * @param signal - gives it up
	 * @throws SpaceportError with code `space-unavailable`, `authentication`, `network`, `timeout`, `protocol` or `aborted`
	 */
	connect(signal?: AbortSignal): Promise<SpaceConfig>;
	/**
	 * Calls a function through the queue. It ends with a final value, or throws. Nothing is sent before it is iterated; leaving the loop ends the job
	 * on the server.
	 *
	 * @param api - the function's name, such as `/model_chat`
	 * @param data - its inputs
	 * @param options - signal and deadlines
	 */
	submit(api: string, data: SubmitData, options?: SubmitOptions): AsyncGenerator<GradioEvent, void, void>;
}

const defaultConnectMs = 10_000;
/** Characters of one event: the whole history of a long conversation with pictures in it fits, a server that never ends a line does not fill the memory. */
const largestEvent = 50 * 1024 * 1024;

/**
 * Makes the handle of a Space. It does no I/O.
 *
 * @param idOrUrl - `owner/name`, or the URL of a Gradio server
 * @param options - token, fetch, headers
 * @throws InvalidRequestError where the Space, the token or a header is not well-formed
 *
 * @example
 * ```ts
 * import { createSpace } from "@spaceport/gradio-space";
 *
 * const space = createSpace("http://127.0.0.1:7860");
 * for await (const event of space.submit("/model_chat", ["Hello", [], ""])) {
 *   if (event.type === "value") console.log(event.data);
 * }
 * ```
 */
export function createSpace(idOrUrl: string, options: CreateSpaceOptions = {}): Space {
	const url = spaceUrl(idOrUrl);
	const { headers = {}, logger: spaceLogger = silentLogger, connectMs: spaceConnectMs = defaultConnectMs, createId = randomHash } = options;
	const token = options.token === "" ? undefined : options.token;
	checkToken(token);
	checkHeaders(headers);
	const scrubber = createScrubber(token, headers);
	const toError = (fact: SpaceFact): SpaceportError => toSpaceportError(fact, url, scrubber);
	const http = createHttp({ baseUrl: url, token, headers, fetch: options.fetch, toError });
	const configs = createConfigStore(http, toError);

	/** The function, and what it means where the queue does not know it either. */
	async function bind(
		api: string,
		submit: SubmitOptions,
		connectMs: number,
	): Promise<{ endpoint: BoundEndpoint; absent: Error | undefined }> {
		const result = await configs.get({ signal: submit.signal, connectMs });
		if (result.kind === "unusable") {
			if (submit.fallback === undefined) throw result.error;
			return { endpoint: bindFixedEndpoint(submit.fallback), absent: result.error };
		}
		const bound = bindEndpoint(result.config, api, submit.fallback);
		if ("kind" in bound) {
			configs.forget();
			throw toError(bound);
		}
		return { endpoint: bound, absent: undefined };
	}

	function inputsFor(api: string, endpoint: BoundEndpoint, data: SubmitData): readonly unknown[] {
		const values = typeof data === "function" ? data(endpoint) : data;
		if (endpoint.inputs !== undefined && endpoint.inputs.length !== values.length) {
			configs.forget();
			throw toError({
				kind: "contract",
				expected: `${api} with ${values.length} inputs`,
				found: `${endpoint.inputs.length} inputs ${describeInputs(endpoint.inputs)}`,
			});
		}
		return values;
	}

	async function* submit(api: string, data: SubmitData, submitOptions: SubmitOptions = {}): AsyncGenerator<GradioEvent, void, void> {
		const { signal, logger = spaceLogger, connectMs = spaceConnectMs, textSoFar = () => "" } = submitOptions;
		const throwIfAborted = (): void => {
			if (signal?.aborted === true) throw toError({ kind: "aborted", reason: signal.reason });
		};
		/** Waits for something that is not cut when the caller leaves. */
		const orAbort = async <Value>(promise: Promise<Value>): Promise<Value> => {
			try {
				return await raceSignal(promise, signal);
			} catch (error) {
				throwIfAborted();
				throw error;
			}
		};

		throwIfAborted();
		const { endpoint, absent } = await bind(api, submitOptions, connectMs);
		const values = inputsFor(api, endpoint, data);
		throwIfAborted();
		const job = startQueueJob({
			http,
			toError,
			logger,
			apiPrefix: endpoint.apiPrefix,
			data: values,
			fnIndex: endpoint.fnIndex,
			triggerId: endpoint.triggerId,
			sessionHash: createId(),
			connectMs,
			mayReset: endpoint.version === undefined || endpoint.version.startsWith("4."),
		});
		// At once, also where the caller does not ask for the next event.
		signal?.addEventListener("abort", job.release, { once: true });
		let completed = false;
		try {
			const eventId = await orAbort(job.joined).catch((error: unknown) => {
				const gone = isSpaceportError(error, "space-contract");
				if (gone || isSpaceportError(error, "network") || isSpaceportError(error, "space-unavailable")) configs.forget();
				throw gone && absent ? absent : error;
			});
			const body = await orAbort(job.open());
			const state = createOutputState(endpoint.valueForm);
			let misfitReported = false;
			let broken: unknown;
			try {
				for await (const text of readEventData(readBody(body, signal), largestEvent)) {
					throwIfAborted();
					const message = parseQueueMessage(text);
					if (message === undefined) {
						logger.warn({ space: url, characters: text.length }, "An event that is no JSON message was skipped.");
						continue;
					}
					// The session is this call's alone, so what names no job is about this one.
					if (message.event_id !== undefined && message.event_id !== eventId) continue;
					if (message.msg === "close_stream") break;
					switch (message.msg) {
						case "process_generating": {
							// A step that failed is followed by its `process_completed`, which says why.
							if (message.success === false || message.output?.data === undefined) continue;
							const step = state.generating(message.output.data);
							if (step.misfits > 0 && !misfitReported) {
								misfitReported = true;
								logger.warn(
									{ space: url, misfits: step.misfits },
									"A difference did not fit and was skipped; the final value makes up for it.",
								);
							}
							yield { type: "value", data: step.data, final: false, appends: step.appends };
							break;
						}
						case "process_completed": {
							completed = true;
							const { data: outputs, error } = message.output ?? {};
							if (message.success === false || (outputs === undefined && typeof error === "string")) {
								throw toError({ kind: "failed", error, title: message.title });
							}
							if (outputs === undefined) throw toError({ kind: "cancelled", textSoFar: textSoFar() });
							job.close();
							yield { type: "value", data: state.completed(outputs).data, final: true, appends: [] };
							return;
						}
						case "unexpected_error": {
							const sessionNotFound = isSessionLost(message);
							throw toError({ kind: "unexpected", message: message.message ?? "", sessionNotFound, textSoFar: textSoFar() });
						}
						default: {
							const event = toGradioEvent(message);
							if (event !== undefined) yield event;
						}
					}
				}
			} catch (error) {
				throwIfAborted();
				if (isSpaceportError(error)) throw error;
				if (error instanceof EventTooLargeError) throw toError({ kind: "too-large", limit: error.limit, cause: error });
				broken = error;
			}
			throwIfAborted();
			throw toError({ kind: "ended-early", textSoFar: textSoFar(), cause: broken });
		} finally {
			signal?.removeEventListener("abort", job.release);
			if (completed) job.close();
			else job.release();
		}
	}

	return {
		url,
		async connect(signal) {
			const result = await configs.get({ signal, connectMs: spaceConnectMs });
			if (result.kind === "unusable") throw result.error;
			return result.config;
		},
		submit,
	};
}

function randomHash(): string {
	return crypto.randomUUID().replaceAll("-", "").slice(0, 12);
}

function checkToken(token: unknown): void {
	if (token === undefined || (typeof token === "string" && /^[\x21-\x7e]+$/.test(token))) return;
	throw new InvalidRequestError("The token has characters that no token has, such as white space or a line break.", {
		path: "token",
		hint: "Look for a line break at its end; its value is not shown here.",
	});
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
	for (const [name, value] of Object.entries(headers)) {
		try {
			if (typeof value !== "string") throw new TypeError("not a string");
			new Headers().set(name, value);
		} catch {
			throw new InvalidRequestError(`The header ${JSON.stringify(name)} has a name or a value that no header can have.`, {
				path: `headers.${name}`,
				hint: "Its value is not shown here. Headers are Latin-1 text without line breaks.",
			});
		}
	}
}
