/**
 * Makes calls and leaves each of them in one of several ways: the program of `abort-soak.test.ts`, run with --expose-gc. Its argument is a {@link SoakPlan} as
 * JSON. It prints a {@link SoakReport} as one line of JSON, and goes on living until its standard input ends.
 */
import { getEventListeners, once } from "node:events";

import { isSpaceportError } from "@spaceport/core";

import { createSpace, type Space, type SpaceProtocol } from "../../src/index.ts";

/** Where calls go. */
export interface SoakTarget {
	readonly url: string;
	readonly protocol?: SpaceProtocol;
	/** Parts of all calls that go there. */
	readonly weight: number;
}

/** What to do. */
export interface SoakPlan {
	readonly targets: readonly SoakTarget[];
	/** Calls until the first measurement, which fills caches and compiles code. */
	readonly warmUpCalls: number;
	readonly calls: number;
	/** Calls at once. */
	readonly concurrency: number;
}

/** What this process held when nothing kept it alive any more. */
export interface Holding {
	/** After a collection. */
	readonly heapBytes: number;
	/** What keeps the process alive, by `process.getActiveResourcesInfo()`, but for its own standard input and output. */
	readonly resources: readonly string[];
	/** Listeners on the one signal that many calls shared. */
	readonly sharedListeners: number;
}

/** What happened. */
export interface SoakReport {
	readonly warm: Holding;
	readonly end: Holding;
	/** How the calls ended, by the way of leaving and the error's code. */
	readonly outcomes: Readonly<Record<string, number>>;
	/** Calls after which their own signal still had a listener. */
	readonly listening: number;
	/** Rejections that nobody handled, and exceptions that nobody caught. */
	readonly unhandled: readonly string[];
}

type Way =
	| "aborted-before"
	| "aborted-at-once"
	| "aborted-soon"
	| "aborted-in-queue"
	| "aborted-at-first-value"
	| "aborted-later"
	| "left"
	| "thrown"
	| "too-long";
const ways: readonly Way[] = [
	"aborted-before",
	"aborted-at-once",
	"aborted-soon",
	"aborted-in-queue",
	"aborted-at-first-value",
	"aborted-later",
	"left",
	"thrown",
	"too-long",
];

const plan = JSON.parse(process.argv[2] ?? "") as SoakPlan;
const shared = new AbortController();
const outcomes: Record<string, number> = {};
const unhandled: string[] = [];
let listening = 0;
process.on("unhandledRejection", (reason) => unhandled.push(String(reason)));
process.on("uncaughtException", (error) => unhandled.push(String(error)));

/** Spaces are kept, as a server keeps them. */
const lots = plan.targets.flatMap((target) => {
	const entry = { target, space: createSpace(target.url) };
	return Array.from({ length: target.weight }, () => entry);
});

async function call(number: number): Promise<void> {
	// Every way meets every target: one is stepped through faster than the other.
	const way = ways[number % ways.length] ?? "left";
	const lot = lots[Math.floor(number / ways.length) % lots.length];
	if (lot === undefined) throw new Error("There are no targets.");
	const own = new AbortController();
	// Who leaves by himself may share a signal with everybody.
	const controller = way === "left" || way === "thrown" || way === "too-long" ? shared : own;
	let outcome = "finished";
	try {
		await leave(lot.space, lot.target, way, controller, number);
	} catch (error) {
		outcome = isSpaceportError(error) ? error.code : String(error);
	}
	const key = `${way}: ${outcome}`;
	outcomes[key] = (outcomes[key] ?? 0) + 1;
	if (getEventListeners(own.signal, "abort").length > 0) listening++;
}

async function leave(space: Space, { protocol }: SoakTarget, way: Way, controller: AbortController, number: number): Promise<void> {
	const { signal } = controller;
	if (way === "aborted-before") controller.abort();
	const events = space.submit("/endless", [`call ${number}`], {
		signal,
		protocol,
		...(way === "too-long" && { totalMs: 1 + (number % 40) }),
	});
	if (way === "aborted-at-once") queueMicrotask(() => controller.abort());
	if (way === "aborted-soon") setTimeout(() => controller.abort(), number % 25);
	let values = 0;
	for await (const event of events) {
		if (event.type === "queue" && way === "aborted-in-queue") controller.abort();
		if (event.type !== "value") continue;
		values++;
		if (way === "aborted-at-first-value" || way === "aborted-in-queue") controller.abort();
		if (way === "aborted-later" && values === 3) controller.abort();
		if (way === "left" && values > number % 3) break;
		if (way === "thrown" && values > number % 3) throw new Error("mine");
	}
}

async function run(from: number, count: number): Promise<void> {
	let next = from;
	const work = async (): Promise<void> => {
		while (next < from + count) await call(next++);
	};
	await Promise.all(Array.from({ length: plan.concurrency }, work));
}

/** Collects until that changes nothing any more: finalizers run between two collections. */
async function measure(): Promise<Holding> {
	const resources = process.getActiveResourcesInfo().filter((name) => name !== "PipeWrap");
	for (let time = 0; time < 10; time++) {
		globalThis.gc?.();
		await new Promise((resolve) => setImmediate(resolve));
	}
	return {
		heapBytes: process.memoryUsage().heapUsed,
		resources,
		sharedListeners: getEventListeners(shared.signal, "abort").length,
	};
}

/** Resolves when nothing keeps the process alive any more: no timer, no request, no socket in use. */
function idle(): Promise<unknown> {
	return once(process, "beforeExit");
}

void run(0, plan.warmUpCalls);
await idle();
const warm = await measure();
void run(plan.warmUpCalls, plan.calls);
await idle();
const report: SoakReport = { warm, end: await measure(), outcomes, listening, unhandled };
process.stdout.write(`${JSON.stringify(report)}\n`);
process.stdin.resume();
