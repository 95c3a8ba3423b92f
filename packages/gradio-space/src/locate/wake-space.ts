import type { SpaceStage } from "@spaceport/core";

import type { ToError } from "../space-failure.ts";
import type { Http } from "../transport/http.ts";
import { createWaitSignal } from "../transport/wait-signal.ts";
import type { HubSpace } from "./hub-space.ts";
import type { Knock } from "./hub-stages.ts";
import type { WakeWait } from "./locator.ts";

/** The Space to wake, and who knows about it. */
export interface SleepingSpace {
	/** Undefined where the hub cannot be asked. */
	readonly hub: HubSpace | undefined;
	readonly hubUrl: string;
	/** Sends requests to the Space itself. */
	readonly http: Http;
	readonly toError: ToError;
}

const knockMs = 10_000;

/**
 * Waits until a Space runs, and wakes it where it sleeps: `Locator.wake` says more.
 *
 * @param space - the Space
 * @param wait - how long
 */
export async function wakeSpace({ hub, hubUrl, http, toError }: SleepingSpace, { signal, wakeMs, onStage }: WakeWait): Promise<void> {
	let stage: SpaceStage = "unknown";
	if (hub === undefined) throw toError({ kind: "not-running", stage, reported: undefined, afterMs: undefined });
	const late = (): Error => toError({ kind: "not-running", stage, reported: undefined, afterMs: wakeMs });
	const wait = createWaitSignal({ caller: signal, forMs: wakeMs, late, toError });
	const tell = (next: SpaceStage): void => {
		stage = next;
		try {
			onStage?.(next);
		} catch (error) {
			wait.abort(error);
		}
	};
	const knock = (leave: AbortSignal): Promise<Knock> => knockAt(http, leave);
	// Where its time is over while a part of the program is loaded, that says that the caller has left.
	const failed = (error: unknown): never => {
		throw wait.signal.aborted ? wait.signal.reason : error;
	};
	const result = await hub.wake({ knock, signal: wait.signal, onStage: tell }).catch(failed).finally(wait.end);
	if (result.kind === "refused") throw toError({ kind: "hub-refused", hubUrl, status: result.status });
	if (result.kind === "lost") throw toError({ kind: "not-running", stage: result.stage, reported: result.reported, afterMs: undefined });
}

async function knockAt(http: Http, signal: AbortSignal): Promise<Knock> {
	try {
		const answer = await http.send({
			method: "GET",
			path: "/config",
			phase: "config",
			accept: "application/json",
			connectMs: knockMs,
			signal,
		});
		answer.close();
		const { ok, status, headers } = answer.response;
		// The page that stands in for a Space is HTML; an app that wants a login says so in JSON.
		const fromApp = (headers.get("content-type") ?? "").includes("json") && (ok || status === 401);
		return fromApp ? "up" : "down";
	} catch {
		return "silent";
	}
}
