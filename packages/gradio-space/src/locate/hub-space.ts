import { loadPart } from "@spaceport/core";
import { createSharedWork, type Fetch, parseJson } from "@spaceport/http";
import { parts } from "../parts/parts.ts";
import { createHttp } from "../transport/http.ts";
import type { HubAnswer, HubReport, HubStages, WakeOptions, WakeResult } from "./hub-stages.ts";
import { readHost } from "./read-host.ts";
import { createRequestBudget } from "./request-budget.ts";

/** Which Space at which hub, and who asks. */
export interface HubSpaceOptions {
	/** Without a slash at its end. */
	readonly hubUrl: string;
	/** Where the hub's API tells about the Space. */
	readonly hubPath: string;
	readonly token: string | undefined;
	readonly fetch: Fetch;
}

/**
 * What one hub is asked about one Space: shared by everybody in the process who asks with the same token and `fetch`, so that the hub is asked once for
 * all of them, and never more than 12 times in 24 s.
 */
export interface HubSpace {
	/**
	 * The Space's address; undefined where the hub does not say. An answer serves for a minute.
	 *
	 * @param signal - leaves; its reason is thrown
	 */
	host(signal: AbortSignal): Promise<string | undefined>;
	/** Drops the address. */
	forgetHost(): void;
	/**
	 * What the hub says, or said less than 2.5 s ago. Callers at the same time share one request.
	 *
	 * @param signal - leaves; its reason is thrown
	 */
	report(signal: AbortSignal): Promise<HubReport>;
	/** Waits until the Space runs, or will not. However many wait, the hub is asked once each 2.5 s; it stops when nobody waits. */
	wake(options: WakeOptions): Promise<WakeResult>;
	/** Whether nothing is lost when it is dropped. */
	isIdle(): boolean;
}

/** How long one request to the hub may take until its headers, and once more until its end, in milliseconds. */
export const hubAnswerMs = 3000;

const mostRequests = 12;
/** A little more than the 24 s, as requests are not all equally long on their way. */
const windowMs = 25_000;
const hostKeptMs = 60_000;
/** How long the hub is left alone after a 429 that does not say how long. */
const usualPauseMs = 60_000;
/** The description of a Space lists its files. */
const largestAnswer = 4 * 1024 * 1024;

/**
 * Makes what is shared for one Space. Callers get it from `sharedHubSpace`.
 *
 * @param options - hub, Space and token
 */
export function createHubSpace(options: HubSpaceOptions): HubSpace {
	const { hubUrl, hubPath, token, fetch } = options;
	const budget = createRequestBudget(mostRequests, windowMs);
	const http = createHttp({
		baseUrl: () => hubUrl,
		token,
		// A caller's own headers are for the Space, and may hold what is secret between the two.
		headers: {},
		// Each hop of a redirect is a request too.
		fetch: async (input, init) => {
			if (!budget.take()) throw new Error("The hub was asked too often.");
			return fetch(input, init);
		},
		// Nobody sees it: whatever goes wrong here, the hub does not say.
		toError: ({ kind }) => new Error(kind),
	});
	const hostWork = createSharedWork<string | undefined>();
	let knownHost: { readonly url: string; readonly at: number } | undefined;
	let stages: HubStages | undefined;
	/** How many callers ask for the stage, or wait for another one. */
	let asking = 0;

	/** Asks the hub; undefined where there is no whole answer. It throws nothing but the signal's reason. */
	async function ask(path: string, signal: AbortSignal): Promise<HubAnswer | undefined> {
		try {
			const answer = await http.send({ method: "GET", path, phase: "hub", accept: "application/json", connectMs: hubAnswerMs, signal });
			const { status, headers } = answer.response;
			if (status === 429) budget.pause((await pauseMs(headers, signal)) ?? usualPauseMs);
			const { text, end } = await answer.text({ maxBytes: largestAnswer }, signal);
			signal.throwIfAborted();
			return { status, json: end === "whole" ? parseJson(text) : undefined };
		} catch {
			signal.throwIfAborted();
			return undefined;
		}
	}

	async function pauseMs(headers: Headers, signal: AbortSignal): Promise<number | undefined> {
		const part = await loadPart("the hub's limits", parts.hubPause, signal).catch(() => undefined);
		return part?.hubPauseMs(headers);
	}

	async function askHost(signal: AbortSignal): Promise<string | undefined> {
		const answer = await ask(`${hubPath}/host`, signal);
		const url = answer?.status === 200 ? readHost(answer.json, hubUrl) : undefined;
		if (url !== undefined) knownHost = { url, at: performance.now() };
		return url;
	}

	/** Asks for the stage, by what is loaded at the first time. */
	async function withStages<Value>(signal: AbortSignal, work: (stages: HubStages) => Promise<Value>): Promise<Value> {
		asking += 1;
		try {
			const { createHubStages } = await loadPart("the stages of Spaces", parts.hubStages, signal);
			stages ??= createHubStages({ ask: (leave) => ask(hubPath, leave), token });
			return await work(stages);
		} finally {
			asking -= 1;
		}
	}

	return {
		async host(signal) {
			signal.throwIfAborted();
			if (knownHost !== undefined && performance.now() - knownHost.at < hostKeptMs) return knownHost.url;
			return hostWork.join(askHost, signal);
		},
		forgetHost() {
			knownHost = undefined;
		},
		async report(signal) {
			try {
				return await withStages(signal, (known) => known.report(signal));
			} catch {
				signal.throwIfAborted();
				return { kind: "silent" };
			}
		},
		wake: (options) => withStages(options.signal, (known) => known.wake(options)),
		isIdle: () =>
			hostWork.isIdle() && asking === 0 && budget.isFresh() && (knownHost === undefined || performance.now() - knownHost.at >= hostKeptMs),
	};
}
