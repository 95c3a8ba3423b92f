import { isSpaceportError } from "@spaceport/core";

import { explained, type ToError } from "../space-failure.ts";
import { brokenOff } from "../transport/event-stream.ts";
import type { Http } from "../transport/http.ts";
import { createSharedWork } from "../transport/share-work.ts";
import { createWaitSignal } from "../transport/wait-signal.ts";
import { parseSpaceConfig, type SpaceConfig } from "./space-config.ts";

/** What a Space's `/config` is: usable, or not there in a way that leaves a call by fixed numbers possible. */
export type ConfigResult =
	| { readonly kind: "usable"; readonly config: SpaceConfig }
	/** `error` is what it means where the numbers do not work either. */
	| { readonly kind: "unusable"; readonly error: unknown };

/** How long a caller waits for the config. */
export interface ConfigWait {
	readonly signal: AbortSignal | undefined;
	/** Until the response's headers, and as long again until its end, in milliseconds. */
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
export function createConfigStore(http: Http, toError: ToError): ConfigStore {
	let known: ConfigResult | undefined;
	let headers = Promise.withResolvers<void>();
	const work = createSharedWork<ConfigResult>();

	async function fetchOnce(signal: AbortSignal): Promise<ConfigResult> {
		headers = Promise.withResolvers();
		const result = await fetchConfig(http, toError, signal, headers.resolve);
		if (result.kind === "usable") known = result;
		return result;
	}

	return {
		async get({ signal, connectMs }) {
			if (known !== undefined) return known;
			const late = (): Error => toError({ kind: "late", phase: "config", afterMs: connectMs });
			const wait = createWaitSignal({ caller: signal, forMs: connectMs, late, toError });
			try {
				const result = work.join(fetchOnce, wait.signal);
				// The body has as long once more.
				void headers.promise.then(wait.restart);
				return await result;
			} finally {
				wait.end();
			}
		},
		forget() {
			known = undefined;
		},
	};
}

async function fetchConfig(http: Http, toError: ToError, signal: AbortSignal, onHeaders: () => void): Promise<ConfigResult> {
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
	const body = await answer.text(response.ok ? { maxBytes: largestConfig, maxMs: Infinity } : {}, signal);
	const { text } = body;
	if (!response.ok) {
		const { status } = response;
		const error = toError({ kind: "status", phase: "config", status, body: text, retryAfter: response.headers.get("retry-after") });
		if (status === 404) return { kind: "unusable", error };
		throw error;
	}
	if (body.end !== "whole") throw brokenOff(body, "config", largestConfig, toError);
	const config = parseSpaceConfig(text);
	if (config !== undefined) return { kind: "usable", config };
	const error = await explained(toError({ kind: "unreadable", phase: "config", body: text.slice(0, longestSample) }), signal);
	// A page that the hub shows in place of the Space: there is nothing to join.
	if (isSpaceportError(error, "space-unavailable")) throw error;
	return { kind: "unusable", error };
}
