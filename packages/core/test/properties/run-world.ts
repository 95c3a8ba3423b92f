import {
	type AsyncGeneratorProvider,
	type Chunk,
	type Completion,
	createChain,
	createSpaceport,
	type Spaceport,
	type SpaceportEvent,
} from "@spaceport/core";
import { vi } from "vitest";

import { type Call, createActor, sleep, sleepers } from "./actor.ts";
import { type Asking, type World, well } from "./world.ts";

const { setImmediate: setRealImmediate } = globalThis;
const breathe = (): Promise<void> => new Promise((resolve) => setRealImmediate(resolve));

/** How long a chain waits for a provider's `finally`, in milliseconds. */
export const closingMs = 2000;

/** One request, as it went. */
export interface Told {
	readonly asking: Asking;
	readonly requestId: string;
	/** The text after each chunk. */
	readonly texts: readonly string[];
	readonly chunks: readonly Chunk[];
	/** What the text stream gave, where that was read. */
	readonly given?: string;
	/** How reading ended: of its own, by the reader, or by an error. */
	readonly end: "end" | "left" | { readonly error: unknown };
	readonly completion: Completion | { readonly error: unknown };
	/** When it was asked and when it ended, in milliseconds. */
	readonly from: number;
	readonly until: number;
}

/** Everything that could be seen of a run. */
export interface Story {
	readonly told: readonly Told[];
	readonly calls: readonly Call[];
	readonly events: readonly SpaceportEvent[];
	/** What was written to the log. */
	readonly log: readonly string[];
	/** Rejections that nobody handled. */
	readonly unhandled: readonly unknown[];
	/** Timers that were left when all was over. */
	readonly timers: number;
	/** What each provider gave when it was asked at the end, with nobody else there. */
	readonly afterwards: Readonly<Record<string, string>>;
	/** The same in one text: who did what, when. */
	readonly lines: readonly string[];
}

/** Plays a world on the fake clock. */
export async function runWorld(world: World): Promise<Story> {
	const unhandled: unknown[] = [];
	const onUnhandled = (error: unknown): void => {
		unhandled.push(error);
	};
	process.on("unhandledRejection", onUnhandled);
	try {
		const story = await playOn(world, unhandled);
		return story;
	} finally {
		process.off("unhandledRejection", onUnhandled);
	}
}

async function playOn(world: World, unhandled: readonly unknown[]): Promise<Story> {
	const zero = performance.now();
	const now = (): number => performance.now() - zero;
	const calls: Call[] = [];
	const events: SpaceportEvent[] = [];
	const lines: string[] = [];
	const log: string[] = [];
	/** At the end all are asked once more, and all are well. */
	let over = false;
	const actors = world.actors.map((actor, index) => {
		const provider = createActor("ABCD"[index] as string, actor, world.truth, calls);
		const afterwards = createActor(provider.name, { behaviours: [well], lastResort: false }, world.truth, []);
		return {
			...provider,
			createAsyncGenerator: (...given: Parameters<AsyncGeneratorProvider["createAsyncGenerator"]>) =>
				(over ? afterwards : provider).createAsyncGenerator(...given),
		};
	});
	let ids = 0;
	const write = (...said: unknown[]): void => {
		log.push(said.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(" "));
	};
	const spaceport = createSpaceport({
		...world.options,
		...spaceportOf(world, actors),
		random: () => world.random,
		createId: () => {
			ids += 1;
			return `id-${ids}`;
		},
		logger: { debug: write, info: write, warn: write, error: write } as never,
		onEvent(event) {
			events.push(event);
			lines.push(`${now()} ${inWords(event)}`);
		},
	});

	const asked = world.askings.map((asking, index) => ask(spaceport, world, asking, `request-${index + 1}`, now, lines));
	const told = await untilDone(Promise.all(asked));
	// A reader who left does not wait for providers that take their time to end. Later, timers that are left would go off by themselves.
	await vi.advanceTimersByTimeAsync(closingMs);
	const timers = vi.getTimerCount() - sleepers;
	await vi.runAllTimersAsync();
	over = true;
	const afterwards = await askAll(spaceport, actors);
	return { told, calls, events, log, unhandled: [...unhandled], timers, afterwards, lines };
}

/** Moves the clock from timer to timer until it is done. */
async function untilDone<Value>(promise: Promise<Value>): Promise<Value> {
	let done = false;
	promise.finally(() => {
		done = true;
	});
	while (true) {
		// What needs no timer has its turn first, and what ends with an answer as well.
		for (let turn = 0; turn < 3; turn += 1) await breathe();
		if (done) return promise;
		if (vi.getTimerCount() === 0) throw new Error("nothing more will happen, and not all requests have ended");
		await vi.advanceTimersToNextTimerAsync();
	}
}

function spaceportOf(world: World, actors: readonly AsyncGeneratorProvider[]) {
	const entries = actors.map((provider, index) => ({ provider: provider.name, lastResort: world.actors[index]?.lastResort === true }));
	const [first, ...others] = entries as [(typeof entries)[0], ...typeof entries];
	if (world.shape === "chain") return { providers: actors, chains: { default: entries } };
	if (world.shape !== "nested") return { providers: actors };
	const inner = createChain({ name: "inner", providers: others.length === 0 ? [first] : others });
	return {
		providers: actors,
		chains: [inner, createChain({ name: "default", providers: others.length === 0 ? ["inner"] : [first, "inner"] })],
	};
}

function modelOf({ shape, actors }: World): string | string[] {
	if (shape === "alone") return "A";
	return shape === "list" ? actors.map((_, index) => "ABCD"[index] as string) : "default";
}

async function ask(
	spaceport: Spaceport,
	world: World,
	asking: Asking,
	requestId: string,
	now: () => number,
	lines: string[],
): Promise<Told> {
	if (asking.at > 0) await sleep(asking.at);
	const controller = new AbortController();
	const from = now();
	const kept = new AbortController();
	if (asking.abortsAfter !== undefined) {
		sleep(asking.abortsAfter, kept.signal).then(
			() => controller.abort(new Error("the caller's own reason")),
			() => {},
		);
	}
	const chunks: Chunk[] = [];
	const texts: string[] = [];
	let text = "";
	const stream = spaceport.stream(
		{ model: modelOf(world), messages: "Tell me.", temperature: 0.5 },
		{
			signal: controller.signal,
			requestId,
			onChunk(chunk) {
				chunks.push(chunk);
				if (chunk.type === "text-delta") text += chunk.text;
				else if (chunk.type === "text-replace") text = chunk.text;
				else return;
				texts.push(text);
			},
		},
	);
	const besides = asking.reads === "text and completion" ? stream.completion.catch(() => {}) : undefined;
	let given: string | undefined;
	let end: Told["end"] = "end";
	try {
		if (asking.reads === "completion") await stream.completion;
		else {
			let pieces = 0;
			const iterable: AsyncIterable<unknown> = asking.reads === "chunks" ? stream : stream.textStream;
			if (asking.reads !== "chunks") given = "";
			for await (const piece of iterable) {
				if (typeof piece === "string") given += piece;
				pieces += 1;
				if (asking.leavesAfter !== undefined && pieces > asking.leavesAfter) {
					end = "left";
					break;
				}
				if (asking.slow > 0) await sleep(asking.slow);
			}
		}
	} catch (error) {
		end = { error };
	}
	const until = now();
	const completion = await stream.completion.catch((error: unknown) => ({ error }));
	await besides;
	kept.abort();
	lines.push(`${until} ${requestId} ${typeof end === "string" ? end : codeOf(end.error)}: ${text}`);
	return { asking, requestId, texts, chunks, ...(given !== undefined && { given }), end, completion, from, until };
}

/** Whether everybody can be asked again when all is over: no slot is taken, and nothing is stuck. */
async function askAll(spaceport: Spaceport, actors: readonly AsyncGeneratorProvider[]): Promise<Record<string, string>> {
	await (spaceport as { reset?: () => unknown }).reset?.();
	const given: Record<string, string> = {};
	for (const { name } of actors) {
		const controller = new AbortController();
		const asked = spaceport
			.complete({ model: name, messages: "And now?" }, { signal: controller.signal, timeouts: { totalMs: 600_000 } })
			.then(
				({ text }) => text,
				(error: unknown) => codeOf(error),
			);
		await vi.advanceTimersByTimeAsync(1);
		controller.abort();
		await vi.runAllTimersAsync();
		given[name] = await asked;
	}
	return given;
}

export function codeOf(error: unknown): string {
	const { code } = error as { readonly code?: unknown };
	return typeof code === "string" ? code : `untyped: ${String(error)}`;
}

function inWords(event: SpaceportEvent): string {
	return JSON.stringify(event, (key, value: unknown) => {
		// Times of day are not the same twice.
		if (key === "startedAt" || key === "until" || key === "retryAt") return undefined;
		return value;
	});
}
