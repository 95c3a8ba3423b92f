import { isSpaceportError, type Logger, loadPart } from "@spaceport/core";
import type { GradioWakingEvent } from "../gradio-event.ts";
import type { Locator } from "../locate/locator.ts";
import { parts } from "../parts/parts.ts";
import type { ToError } from "../space-failure.ts";
import type { ConfigResult, ConfigStore } from "./fetch-config.ts";

/** What is needed to reach a Space. */
export interface ReachSpaceOptions {
	readonly locator: Locator;
	readonly configs: ConfigStore;
	readonly toError: ToError;
}

/** How long to try. */
export interface ReachWait {
	readonly signal: AbortSignal;
	readonly connectMs: number;
	/** How long to wait for a Space that does not run yet, in milliseconds; 0 is not at all. */
	readonly wakeMs: number;
	readonly logger: Logger;
}

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
export async function* reachSpace(options: ReachSpaceOptions, wait: ReachWait): AsyncGenerator<GradioWakingEvent[], ConfigResult, void> {
	const { signal } = wait;
	await options.locator.resolve(wait);
	const result = await tryConfig(options, wait);
	if (result.kind === "usable") return result;
	signal.throwIfAborted();
	const { reachDownSpace } = await loadPart("Spaces that do not answer", parts.reachDownSpace, signal);
	return yield* reachDownSpace(options, wait, result);
}

/** What a look at the config gave. */
export type Reached = ConfigResult | { readonly kind: "unreachable"; readonly error: unknown };

/** Looks at the config once. */
export async function tryConfig({ configs }: ReachSpaceOptions, wait: ReachWait): Promise<Reached> {
	return configs.get(wait).catch((error: unknown) => ({ kind: "unreachable", error }));
}
