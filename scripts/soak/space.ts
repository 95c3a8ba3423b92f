/** A Space over real sockets that flaps, in a process of its own. The parent gets its address, and what is open when it asks. */
import { setTimeout as wait } from "node:timers/promises";

import { type Fault, GradioError, startSpaceEmulator } from "@spaceport/testkit/emulator";

import { createRandom, pick } from "./random.ts";
import { findStory, piecesOf } from "./stories.ts";

/** What the parent may say. */
export type SpaceOrder = "calm" | "report";

/** What it gets: the address, at first, and then what is open. */
export interface SpaceReport {
	readonly url: string;
	readonly open: Readonly<Record<string, number>>;
}

const random = createRandom(Number(process.argv[2] ?? 1));
let isCalm = false;

const space = await startSpaceEmulator({
	version: "5.50.0",
	heartbeatMs: 250,
	queue: { concurrency: 200, maxSize: 200 },
	functions: {
		model_chat: {
			inputs: ["textbox", "chatbot", "textbox"],
			outputs: ["textbox", "chatbot", "textbox"],
			async *run([query, history, system], { signal, turn }) {
				const { story } = findStory([JSON.stringify(history), String(query)]);
				if (!isCalm && random() < 0.05) throw new GradioError("CUDA error");
				let text = "";
				for (const piece of piecesOf(story, random, "characters")) {
					await wait(10 + random() * 20, undefined, { signal });
					text += piece;
					yield ["", [...(Array.isArray(history) ? history : []), ...turn(String(query), text)], system];
				}
			},
		},
	},
});

const storms: readonly [readonly Fault[], ...(readonly Fault[])[]] = [
	[],
	[],
	[{ kind: "cut", at: "process_generating", after: 3 }],
	[{ kind: "cut", at: "process_generating", after: 8, how: "end" }],
	[{ kind: "status", at: "join", status: 503 }],
	[{ kind: "status", at: "join", status: 429, headers: { "retry-after": "1" } }],
	[{ kind: "cut", at: "join" }],
	[{ kind: "silent", at: "stream-open" }],
	[{ kind: "silent", at: "process_generating", after: 5 }],
	[{ kind: "html-page", at: "join" }],
	[
		{ kind: "duplicate", message: 3 },
		{ kind: "unknown-message", before: 4 },
	],
];
const weather = setInterval(() => space.setFaults(isCalm ? [] : pick(storms, random)), 900);

function report(): void {
	const { openRequests, openStreams, openSockets, openConnections, queuedJobs, runningJobs } = space.stats();
	process.send?.({ url: space.baseUrl, open: { openRequests, openStreams, openSockets, openConnections, queuedJobs, runningJobs } });
}

process.on("message", (order: SpaceOrder) => {
	if (order === "calm") {
		isCalm = true;
		space.setFaults([]);
	} else report();
});
process.on("disconnect", () => {
	clearInterval(weather);
	void space.stop();
});
report();
