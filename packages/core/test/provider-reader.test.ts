import { type Chunk, createSpaceport, type SpaceportError, type Timeouts } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { completeChainOptions } from "../src/chain/chain-options.ts";
import { createProviderReader } from "../src/chain/provider-reader.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

/** A chunk, or a wait in milliseconds. */
type Step = Chunk | string | number;
const queued: Chunk = { type: "queue-update", position: 1 };
const progress: Chunk = { type: "progress", stage: "started" };
const log: Chunk = { type: "log", level: "info", text: "still there" };

function create(timeouts: Partial<Timeouts> = {}) {
	const controller = new AbortController();
	const deadlines = { ...completeChainOptions({}).timeouts, firstChunkMs: 1000, queueMs: 5000, idleMs: 300, ...timeouts };
	return { reader: createProviderReader("p", deadlines, controller), controller };
}

/** Reads a provider to its end, or to the deadline that ended it, and tells how long that took. */
async function read(steps: readonly Step[], timeouts: Partial<Timeouts> = {}) {
	const { reader, controller } = create(timeouts);
	const start = performance.now();
	const chunks: Chunk[] = [];
	let tookMs = 0;
	async function* provider() {
		for (const step of steps) {
			if (typeof step === "number") await new Promise((resolve) => setTimeout(resolve, step));
			else yield step;
		}
	}
	const reading = (async () => {
		for await (const batch of reader.read(provider())) chunks.push(...batch);
		return reader.finish();
	})().then(
		(finish) => ({ finish, error: undefined }),
		(error: unknown) => ({ finish: undefined, error: error as SpaceportError }),
	);
	reading.finally(() => {
		tookMs = performance.now() - start;
	});
	await vi.runAllTimersAsync();
	const ended = await reading;
	const leaving = reader.leave();
	await vi.runAllTimersAsync();
	await leaving;
	return { ...ended, chunks, tookMs, usage: reader.usage(), aborted: controller.signal.aborted };
}

describe("the deadline that holds", () => {
	test.each<[string, readonly Step[], string, number]>([
		["before the first content", [9000], "first-chunk", 1000],
		["before it, however much else comes", [log, 600, progress, 300, log, 9000], "first-chunk", 1000],
		["in the provider's queue", [queued, 9000], "queue", 5000],
		["in the queue, whatever is logged there", [queued, 2000, log, 2500, log, 9000], "queue", 5000],
		["behind the queue, when it says that it has begun", [queued, 2000, progress, 9000], "first-chunk", 3000],
		["before and behind the queue together", [700, queued, 2000, progress, 9000], "first-chunk", 3000],
		["in the queue a second time, with what is left of it", [queued, 2000, progress, 100, queued, 9000], "queue", 5100],
		["behind the first content", ["Hi", 9000], "idle", 300],
		["behind it, whatever else is said", ["Hi", queued, 9000], "idle", 300],
		["behind it, after progress", ["Hi", progress, 9000], "idle", 300],
		["behind each chunk anew", ["Hi", 250, "Hi", 250, "Hi", 250, "Hi", 9000], "idle", 1050],
		["behind white space, which is no content", [" ", 400, "\n", 9000], "first-chunk", 1000],
	])("%s", async (_, steps, phase, tookMs) => {
		const { error, tookMs: took } = await read(steps);
		expect(error).toMatchObject({ code: "timeout", phase });
		expect(took).toBe(tookMs);
	});

	test.each([
		["first-chunk", [9000], '"p" gave no content after 1000 ms.', "firstChunkMs"],
		["queue", [queued, 9000], '"p" was still waiting in the queue after 5000 ms.', "queueMs"],
		["idle", ["Hi", 9000], '"p" sent nothing more after 300 ms.', "idleMs"],
	] as const)("says what was waited for, and which option allows more: %s", async (phase, steps, message, option) => {
		const { error } = await read(steps);
		expect(error).toMatchObject({
			phase,
			message,
			provider: "p",
			hint: `Raise timeouts.${option} where this provider is known to be slow.`,
		});
		expect(error).not.toHaveProperty("own", true);
	});
});

describe("what is handed on", () => {
	test("is all but texts that are empty and add nothing", async () => {
		const cleared: Chunk = { type: "text-replace", text: "" };
		const { chunks, finish, aborted } = await read(["a", "", { type: "text-delta", text: "" }, cleared, "b"]);
		expect(chunks).toEqual([{ type: "text-delta", text: "a" }, cleared, { type: "text-delta", text: "b" }]);
		expect([finish, aborted]).toEqual([{ type: "finish", finishReason: "unknown" }, false]);
	});

	test("and nothing behind the end that the provider says", async () => {
		const { chunks, finish } = await read(["a", { type: "finish", finishReason: "length" }, "late", 9000]);
		expect([chunks.length, finish]).toEqual([1, { type: "finish", finishReason: "length" }]);
	});

	test("the last word on what was used is known, whatever came behind it", async () => {
		const used: Chunk = { type: "usage", outputTokens: 7, source: "provider" };
		expect((await read([{ ...used, outputTokens: 3 }, "a", used, "b"])).usage).toEqual(used);
		expect((await read(["a", "b"])).usage).toBeUndefined();
	});

	test("what is no chunk is the attempt's failure, behind all that came before it", async () => {
		const { chunks, error } = await read(["a", { type: "nonsense" } as unknown as Chunk, "b"]);
		expect([chunks.length, error?.code]).toEqual([1, "provider-failed"]);
	});
});

describe("a wait for a turn", () => {
	test("ends with the deadline of the queue, which is ours", async () => {
		const { reader, controller } = create();
		const waiting = reader.queue(new Promise<never>(() => {})).catch((error: unknown) => error);
		await vi.advanceTimersByTimeAsync(5000);
		expect(await waiting).toMatchObject({ code: "timeout", phase: "queue", own: true, afterMs: 5000 });
		expect(controller.signal.aborted).toBe(true);
		await reader.leave();
	});

	test("does not begin where the attempt was cut short before", async () => {
		const { reader } = create();
		const cause = { code: "aborted" } as SpaceportError;
		reader.interrupt(cause);
		await expect(reader.queue(new Promise<never>(() => {}))).rejects.toBe(cause);
		expect(reader.interruption()).toBe(cause);
		await reader.leave();
	});

	test("leaves the provider's own queue its whole time", async () => {
		const { reader } = create();
		const turn = reader.queue(new Promise((resolve) => setTimeout(resolve, 4000, "turn")));
		await vi.advanceTimersByTimeAsync(4000);
		expect(await turn).toBe("turn");
		async function* provider() {
			yield queued;
			await new Promise((resolve) => setTimeout(resolve, 4500));
			yield "Hi";
		}
		const reading = (async () => {
			const chunks: Chunk[] = [];
			for await (const batch of reader.read(provider())) chunks.push(...batch);
			return chunks.length;
		})();
		await vi.runAllTimersAsync();
		expect(await reading).toBe(2);
		await reader.leave();
	});
});

test("what a provider used is charged in place of the estimate, also where more text came behind it", async () => {
	const provider = createScriptedProvider({
		name: "p",
		scripts: [["Hi", { type: "usage", inputTokens: 100, outputTokens: 0, source: "provider" }, " there"]],
		limits: { tokensPerMinute: 100 },
	});
	const spaceport = createSpaceport({ providers: [provider] });
	const start = Date.now();
	await spaceport.complete({ messages: "?" });
	const second = spaceport.complete({ messages: "?" }).then(() => Date.now() - start);
	await vi.runAllTimersAsync();
	expect(await second).toBe(60_000);
});
