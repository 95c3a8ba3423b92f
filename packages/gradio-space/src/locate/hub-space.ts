import type { SpaceStage } from "@spaceport/core";

import { parseJson } from "../parse-json.ts";
import { createHttp, type Fetch } from "../transport/http.ts";
import { createSharedWork } from "../transport/share-work.ts";
import { pause } from "../transport/timer.ts";
import { type HubStage, readHost, readStage } from "./hub-answer.ts";
import { rateLimitResetMs } from "./rate-limit-reset.ts";
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

/** What the hub says about a Space when it is asked once. */
export type HubReport =
	| { readonly kind: "stage"; readonly stage: HubStage; readonly reported: string }
	/** It does not know the Space, or does not show it to this caller. */
	| { readonly kind: "hidden" }
	/** It does not take the token, or not for this Space. */
	| { readonly kind: "refused"; readonly status: number }
	/** It says nothing: it is down, slow, asked too often, or answers something else. */
	| { readonly kind: "silent" };

/** What a look at the Space itself shows: its app answers, something else does, or nobody. */
export type Knock = "up" | "down" | "silent";

/** How the waiting for a Space ends: it runs, or the hub says that waiting does not help. */
export type WakeResult =
	| { readonly kind: "running" }
	| { readonly kind: "lost"; readonly stage: SpaceStage; readonly reported: string | undefined }
	| Extract<HubReport, { kind: "refused" }>;

/** One caller that waits until the Space runs. */
export interface WakeOptions {
	/** Sends a request to the Space itself, which wakes it where it sleeps. It does not throw. */
	readonly knock: (signal: AbortSignal) => Promise<Knock>;
	/** Gets each stage, the present one included where others wait already. It does not throw. */
	readonly onStage: (stage: SpaceStage) => void;
	/** The caller leaves; the signal's reason is thrown. */
	readonly signal: AbortSignal;
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
const rhythmMs = 2500;
const hostKeptMs = 60_000;
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
	const reportWork = createSharedWork<HubReport>();
	const wakeWork = createSharedWork<WakeResult>();
	const listeners = new Set<(stage: SpaceStage) => void>();
	let knownHost: { readonly url: string; readonly at: number } | undefined;
	let stageNow: SpaceStage | undefined;
	let last: { readonly report: HubReport; readonly at: number } | undefined;
	let nextLookAt = -Infinity;

	/** Asks the hub; undefined where there is no whole answer. It throws nothing but the signal's reason. */
	async function ask(path: string, signal: AbortSignal): Promise<HubAnswer | undefined> {
		try {
			const answer = await http.send({ method: "GET", path, phase: "hub", accept: "application/json", connectMs: hubAnswerMs, signal });
			const { status, headers } = answer.response;
			if (status === 429) budget.pause(rateLimitResetMs(headers));
			const { text, end } = await answer.text({ maxBytes: largestAnswer }, signal);
			signal.throwIfAborted();
			return { status, json: end === "whole" ? parseJson(text) : undefined };
		} catch {
			signal.throwIfAborted();
			return undefined;
		}
	}

	async function askHost(signal: AbortSignal): Promise<string | undefined> {
		const answer = await ask(`${hubPath}/host`, signal);
		const url = answer?.status === 200 ? readHost(answer.json, hubUrl) : undefined;
		if (url !== undefined) knownHost = { url, at: performance.now() };
		return url;
	}

	function recent(): HubReport | undefined {
		return last !== undefined && performance.now() - last.at < rhythmMs ? last.report : undefined;
	}

	async function askReport(signal: AbortSignal): Promise<HubReport> {
		nextLookAt = performance.now() + rhythmMs;
		const report = toReport(await ask(hubPath, signal));
		last = { report, at: performance.now() };
		return report;
	}

	function toReport(answer: HubAnswer | undefined): HubReport {
		if (answer === undefined) return { kind: "silent" };
		const { status, json } = answer;
		// Without a token, the hub answers 401 for what is private and for what does not exist alike.
		if (status === 404 || (status === 401 && token === undefined)) return { kind: "hidden" };
		if (status === 401 || status === 403) return { kind: "refused", status };
		const stage = status === 200 ? readStage(json) : undefined;
		return stage === undefined ? { kind: "silent" } : { kind: "stage", ...stage };
	}

	function setStage(stage: SpaceStage): void {
		if (stage === stageNow) return;
		stageNow = stage;
		for (const listener of listeners) listener(stage);
	}

	/** What the hub says at the next beat of the rhythm. That goes on when nobody waits: whoever comes at once again does not ask more often. */
	async function nextReport(signal: AbortSignal): Promise<HubReport> {
		const early = nextLookAt - performance.now();
		if (early > 0) await pause(early, signal);
		return askReport(signal);
	}

	/** The one poller. */
	async function poll(knock: WakeOptions["knock"], signal: AbortSignal): Promise<WakeResult> {
		let knocked = false;
		// What is known already, unless the caller knows better: nobody waits for a Space that answers.
		let report = recent();
		if (report?.kind === "stage" && report.stage === "running") report = undefined;
		while (true) {
			report ??= await nextReport(signal);
			if (report.kind === "refused") return report;
			if (report.kind === "hidden") return { kind: "lost", stage: "gone", reported: undefined };
			const stage = report.kind === "stage" ? report.stage : "unknown";
			if (stage === "running") return { kind: "running" };
			if (stage === "paused" || stage === "error" || stage === "gone") {
				return { kind: "lost", stage, reported: report.kind === "stage" ? report.reported : undefined };
			}
			setStage(stage);
			if (stage === "unknown") {
				// The Space itself is who knows then.
				const seen = await knock(signal);
				signal.throwIfAborted();
				if (seen === "up") return { kind: "running" };
			} else if (stage === "building") {
				knocked = false;
			} else if (!knocked) {
				// Once per sleep. Nobody waits for the answer, which may come only when the Space is up.
				knocked = true;
				knock(signal).then((seen) => {
					if (seen === "silent") knocked = false;
				});
			}
			report = undefined;
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
			signal.throwIfAborted();
			return recent() ?? reportWork.join(askReport, signal);
		},
		async wake({ knock, onStage, signal }) {
			signal.throwIfAborted();
			if (wakeWork.isIdle()) stageNow = undefined;
			// Its own, as one function may wait twice.
			const listener = (stage: SpaceStage): void => onStage(stage);
			listeners.add(listener);
			if (stageNow !== undefined) onStage(stageNow);
			try {
				return await wakeWork.join((shared) => poll(knock, shared), signal);
			} finally {
				listeners.delete(listener);
			}
		},
		isIdle: () =>
			hostWork.isIdle() &&
			reportWork.isIdle() &&
			wakeWork.isIdle() &&
			budget.isFresh() &&
			(knownHost === undefined || performance.now() - knownHost.at >= hostKeptMs),
	};
}

interface HubAnswer {
	readonly status: number;
	/** Undefined where the body is not whole, or no JSON. */
	readonly json: unknown;
}
