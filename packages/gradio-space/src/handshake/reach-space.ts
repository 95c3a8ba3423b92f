import { isSpaceportError, type SpaceportError, type SpaceStage } from "@spaceport/core";

import type { GradioWakingEvent } from "../gradio-event.ts";
import type { Locator } from "../locate/locator.ts";
import type { SpaceFact } from "../to-spaceport-error.ts";
import { pause } from "../transport/timer.ts";
import type { ConfigResult, ConfigStore } from "./fetch-config.ts";

/** What is needed to reach a Space. */
export interface ReachSpaceOptions {
	readonly locator: Locator;
	readonly configs: ConfigStore;
	readonly toError: (fact: SpaceFact) => SpaceportError;
}

/** How long to try. */
export interface ReachWait {
	readonly signal: AbortSignal;
	readonly connectMs: number;
	/** How long to wait for a Space that does not run yet, in milliseconds; 0 is not at all. */
	readonly wakeMs: number;
}

/** An app that has just started may refuse a request or two, and the page that stood in for it may have been the last one. */
const longestGrace = 3;
const graceMs = 1_000;

/** Whether an error may mean that the Space does not run. */
export function mayNotRun(error: unknown): boolean {
	return (
		isSpaceportError(error, "space-unavailable") ||
		isSpaceportError(error, "network") ||
		isSpaceportError(error, "protocol") ||
		isSpaceportError(error, "timeout")
	);
}

/**
 * Reads a Space's config. A Space that the hub says to sleep, or to be built, is waited for; where it will not come by itself, the hub's word is the error.
 *
 * @param options - where the Space is, and what is known of it
 * @param wait - how long to try
 * @returns an event for each stage of the waiting, then the config
 * @throws SpaceportError where there is none
 */
export async function* reachSpace(options: ReachSpaceOptions, wait: ReachWait): AsyncGenerator<GradioWakingEvent, ConfigResult, void> {
	const { locator, configs, toError } = options;
	await locator.resolve(wait);
	let woken = false;
	for (let grace = 0; ; ) {
		const result = await configs.get(wait).catch((error: unknown) => ({ kind: "unreachable" as const, error }));
		if (result.kind === "usable") return result;
		wait.signal.throwIfAborted();
		const word = mayNotRun(result.error) ? await locator.stage(wait) : undefined;
		const told = word?.stage === "unknown" ? undefined : word?.stage;
		const shown = locator.onHub ? stageOfPage(result.error) : undefined;
		const stage = told ?? shown;
		const passing = stage === "sleeping" || stage === "building";
		if (passing && !woken && wait.wakeMs > 0) {
			yield* waitUntilRunning(locator, wait);
			woken = true;
		} else if (stage === "running" && (woken || (shown !== undefined && wait.wakeMs > 0)) && grace < longestGrace) {
			grace += 1;
			await pause(graceMs, wait.signal);
		} else if (passing || stage === "paused" || stage === "error" || stage === "gone") {
			locator.forget();
			throw toError({ kind: "not-running", stage, reported: word?.reported, afterMs: undefined });
		} else {
			// It runs, and not at this address: it may have moved.
			if (stage === "running") locator.forget();
			if (result.kind === "unreachable") throw result.error;
			return result;
		}
	}
}

/** What the page that stands in for a Space says, where the hub says nothing. */
function stageOfPage(error: unknown): SpaceStage | undefined {
	const stage = isSpaceportError(error, "space-unavailable") ? error.stage : undefined;
	return stage === "sleeping" || stage === "building" ? stage : undefined;
}

/** Tells of each stage. */
async function* waitUntilRunning(locator: Locator, wait: ReachWait): AsyncGenerator<GradioWakingEvent, void, void> {
	const stages: SpaceStage[] = [];
	let news = Promise.withResolvers<false>();
	const onStage = (stage: SpaceStage): void => {
		stages.push(stage);
		news.resolve(false);
	};
	const running = locator.wake({ ...wait, onStage }).then(() => true);
	// Nobody may be waiting when it fails.
	running.catch(() => {});
	for (let over = false; !over; ) {
		over = await Promise.race([running, news.promise]);
		news = Promise.withResolvers();
		for (const stage of stages.splice(0)) yield { type: "waking", stage };
	}
}
