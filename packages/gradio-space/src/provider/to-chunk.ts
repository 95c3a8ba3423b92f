import type { Chunk } from "@spaceport/core";

import type { GradioEvent } from "../gradio-event.ts";

/** What a chain is told of an event that is no value. */
export function toChunk(event: Exclude<GradioEvent, { type: "value" }>): Chunk {
	switch (event.type) {
		case "waking":
			return { type: "progress", stage: "waking", description: `The Space is ${event.stage}.` };
		case "queue":
			return { ...event, type: "queue-update" };
		case "started":
			return { ...event, type: "progress", stage: "started" };
		case "progress":
			return { ...event, stage: "step" };
		case "log":
			return event;
	}
}
