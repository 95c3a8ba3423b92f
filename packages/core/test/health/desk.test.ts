import {
	AuthenticationError,
	createChain,
	createMemoryStore,
	createSpaceport,
	isSpaceportError,
	NetworkError,
	RateLimitedError,
	type SpaceportEvent,
	SpaceUnavailableError,
	type StateStore,
} from "@spaceport/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { createWard, network, provider } from "./support.ts";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

/** A Spaceport, and somebody who makes its providers fail: a second one that shares its store. */
function create(options: Parameters<typeof createSpaceport>[0] = {}) {
	const stateStore = createMemoryStore();
	const events: SpaceportEvent[] = [];
	const spaceport = createSpaceport({ stateStore, onEvent: (event) => events.push(event), ...options });
	return { spaceport, ward: createWard(stateStore), stateStore, events };
}

const two = [{ id: "one", aliases: ["first"] }, { id: "two" }];

describe("health()", () => {
	test("has a row for each provider, model and key, also where all are well, and none for chains", async () => {
		const { spaceport } = create({
			providers: [provider("a", { models: two }), provider("b", { keys: ["k1", "k2"] }), provider("c", { models: [] })],
			chains: { default: ["a", "b"] },
		});
		const well = { state: "well", failures: 0 };
		expect(await spaceport.health()).toEqual([
			{ provider: "a", model: "one", ...well },
			{ provider: "a", model: "two", ...well },
			{ provider: "b", model: "m", key: "k1", ...well },
			{ provider: "b", model: "m", key: "k2", ...well },
			{ provider: "c", model: "", ...well },
		]);
	});

	test("says who rests, until when and why", async () => {
		const { spaceport, ward } = create({ providers: [provider("a", { models: two }), provider("b", { keys: ["k1", "k2"] })] });
		await ward.fail({ name: "a", model: "one", provider: spaceport.get("a") });
		await ward.fail({ name: "b", model: "m", provider: spaceport.get("b") }, new AuthenticationError("401"));
		await ward.fail({ name: "c", model: "x", provider: provider("c") });
		const now = Date.now();
		const cooling = { state: "cooling", failures: 1, until: now + 3000, stated: false, code: "network", message: "connection reset" };
		expect(await spaceport.health()).toEqual([
			{ provider: "a", model: "one", ...cooling },
			{ provider: "a", model: "two", state: "well", failures: 0 },
			{
				provider: "b",
				model: "m",
				key: "k1",
				state: "refused",
				failures: 1,
				until: Infinity,
				stated: false,
				code: "authentication",
				message: "401",
			},
			{ provider: "b", model: "m", key: "k2", state: "well", failures: 0 },
			// A member of a chain that is not registered.
			{ provider: "c", model: "x", ...cooling },
		]);
		vi.advanceTimersByTime(3000);
		expect((await spaceport.health())[0]).toMatchObject({ state: "probing", failures: 1 });
	});
});

describe("reset()", () => {
	test("brings back a provider, a model, or everybody", async () => {
		const { spaceport, ward, events } = create({ providers: [provider("a", { models: two }), provider("b")] });
		const states = async () => (await spaceport.health()).map(({ state }) => state);
		const failAll = async () => {
			for (const model of ["one", "two"]) await ward.fail({ name: "a", model, provider: spaceport.get("a") }, network(), { force: true });
			await ward.fail({ name: "b", model: "m", provider: spaceport.get("b") }, new AuthenticationError("401"), { force: true });
		};
		await failAll();
		expect(await states()).toEqual(["cooling", "cooling", "refused"]);
		await spaceport.reset("a:first");
		expect(await states()).toEqual(["well", "cooling", "refused"]);
		await spaceport.reset("b");
		expect(await states()).toEqual(["well", "cooling", "well"]);
		await failAll();
		await spaceport.reset();
		expect(await states()).toEqual(["well", "well", "well"]);
		expect(events.map((event) => event.type === "recovered" && `${event.provider}/${event.model}`)).toEqual([
			"a/one",
			"b/",
			"a/two",
			"a/one",
			"b/",
		]);
		await spaceport.reset("a");
	});

	test("is not undone by the late failure of an attempt that began before", async () => {
		const { spaceport } = create({ providers: [provider("a")], stateStore: undefined as never });
		const events: SpaceportEvent[] = [];
		let reject: (error: Error) => void = () => {};
		const slow = provider("slow", {
			async *createAsyncGenerator() {
				yield await new Promise<never>((_, fail) => {
					reject = fail;
				});
			},
		});
		spaceport.register(slow);
		const asked = spaceport
			.complete({ model: "slow", messages: "?" }, { onEvent: (event) => events.push(event) })
			.catch((error: unknown) => error);
		await vi.waitFor(() => expect(events.map(({ type }) => type)).toContain("attempt-start"));
		await spaceport.reset("slow");
		reject(new AuthenticationError("401"));
		await asked;
		expect((await spaceport.health()).every(({ state }) => state === "well")).toBe(true);
	});

	test("of a chain brings back its members", async () => {
		const { spaceport, ward } = create({
			providers: [provider("a", { models: two }), provider("b"), provider("c")],
			chains: { inner: ["b"], outer: [{ provider: "a", model: "two" }, "inner"] },
		});
		for (const model of ["one", "two"]) await ward.fail({ name: "a", model, provider: spaceport.get("a") });
		for (const name of ["b", "c"]) await ward.fail({ name, model: "m", provider: spaceport.get(name) });
		await spaceport.reset("outer");
		expect((await spaceport.health()).map(({ state }) => state)).toEqual(["cooling", "well", "well", "cooling"]);
	});

	test("knows nobody of another name", async () => {
		const { spaceport } = create({ providers: [provider("groq")] });
		const error = await spaceport.reset("grok").catch((thrown: unknown) => thrown);
		expect(isSpaceportError(error, "no-such-provider")).toBe(true);
		expect(String(error)).toContain('Did you mean "groq"?');
		await expect(spaceport.reset("grok:m")).rejects.toMatchObject({ code: "no-such-provider" });
		await expect(spaceport.reset(5 as never)).rejects.toMatchObject({ code: "no-such-provider" });
	});
});

describe("rest()", () => {
	test("takes a provider out for a while, with a reason", async () => {
		const { spaceport, ward, events, stateStore } = create({ providers: [provider("a", { models: two })] });
		const [one, other] = two.map(({ id }) => ({ name: "a", model: id, provider: spaceport.get("a") }));
		if (one === undefined || other === undefined) throw new Error("There are two.");
		await spaceport.rest("a", { forMs: 60_000, reason: "new prices" });
		const resting = { state: "cooling", until: Date.now() + 60_000, byHand: true, stated: false, message: "new prices" };
		expect(await spaceport.health()).toMatchObject([resting, resting]);
		expect(await ward.refusal(one)).toMatchObject(resting);
		expect(await stateStore.get("a")).toMatchObject({ expiresAt: Date.now() + 60_000 });
		// A last resort is asked all the same; what comes of it does not end the rest.
		await ward.answer(one, { force: true });
		expect(await ward.refusal(one)).toMatchObject(resting);
		expect(events).toMatchObject([{ type: "cooldown", provider: "a", model: "", until: Date.now() + 60_000, failures: 0 }]);
		vi.advanceTimersByTime(60_000);
		await Promise.all([ward.claim(one), ward.claim(one), ward.claim(other)]);
		expect(await spaceport.health()).toMatchObject([{ state: "well" }, { state: "well" }]);
	});

	test("is shown before a shorter rest, and after a longer one", async () => {
		const { spaceport, ward } = create({ providers: [provider("a")] });
		await ward.fail({ name: "a", model: "m", provider: spaceport.get("a") });
		await spaceport.rest("a", { forMs: 60_000 });
		expect(await spaceport.health()).toMatchObject([{ byHand: true, until: Date.now() + 60_000, message: "no reason was given." }]);
		await spaceport.rest("a", { forMs: 1000 });
		expect(await spaceport.health()).toMatchObject([{ code: "network", until: Date.now() + 3000 }]);
	});

	test("takes out one model, or for good, and can be changed", async () => {
		const { spaceport, ward } = create({ providers: [provider("a", { models: two })] });
		await spaceport.rest("a:two", { forMs: Infinity });
		vi.advanceTimersByTime(86_400_000);
		expect((await spaceport.health()).map(({ state, until }) => [state, until])).toEqual([
			["well", undefined],
			["cooling", Infinity],
		]);
		await spaceport.rest("a:two", { forMs: 1000 });
		expect((await spaceport.health())[1]?.until).toBe(Date.now() + 1000);
		await spaceport.reset("a:two");
		await ward.claim({ name: "a", model: "two", provider: spaceport.get("a") });
	});

	test.each([0, -1, Number.NaN, "60", undefined])("refuses %s as a time", async (forMs) => {
		const { spaceport } = create({ providers: [provider("a")] });
		await expect(spaceport.rest("a", { forMs: forMs as number })).rejects.toMatchObject({ code: "invalid-request", path: "forMs" });
		await expect(spaceport.rest("a", undefined as never)).rejects.toMatchObject({ code: "invalid-request" });
		await expect(spaceport.rest("b", { forMs: 1 })).rejects.toMatchObject({ code: "no-such-provider" });
	});
});

describe("registering anew", () => {
	test("forgets what was known under the name, and so does unregistering", async () => {
		const { spaceport, ward } = create({ providers: [provider("a"), provider("b")] });
		for (const name of ["a", "b"]) await ward.fail({ name, model: "m", provider: spaceport.get(name) }, new AuthenticationError("401"));
		spaceport.register(provider("a"), { replace: true });
		spaceport.unregister("b");
		spaceport.register(provider("b"));
		expect(await spaceport.health()).toMatchObject([{ state: "well" }, { state: "well" }]);
	});

	test("does not forget where the name is taken", async () => {
		const { spaceport, ward } = create({ providers: [provider("a")] });
		await ward.fail({ name: "a", model: "m", provider: spaceport.get("a") });
		expect(() => spaceport.register(provider("a"))).toThrow("taken");
		expect(await spaceport.health()).toMatchObject([{ state: "cooling" }]);
	});
});

describe("probe()", () => {
	const gone = () => new SpaceUnavailableError("gone", { stage: "gone" });

	test("looks at those that have a probe, and notes what it finds", async () => {
		const seen: unknown[] = [];
		const { spaceport, ward, events } = create({
			providers: [
				provider("well", {
					models: two,
					async probe({ id, signal, deadlines }) {
						seen.push([id, signal.aborted, deadlines.connectMs]);
					},
				}),
				provider("ill", { models: two, probe: () => Promise.reject(gone()) }),
				provider("none"),
			],
			timeouts: { connectMs: 1234 },
		});
		await ward.fail({ name: "well", model: "one", provider: spaceport.get("well") });
		await ward.fail({ name: "none", model: "m", provider: spaceport.get("none") });
		vi.advanceTimersByTime(1);
		const rows = await spaceport.probe();
		expect(rows.map(({ provider: name, model, state, code }) => [name, model, state, code])).toEqual([
			["well", "one", "well", undefined],
			["well", "two", "well", undefined],
			["ill", "one", "cooling", "space-unavailable"],
			["ill", "two", "cooling", "space-unavailable"],
		]);
		expect(seen).toEqual([["probe-well", false, 1234]]);
		expect(events.map((event) => [event.type, "provider" in event && event.provider])).toEqual([
			["recovered", "well"],
			["cooldown", "ill"],
		]);
		expect((await spaceport.health()).at(-1)).toMatchObject({ provider: "none", state: "cooling" });
	});

	test("looks at each key, and lets a refused one rest alone", async () => {
		const { spaceport } = create({
			providers: [
				provider("a", {
					keys: ["good", "bad"],
					async probe({ key }) {
						if (key === "bad") throw new AuthenticationError("401");
					},
				}),
			],
		});
		expect(await spaceport.probe("a")).toMatchObject([
			{ key: "good", state: "well" },
			{ key: "bad", state: "refused", failures: 1 },
		]);
		vi.advanceTimersByTime(1);
		// The good one's being well says nothing of the other.
		expect((await spaceport.probe("a"))[1]).toMatchObject({ key: "bad", state: "refused", failures: 2 });
	});

	test("does not end what the provider stated, nor what was taken out by hand", async () => {
		const { spaceport, ward } = create({
			providers: [provider("a", { models: two, probe: async () => {} }), provider("b", { probe: async () => {} })],
		});
		const limited = new RateLimitedError("slow down", { retryAfterMs: 60_000 });
		await ward.fail({ name: "a", model: "one", provider: spaceport.get("a") }, limited);
		await ward.fail({ name: "a", model: "two", provider: spaceport.get("a") }, new AuthenticationError("401"));
		await spaceport.rest("b", { forMs: 1000 });
		vi.advanceTimersByTime(1);
		expect(await spaceport.probe()).toMatchObject([
			{ provider: "a", model: "one", state: "cooling", code: "rate-limited" },
			{ provider: "a", model: "two", state: "well" },
			{ provider: "b", state: "cooling", byHand: true },
		]);
	});

	test("ends one that takes too long, also where it is deaf to its signal", async () => {
		let signal: AbortSignal | undefined;
		const deaf = provider("deaf", {
			timeouts: { connectMs: 400 },
			probe(context) {
				signal = context.signal;
				return new Promise(() => {});
			},
		});
		const { spaceport } = create({ providers: [deaf] });
		const rows = spaceport.probe("deaf");
		await vi.advanceTimersByTimeAsync(400);
		expect(await rows).toMatchObject([{ state: "cooling", code: "timeout", message: 'The probe of "deaf" was not done after 400 ms.' }]);
		expect(signal?.aborted).toBe(true);
	});

	test("looks at eight at once at most", async () => {
		let open = 0;
		let most = 0;
		const probe = async (): Promise<void> => {
			open += 1;
			most = Math.max(most, open);
			await new Promise((resolve) => setTimeout(resolve, 100));
			open -= 1;
		};
		const { spaceport } = create({ providers: Array.from({ length: 30 }, (_, index) => provider(`p${index}`, { probe })) });
		const rows = spaceport.probe();
		await vi.advanceTimersByTimeAsync(1000);
		expect(await rows).toHaveLength(30);
		expect(most).toBe(8);
	});

	test("ends when the signal aborts, and notes nothing then", async () => {
		const controller = new AbortController();
		const { spaceport } = create({
			providers: [
				provider("a", { probe: ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))) }),
			],
		});
		const rows = spaceport.probe("a", { signal: controller.signal }).catch((error: unknown) => error);
		await vi.advanceTimersByTimeAsync(10);
		controller.abort(new Error("left"));
		expect(await rows).toMatchObject({ code: "aborted" });
		expect(await spaceport.health()).toMatchObject([{ state: "well" }]);
		await expect(spaceport.probe("a", { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "aborted" });
	});

	test("leaves no listener at a signal that lives on", async () => {
		const { signal } = new AbortController();
		const [add, remove] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
		const { spaceport } = create({ providers: [provider("a", { probe: async () => {} })] });
		await spaceport.probe("a", { signal });
		expect(add).toHaveBeenCalledTimes(1);
		expect(remove.mock.calls.map(([, listener]) => listener)).toEqual(add.mock.calls.map(([, listener]) => listener));
	});

	test("types what a probe throws, and refuses to look at who cannot be looked at", async () => {
		const { spaceport } = create({
			providers: [
				provider("odd", {
					probe() {
						throw "nope";
					},
				}),
				provider("none"),
			],
			chains: { both: ["odd", "none"] },
		});
		expect(await spaceport.probe("odd")).toMatchObject([{ state: "cooling", code: "provider-failed" }]);
		expect(await spaceport.probe("both")).toMatchObject([{ provider: "odd" }]);
		await expect(spaceport.probe("none")).rejects.toMatchObject({ code: "unsupported", capability: "probe" });
		await expect(spaceport.probe("nobody")).rejects.toMatchObject({ code: "no-such-provider" });
	});

	test("says nothing of a provider that was registered anew meanwhile", async () => {
		const { spaceport } = create({
			providers: [
				provider("a", {
					async probe() {
						spaceport.register(provider("a"), { replace: true });
						throw new NetworkError("down", { phase: "config" });
					},
				}),
			],
		});
		expect(await spaceport.probe()).toMatchObject([{ state: "well" }]);
	});
});

describe("a store that fails", () => {
	test("is no secret to those who ask for it", async () => {
		const broken = (): never => {
			throw new Error("ECONNREFUSED");
		};
		const stateStore: StateStore = { get: broken, update: broken, entries: broken };
		const spaceport = createSpaceport({
			stateStore,
			providers: [provider("a")],
			chains: [createChain({ name: "default", providers: ["a"] })],
		});
		await expect(spaceport.health()).rejects.toThrow("ECONNREFUSED");
		await expect(spaceport.reset()).rejects.toThrow("ECONNREFUSED");
	});

	test("and silent: nobody waits for it longer than five seconds", async () => {
		const never = () => new Promise<never>(() => {});
		const spaceport = createSpaceport({ stateStore: { get: never, update: never, entries: never }, providers: [provider("a")] });
		const asked = [spaceport.health(), spaceport.reset("a"), spaceport.rest("a", { forMs: 1000 })];
		const outcomes = Promise.allSettled(asked);
		await vi.waitUntil(() => vi.getTimerCount() === asked.length);
		await vi.advanceTimersByTimeAsync(5000);
		const reason = { code: "timeout", afterMs: 5000 };
		expect(await outcomes).toMatchObject(asked.map(() => ({ status: "rejected", reason })));
		expect(vi.getTimerCount()).toBe(0);
	});

	test("and silent when it writes", async () => {
		const never = () => new Promise<never>(() => {});
		const spaceport = createSpaceport({
			stateStore: { get: () => undefined, update: never, entries: () => [] },
			providers: [provider("a")],
		});
		const outcome = spaceport.rest("a", { forMs: 1000 }).catch((error: unknown) => error);
		await vi.waitUntil(() => vi.getTimerCount() === 1);
		await vi.advanceTimersByTimeAsync(5000);
		expect(await outcome).toMatchObject({ code: "timeout", afterMs: 5000 });
	});
});
