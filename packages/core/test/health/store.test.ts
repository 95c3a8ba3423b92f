import { AuthenticationError, createMemoryStore, type HealthState, RateLimitedError, type StateStore } from "@spaceport/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { isResting, type Ticket } from "../../src/chain/health/health.ts";
import { createSlowStore, settle, timed } from "./slow-store.ts";
import { candidate, createWard, network } from "./support.ts";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

async function ticketOf(claim: ReturnType<ReturnType<typeof createWard>["health"]["claim"]>): Promise<Ticket> {
	const { value } = await timed(claim);
	if (isResting(value)) throw new Error("It rests.");
	return value;
}

describe("a store far away", () => {
	test("keeps what a failure led to, and a look right after it sees it", async () => {
		const store = createSlowStore(20);
		const { health, told } = createWard(store);
		const a = candidate("a");
		const ticket = await ticketOf(health.claim(a, { force: false }));
		ticket.failed(network());
		expect((await timed(health.look(a))).value).toMatchObject({ state: "cooling", failures: 1 });
		expect(told()).toEqual(["cooldown a/m 2960 ms, 1"]);
		expect(JSON.parse(store.texts.get("a") ?? "")).toMatchObject({ rests: [{ model: "m", code: "network", failures: 1 }] });
		await settle();
	});

	test("measures a rest from the failure, and not from when it was written down", async () => {
		const { health } = createWard(createSlowStore(100));
		const a = candidate("a");
		const ticket = await ticketOf(health.claim(a, { force: false }));
		const failedAt = Date.now();
		ticket.failed(new RateLimitedError("slow down", { retryAfterMs: 5000 }));
		expect((await timed(health.look(a))).value).toMatchObject({ until: failedAt + 5000 });
		await settle();
	});

	test("keeps plain JSON, also of what has to be reset", async () => {
		const store = createSlowStore(1);
		const { health } = createWard(store);
		const a = candidate("a");
		(await ticketOf(health.claim(a, { force: false }))).failed(new AuthenticationError("401 for hf_abcdefghijklmnop"));
		expect((await timed(health.look(a))).value).toMatchObject({ state: "refused", until: Infinity });
		expect(store.texts.get("a")).not.toContain("hf_abc");
		expect(JSON.parse(store.texts.get("a") ?? "")).toMatchObject({ expiresAt: null, rests: [{ until: null }] });
		await settle();
	});

	test("is written to only where there is something to say: answers of those who are well cost one look", async () => {
		const store = createSlowStore(5);
		const { health } = createWard(store);
		const ticket = await ticketOf(health.claim(candidate("a"), { force: false }));
		ticket.answering();
		ticket.succeeded();
		await settle();
		expect(store.commands).toBe(1);
	});

	test("says at once whether another key may be asked, before anything is written", async () => {
		const { health } = createWard(createSlowStore(5));
		const a = candidate("a", { keys: ["k1", "k2"] });
		const [limited, broken] = [await ticketOf(health.claim(a, { force: false })), await ticketOf(health.claim(a, { force: false }))];
		expect([limited.key, broken.key, limited.anotherKey()]).toEqual(["k1", "k2", false]);
		limited.failed(new RateLimitedError("slow down"));
		broken.failed(network());
		expect([limited.anotherKey(), broken.anotherKey()]).toEqual([true, false]);
		await settle();
		const single = await ticketOf(health.claim(candidate("b", { keys: ["only"] }), { force: false }));
		single.failed(new RateLimitedError("slow down"));
		expect(single.anotherKey()).toBe(false);
		await settle();
	});

	test("lets one attempt find out, of all processes that share it", async () => {
		const store = createSlowStore(7);
		const wards = Array.from({ length: 5 }, () => createWard(store));
		const a = candidate("a");
		(await ticketOf(wards[0]?.health.claim(a, { force: false }) as never)).failed(network());
		await settle();
		await vi.advanceTimersByTimeAsync(3000);
		const claims = wards.flatMap(({ health }) => Array.from({ length: 10 }, () => health.claim(a, { force: false })));
		const { value } = await timed(Promise.all(claims));
		expect(value.filter((claim) => !isResting(claim))).toHaveLength(1);
		expect(store.conflicts).toBeGreaterThan(0);
		await settle();
	});

	test("tells one process what another has seen", async () => {
		const store = createSlowStore(3);
		const [one, other] = [createWard(store), createWard(store)];
		const a = candidate("a");
		(await ticketOf(one.health.claim(a, { force: false }))).failed(network());
		await settle();
		expect((await timed(other.health.look(a))).value).toMatchObject({ state: "cooling" });
		await vi.advanceTimersByTimeAsync(3000);
		const probe = await ticketOf(other.health.claim(a, { force: false }));
		expect((await timed(one.health.look(a))).value).toMatchObject({ state: "probing" });
		probe.succeeded();
		await settle();
		expect((await timed(one.health.look(a))).value).toBeUndefined();
		expect(store.texts.size).toBe(0);
		expect([one.told(), other.told()]).toEqual([["cooldown a/m 2994 ms, 1"], ["recovered a/m"]]);
		await settle();
	});
});

describe("clocks that are apart", () => {
	test("by less than a minute do not let two find out at once", async () => {
		for (const skewMs of [-50_000, -1000, -1, 1, 1000, 25_000]) {
			const store = createMemoryStore();
			const [one, other] = [createWard(store), createWard(store)];
			const a = candidate("a");
			await one.fail(a);
			vi.advanceTimersByTime(3000);
			vi.setSystemTime(Date.now() + Math.max(0, -skewMs));
			const probe = await one.claim(a);
			vi.setSystemTime(Date.now() + skewMs);
			expect(await other.refusal(a)).toMatchObject({ state: "probing" });
			probe.succeeded();
			await other.claim(a);
		}
	});
});

describe("a store that fails costs no answer", () => {
	test("one that throws: everybody counts as well, and it is logged once in a while", async () => {
		const broken = (): never => {
			throw new Error("ECONNREFUSED");
		};
		const { health, warnings } = createWard({ get: broken, update: broken, entries: broken });
		const a = candidate("a");
		for (let count = 0; count < 10; count += 1) {
			expect(await health.look(a)).toBeUndefined();
			(await ticketOf(health.claim(a, { force: false }))).failed(network());
		}
		expect(warnings).toHaveLength(1);
		vi.advanceTimersByTime(60_000);
		await health.look(a);
		expect(warnings).toHaveLength(2);
	});

	test("one that rejects: the same, and no rejection is left unhandled", async () => {
		const store = createSlowStore(10);
		const { health, warnings, events } = createWard(store);
		const a = candidate("a");
		store.failure = new Error("READONLY You can't write against a read only replica.");
		const ticket = await ticketOf(health.claim(a, { force: false }));
		ticket.failed(network());
		ticket.released();
		expect((await timed(health.look(a))).value).toBeUndefined();
		health.forget("a");
		await settle();
		expect(warnings.length).toBeGreaterThan(0);
		// What was not kept is not told.
		expect(events).toEqual([]);
	});

	test("one that fails when it writes: what was not kept is not told", async () => {
		const update: StateStore["update"] = (_, change) => {
			change(undefined);
			throw new Error("READONLY");
		};
		const { health, events } = createWard({ get: () => undefined, update, entries: () => [] });
		(await ticketOf(health.claim(candidate("a"), { force: false }))).failed(network());
		await settle();
		expect(events).toEqual([]);
	});

	test("one that is silent: an answer waits for half a second, and the next ones do not wait", async () => {
		const store = createSlowStore(3_600_000);
		const { health } = createWard(store);
		const a = candidate("a");
		expect(await timed(health.look(a))).toMatchObject({ value: undefined, tookMs: 500 });
		expect((await timed(health.claim(a, { force: false }))).tookMs).toBeLessThanOrEqual(1);
		expect((await timed(health.look(a))).tookMs).toBeLessThanOrEqual(1);
		await vi.advanceTimersByTimeAsync(5000);
		expect((await timed(health.look(a))).tookMs).toBe(500);
		vi.clearAllTimers();
	});

	test("one whose writes are silent holds a look up for half a second at most", async () => {
		const states = createMemoryStore();
		const never = new Promise<never>(() => {});
		const store: StateStore = { get: (id) => states.get(id), update: () => never, entries: () => states.entries() };
		const { health } = createWard(store);
		const a = candidate("a");
		(await ticketOf(health.claim(a, { force: false }))).failed(network());
		expect((await timed(health.look(a))).tookMs).toBeLessThanOrEqual(501);
		await settle();
	});

	test("one that comes back is believed again", async () => {
		const store = createSlowStore(1);
		const { health } = createWard(store);
		const a = candidate("a");
		store.failure = new Error("LOADING");
		await timed(health.look(a));
		store.failure = undefined;
		await vi.advanceTimersByTimeAsync(5000);
		(await ticketOf(health.claim(a, { force: false }))).failed(network());
		expect((await timed(health.look(a))).value).toMatchObject({ state: "cooling" });
		await settle();
	});

	test("one that gives nonsense", async () => {
		const nonsense: readonly unknown[] = [
			null,
			5,
			"x",
			{},
			{ rests: null },
			{ rests: "many" },
			{ rests: [null] },
			{ rests: [{ until: 5 }] },
			[],
		];
		for (const state of nonsense) {
			const get = (): HealthState => state as HealthState;
			const update: StateStore["update"] = (_, change) => change(state as HealthState);
			const { health } = createWard({ get, update, entries: () => [] });
			const a = candidate("a");
			(await ticketOf(health.claim(a, { force: false }))).failed(network());
			expect(await health.look(a)).toBeUndefined();
		}
	});
});

describe("a store in memory", () => {
	test("is shared by those who are given the same one", async () => {
		const store = createMemoryStore();
		const [one, other] = [createWard(store), createWard(store)];
		const a = candidate("a");
		expect(other.health.isQuiet).toBe(true);
		await one.fail(a);
		expect(other.health.isQuiet).toBe(false);
		expect(await other.health.look(a)).toMatchObject({ state: "cooling" });
		vi.advanceTimersByTime(3000);
		await other.answer(a);
		expect(one.health.isQuiet).toBe(true);
	});

	test("does not grow with those who are not asked any more", async () => {
		const store = createMemoryStore();
		const { fail } = createWard(store);
		for (let count = 0; count < 1000; count += 1) {
			await fail(candidate(`provider-${count}`));
			vi.advanceTimersByTime(10_000);
		}
		// Ten minutes and a sweep a minute: the others are gone.
		expect((await store.entries()).length).toBeLessThanOrEqual(70);
		vi.advanceTimersByTime(700_000);
		await fail(candidate("last"));
		expect((await store.entries()).map(([id]) => id)).toEqual(["last"]);
	});

	test("keeps of a provider what still means something", async () => {
		const store = createMemoryStore();
		const { fail } = createWard(store);
		for (let count = 0; count < 200; count += 1) {
			await fail(candidate("a", {}, `model-${count}`));
			vi.advanceTimersByTime(20_000);
		}
		expect((await store.get("a"))?.rests.length).toBeLessThanOrEqual(31);
	});
});
