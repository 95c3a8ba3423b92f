import { AuthenticationError, GenerationError, RateLimitedError, type SpaceportError } from "@spaceport/core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { isResting, type Ticket } from "../../src/chain/health/health.ts";
import { createLimiters } from "../../src/chain/limits/limiter.ts";
import { createSlowStore, settle, timed } from "./slow-store.ts";
import { candidate, createWard, network } from "./support.ts";

/** One thing that happens. */
type Step =
	| { readonly do: "wait"; readonly ms: number }
	| { readonly do: "claim"; readonly who: number; readonly force: boolean }
	| {
			readonly do: "settle";
			readonly ticket: number;
			readonly how: "answering" | "succeeded" | "released" | "network" | "limit" | "stated" | "generation";
	  };

const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(1, 50, 999, 3000, 6000, 20_000, 31_000, 120_000) }),
	fc.record({ do: fc.constant("claim" as const), who: fc.nat(2), force: fc.boolean() }),
	fc.record({ do: fc.constant("claim" as const), who: fc.nat(2), force: fc.constant(false) }),
	fc.record({
		do: fc.constant("settle" as const),
		ticket: fc.nat(20),
		how: fc.constantFrom("answering", "succeeded", "released", "network", "limit", "stated", "generation"),
	}),
);

const errors: Readonly<Record<string, () => SpaceportError>> = {
	network,
	limit: () => new RateLimitedError("limit"),
	stated: () => new RateLimitedError("limit", { retryAfterMs: 45_000 }),
	generation: () => new GenerationError("boom"),
};

/** The longest rest of these failures, and the time after which one who finds out is counted as lost. */
const longestMs = 60_000 + 30_000;

const who = [candidate("plain"), candidate("keyed", { keys: ["k1", "k2", "k3"] }), candidate("plain", {}, "other")];

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

describe("whatever happens to providers", () => {
	const runs = { numRuns: 400, seed: 20_261_126 };

	test("nobody is left alone for ever, and one attempt at a time finds out", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
				const { health, events } = createWard();
				const tickets: Ticket[] = [];
				/** Until when those who find out have their time, by whom they ask and with which key. */
				const trials = new Map<string, { ticket: Ticket; until: number }>();

				for (const happens of steps) {
					if (happens.do === "wait") vi.advanceTimersByTime(happens.ms);
					else if (happens.do === "claim") {
						const asked = who[happens.who];
						if (asked === undefined) throw new Error("Nobody.");
						const before = await rowsOf(asked);
						const claim = await health.claim(asked, { force: happens.force });
						if (isResting(claim)) {
							expect(happens.force).toBe(false);
							expect(claim.until).toBeGreaterThan(Date.now());
							expect(claim.until - Date.now()).toBeLessThanOrEqual(longestMs);
							continue;
						}
						tickets.push(claim);
						const id = `${asked.name}/${asked.model}/${claim.key}`;
						if (!happens.force && before.get(id) === "probing") {
							const other = trials.get(id);
							expect(other === undefined || other.until <= Date.now()).toBe(true);
							trials.set(id, { ticket: claim, until: Date.now() + 30_000 });
						}
					} else {
						const ticket = tickets[happens.ticket % Math.max(1, tickets.length)];
						if (ticket === undefined) continue;
						const error = errors[happens.how];
						if (error !== undefined) ticket.failed(error());
						else ticket[happens.how as "answering" | "succeeded" | "released"]();
						for (const [id, trial] of trials) if (trial.ticket === ticket) trials.delete(id);
					}
				}

				// When all has calmed down, everybody is asked again.
				await health.look(who[0] as (typeof who)[0]);
				vi.advanceTimersByTime(longestMs);
				for (const asked of who) expect(isResting(await health.claim(asked, { force: false }))).toBe(false);
				// Who is said to be well again was said to rest before.
				const resting = new Set<string>();
				for (const event of events) {
					if (event.type !== "cooldown" && event.type !== "recovered") continue;
					const id = `${event.provider}/${event.model}/${event.key}`;
					if (event.type === "cooldown") resting.add(id);
					else expect(resting.delete(id)).toBe(true);
				}

				async function rowsOf(asked: (typeof who)[0]): Promise<ReadonlyMap<string, string>> {
					const book = await health.book();
					const registry = { list: () => ["plain", "keyed"], has: () => true, get: find } as never;
					const desk = book.desk({ registry, defaults: {}, limiters: createLimiters() });
					const rows = await desk.health();
					const mine = rows.filter(({ provider, model }) => provider === asked.name && model === asked.model);
					return new Map(mine.map(({ provider, model, key, state }) => [`${provider}/${model}/${key}`, state]));
				}
			}),
			runs,
		);
	});

	test("only what was refused stays, until it is forgotten", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(2), async (steps, refused) => {
				const { health, fail } = createWard();
				const asked = who[refused] as (typeof who)[0];
				for (const _ of asked.provider.keys ?? ["only"]) {
					await fail(asked, new AuthenticationError("401"));
				}
				for (const happens of steps) {
					if (happens.do === "wait") vi.advanceTimersByTime(happens.ms);
					else if (happens.do === "claim") {
						const claim = await health.claim(who[happens.who] as (typeof who)[0], { force: false });
						if (!isResting(claim)) claim.failed(network());
					}
				}
				vi.advanceTimersByTime(1e12);
				expect(await health.look(asked)).toMatchObject({ state: "refused" });
				health.forget(asked.name);
				expect(await health.look(asked)).toBeUndefined();
			}),
			{ ...runs, numRuns: 100 },
		);
	});

	test("all of it holds with a store far away that fails now and then", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 25 }), fc.array(fc.boolean(), { maxLength: 25 }), async (steps, failures) => {
				const store = createSlowStore(3);
				const { health } = createWard(store);
				const tickets: Ticket[] = [];
				for (const [index, happens] of steps.entries()) {
					store.failure = failures[index] === true ? new Error("READONLY") : undefined;
					if (happens.do === "wait") await vi.advanceTimersByTimeAsync(happens.ms);
					else if (happens.do === "claim") {
						const claim = health.claim(who[happens.who] as (typeof who)[0], { force: happens.force });
						const { value } = await timed(claim);
						if (!isResting(value)) tickets.push(value);
					} else {
						const ticket = tickets[happens.ticket % Math.max(1, tickets.length)];
						const error = errors[happens.how];
						if (error !== undefined) ticket?.failed(error());
						else ticket?.[happens.how as "answering" | "succeeded" | "released"]();
					}
				}
				store.failure = undefined;
				await settle();
				await vi.advanceTimersByTimeAsync(longestMs);
				for (const asked of who) {
					expect(isResting((await timed(health.claim(asked, { force: false }))).value)).toBe(false);
				}
			}),
			{ ...runs, numRuns: 60 },
		);
	});
});

function find(name: string): unknown {
	return who.find((one) => one.name === name)?.provider;
}
