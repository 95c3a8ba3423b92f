import { parseJson } from "@spaceport/http";
import { refused } from "./event-stream.ts";
import { type JobOptions, toJson } from "./job.ts";

/** The request that puts a job into a queue. */
export interface Join {
	/** The job's id. It rejects with a SpaceportError where the queue does not take it. */
	readonly eventId: Promise<string>;
	/** Cuts the request. The job's id is lost then, and a job that was made all the same runs with nobody to end it. */
	cut(): void;
}

/**
 * Sends the request that puts a job into a queue.
 *
 * @param options - how
 * @param path - where
 * @param body - what is called, with what
 */
export function join({ http, toError, connectMs }: JobOptions, path: string, body: object): Join {
	const controller = new AbortController();
	const { signal } = controller;

	async function send(): Promise<string> {
		const answer = await http.send({
			method: "POST",
			path,
			phase: "join",
			accept: "application/json",
			body: toJson(body, toError),
			connectMs,
			signal,
		});
		if (!answer.response.ok) throw await refused(answer, "join", toError, signal);
		const { text, end, cause } = await answer.text({ maxMs: connectMs }, signal);
		if (end === "late") throw toError({ kind: "late", phase: "join", afterMs: connectMs });
		if (end === "broken") throw toError({ kind: "no-answer", phase: "join", cause });
		const id = (parseJson(text) as { readonly event_id?: unknown } | null | undefined)?.event_id;
		if (typeof id !== "string" || id === "") throw toError({ kind: "unreadable", phase: "join", body: text });
		return id;
	}
	const eventId = send();
	eventId.catch(() => {});
	return { eventId, cut: () => controller.abort() };
}
