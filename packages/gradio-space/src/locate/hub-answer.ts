import type { SpaceStage } from "@spaceport/core";

/** What a Space is doing. */
export type HubStage = "running" | SpaceStage;

/** A stage in the hub's own word, and what it means for a caller. */
export interface ReportedStage {
	readonly stage: HubStage;
	readonly reported: string;
}

const longestReport = 60;

/**
 * The hub's words. All but `SLEEPING` are in huggingface_hub's `SpaceStage`, whose own note calls it a copy of the hub's list; `SLEEPING` is in
 * huggingface.js, whose list lacks others.
 */
const stages: Readonly<Record<string, HubStage>> = {
	RUNNING: "running",
	// The version before it answers while the next one is made.
	RUNNING_BUILDING: "running",
	RUNNING_APP_STARTING: "running",
	// Both come to an end by themselves.
	BUILDING: "building",
	APP_STARTING: "building",
	// A visitor's request wakes it. Gradio's own client treats `STOPPED` in the same way.
	SLEEPING: "sleeping",
	STOPPED: "sleeping",
	// Its owner stopped it; a request does not start it.
	PAUSED: "paused",
	// The owner has to change something first.
	RUNTIME_ERROR: "error",
	BUILD_ERROR: "error",
	CONFIG_ERROR: "error",
	NO_APP_FILE: "error",
	DELETING: "gone",
};

/**
 * Reads the stage from what the hub says about a Space.
 *
 * @param json - the body of `/api/spaces/…`
 * @returns the stage; `unknown` for a word that is not in the list; undefined where there is none
 */
export function readStage(json: unknown): ReportedStage | undefined {
	const stage = (json as { readonly runtime?: { readonly stage?: unknown } | null } | null | undefined)?.runtime?.stage;
	if (typeof stage !== "string") return undefined;
	const known = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
	// A new word of the family `RUNNING_…` says that a version answers.
	return { stage: known ?? (stage.startsWith("RUNNING_") ? "running" : "unknown"), reported: stage.slice(0, longestReport) };
}
