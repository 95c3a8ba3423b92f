import { createChain, createSpaceport, type SpaceportEvent } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

const ask = { messages: "?" };

/** A provider that counts how many calls run at once. */
function counting(name = "p") {
	const state = { running: 0, most: 0, startedAt: [] as number[] };
	const provider = createScriptedProvider({
		name,
		scripts: [
			[
				{
					run() {
						state.running += 1;
						state.most = Math.max(state.most, state.running);
						state.startedAt.push(Date.now());
					},
				},
				{ wait: 100 },
				"answer",
				{
					run() {
						state.running -= 1;
					},
				},
			],
		],
	});
	return { provider, state };
}

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("limits", () => {
	test("concurrency holds over all chains of a Spaceport, and for the provider asked alone", async () => {
		const { provider, state } = counting();
		const spaceport = createSpaceport({ providers: [provider], chains: { one: ["p"], two: ["p"] }, limits: { concurrency: 2 } });
		const asked = Promise.all(["p", "one", "two", "p", "one"].map((model) => spaceport.complete({ ...ask, model })));
		await vi.runAllTimersAsync();
		expect(await asked).toHaveLength(5);
		expect(state.most).toBe(2);
		expect(vi.getTimerCount()).toBe(0);
	});

	test("intervalCap spreads the beginnings", async () => {
		const { provider, state } = counting();
		const spaceport = createSpaceport({ providers: [provider], limits: { intervalCap: 2, intervalMs: 1000 } });
		const asked = Promise.all(Array.from({ length: 5 }, () => spaceport.complete(ask)));
		await vi.runAllTimersAsync();
		await asked;
		const [first = 0] = state.startedAt;
		expect(state.startedAt.map((time) => Math.floor((time - first) / 1000))).toEqual([0, 0, 1, 1, 2]);
	});

	test("one that waits is told about, and leaves the queue when it aborts", async () => {
		const { provider, state } = counting();
		const events: SpaceportEvent[] = [];
		const spaceport = createSpaceport({ providers: [provider], limits: { concurrency: 1 }, onEvent: (event) => events.push(event) });
		const controller = new AbortController();
		const first = spaceport.complete(ask);
		const second = spaceport.complete(ask, { signal: controller.signal }).catch((error: unknown) => error);
		const third = spaceport.complete(ask);
		await vi.advanceTimersByTimeAsync(10);
		expect(events.filter((event) => event.type === "queued")).toMatchObject([
			{ where: "limiter", position: 0 },
			{ where: "limiter", position: 1 },
		]);
		controller.abort();
		expect(await second).toMatchObject({ code: "aborted" });
		await vi.runAllTimersAsync();
		expect([(await first).text, (await third).text]).toEqual(["answer", "answer"]);
		expect(provider.calls).toHaveLength(2);
		expect(state.most).toBe(1);
	});

	test("a slot is given back however the attempt ends", async () => {
		const provider = createScriptedProvider({
			name: "p",
			scripts: [[{ ignore: true }], ["a", { hang: true }], [{ fail: new Error("x") }], ["answer"]],
		});
		const spaceport = createSpaceport({ providers: [provider], limits: { concurrency: 1 }, timeouts: { lastFirstChunkMs: 500 } });
		const ignored = spaceport.complete(ask).catch((error: unknown) => error);
		await vi.advanceTimersByTimeAsync(500);
		expect(await ignored).toMatchObject({ code: "timeout" });
		for await (const _ of spaceport.stream(ask)) break;
		await expect(spaceport.complete(ask)).rejects.toMatchObject({ code: "provider-failed" });
		expect((await spaceport.complete(ask)).text).toBe("answer");
	});

	test("an abort at whatever moment leaves no slot taken", async () => {
		for (let hops = 0; hops < 40; hops += 1) {
			const { provider } = counting();
			const spaceport = createSpaceport({ providers: [provider], limits: { concurrency: 1 } });
			const controller = new AbortController();
			const first = spaceport.complete(ask);
			const second = spaceport.complete(ask, { signal: controller.signal }).catch(() => {});
			await vi.advanceTimersByTimeAsync(99);
			vi.advanceTimersByTime(1);
			for (let hop = 0; hop < hops; hop += 1) await Promise.resolve();
			controller.abort();
			const third = spaceport.complete(ask);
			await vi.runAllTimersAsync();
			await Promise.all([first, second]);
			expect((await third).text).toBe("answer");
		}
	});

	test("queueSize bounds our own queue: one more is limiter-full, and the chain goes on", async () => {
		const { provider } = counting();
		const other = createScriptedProvider({ name: "other", scripts: [["from elsewhere"]] });
		const spaceport = createSpaceport({
			chains: [createChain({ name: "default", providers: [provider, other], limits: { concurrency: 1, queueSize: 1 } })],
		});
		const asked = Promise.all([spaceport.complete(ask), spaceport.complete(ask), spaceport.complete(ask)]);
		await vi.runAllTimersAsync();
		const [first, second, third] = await asked;
		expect([first?.text, second?.text, third?.text]).toEqual(["answer", "answer", "from elsewhere"]);
		expect(third?.attempts[0]?.error).toMatchObject({ code: "limiter-full", queueSize: 1 });
	});

	test("queueSize 0 lets nothing wait", async () => {
		const { provider } = counting();
		const spaceport = createSpaceport({ providers: [provider], limits: { concurrency: 1, queueSize: 0 } });
		const first = spaceport.complete(ask);
		const second = spaceport.complete(ask).catch((error: unknown) => error);
		await vi.runAllTimersAsync();
		expect(await second).toMatchObject({ code: "limiter-full" });
		expect((await first).text).toBe("answer");
	});

	test("waiting in our own queue counts against queueMs", async () => {
		const { provider } = counting();
		const spaceport = createSpaceport({
			providers: [provider],
			limits: { concurrency: 1 },
			timeouts: { queueMs: 50 },
			retry: { retries: 0 },
		});
		const first = spaceport.complete(ask);
		const second = spaceport.complete(ask).catch((error: unknown) => error);
		await vi.runAllTimersAsync();
		expect(await second).toMatchObject({ code: "timeout", phase: "queue", own: true });
		expect((await first).text).toBe("answer");
	});
});
