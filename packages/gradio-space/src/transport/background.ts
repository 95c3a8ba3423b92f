import { parseJson, pause } from "@spaceport/http";
import { explained } from "../space-failure.ts";
import type { JobOptions } from "./job.ts";

/** Requests that end a job, when its caller is gone. */
export interface Background {
	/** How long each may take until its headers, in milliseconds. */
	readonly connectMs: number;
	/** Posts, and gives the status and the body of the answer. */
	post(path: string, body: object): Promise<{ readonly status: number; readonly json: unknown }>;
	/**
	 * Posts `/reset` until the server says that it has stopped the job, which ends after the step that it is at. A job that has not made its first step is not
	 * known there yet, and one that is over is not known any more: it is given up after 15 s.
	 */
	reset(eventId: string): Promise<void>;
	/** Does its work. It fails nobody: what goes wrong is logged. */
	run(work: Promise<void>): void;
}

const longestBackgroundMs = 10_000;
const resetEveryMs = 500;
const mostResets = 30;

/** Makes what a job's end needs. */
export function createBackground({ http, endpoint, connectMs, logger, sessionHash }: JobOptions): Background {
	const backgroundMs = Math.min(connectMs, longestBackgroundMs);

	async function post(path: string, body: object): Promise<{ status: number; json: unknown }> {
		const answer = await http.send({
			method: "POST",
			path: endpoint.apiPrefix + path,
			phase: "cancel",
			accept: "application/json",
			body: JSON.stringify(body),
			connectMs: backgroundMs,
		});
		return { status: answer.response.status, json: parseJson((await answer.text()).text) };
	}

	return {
		connectMs: backgroundMs,
		post,
		async reset(eventId) {
			for (let resets = 0; resets < mostResets; resets += 1) {
				if (resets > 0) await pause(resetEveryMs);
				const { status, json } = await post("/reset", { event_id: eventId });
				if (status !== 200 || (json as { success?: unknown } | undefined)?.success === true) return;
			}
		},
		run(work) {
			work
				.catch(async (error: unknown) => {
					logger.debug({ err: await explained(error), sessionHash }, "Ending the job at the Space did not work; it may run to its end.");
				})
				.catch(() => {
					// A logger of the caller's own.
				});
		},
	};
}
