import { GradioError } from "./emulated-function.ts";
import { pythonJson, pythonRepr } from "./python-text.ts";
import type { VersionProfile } from "./version-profile.ts";

/** A message of the queue, in the shape of its version. */
export interface QueueMessage {
	readonly msg: string;
	readonly event_id?: string | null;
	readonly success?: boolean;
	readonly output?: Readonly<Record<string, unknown>>;
	readonly [field: string]: unknown;
}

/** Where a job is in the queue, and how long jobs take. */
export interface Estimate {
	readonly rank: number;
	readonly queueSize: number;
	/** Mean seconds of a job; undefined before the first one was done. */
	readonly averageS: number | undefined;
	/** Seconds until this one's end; undefined where nobody knows. */
	readonly etaS: number | undefined;
}

/** What one pull of a function took. */
export interface Timing {
	readonly durationS: number;
	readonly averageS: number;
}

/** Makes the messages of a version's queue, fields in Gradio's order. */
export class QueueMessages {
	readonly #profile: VersionProfile;

	constructor(profile: VersionProfile) {
		this.#profile = profile;
	}

	estimation(eventId: string, { rank, queueSize, averageS, etaS }: Estimate): QueueMessage {
		const rank_eta = etaS ?? null;
		if (this.#profile.eventIds) return { msg: "estimation", event_id: eventId, rank, queue_size: queueSize, rank_eta };
		return {
			msg: "estimation",
			rank,
			queue_size: queueSize,
			avg_event_process_time: averageS ?? 0,
			avg_event_concurrent_process_time: averageS ?? null,
			rank_eta,
			queue_eta: (averageS ?? 1) * queueSize,
		};
	}

	sendData(eventId: string): QueueMessage {
		return this.#profile.protocol === "sse" ? { msg: "send_data", event_id: eventId } : { msg: "send_data" };
	}

	starts(eventId: string, averageS: number | undefined): QueueMessage {
		return this.#profile.eventIds ? { msg: "process_starts", event_id: eventId, eta: averageS ?? null } : { msg: "process_starts" };
	}

	log(eventId: string, log: string, level: "info" | "warning"): QueueMessage {
		return {
			msg: "log",
			...this.#about(eventId),
			log,
			level,
			...(this.#profile.durations && { duration: 10, visible: true }),
			...(this.#profile.titles && { title: level === "info" ? "Info" : "Warning" }),
		};
	}

	progress(eventId: string, unit: { index?: number; length?: number; unit?: string; desc?: string }): QueueMessage {
		const { index = null, length = null, unit: name = "steps", desc = null } = unit;
		return { msg: "progress", ...this.#about(eventId), progress_data: [{ index, length, unit: name, progress: null, desc }] };
	}

	generating(eventId: string, data: readonly unknown[], timing: Timing): QueueMessage {
		return {
			msg: "process_generating",
			...this.#about(eventId),
			output: this.output(data, true, timing),
			success: true,
			...(this.#profile.timeLimit && { time_limit: null }),
		};
	}

	completed(eventId: string, data: readonly unknown[], timing: Timing, generator: boolean): QueueMessage {
		return {
			msg: "process_completed",
			...this.#about(eventId),
			output: this.output(data, generator && this.#profile.generatingAtEnd, timing),
			success: true,
			...this.#endOf(null, timing.durationS, timing.averageS),
		};
	}

	/** @param midway whether the function had yielded something before */
	failed(eventId: string, error: unknown, midway: boolean): QueueMessage {
		const payload = midway && this.#profile.saysNone && !(error instanceof GradioError) ? { error: "None" } : this.errorPayload(error);
		const title = midway ? null : (payload.title ?? "Error");
		const duration = midway ? (payload.duration ?? null) : null;
		return {
			msg: "process_completed",
			...this.#about(eventId),
			output: payload,
			success: false,
			...this.#endOf(title, duration, null),
		};
	}

	/** What 3.50 says when it did not get the inputs in time. */
	dataTimeout(): QueueMessage {
		return { msg: "process_completed", output: { error: "Time out uploading data to server" }, success: false };
	}

	/** What `/cancel` puts into the stream: an end without data. */
	cancelled(eventId: string): QueueMessage {
		return { msg: "process_completed", event_id: eventId, output: {}, success: true, ...this.#endOf(null, null, null) };
	}

	closeStream(): QueueMessage | undefined {
		const { closeStream } = this.#profile;
		if (closeStream === "absent") return undefined;
		return closeStream === "bare" ? { msg: "close_stream" } : { msg: "close_stream", event_id: null };
	}

	heartbeat(): QueueMessage {
		return this.#profile.nullEventIds ? { msg: "heartbeat", event_id: null } : { msg: "heartbeat" };
	}

	sessionNotFound(): QueueMessage {
		switch (this.#profile.unknownSession) {
			case "4.16":
				return { msg: "unexpected_error", success: false, message: "404: Session not found." };
			case "4.21":
				return { msg: "unexpected_error", message: "404: Session not found.", success: false };
			case "4.44":
				return { msg: "unexpected_error", event_id: null, message: "404: Session not found.", success: false };
			case "5.50":
				return { msg: "unexpected_error", event_id: null, message: "404: Not Found", session_not_found: true, success: false };
		}
	}

	/** What a function gave, as `/run` answers and as messages carry it. */
	output(data: readonly unknown[], isGenerating: boolean, { durationS, averageS }: Timing): Readonly<Record<string, unknown>> {
		return {
			data,
			is_generating: isGenerating,
			duration: durationS,
			average_duration: averageS,
			...(this.#profile.renderConfig && { render_config: null, changed_state_ids: [] }),
			...(this.#profile.usedCache && { used_cache: null }),
		};
	}

	/** What is said about an error: nothing about one that the app does not show. */
	errorPayload(error: unknown): { error: string | null; duration?: number; visible?: boolean; title?: string } {
		if (!(error instanceof GradioError)) return { error: null };
		return {
			error: this.#profile.quotedErrors ? pythonRepr(error.message) : error.message,
			...(this.#profile.durations && { duration: 10, visible: true }),
			...(this.#profile.titles && { title: error.title }),
		};
	}

	/** A message of the stream as JSON. */
	toJson(message: object): string {
		const { json } = this.#profile;
		return json === "utf8" ? JSON.stringify(message) : pythonJson(message, json === "compact-ascii");
	}

	/** A message as the stream of `/call` tells it; undefined where it says nothing about it. */
	toCallEvent(message: QueueMessage): string | undefined {
		const event = callEvent(message);
		if (event === undefined) return undefined;
		const told = event === "error" && this.#profile.callErrors === "output" ? message.output : message.output?.data;
		const data = message.msg === "unexpected_error" ? message.message : told;
		return `event: ${event}\ndata: ${pythonJson(data ?? null, false)}\n\n`;
	}

	#about(eventId: string): { event_id?: string } {
		return this.#profile.eventIds ? { event_id: eventId } : {};
	}

	#endOf(title: string | null, duration: number | null, average: number | null): object {
		return {
			...(this.#profile.titles && { title }),
			...(this.#profile.usedCache && { used_cache: null, cache_duration: duration, avg_time: average }),
		};
	}
}

function callEvent(message: QueueMessage): string | undefined {
	switch (message.msg) {
		case "process_generating":
			return "generating";
		case "process_completed":
			return message.success === true ? "complete" : "error";
		case "heartbeat":
			return "heartbeat";
		case "unexpected_error":
			return "error";
		default:
			return undefined;
	}
}
