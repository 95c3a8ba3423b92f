import { InvalidRequestError, isSpaceportError } from "@spaceport/core";
import { type Batches, raceSignal } from "@spaceport/http";

import type { GradioEvent } from "../gradio-event.ts";
import type { ToError } from "../space-failure.ts";
import { createRestOfStream, type RestOfStream } from "./rest-of-stream.ts";

/** The session of one call. */
export interface SessionUse {
	/** Its name, which the server goes by. */
	readonly hash: string;
	/** Reads the call's stream. */
	readonly rest: RestOfStream;
	/**
	 * The app that is called, by the number that its start drew; undefined where that is not known.
	 *
	 * @throws where it is another one than before: what that kept of the session is gone. It is said once, and the session goes on with the new one
	 */
	reach(appId: string | undefined): void;
	/** The job was asked for. */
	asked(): void;
	/** The server took it. */
	begun(): void;
	/** It came to its end on the server. */
	over(): void;
}

/** What a session is made of. */
export interface CreateSessionOptions {
	readonly hash: string;
	readonly toError: ToError;
}

/** The calls of one session: one after another. */
export interface Session {
	/**
	 * Makes a call in the session.
	 *
	 * @param api - the function's name
	 * @param signal - ends the wait for the call before
	 * @param call - makes it
	 */
	use(api: string, signal: AbortSignal | undefined, call: (session: SessionUse) => Batches<GradioEvent>): Batches<GradioEvent>;
}

/**
 * Makes a session. Each call's stream is read to the end that the server gives it before the next one joins, so that there are never two streams, nor messages
 * of one job on the stream of another. A call that ended in any other way than by its own end may still run, and change what the session holds, so it is the last one.
 *
 * @param options - its name
 */
export function createSession({ hash, toError }: CreateSessionOptions): Session {
	let running: string | undefined;
	let last: { readonly api: string; readonly settled: Promise<boolean> } | undefined;
	let lost: { readonly api: string } | undefined;
	let app: string | undefined;

	return {
		async *use(api, signal, call) {
			if (running !== undefined) {
				throw new InvalidRequestError(`${api} was called while ${running} of the same session runs.`, {
					path: "session",
					hint: "Read a session's calls one after another, each to its end. Calls that may run at once need no session, or one each.",
				});
			}
			if (lost !== undefined) {
				throw new InvalidRequestError(`${api} was called in a session that ended with ${lost.api}, which was left or broke.`, {
					path: "session",
					hint: "Begin a new one with space.session(). What the Space kept of the old one is lost.",
				});
			}
			running = api;
			let job = "none" as "none" | "asked" | "begun" | "over";
			try {
				if (last !== undefined && !(await raceSignal(last.settled, signal))) {
					lost = last;
					throw toError({ kind: "session-unsettled", api: last.api });
				}
				last = undefined;
				const rest = createRestOfStream();
				yield* call({
					hash,
					rest,
					reach: (appId) => {
						const before = app;
						app = appId ?? app;
						if (before === undefined || before === app) return;
						const message = "Its app was started anew, and what it kept of this session is gone.";
						throw toError({ kind: "unexpected", message, sessionNotFound: true, textSoFar: "" });
					},
					asked: () => {
						job = "asked";
					},
					begun: () => {
						if (job === "asked") job = "begun";
					},
					over: () => {
						job = "over";
						last = { api, settled: rest.settled };
						rest.finish();
					},
				});
			} catch (error) {
				if (job === "asked" && wasRefused(error)) job = "none";
				throw error;
			} finally {
				if (job === "asked" || job === "begun") lost = { api };
				running = undefined;
			}
		},
	};
}

/** Whether an error says that the server did not take the job. */
function wasRefused(error: unknown): boolean {
	return (
		isSpaceportError(error, "queue-full") ||
		isSpaceportError(error, "space-contract") ||
		isSpaceportError(error, "authentication") ||
		isSpaceportError(error, "rate-limited") ||
		isSpaceportError(error, "invalid-request") ||
		isSpaceportError(error, "unsupported")
	);
}
