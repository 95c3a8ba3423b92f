import { parseJson, startTimer } from "@spaceport/http";
import { type QueueMessage, toQueueMessage } from "../decode/queue-message.ts";
import { brokenOff } from "./broken-off.ts";
import { largestEvent, refused } from "./event-stream.ts";
import { callBody, type Job, type JobOptions, toJson } from "./job.ts";

/**
 * Calls a function past the queue: one POST to `/run/<name>`, whose answer is the whole output. Nothing comes before it, so `idleMs` is how long it may take. No
 * version of Gradio can stop such a call: leaving it closes the connection, and the function runs to its end.
 *
 * @param options - what to call, with what
 */
export function startRunJob(options: JobOptions): Job {
	const { http, toError, endpoint, signal, idleMs } = options;
	const left = new AbortController();
	const leave = (): void => left.abort(signal.reason);
	signal.addEventListener("abort", leave, { once: true });
	if (signal.aborted) leave();

	async function call(): Promise<QueueMessage> {
		const clear = startTimer(() => left.abort(toError({ kind: "silent", phase: "run", afterMs: idleMs })), idleMs);
		try {
			const answer = await http.send({
				method: "POST",
				// Functions without a name are known by their number, which every server looks at first.
				path: `${endpoint.apiPrefix}/run/${encodeURIComponent(endpoint.name ?? "predict")}`,
				phase: "run",
				accept: "application/json",
				// The server looks at a number first. Where there is a name, it is the one that finds the function, also in an app that was started anew just now.
				body: toJson({ ...callBody(options), ...(endpoint.by === "name" ? { fn_index: undefined } : {}) }, toError),
				connectMs: Infinity,
				signal: left.signal,
			});
			const { status, ok } = answer.response;
			if (!ok && status !== 500) throw await refused(answer, "run", toError, left.signal);
			const read = await answer.text({ maxBytes: largestEvent, maxMs: Infinity }, left.signal);
			const { text } = read;
			const body = parseJson(text);
			if (!ok && isRecord(body) && "error" in body)
				return toQueueMessage({ ...body, msg: "process_completed", success: false, output: body });
			if (!ok) throw toError({ kind: "status", phase: "run", status, body: text });
			if (read.end !== "whole") throw brokenOff(read, "run", largestEvent, toError);
			if (!isRecord(body) || !Array.isArray(body.data)) throw toError({ kind: "unreadable", phase: "run", body: text });
			if (body.is_generating === true) throw toError({ kind: "first-of-many" });
			return toQueueMessage({ msg: "process_completed", success: true, output: body });
		} catch (error) {
			throw left.signal.aborted ? left.signal.reason : error;
		} finally {
			clear();
		}
	}

	const end = (): void => {
		signal.removeEventListener("abort", leave);
		left.abort();
	};
	return {
		async *messages() {
			yield [await call()];
		},
		close: end,
		release: end,
	};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null;
}
