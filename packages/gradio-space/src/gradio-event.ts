import type { SpaceStage } from "@spaceport/core";

import type { TextAppend } from "./decode/apply-append.ts";

/** The outputs of a function: after one of its steps, or at its end. */
export interface GradioValueEvent {
	readonly type: "value";
	/** All outputs, whole and in order. Safe to keep. */
	readonly data: readonly unknown[];
	/** Whether the function has come to its end. It is the last event then. */
	readonly final: boolean;
	/** The texts that this step made longer, where the server said so; the rest is in `data` alone. */
	readonly appends: readonly TextAppend[];
}

/** The job waits. */
export interface GradioQueueEvent {
	readonly type: "queue";
	/** How many jobs are before it: 0 is the next to run. */
	readonly position: number;
	/** How many jobs are in the queue. */
	readonly size?: number;
	/** Estimated wait, in milliseconds. */
	readonly etaMs?: number;
}

/** The job runs. */
export interface GradioStartedEvent {
	readonly type: "started";
	/** Estimated time until its end, in milliseconds. */
	readonly etaMs?: number;
}

/** The app's own progress bar; the innermost one where there are several. */
export interface GradioProgressEvent {
	readonly type: "progress";
	readonly description?: string;
	/** How many units are done. */
	readonly index?: number;
	/** How many units there are. */
	readonly length?: number;
	readonly unit?: string;
	/** From 0 to 1, where it is not counted in units. */
	readonly fraction?: number;
}

/** A line that the app shows to its user. */
export interface GradioLogEvent {
	readonly type: "log";
	readonly level: "info" | "success" | "warning" | "error";
	readonly text: string;
}

/** The Space does not run yet, and is waited for. */
export interface GradioWakingEvent {
	readonly type: "waking";
	/** What it is doing. */
	readonly stage: SpaceStage;
}

/** What happens to a job. */
export type GradioEvent =
	| GradioWakingEvent
	| GradioValueEvent
	| GradioQueueEvent
	| GradioStartedEvent
	| GradioProgressEvent
	| GradioLogEvent;
