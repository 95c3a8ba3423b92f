import { InvalidRequestError, type Logger, silentLogger } from "@spaceport/core";
import { checkHeaders, checkToken, type Fetch } from "@spaceport/http";

import type { FixedEndpoint } from "./handshake/bind-by-name.ts";
import { isSpaceProtocol, type SpaceProtocol, spaceProtocols } from "./handshake/protocol.ts";
import { checkContract, type EndpointContract } from "./introspect/check-contract.ts";
import type { SpaceAuth } from "./login/login.ts";
import type { WebSocketFactory } from "./transport/open-socket.ts";

/** Limits and ways of a call: of all calls of a Space, and of a single one. */
export interface CallOptions {
	/**
	 * How long each request may take until the headers of its response (or an open WebSocket), and as long again for the body of those that are no stream, in
	 * milliseconds. A call past the queue is held by `idleMs` instead.
	 * @default 10000
	 */
	readonly connectMs?: number | undefined;
	/**
	 * The longest silence of a job's stream, in milliseconds. An un-queued call is silent until its answer.
	 * @default 60000 where the server sends a sign of life every 15 s (the queue of Gradio 4.16 and later), else 600000
	 */
	readonly idleMs?: number | undefined;
	/** How long the whole call may take, in milliseconds. @default 3600000 */
	readonly totalMs?: number | undefined;
	/** How long to wait for a Space at Hugging Face that sleeps or is being built, in milliseconds; 0 is not at all. @default 120000 */
	readonly wakeMs?: number | undefined;
	/**
	 * How functions are called. It is not checked against the config: a queue that is not the Space's own is refused, or its values are misread.
	 * @default what the Space's config says
	 */
	readonly protocol?: SpaceProtocol | undefined;
	/** Where it logs. @default silent */
	readonly logger?: Logger | undefined;
}

/** How a Space is reached. */
export interface CreateSpaceOptions extends CallOptions {
	/** A Hugging Face token, sent as bearer with every request to the Space and to the hub, and to nobody else. */
	readonly token?: string | undefined;
	/**
	 * User and password of the app's own login (`launch(auth=…)` in Gradio). They are sent when the Space asks for them; the cookies that come for them stay in this
	 * Space object. Browsers cannot send them: that is `unsupported` there, with the capability `login-cookies`.
	 */
	readonly auth?: SpaceAuth | undefined;
	/** Used in place of the global `fetch`. It is called as `fetch(input, init?)`, where `input` may be a `Request`. */
	readonly fetch?: Fetch | undefined;
	/**
	 * Opens the WebSockets that Gradio 3 needs. Without it, browsers, Deno and Cloudflare's workers can send neither a token nor headers with one.
	 * @default the runtime's own
	 */
	readonly webSocket?: WebSocketFactory | undefined;
	/** More headers for every request. They win over those that are sent anyway: accept, content-type, origin, referer, user-agent, authorization. */
	readonly headers?: Readonly<Record<string, string>> | undefined;
	/**
	 * Hosts that `upload` may fetch an address from: exact names, or `*.example.org` for all below one. Nothing of this Space is sent there.
	 * @default none: an address is refused; data URLs are always taken
	 */
	readonly fetchHosts?: readonly string[] | undefined;
	/** Where the hub is, which knows the address and the stage of a Space. @default "https://huggingface.co" */
	readonly hubUrl?: string | undefined;
	/**
	 * How long after an answer a server counts as the one that it was, in milliseconds. After a longer silence a small request asks it, before a call is made,
	 * whether its app was started anew, since other functions may stand under the same numbers then. 0 asks before every call, `Infinity` never.
	 * @default 2000
	 */
	readonly confirmAfterMs?: number | undefined;
	/** Makes the session hash of each call. @default 12 hexadecimal characters of a random UUID */
	readonly createId?: (() => string) | undefined;
}

/** Whether to leave a queue, asked each time that the place in it is told. */
export type LeaveQueueWhen = (place: {
	/** How many jobs are before this one: 0 is the next to run. */
	readonly rank: number;
	/** How many jobs wait. */
	readonly size: number | undefined;
	/** Estimated wait, in milliseconds. */
	readonly etaMs: number | undefined;
}) => boolean;

/** How one call is made. What is left out is as the Space has it. */
export interface SubmitOptions extends CallOptions {
	/** Ends the call, with `aborted`, and its job when it aborts. */
	readonly signal?: AbortSignal | undefined;
	/** Leaves the queue, with `queue-full`, where it returns true. The protocols `call` and `run` tell no place in a queue: it is not asked there. */
	readonly leaveQueueWhen?: LeaveQueueWhen | undefined;
	/**
	 * What the function has to take and give, from `space.contract(api)`, or its text. One that does not fit is refused with `space-contract`, before anything is
	 * sent. It is read from the config that is kept, and at most one request more for the names of its parameters is made for each config.
	 */
	readonly contract?: EndpointContract | string | undefined;
	/** The numbers of the function, for a Space without a usable config, or whose function has lost its name. */
	readonly fallback?: FixedEndpoint | undefined;
	/** Called whenever something comes on the job's stream, also what is no event, such as a heartbeat. An un-queued call has no stream. */
	readonly onAlive?: (() => void) | undefined;
	/** Gives the text that was made of the call so far, for `stream-interrupted`. @default an empty text: what in the values is text, only the caller knows */
	readonly textSoFar?: (() => string) | undefined;
}

/** The options of a call, complete but for what depends on the Space: how long a silence is too long, and which protocol it speaks. */
export interface CompleteCallOptions {
	readonly connectMs: number;
	readonly idleMs: number | undefined;
	readonly totalMs: number;
	readonly wakeMs: number;
	readonly protocol: SpaceProtocol | undefined;
	readonly logger: Logger;
}

/**
 * Completes the options of a call.
 *
 * @param call - what the call says
 * @param space - what the Space says, where the call does not
 */
export function completeCallOptions(call: CallOptions, space: CallOptions): CompleteCallOptions {
	return {
		connectMs: call.connectMs ?? space.connectMs ?? 10_000,
		idleMs: call.idleMs ?? space.idleMs,
		totalMs: call.totalMs ?? space.totalMs ?? 3_600_000,
		wakeMs: call.wakeMs ?? space.wakeMs ?? 120_000,
		protocol: call.protocol ?? space.protocol,
		logger: call.logger ?? space.logger ?? silentLogger,
	};
}

const durations = ["connectMs", "idleMs", "totalMs", "wakeMs", "confirmAfterMs"] as const;

/**
 * Looks at what a caller set.
 *
 * @param options - the limits
 * @throws InvalidRequestError where one of them makes no sense
 */
export function checkCallOptions(
	options: CallOptions & Pick<CreateSpaceOptions, "confirmAfterMs"> & Pick<SubmitOptions, "contract">,
): void {
	if (options.contract !== undefined) checkContract(options.contract);
	for (const name of durations) {
		const value: unknown = options[name];
		if (value === undefined || (typeof value === "number" && value >= 0)) continue;
		throw new InvalidRequestError(`${name} is ${String(value)}, and must be a number of milliseconds, 0 or more.`, { path: name });
	}
	if (options.protocol !== undefined && !isSpaceProtocol(options.protocol)) {
		throw new InvalidRequestError(`protocol is ${JSON.stringify(options.protocol)}, and must be one of ${spaceProtocols.join(", ")}.`, {
			path: "protocol",
			hint: "Leave it out: the Space's config says what it speaks.",
		});
	}
}

/**
 * Looks at the name of a function.
 *
 * @param api - the name, or several
 * @throws InvalidRequestError where there is none
 */
export function checkApi(api: unknown): void {
	const names: readonly unknown[] = [api].flat();
	if (names.length > 0 && names.every((name) => typeof name === "string" && name !== "")) return;
	throw new InvalidRequestError("api is no name of a function.", { path: "api", hint: 'Give it as the Space has it, such as "/chat".' });
}

const hostPattern = /^(?:(?:\*\.)?[\w-]+(?:\.[\w-]+)*|\[[\da-f:.]+\])(?::\d+)?$/i;

/**
 * Looks at a list of hosts.
 *
 * @param hosts - names such as `example.org`, `example.org:8443` or `*.example.org`
 * @throws InvalidRequestError where it is no such list
 */
export function checkFetchHosts(hosts: unknown = []): void {
	if (Array.isArray(hosts) && hosts.every((host) => typeof host === "string" && hostPattern.test(host))) return;
	throw new InvalidRequestError(`fetchHosts is ${JSON.stringify(hosts)}, and must be a list of names of hosts.`, {
		path: "fetchHosts",
		hint: 'Give names alone, such as ["example.org", "*.example.org"].',
	});
}

/**
 * Looks at what every request carries.
 *
 * @param token - the bearer token
 * @param headers - the caller's headers
 * @param auth - user and password
 * @throws InvalidRequestError, which does not show their values, where one of them cannot be sent
 */
export function checkCredentials(token: unknown, headers: Readonly<Record<string, string>>, auth: unknown): void {
	checkToken("token", token);
	if (auth !== undefined && !(Array.isArray(auth) && auth.length === 2 && auth.every((part) => typeof part === "string" && part !== ""))) {
		throw new InvalidRequestError("auth is no pair of a user and a password, or one of them is empty.", {
			path: "auth",
			hint: 'Give auth: ["user", "password"]; its value is not shown here.',
		});
	}
	checkHeaders(headers);
}
