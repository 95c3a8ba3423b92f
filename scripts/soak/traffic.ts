import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

import { type ChatStream, type InterruptionPolicy, isSpaceportError, type Spaceport, type SpaceportEvent } from "@spaceport/core";

import { pick } from "./random.ts";
import { questionFor, stories } from "./stories.ts";

/** What came of all calls. */
export interface Tally {
	calls: number;
	/** How the calls ended, by name. */
	readonly ends: Map<string, number>;
	/** Events of each type. */
	readonly events: Map<string, number>;
	/** Codes of the failures of attempts. */
	readonly failures: Map<string, number>;
	/** How long a call took that gave an answer, in microseconds. */
	readonly answered: RecordableHistogram;
	/** What must not be, the first of them. */
	readonly wrong: string[];
}

/** Makes an empty tally. */
export function createTally(): Tally {
	return { calls: 0, ends: new Map(), events: new Map(), failures: new Map(), answered: createHistogram(), wrong: [] };
}

/** Traffic of many callers. */
export interface TrafficOptions {
	readonly spaceport: Spaceport;
	/** Whom they ask. */
	readonly models: readonly [string, ...string[]];
	/** How many callers there are; each asks again as soon as it has its answer. */
	readonly callers: number;
	readonly durationMs: number;
	readonly random: () => number;
	/** A signal that is given to many calls and never aborts: nothing may be left on it. */
	readonly shared: AbortSignal;
	readonly tally: Tally;
}

const policies: readonly [InterruptionPolicy, ...InterruptionPolicy[]] = ["fail", "continue", "restart"];
/** How a caller reads, and leaves. Most read to the end. */
const manners = ["chunks", "chunks", "text", "text", "completion", "completion", "both", "left", "aborted", "aborted"] as const;

/** Asks until the time is over, and resolves when all calls have ended. */
export async function runTraffic(options: TrafficOptions): Promise<void> {
	const until = performance.now() + options.durationMs;
	async function caller(): Promise<void> {
		while (performance.now() < until) await call(options);
	}
	await Promise.all(Array.from({ length: options.callers }, caller));
}

async function call({ spaceport, models, random, shared, tally }: TrafficOptions): Promise<void> {
	tally.calls += 1;
	const index = Math.floor(random() * stories.length);
	const story = stories[index] ?? "";
	const manner = pick(manners, random);
	const model = pick(models, random);
	const onInterruption = pick(policies, random);
	const controller = manner === "aborted" ? new AbortController() : undefined;
	const timer = controller && setTimeout(() => controller.abort(new Error("the caller has gone")), random() * 1200);
	const began = performance.now();
	const seen: SpaceportEvent[] = [];
	const stream = spaceport.stream(
		{ model, messages: questionFor(index) },
		{
			signal: controller?.signal ?? shared,
			onInterruption,
			onEvent: (event) => {
				count(tally.events, event.type);
				if (event.type === "attempt-end" && event.error !== undefined) count(tally.failures, event.error.code);
				if (event.type === "attempt-start" || event.type === "attempt-end") seen.push(event);
			},
		},
	);
	const complain = (what: string): void => {
		if (tally.wrong.length < 20) tally.wrong.push(`${model}, ${onInterruption}, ${manner}: ${what}`);
	};
	try {
		const text = await read(stream, manner, random);
		if (text === undefined) count(tally.ends, "left");
		else {
			count(tally.ends, "answered");
			tally.answered.record(Math.max(1, Math.round((performance.now() - began) * 1000)));
			if (text !== story) complain(`the answer is not whole: ${JSON.stringify(text)}`);
		}
	} catch (error) {
		if (!isSpaceportError(error)) complain(`an untyped error: ${String(error)}`);
		else {
			count(tally.ends, isSpaceportError(error, "chain-exhausted") ? `chain-exhausted (${error.lastError.code})` : error.code);
			if (error.code === "aborted" && controller === undefined) complain("aborted, and nobody did that");
			if (isSpaceportError(error, "stream-interrupted") && !story.startsWith(error.textSoFar.trimStart())) {
				complain(`textSoFar is no beginning of the answer: ${JSON.stringify(error.textSoFar)}`);
			}
		}
	} finally {
		clearTimeout(timer);
	}
	// Whoever leaves does not wait for the provider's end.
	if (manner === "left" || manner === "aborted") return;
	const starts = seen.filter(({ type }) => type === "attempt-start").length;
	if (seen.length !== 2 * starts) complain(`${starts} attempts began, and ${seen.length - starts} ended`);
}

/** The text, where it was read to the end. */
async function read(stream: ChatStream, manner: (typeof manners)[number], random: () => number): Promise<string | undefined> {
	let text = "";
	switch (manner) {
		case "completion":
		case "aborted":
			return (await stream.completion).text;
		case "left": {
			let pieces = Math.floor(random() * 12);
			for await (const _ of stream) if (pieces-- <= 0) return undefined;
			return undefined;
		}
		case "chunks":
			for await (const chunk of stream) {
				if (chunk.type === "text-delta") text += chunk.text;
				else if (chunk.type === "text-replace") text = chunk.text;
			}
			return text;
		default: {
			const besides = manner === "both" ? stream.completion.then((completion) => completion.text) : undefined;
			besides?.catch(() => {});
			for await (const piece of stream.textStream) text += piece;
			if (besides !== undefined && (await besides) !== text) return `${text} [the completion has another text]`;
			return text;
		}
	}
}

function count(counts: Map<string, number>, name: string): void {
	counts.set(name, (counts.get(name) ?? 0) + 1);
}
