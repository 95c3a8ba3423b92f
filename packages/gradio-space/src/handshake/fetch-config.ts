import { isSpaceportError } from "@spaceport/core";

import { parseJson } from "../parse-json.ts";
import type { SpaceFact } from "../to-spaceport-error.ts";
import type { Http } from "../transport/http.ts";
import { raceSignal } from "../transport/race.ts";
import { startTimer } from "../transport/timer.ts";
import { parseSpaceConfig, type SpaceConfig } from "./space-config.ts";

/** What a Space's `/config` is: usable, or not there in a way that leaves a call by fixed numbers possible. */
export type ConfigResult =
	| { readonly kind: "usable"; readonly config: SpaceConfig }
	/** `error` is what it means where the numbers do not work either. */
	| { readonly kind: "unusable"; readonly error: Error };

/** How long a caller waits for the config. */
export interface ConfigWait {
	readonly signal: AbortSignal | undefined;
	/** Until the response's headers, in milliseconds. */
	readonly connectMs: number;
}

/** The config of one Space: fetched once, shared by callers at the same time, kept while it works. */
export interface ConfigStore {
	/** The config. A caller that leaves does not disturb the others; when nobody waits any more, the request is given up. */
	get(wait: ConfigWait): Promise<ConfigResult>;
	/** Drops what is known, so that the next call looks again. */
	forget(): void;
}

const largestConfig = 50 * 1024 * 1024;
/** Characters of a body that is no config, as far as it is looked at. */
const longestSample = 64 * 1024;

/**
 * Makes the store of one Space's config.
 *
 * @param http - sends the request
 * @param toError - makes the error of a fact
 */
export function createConfigStore(http: Http, toError: (fact: SpaceFact) => Error): ConfigStore {
	let known: ConfigResult | undefined;
	let flight: Flight | undefined;

	function start(): Flight {
		const controller = new AbortController();
		const headers = Promise.withResolvers<void>();
		headers.promise.catch(() => {});
		const result = fetchConfig(http, toError, controller.signal, headers.resolve);
		const started: Flight = { controller, headers: headers.promise, result, waiting: 0 };
		result.then(
			(value) => {
				if (flight !== started) return;
				flight = undefined;
				if (value.kind === "usable") known = value;
			},
			() => {
				if (flight === started) flight = undefined;
			},
		);
		return started;
	}

	return {
		async get({ signal, connectMs }) {
			if (known !== undefined) return known;
			const throwIfAborted = (): void => {
				if (signal?.aborted === true) throw toError({ kind: "aborted", reason: signal.reason });
			};
			throwIfAborted();
			flight ??= start();
			const mine = flight;
			mine.waiting += 1;
			const deadline = new AbortController();
			const clear = startTimer(() => deadline.abort(), connectMs);
			mine.headers.then(clear, clear);
			try {
				return await raceSignal(raceSignal(mine.result, deadline.signal), signal);
			} catch (error) {
				throwIfAborted();
				if (deadline.signal.aborted) throw toError({ kind: "late", phase: "config", afterMs: connectMs });
				throw error;
			} finally {
				clear();
				mine.waiting -= 1;
				if (mine.waiting === 0) {
					if (flight === mine) flight = undefined;
					mine.controller.abort();
				}
			}
		},
		forget() {
			known = undefined;
		},
	};
}

interface Flight {
	readonly controller: AbortController;
	readonly headers: Promise<void>;
	readonly result: Promise<ConfigResult>;
	waiting: number;
}

async function fetchConfig(
	http: Http,
	toError: (fact: SpaceFact) => Error,
	signal: AbortSignal,
	onHeaders: () => void,
): Promise<ConfigResult> {
	// Its waiters hold the deadline.
	const answer = await http.send({
		method: "GET",
		path: "/config",
		phase: "config",
		accept: "application/json",
		connectMs: Infinity,
		signal,
	});
	onHeaders();
	const { response } = answer;
	const { text, complete } = await answer.text(response.ok ? largestConfig : undefined, signal);
	if (!response.ok) {
		const { status } = response;
		const error = toError({ kind: "status", phase: "config", status, body: text, retryAfter: response.headers.get("retry-after") });
		if (status === 404) return { kind: "unusable", error };
		throw error;
	}
	if (!complete) throw toError({ kind: "no-answer", phase: "config", cause: new Error("The config broke off.") });
	const config = parseSpaceConfig(parseJson(text));
	if (config !== undefined) return { kind: "usable", config };
	const error = toError({ kind: "unreadable", phase: "config", body: text.slice(0, longestSample) });
	// A page that the hub shows in place of the Space: there is nothing to join.
	if (isSpaceportError(error, "space-unavailable")) throw error;
	return { kind: "unusable", error };
}
