import {
	AuthenticationError,
	createChain,
	createSpaceport,
	isSpaceportError,
	NetworkError,
	QuotaExceededError,
	RateLimitedError,
	type SpaceportEvent,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptStep } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const network = { fail: new NetworkError("connection reset", { phase: "join" }) };
const limited = (retryAfterMs: number): ScriptStep => ({ fail: new RateLimitedError("slow down", { retryAfterMs }) });

function scripted(name: string, ...scripts: readonly (readonly ScriptStep[])[]) {
	return createScriptedProvider({ name, scripts });
}

/** A Spaceport whose chain `default` has these members, and how it is asked on the fake clock. */
function port(entries: Parameters<typeof createChain>[0]["providers"], options: object = {}) {
	const events: SpaceportEvent[] = [];
	const spaceport = createSpaceport({
		chains: [createChain({ name: "default", providers: entries, ...options })],
		random: () => 0,
		onEvent: (event) => events.push(event),
	});
	async function ask(request: object = {}) {
		events.length = 0;
		const started = Date.now();
		let endedAt = 0;
		const asked = spaceport.complete({ messages: "?", ...request }).then(
			({ text }) => ({ text, error: undefined }),
			(error: unknown) => ({ text: undefined, error }),
		);
		asked.finally(() => {
			endedAt = Date.now();
		});
		await vi.runAllTimersAsync();
		const result = await asked;
		return {
			...result,
			tookMs: endedAt - started,
			asked: events.flatMap((event) => (event.type === "attempt-start" ? [event.provider] : [])),
		};
	}
	return { spaceport, events, ask };
}

beforeEach(() => {
	vi.useFakeTimers({ now: 1_800_000_000_000 });
});

afterEach(() => {
	vi.useRealTimers();
});

describe("who rests", () => {
	test("is passed over by the next request, told of, and asked again when the time is over", async () => {
		const a = scripted("a", [network], [network], ["a is back"]);
		const { ask, events } = port([a, scripted("b", ["b"])]);
		expect((await ask()).asked).toEqual(["a", "a", "b"]);
		const second = await ask();
		expect(second.asked).toEqual(["b"]);
		expect(events.find(({ type }) => type === "left-out")).toMatchObject({
			provider: "a",
			reason: expect.stringContaining("connection reset"),
		});
		vi.advanceTimersByTime(20_000);
		expect(await ask()).toMatchObject({ asked: ["a"], text: "a is back" });
	});

	test("is waited for where nobody else is left, for as long as it takes", async () => {
		const a = scripted("a", [limited(30_000)], ["late"]);
		const { ask, events } = port([a], { retry: { retries: 0 } });
		expect((await ask()).error).toMatchObject({ code: "chain-exhausted" });
		const second = await ask();
		expect(second).toMatchObject({ text: "late", tookMs: 30_000 });
		expect(events.find(({ type }) => type === "waiting")).toMatchObject({ provider: "a", delayMs: 30_000 });
	});

	test("is not waited for longer than a wait may be: the error says when to come back", async () => {
		const a = scripted("a", [limited(3_600_000)], ["late"]);
		const { ask } = port([a]);
		await ask();
		const { error, tookMs, asked } = await ask();
		expect(asked).toEqual([]);
		expect(tookMs).toBe(0);
		if (!isSpaceportError(error, "chain-exhausted")) throw error;
		expect(error.attempts).toEqual([]);
		expect(error.lastError).toMatchObject({ code: "rate-limited", retryAfterMs: 3_600_000 });
		expect(error.leftOut).toMatchObject([{ provider: "a", retryAt: Date.now() + 3_600_000 }]);
		expect(error.retryAfterMs).toBe(3_600_000);
	});

	test("a last resort is asked although it rests, after everybody else", async () => {
		const b = scripted("b", [limited(3_600_000)], ["b after all"]);
		const { ask } = port([{ provider: b, lastResort: true }, scripted("a", ["a"], [{ fail: new AuthenticationError("401") }])]);
		expect((await ask()).asked).toEqual(["b", "a"]);
		expect(await ask()).toMatchObject({ asked: ["a", "b"], text: "b after all" });
	});

	test("a provider asked alone by its name is asked although it rests", async () => {
		const a = scripted("a", [limited(3_600_000)], ["again"]);
		const spaceport = createSpaceport({ providers: [a] });
		await expect(spaceport.complete({ messages: "?" })).rejects.toMatchObject({ code: "rate-limited" });
		await expect(spaceport.complete({ messages: "?" })).resolves.toMatchObject({ text: "again" });
	});

	test("after it comes back one request at a time finds out", async () => {
		const a = scripted("a", [network], [{ wait: 1000 }, "a"]);
		const b = scripted("b", ["b"]);
		const { spaceport, events, ask } = port([a, b], { retry: { retries: 0 } });
		await ask();
		vi.advanceTimersByTime(20_000);
		const asked = Promise.all(Array.from({ length: 20 }, () => spaceport.complete({ messages: "?" })));
		await vi.runAllTimersAsync();
		const texts = (await asked).map(({ text }) => text);
		expect(texts.filter((text) => text === "a")).toHaveLength(1);
		expect(texts.filter((text) => text === "b")).toHaveLength(19);
		expect(events.filter(({ type }) => type === "recovered")).toHaveLength(1);
		expect((await ask()).asked).toEqual(["a"]);
	});

	test("a hundred wait for one, and all go on when it is well", async () => {
		const a = scripted("a", [limited(10_000)], [{ wait: 500 }, "a"]);
		const { spaceport, ask } = port([a], { retry: { retries: 0 } });
		await ask();
		const asked = Promise.all(Array.from({ length: 100 }, () => spaceport.complete({ messages: "?" })));
		await vi.runAllTimersAsync();
		expect((await asked).every(({ text }) => text === "a")).toBe(true);
		expect(vi.getTimerCount()).toBe(0);
	});

	test("somebody who rests is nobody who stands ready: the others are waited for longer", async () => {
		const b = scripted("b", [limited(3_600_000)]);
		const a = scripted("a", [{ fail: new AuthenticationError("401") }], [{ wait: 60_000 }, "slow"]);
		const { ask, spaceport } = port([a, b]);
		await ask();
		await spaceport.reset("a");
		expect(await ask()).toMatchObject({ text: "slow", asked: ["a"] });
	});

	test("a caller who leaves while it waits leaves nothing behind", async () => {
		const a = scripted("a", [limited(30_000)], ["late"]);
		const { spaceport, ask } = port([a], { retry: { retries: 0 } });
		await ask();
		const controller = new AbortController();
		const asked = spaceport.complete({ messages: "?" }, { signal: controller.signal });
		asked.catch(() => {});
		await vi.advanceTimersByTimeAsync(1000);
		controller.abort();
		await expect(asked).rejects.toMatchObject({ code: "aborted" });
		await vi.advanceTimersByTimeAsync(0);
		expect(vi.getTimerCount()).toBe(0);
	});
});

describe("keys", () => {
	test("are used in turn, and one that is refused rests alone", async () => {
		const used: (string | undefined)[] = [];
		const provider = {
			...scripted("p"),
			keys: ["one", "two", "three"],
			async *createAsyncGenerator(_: unknown, context: { readonly key?: string }) {
				used.push(context.key);
				if (context.key === "two") throw new AuthenticationError("401");
				yield "answer";
			},
		};
		const { ask, spaceport } = port([provider, scripted("b", ["b"])]);
		for (let index = 0; index < 6; index += 1) expect((await ask()).text).toBe("answer");
		expect(used).toEqual(["one", "two", "three", "one", "three", "one", "three"]);
		expect(await spaceport.health()).toEqual(
			expect.arrayContaining([expect.objectContaining({ provider: "p", key: "two", state: "refused" })]),
		);
	});

	test("are each tried at once, and what follows is a repetition, which waits", async () => {
		const used: (string | undefined)[] = [];
		const at: number[] = [];
		const started = Date.now();
		const provider = {
			...scripted("p"),
			keys: ["one", "two"],
			// biome-ignore lint/correctness/useYield: it never has an answer.
			async *createAsyncGenerator(_: unknown, context: { readonly key?: string }): AsyncGenerator<string> {
				used.push(context.key);
				at.push(Date.now() - started);
				throw new RateLimitedError("a moment", { retryAfterMs: 0 });
			},
		};
		const { error } = await port([provider], { retry: { retries: 1 } }).ask();
		expect(used).toHaveLength(4);
		expect(error).toMatchObject({ code: "chain-exhausted" });
	});

	test.each([
		[5000, 9000, 5000],
		[5000, 3_600_000, 5000],
		[9000, 5000, 5000],
	])("keys that are used up for %i and %i ms: the one that is free first is waited for", async (one, two, waited) => {
		const used: (string | undefined)[] = [];
		const provider = {
			...scripted("p"),
			keys: ["one", "two"],
			async *createAsyncGenerator(_: unknown, { key }: { readonly key?: string }): AsyncGenerator<string> {
				used.push(key);
				if (used.length < 3) throw new QuotaExceededError("used up", { retryAfterMs: key === "one" ? one : two });
				yield "answer";
			},
		};
		const { text, tookMs } = await port([provider]).ask();
		expect([text, tookMs]).toEqual(["answer", waited]);
		expect(used).toEqual(["one", "two", one < two ? "one" : "two"]);
	});
});
