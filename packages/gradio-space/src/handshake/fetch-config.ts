import { type Logger, loadPart } from "@spaceport/core";
import { createSharedWork } from "@spaceport/http";
import { parts } from "../parts/parts.ts";
import type { ToError } from "../space-failure.ts";
import type { Http } from "../transport/http.ts";
import { createWaitSignal } from "../transport/wait-signal.ts";
import type { Confirmation } from "./confirm-app.ts";
import { parseSpaceConfig, type SpaceConfig } from "./space-config.ts";

/** What a Space's `/config` is: usable, or not there in a way that leaves a call by fixed numbers possible. */
export type ConfigResult =
	| UsableConfig
	/** `error` is what it means where the numbers do not work either. */
	| { readonly kind: "unusable"; readonly error: unknown };

interface UsableConfig {
	readonly kind: "usable";
	readonly config: SpaceConfig;
}

/** How long a caller waits for the config. */
export interface ConfigWait {
	readonly signal: AbortSignal | undefined;
	/** Until the response's headers, and as long again until its end, in milliseconds. */
	readonly connectMs: number;
	readonly logger: Logger;
}

/**
 * The config of one Space: fetched once, shared by callers at the same time, kept while it works. An app may be started anew with other functions under the same
 * numbers; where the server was silent for a while, it is asked whether it still is the same before the config is used again.
 */
export interface ConfigStore {
	/** The config. A caller that leaves does not disturb the others; when nobody waits any more, the request is given up. */
	get(wait: ConfigWait): Promise<ConfigResult>;
	/** What is known. */
	readonly known: SpaceConfig | undefined;
	/** Drops what is known, so that the next call looks again. */
	forget(): void;
	/** Whoever is there has answered. It says nothing about who that is: only that nobody had the time to start anew, where the answer before it is not long ago. */
	heard(): void;
	/** A job that was begun with this config has come to its end, so that the server is still the same. */
	proven(result: ConfigResult): void;
}

/** What a store is made of. */
export interface ConfigStoreOptions {
	readonly http: Http;
	readonly toError: ToError;
	/** How long after an answer the server counts as the same, in milliseconds. */
	readonly confirmAfterMs: number;
}

/** The most bytes that a config may have. */
export const largestConfig: number = 50 * 1024 * 1024;
/**
 * Makes the store of one Space's config.
 *
 * @param options - what sends the request
 */
export function createConfigStore({ http, toError, confirmAfterMs }: ConfigStoreOptions): ConfigStore {
	let known: UsableConfig | undefined;
	/** By the clock of the day, which goes on while the machine sleeps. */
	let heardAt = Number.NEGATIVE_INFINITY;
	/** What gives the callers their whole time once more, when an answer has begun. */
	const restarts = new Set<() => void>();
	let confirmation: Confirmation | undefined;
	const work = createSharedWork<ConfigResult>();

	function isFresh(): boolean {
		const silentMs = Date.now() - heardAt;
		return silentMs >= 0 && silentMs < confirmAfterMs;
	}

	function restartWaits(): void {
		for (const restart of restarts) restart();
	}

	async function fetchOnce(signal: AbortSignal): Promise<ConfigResult> {
		known = undefined;
		const result = await fetchConfig(http, toError, signal, restartWaits);
		if (result.kind === "usable") {
			known = result;
			heardAt = Date.now();
		}
		return result;
	}

	async function confirm(before: UsableConfig, signal: AbortSignal, wait: ConfigWait): Promise<ConfigResult> {
		// Where that part cannot be loaded, the config says it as well.
		const part = await loadPart("Spaces that were silent", parts.confirmApp, signal).catch(() => undefined);
		signal.throwIfAborted();
		confirmation ??= part?.createConfirmation(http);
		const isSame = await confirmation?.isSame(before.config, { ...wait, signal });
		// What somebody else has forgotten meanwhile stays forgotten for the calls after this one.
		if (isSame === true && known === before) heardAt = Date.now();
		if (isSame === true) return before;
		restartWaits();
		return fetchOnce(signal);
	}

	return {
		async get(wait) {
			const before = known;
			if (before !== undefined && isFresh()) return before;
			const { signal, connectMs } = wait;
			const late = (): Error => toError({ kind: "late", phase: "config", afterMs: connectMs });
			const waiting = createWaitSignal({ caller: signal, forMs: connectMs, late, toError });
			try {
				restarts.add(waiting.restart);
				return await work.join((left) => (before === undefined ? fetchOnce(left) : confirm(before, left, wait)), waiting.signal);
			} finally {
				restarts.delete(waiting.restart);
				waiting.end();
			}
		},
		get known() {
			return known?.kind === "usable" ? known.config : undefined;
		},
		forget() {
			known = undefined;
		},
		heard() {
			if (isFresh()) heardAt = Date.now();
		},
		proven(result) {
			if (result === known) heardAt = Date.now();
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
	const body = answer.response.ok ? await answer.text({ maxBytes: largestConfig, maxMs: Infinity }, signal) : undefined;
	const config = body?.end === "whole" ? parseSpaceConfig(body.text) : undefined;
	if (config !== undefined) return { kind: "usable", config };
	const { unusableConfig } = await loadPart("Spaces that do not answer", parts.reachDownSpace, signal);
	return unusableConfig(answer, body, toError, signal);
}
