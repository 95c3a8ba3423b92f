import {
	type AsyncGeneratorProvider,
	AuthenticationError,
	type CreateSpaceportOptions,
	createMemoryStore,
	createSpaceport,
	NetworkError,
	RateLimitedError,
	type SpaceportError,
	type SpaceportEvent,
} from "@spaceport/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createSlowStore, timed } from "./slow-store.ts";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

/** A provider that answers with its name, or fails as it is told to. */
interface Actor extends AsyncGeneratorProvider {
	failure: ((key: string | undefined) => SpaceportError | undefined) | undefined;
	/** The keys that it was asked with, in order. */
	readonly asked: (string | undefined)[];
}

function actor(name: string, failure?: SpaceportError, keys?: readonly string[]): Actor {
	const self: Actor = {
		name,
		models: [{ id: "m" }],
		...(keys && { keys }),
		failure: failure && (() => failure),
		asked: [],
		async *createAsyncGenerator(_, { key }) {
			self.asked.push(key);
			const error = self.failure?.(key);
			if (error !== undefined) throw error;
			yield name;
		},
	};
	return self;
}

const down = () => new NetworkError("connection refused", { phase: "join" });
const ask = { messages: "?" };

function create(providers: readonly Actor[], options: CreateSpaceportOptions = {}) {
	const events: SpaceportEvent[] = [];
	const spaceport = createSpaceport({
		providers,
		chains: { default: providers.map(({ name }) => name) },
		onEvent: (event) => events.push(event),
		random: () => 0,
		retry: { retries: 0 },
		...options,
	});
	const answer = async (): Promise<string> => (await timed(spaceport.complete(ask))).value.text;
	return { spaceport, events, answer };
}

describe("a provider that fails", () => {
	test("is passed over by the next requests, and asked again when its time has come", async () => {
		const [a, b] = [actor("a", down()), actor("b")];
		const { answer, events } = create([a, b]);
		for (let count = 0; count < 5; count += 1) expect(await answer()).toBe("b");
		expect(a.asked).toHaveLength(1);
		expect(events.filter(({ type }) => type === "left-out")).toHaveLength(4);
		a.failure = undefined;
		await vi.advanceTimersByTimeAsync(3000);
		expect(await answer()).toBe("a");
		const told = events.filter(({ type }) => type === "cooldown" || type === "recovered");
		const ids = events.filter((event) => event.type === "attempt-start" && event.provider === "a") as readonly { requestId: string }[];
		expect(told).toMatchObject([
			{ type: "cooldown", provider: "a", model: "m", requestId: ids[0]?.requestId, failures: 1, code: "network", stated: false },
			{ type: "recovered", provider: "a", model: "m", requestId: ids[1]?.requestId },
		]);
	});

	test("that is back is used again within half a minute", { timeout: 120_000 }, async () => {
		for (const awayMs of [500, 5000, 30_000, 600_000]) {
			const [a, b] = [actor("a", down()), actor("b")];
			const { answer } = create([a, b]);
			const backAt = Date.now() + awayMs;
			while (Date.now() < backAt) {
				expect(await answer()).toBe("b");
				await vi.advanceTimersByTimeAsync(250);
			}
			a.failure = undefined;
			while ((await answer()) === "b") await vi.advanceTimersByTimeAsync(250);
			expect(Date.now() - backAt).toBeLessThanOrEqual(20_250 + 250);
			// While it was away it was asked a few times, and not by each request.
			expect(a.asked.length).toBeLessThanOrEqual(5 + awayMs / 20_000);
		}
	});

	test("is found out about by one request of a hundred at once", async () => {
		const [a, b] = [actor("a", down()), actor("b")];
		const { answer } = create([a, b]);
		await answer();
		await vi.advanceTimersByTimeAsync(3000);
		const texts = await timed(Promise.all(Array.from({ length: 100 }, () => answer())));
		expect(texts.value.every((text) => text === "b")).toBe(true);
		expect(a.asked).toHaveLength(2);
	});

	test("is not held against it when the caller leaves: the next request finds out", async () => {
		const [a, b] = [actor("a", down()), actor("b")];
		const { answer, spaceport } = create([a, b]);
		await answer();
		await vi.advanceTimersByTimeAsync(3000);
		a.failure = undefined;
		// At whatever moment it leaves, nobody waits for it.
		for (let ticks = 0; ticks < 40; ticks += 1) {
			const controller = new AbortController();
			const left = spaceport.complete(ask, { signal: controller.signal }).catch(() => "left");
			for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
			controller.abort();
			await left;
			await vi.advanceTimersByTimeAsync(0);
			const [row] = await spaceport.health();
			if (row?.state === "well") break;
			const looked = await spaceport.explain(ask);
			expect(String(looked)).not.toContain("tried by another request");
		}
		expect(await answer()).toBe("a");
	});
});

describe("limits and keys", () => {
	test("a stated wait is kept to, and the request goes on with the next provider", async () => {
		const [a, b] = [actor("a", new RateLimitedError("slow down", { retryAfterMs: 90_000 })), actor("b")];
		const { answer } = create([a, b]);
		expect(await answer()).toBe("b");
		await vi.advanceTimersByTimeAsync(89_000);
		expect(await answer()).toBe("b");
		a.failure = undefined;
		await vi.advanceTimersByTimeAsync(1000);
		expect(await answer()).toBe("a");
	});

	test("keys are used in turn; one that is refused rests alone, and the same request goes on with the next", async () => {
		const a = actor("a", undefined, ["k1", "k2", "k3"]);
		const { answer, spaceport } = create([a]);
		for (let count = 0; count < 3; count += 1) await answer();
		expect(a.asked).toEqual(["k1", "k2", "k3"]);
		a.failure = (key) => (key === "k1" ? new AuthenticationError("401") : undefined);
		a.asked.length = 0;
		for (let count = 0; count < 4; count += 1) expect(await answer()).toBe("a");
		expect(a.asked).toEqual(["k1", "k2", "k3", "k2", "k3"]);
		expect((await spaceport.health()).map(({ key, state }) => `${key} ${state}`)).toEqual(["k1 refused", "k2 well", "k3 well"]);
		a.failure = undefined;
		await spaceport.reset("a");
		a.asked.length = 0;
		for (let count = 0; count < 3; count += 1) await answer();
		expect(new Set(a.asked)).toEqual(new Set(["k1", "k2", "k3"]));
	});

	test("a refused provider is left alone until it is registered anew", async () => {
		const [a, b] = [actor("a", new AuthenticationError("401")), actor("b")];
		const { answer, spaceport } = create([a, b]);
		await answer();
		await vi.advanceTimersByTimeAsync(86_400_000);
		expect(await answer()).toBe("b");
		expect(a.asked).toHaveLength(1);
		spaceport.register(actor("a"), { replace: true });
		expect(await answer()).toBe("a");
	});
});

describe("taken out by hand", () => {
	test("a provider is passed over, and what ends in nobody says so", async () => {
		const [a, b] = [actor("a"), actor("b")];
		const { answer, spaceport } = create([a, b]);
		await spaceport.rest("a", { forMs: 3_600_000, reason: "new prices" });
		expect(await answer()).toBe("b");
		await spaceport.rest("b", { forMs: 3_600_000 });
		const { value } = await timed(spaceport.complete(ask).catch((error: unknown) => error));
		expect(value).toMatchObject({ code: "chain-exhausted" });
		expect(String(value)).toContain("new prices");
		// Asked by its name, it is asked.
		expect((await timed(spaceport.complete({ ...ask, model: "a" }))).value.text).toBe("a");
	});
});

describe("a store that is shared", () => {
	test("has two Spaceports know what one has seen", async () => {
		const stateStore = createMemoryStore();
		const [a, b] = [actor("a", down()), actor("b")];
		const [one, other] = [create([a, b], { stateStore }), create([a, b], { stateStore })];
		expect(await one.answer()).toBe("b");
		expect(await other.answer()).toBe("b");
		expect(a.asked).toHaveLength(1);
	});

	test("costs no answer where it fails or is slow", async () => {
		const stateStore = createSlowStore(20);
		const [a, b] = [actor("a", down()), actor("b")];
		const { spaceport, answer } = create([a, b], { stateStore });
		expect(await answer()).toBe("b");
		expect(await answer()).toBe("b");
		expect(a.asked).toHaveLength(1);
		stateStore.failure = new Error("READONLY");
		expect(await answer()).toBe("b");
		expect(a.asked).toHaveLength(2);
		stateStore.failure = undefined;
		stateStore.delayMs = 3_600_000;
		await vi.advanceTimersByTimeAsync(10_000);
		const { value, tookMs } = await timed(spaceport.complete(ask));
		expect(value.text).toBe("b");
		expect(tookMs).toBeLessThanOrEqual(501);
		vi.clearAllTimers();
	});
});
