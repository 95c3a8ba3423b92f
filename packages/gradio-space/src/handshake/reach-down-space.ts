import { isSpaceportError, type SpaceStage } from "@spaceport/core";
import { pause } from "@spaceport/http";

import type { GradioWakingEvent } from "../gradio-event.ts";
import type { Locator } from "../locate/locator.ts";
import { explained } from "../space-failure.ts";
import type { ConfigResult } from "./fetch-config.ts";
import { mayNotRun, type Reached, type ReachSpaceOptions, type ReachWait, tryConfig } from "./reach-space.ts";

// They are loaded together: where there is no config, it is looked why.
export { unusableConfig } from "./unusable-config.ts";

/** An app that has just started may refuse a request or two, and the page that stood in for it may have been the last one. */
const longestGrace = 3;
const graceMs = 1_000;

/**
 * Goes on with a Space whose config could not be read: asks the hub what it is doing, and waits for it where that helps.
 *
 * @param options - where the Space is, and what is known of it
 * @param wait - how long to try
 * @param first - what the first look gave
 */
export async function* reachDownSpace(
	options: ReachSpaceOptions,
	wait: ReachWait,
	first: Exclude<Reached, { kind: "usable" }>,
): AsyncGenerator<GradioWakingEvent[], ConfigResult, void> {
	const { locator, toError } = options;
	let result: Reached = first;
	let woken = false;
	for (let grace = 0; ; result = await tryConfig(options, wait)) {
		if (result.kind === "usable") return result;
		const error = await explained(result.error, wait.signal);
		wait.signal.throwIfAborted();
		const word = mayNotRun(error) ? await locator.stage(wait) : undefined;
		const told = word?.stage === "unknown" ? undefined : word?.stage;
		const shown = locator.onHub ? stageOfPage(error) : undefined;
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
			if (result.kind === "unreachable") throw error;
			return { kind: "unusable", error };
		}
	}
}

/** What the page that stands in for a Space says, where the hub says nothing. */
function stageOfPage(error: unknown): SpaceStage | undefined {
	const stage = isSpaceportError(error, "space-unavailable") ? error.stage : undefined;
	return stage === "sleeping" || stage === "building" ? stage : undefined;
}

/** Tells of each stage. */
async function* waitUntilRunning(locator: Locator, wait: ReachWait): AsyncGenerator<GradioWakingEvent[], void, void> {
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
		for (const stage of stages.splice(0)) yield [{ type: "waking", stage }];
	}
}
