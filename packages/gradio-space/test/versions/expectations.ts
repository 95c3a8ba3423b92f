import type { GradioVersion } from "@spaceport/testkit/gradio";

import type { SpaceProtocol } from "../../src/index.ts";

/**
 * What becomes of a job whose caller has left. `never starts`: its function is not called. `closed`: its generator is closed after the step that it is at, and
 * its `finally` runs. `closed later`: it makes no further step either, but is closed only once the thread that ran it has other work. Gradio up to 4.0 is
 * installed with anyio 3.7, whose idle threads hold on to what they did last.
 */
export type Ending = "never starts" | "closed" | "closed later";

/** What a version of Gradio can do, where versions differ. */
export interface Expectations {
	/** The protocol that its config names; Gradio 3 names none. */
	readonly protocol: string | undefined;
	/** What that protocol is called as an option. */
	readonly queue: SpaceProtocol;
	/** Whether its queue is under `/gradio_api`. */
	readonly prefixed: boolean;
	/** Whether it has `/call/<name>`. */
	readonly call: boolean;
	/** Whether `/call/<name>` tells the words of a `gr.Error`. */
	readonly callWords: boolean;
	/** Whether it says after 15 s that a silent job is still there. Gradio 4.0 says it once, later versions every 15 s. */
	readonly heartbeat: boolean;
	/** Whether a function can be called by its number where the config is not to be had: only where the queue takes a plain POST, without a prefix. */
	readonly numbersAlone: boolean;
	/** Whether the logs (`gr.Info`, `gr.Warning`) of every step arrive, and not of the first alone: the others lose the id of their event. */
	readonly laterLogs: boolean;
	/** Names of those lists of values whose steps cannot be told right from what it sends. The final value is right all the same. */
	readonly lost: readonly string[];
	/**
	 * What becomes of a job that is left in the queue. Gradio 4.19 and 4.21 have nothing that takes it out of there: it starts when its turn comes, and can be
	 * ended at its first step only.
	 */
	readonly queued: Ending;
	/** What becomes of a job that is left before its first step. */
	readonly early: Ending;
	/** What becomes of a job that is left between two steps. */
	readonly midway: Ending;
	/** Whether closing its stream is what ends a job. Where it is not, the job makes some more steps before a `/reset` has its effect. */
	readonly closeEnds: boolean;
}

/** Python takes 1 and true, 0 and false for equal, so a difference does not have that change. */
const byDifference = ["numbers and truth values"];

const first: Expectations = {
	protocol: undefined,
	queue: "websocket",
	prefixed: false,
	call: false,
	callWords: false,
	heartbeat: false,
	numbersAlone: false,
	laterLogs: false,
	lost: [],
	queued: "never starts",
	early: "closed later",
	midway: "closed later",
	closeEnds: true,
};
const v4_0: Expectations = { ...first, protocol: "sse", queue: "sse", heartbeat: true, closeEnds: false };
const v4_16: Expectations = {
	...v4_0,
	protocol: "sse_v1",
	queue: "sse_v1",
	numbersAlone: true,
	laterLogs: true,
	early: "closed",
	midway: "closed",
	closeEnds: true,
};
const v4_19: Expectations = { ...v4_16, protocol: "sse_v2", queue: "sse_v2", lost: byDifference, queued: "closed", closeEnds: false };
const v4_21: Expectations = { ...v4_19, protocol: "sse_v2.1", queue: "sse_v2.1", call: true };
const v4_29: Expectations = { ...v4_21, protocol: "sse_v3", queue: "sse_v3", queued: "never starts", closeEnds: true };
const v5_0: Expectations = { ...v4_29, prefixed: true, numbersAlone: false };
const v6_31: Expectations = { ...v5_0, callWords: true };

/** Each version as the one before it, but for what is new. */
export const expectations: Readonly<Record<GradioVersion, Expectations>> = {
	"3.50.2": first,
	"4.0.2": v4_0,
	"4.16.0": v4_16,
	"4.19.2": v4_19,
	"4.21.0": v4_21,
	"4.29.0": v4_29,
	"4.44.1": v4_29,
	"5.0.2": v5_0,
	"5.50.0": v5_0,
	"6.31.0": v6_31,
};
