import * as v from "valibot";

import { lenient } from "../lenient.ts";
import { parseJson } from "../parse-json.ts";

/** One bar of the app's progress. */
export interface ProgressBar {
	readonly index: number | undefined;
	readonly length: number | undefined;
	readonly unit: string | undefined;
	readonly progress: number | undefined;
	readonly desc: string | undefined;
}

/** A message of Gradio's queue. Only what this package reads is looked at; what is missing or of another type is undefined. */
export interface QueueMessage {
	readonly msg: string;
	readonly event_id: string | undefined;
	readonly success: boolean | undefined;
	readonly output: { readonly data: unknown[] | undefined; readonly error?: unknown } | undefined;
	readonly title: string | undefined;
	readonly rank: number | undefined;
	readonly queue_size: number | undefined;
	/** In seconds. */
	readonly rank_eta: number | undefined;
	/** In seconds. */
	readonly eta: number | undefined;
	readonly progress_data: ProgressBar[] | undefined;
	readonly log: string | undefined;
	readonly level: string | undefined;
	readonly message: string | undefined;
	readonly session_not_found: boolean | undefined;
}

const text = lenient(v.string());
// JSON's 1e999 is infinite in JavaScript.
const count = lenient(v.pipe(v.number(), v.finite()));
const flag = lenient(v.boolean());

const messageSchema: v.GenericSchema<unknown, QueueMessage> = v.object({
	msg: v.string(),
	event_id: text,
	success: flag,
	output: lenient(v.object({ data: lenient(v.array(v.unknown())), error: v.optional(v.unknown()) })),
	title: text,
	rank: count,
	queue_size: count,
	rank_eta: count,
	eta: count,
	progress_data: lenient(v.array(v.object({ index: count, length: count, unit: text, progress: count, desc: text }))),
	log: text,
	level: text,
	message: text,
	session_not_found: flag,
});

/** Whether a message says that the server does not know the session, or no longer. */
export function isSessionLost({ msg, message = "", session_not_found }: QueueMessage): boolean {
	if (msg !== "unexpected_error") return false;
	return session_not_found === true || /session.*not found|not found.*session/i.test(message);
}

/**
 * Reads a message.
 *
 * @param data - the data of one event
 * @returns undefined where it is no message: broken JSON, or JSON without `msg`
 */
export function parseQueueMessage(data: string): QueueMessage | undefined {
	const parsed = v.safeParse(messageSchema, parseJson(data));
	return parsed.success ? parsed.output : undefined;
}

/**
 * A message made of what another protocol says, by the same rules as one that came.
 *
 * @param message - what it has
 */
export function toQueueMessage(message: { readonly msg: string } & Readonly<Record<string, unknown>>): QueueMessage {
	return v.parse(messageSchema, message);
}
