import type { GradioEvent } from "../gradio-event.ts";
import type { QueueMessage } from "./queue-message.ts";

/** Turns those messages that say something about the job, and not its outputs or its end, into events; undefined for all others. */
export function toGradioEvent(message: QueueMessage): GradioEvent | undefined {
	switch (message.msg) {
		case "estimation": {
			if (message.rank === undefined) return undefined;
			return {
				type: "queue",
				position: message.rank,
				...(message.queue_size === undefined ? {} : { size: message.queue_size }),
				...eta(message.rank_eta),
			};
		}
		case "process_starts":
			return { type: "started", ...eta(message.eta) };
		case "progress": {
			const bar = message.progress_data?.at(-1);
			if (bar === undefined) return undefined;
			return {
				type: "progress",
				...(bar.desc === undefined ? {} : { description: bar.desc }),
				...(bar.index === undefined ? {} : { index: bar.index }),
				...(bar.length === undefined ? {} : { length: bar.length }),
				...(bar.unit === undefined ? {} : { unit: bar.unit }),
				...(bar.progress === undefined ? {} : { fraction: bar.progress }),
			};
		}
		case "log": {
			if (message.log === undefined) return undefined;
			const { level } = message;
			return { type: "log", level: level === "success" || level === "warning" || level === "error" ? level : "info", text: message.log };
		}
		default:
			return undefined;
	}
}

/** Gradio counts in seconds. */
function eta(seconds: number | undefined): { etaMs?: number } {
	return seconds === undefined ? {} : { etaMs: Math.max(0, Math.round(seconds * 1000)) };
}
