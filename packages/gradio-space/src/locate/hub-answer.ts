import type { SpaceStage } from "@spaceport/core";
import * as v from "valibot";

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

const spaceSchema = v.looseObject({ runtime: v.looseObject({ stage: v.string() }) });
const hostSchema = v.looseObject({ host: v.string() });

/**
 * Reads the stage from what the hub says about a Space.
 *
 * @param json - the body of `/api/spaces/…`
 * @returns the stage; `unknown` for a word that is not in the list; undefined where there is none
 */
export function readStage(json: unknown): ReportedStage | undefined {
	const parsed = v.safeParse(spaceSchema, json);
	if (!parsed.success) return undefined;
	const { stage } = parsed.output.runtime;
	const known = Object.hasOwn(stages, stage) ? stages[stage] : undefined;
	// A new word of the family `RUNNING_…` says that a version answers.
	return { stage: known ?? (stage.startsWith("RUNNING_") ? "running" : "unknown"), reported: stage.slice(0, longestReport) };
}

/**
 * Reads a Space's address from what the hub answers to `/host`: `{ "subdomain": "owner-name", "host": "https://owner-name.hf.space" }`. The token will
 * go there, so it is believed only where it is an https address with nothing behind it; plain http where the hub itself is asked so.
 *
 * @param json - the body
 * @param hubUrl - the hub that said it
 * @returns the address without a slash at its end; undefined where there is none to be believed
 */
export function readHost(json: unknown, hubUrl: string): string | undefined {
	const parsed = v.safeParse(hostSchema, json);
	if (!parsed.success || !URL.canParse(parsed.output.host)) return undefined;
	const url = new URL(parsed.output.host);
	const safe = url.protocol === "https:" || (url.protocol === "http:" && hubUrl.startsWith("http:"));
	const bare = url.href === `${url.origin}/`;
	return safe && bare ? url.origin : undefined;
}
