import { loadPart, type SpaceStage } from "@spaceport/core";
import type { Fetch } from "@spaceport/http";
import { parts } from "../parts/parts.ts";

import type { ToError } from "../space-failure.ts";
import { createHttp } from "../transport/http.ts";
import { createWaitSignal } from "../transport/wait-signal.ts";
import type { HubStage } from "./hub-answer.ts";
import { type HubSpace, hubAnswerMs } from "./hub-space.ts";
import { defaultHubUrl, readHubUrl } from "./hub-url.ts";
import { sharedHubSpace } from "./shared-hub-space.ts";
import { spaceAddress } from "./space-url.ts";

/** Which Space, and how it and the hub are asked. */
export interface LocatorOptions {
	/** `owner/name`, its page on the hub, or where a Gradio server answers. */
	readonly space: string;
	/** Goes to the hub and to the Space's own host alone. */
	readonly token: string | undefined;
	/** Go to the Space's own host alone. */
	readonly headers: Readonly<Record<string, string>>;
	/** @default the global fetch, looked up at each call */
	readonly fetch: Fetch | undefined;
	/** @default "https://huggingface.co" */
	readonly hubUrl: string | undefined;
	/** Makes the error of a fact. */
	readonly toError: ToError;
}

/** How long a caller waits for one answer of the hub. */
export interface LocateWait {
	readonly signal?: AbortSignal | undefined;
	/** In milliseconds; never more than 3000. */
	readonly connectMs: number;
}

/** What the hub says that a Space is doing. */
export interface HubWord {
	readonly stage: HubStage;
	/** In its own word, where it has one. */
	readonly reported: string | undefined;
}

/** How long a caller waits for a Space to run. */
export interface WakeWait {
	readonly signal?: AbortSignal | undefined;
	/** In milliseconds. */
	readonly wakeMs: number;
	/** Gets what the Space does instead, at first and at each change. An error that it throws ends this caller's waiting. */
	readonly onStage?: ((stage: SpaceStage) => void) | undefined;
}

/** Where a Space is, and whether it runs. */
export interface Locator {
	/** `owner/name`, where the Space was given so, or by its page on the hub. */
	readonly id: string | undefined;
	/** Whether the hub can be asked about it: one that was given by its id, its page or its address at `*.hf.space`. */
	readonly onHub: boolean;
	/** The hub, without a slash at its end. */
	readonly hubUrl: string;
	/** Where the hub's API tells about it; undefined for a server that the hub does not know. */
	readonly hubPath: string | undefined;
	/** The address as far as it is known, without a slash at its end: the static rule's until the hub has answered. */
	readonly url: string;
	/**
	 * The address, asked of the hub where only the id was given. An answer is kept. Where the hub does not say, the static rule's is used, and the hub is
	 * asked again half a minute later. Callers at the same time share the question, and one that leaves does not disturb the others.
	 *
	 * @throws SpaceportError with code `aborted`, and no other
	 */
	resolve(wait: LocateWait): Promise<string>;
	/** Asks for the address anew at the next `resolve`: for a Space that is no longer where it was. */
	forget(): void;
	/**
	 * What the hub says that the Space is doing, or said less than 2.5 s ago. It is asked once.
	 *
	 * @returns undefined where it does not say, or cannot be asked
	 * @throws SpaceportError with code `aborted`, and no other
	 */
	stage(wait: LocateWait): Promise<HubWord | undefined>;
	/**
	 * Waits until the Space runs, and wakes it where it sleeps. All who wait in the process share one poller, which asks the hub each 2.5 s; where the
	 * hub does not say, it looks at the Space itself. Where a Space runs, its app may still refuse a request for a moment.
	 *
	 * @throws SpaceportError with code `space-unavailable` where it does not come by itself, `wakeMs` is over, or the hub cannot be asked about it;
	 *   `authentication` where the hub refuses the token; `aborted`
	 */
	wake(wait: WakeWait): Promise<void>;
}

const askAgainMs = 30_000;

/**
 * Makes the locator of one Space. It does no I/O.
 *
 * @param options - the Space, the hub, the token
 * @throws InvalidRequestError where the Space or the hub's address is not well-formed
 */
export function createLocator(options: LocatorOptions): Locator {
	const { token, fetch, toError } = options;
	const { id, hubPath, url: staticUrl } = spaceAddress(options.space);
	const hubUrl = readHubUrl(options.hubUrl ?? defaultHubUrl);
	let url = staticUrl;
	let resolved = id === undefined;
	let askAgainAt = -Infinity;
	const http = createHttp({ baseUrl: () => url, token, headers: options.headers, fetch, toError });

	/** Looked up at each use, so that all who use it use the same one. */
	function hubSpace(): HubSpace | undefined {
		return hubPath === undefined ? undefined : sharedHubSpace({ hubUrl, hubPath, token, fetch });
	}

	/** One answer of the hub's; undefined where it takes longer than the caller waits. */
	async function oneAnswer<Value>(
		{ signal, connectMs }: LocateWait,
		question: (leave: AbortSignal) => Promise<Value>,
	): Promise<Value | undefined> {
		const late = Symbol("late");
		const wait = createWaitSignal({ caller: signal, forMs: Math.min(connectMs, hubAnswerMs), late: () => late, toError });
		try {
			return await question(wait.signal);
		} catch (error) {
			if (error === late) return undefined;
			throw error;
		} finally {
			wait.end();
		}
	}

	return {
		id,
		onHub: hubPath !== undefined,
		hubUrl,
		hubPath,
		get url() {
			return url;
		},
		async resolve(wait) {
			const hub = hubSpace();
			if (hub === undefined || resolved || performance.now() < askAgainAt) {
				if (wait.signal?.aborted === true) throw toError({ kind: "aborted", reason: wait.signal.reason });
				return url;
			}
			const host = await oneAnswer(wait, (leave) => hub.host(leave));
			if (host === undefined) askAgainAt = performance.now() + askAgainMs;
			else {
				url = host;
				resolved = true;
			}
			return url;
		},
		forget() {
			if (id === undefined) return;
			resolved = false;
			hubSpace()?.forgetHost();
		},
		async stage(wait) {
			const report = await oneAnswer(wait, async (leave) => hubSpace()?.report(leave));
			if (report?.kind === "hidden") return { stage: "gone", reported: undefined };
			return report?.kind === "stage" ? report : undefined;
		},
		async wake(wait) {
			const { wakeSpace } = await loadPart("waking Spaces", parts.wakeSpace, wait.signal);
			return wakeSpace({ hub: hubSpace(), hubUrl, http, toError }, wait);
		},
	};
}
