import { defined } from "@spaceport/http";
import type { GradioEvent } from "../gradio-event.ts";
import type { QueueMessage } from "./queue-message.ts";

/** Turns those messages that say something about the job, and not its outputs or its end, into events; undefined for all others. */
export function toGradioEvent(message: QueueMessage): GradioEvent | undefined {
	switch (message.msg) {
		case "estimation": {
			if (message.rank === undefined) return undefined;
			return defined({ type: "queue", position: message.rank, size: message.queue_size, etaMs: toMs(message.rank_eta) });
		}
		case "process_starts":
			return defined({ type: "started", etaMs: toMs(message.eta) });
		case "progress": {
			const bar = message.progress_data?.at(-1);
			if (bar === undefined) return undefined;
			const { desc: description, index, length, unit, progress: fraction } = bar;
			return defined({ type: "progress", description, index, length, unit, fraction });
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
function toMs(seconds: number | undefined): number | undefined {
	return seconds && Math.max(0, Math.round(seconds * 1000));
}
