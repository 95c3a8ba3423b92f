import { asFields, asFlag, asList, asText, parseJson } from "@spaceport/http";

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
	readonly output: { readonly data: readonly unknown[] | undefined; readonly error?: unknown } | undefined;
	readonly title: string | undefined;
	readonly rank: number | undefined;
	readonly queue_size: number | undefined;
	/** In seconds. */
	readonly rank_eta: number | undefined;
	/** In seconds. */
	readonly eta: number | undefined;
	readonly progress_data: readonly ProgressBar[] | undefined;
	readonly log: string | undefined;
	readonly level: string | undefined;
	readonly message: string | undefined;
	readonly session_not_found: boolean | undefined;
}

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
	return readMessage(parseJson(data));
}

/**
 * A message made of what another protocol says, by the same rules as one that came.
 *
 * @param message - what it has
 */
export function toQueueMessage(message: { readonly msg: string } & Readonly<Record<string, unknown>>): QueueMessage {
	return readMessage(message) as QueueMessage;
}

function readMessage(json: unknown): QueueMessage | undefined {
	const fields = asFields(json);
	const msg = asText(fields?.msg);
	if (fields === undefined || msg === undefined) return undefined;
	return {
		msg,
		event_id: asText(fields.event_id),
		success: asFlag(fields.success),
		output: readOutput(fields.output),
		title: asText(fields.title),
		rank: asFinite(fields.rank),
		queue_size: asFinite(fields.queue_size),
		rank_eta: asFinite(fields.rank_eta),
		eta: asFinite(fields.eta),
		progress_data: readBars(fields.progress_data),
		log: asText(fields.log),
		level: asText(fields.level),
		message: asText(fields.message),
		session_not_found: asFlag(fields.session_not_found),
	};
}

function readOutput(value: unknown): QueueMessage["output"] {
	const fields = asFields(value);
	return fields && { data: asList(fields.data), error: fields.error };
}

function readBars(value: unknown): readonly ProgressBar[] | undefined {
	const bars = asList(value)?.map(asFields);
	if (bars === undefined || !bars.every((bar) => bar !== undefined)) return undefined;
	return bars.map(({ index, length, unit, progress, desc }) => ({
		index: asFinite(index),
		length: asFinite(length),
		unit: asText(unit),
		progress: asFinite(progress),
		desc: asText(desc),
	}));
}

/** JSON's 1e999 is infinite in JavaScript. */
function asFinite(value: unknown): number | undefined {
	return Number.isFinite(value) ? (value as number) : undefined;
}
