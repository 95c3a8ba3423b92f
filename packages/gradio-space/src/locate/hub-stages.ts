import type { SpaceStage } from "@spaceport/core";
import { createSharedWork, pause } from "@spaceport/http";
import { type HubStage, readStage } from "./hub-answer.ts";

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

/** What the hub answers. */
export interface HubAnswer {
	readonly status: number;
	/** Undefined where the body is not whole, or no JSON. */
	readonly json: unknown;
}

/** What is needed to ask for the stage of one Space. */
export interface HubStagesOptions {
	/** Asks the hub about the Space; undefined where there is no whole answer. It throws nothing but the signal's reason. */
	readonly ask: (signal: AbortSignal) => Promise<HubAnswer | undefined>;
	readonly token: string | undefined;
}

/** The part of a {@link HubSpace} that knows what the Space is doing: loaded for Spaces that do not answer. */
export interface HubStages {
	report(signal: AbortSignal): Promise<HubReport>;
	wake(options: WakeOptions): Promise<WakeResult>;
}

const rhythmMs = 2500;

/**
 * Makes what asks for the stage of one Space.
 *
 * @param options - how the hub is asked
 */
export function createHubStages({ ask, token }: HubStagesOptions): HubStages {
	const reportWork = createSharedWork<HubReport>();
	const wakeWork = createSharedWork<WakeResult>();
	const listeners = new Set<(stage: SpaceStage) => void>();
	let stageNow: SpaceStage | undefined;
	let last: { readonly report: HubReport; readonly at: number } | undefined;
	let nextLookAt = -Infinity;

	function recent(): HubReport | undefined {
		return last !== undefined && performance.now() - last.at < rhythmMs ? last.report : undefined;
	}

	async function askReport(signal: AbortSignal): Promise<HubReport> {
		nextLookAt = performance.now() + rhythmMs;
		const report = toReport(await ask(signal));
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
	};
}
