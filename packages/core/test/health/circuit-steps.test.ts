import {
	AbortedError,
	AuthenticationError,
	InvalidRequestError,
	NetworkError,
	NoSuchModelError,
	ProviderFailedError,
	RateLimitedError,
	type SpaceportError,
	TimeoutError,
} from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { answering, failed, foundIll, foundWell, isOnTrial, leading, resting, succeeded } from "../../src/chain/health/circuit.ts";
import { type Rest, restsOf, toState } from "../../src/chain/health/health-state.ts";
import { network } from "./support.ts";

const asked = { model: "m" };

/** By default one that began at 1000 and is over at 4000. */
const rest = (more: Partial<Rest> = {}): Rest => ({
	model: "m",
	code: "network",
	message: "reset",
	failures: 1,
	since: 1000,
	until: 4000,
	stated: false,
	...more,
});
const counted = (at: number, more: Partial<Rest> = {}) => rest({ since: at, until: at, ...more });
const outcome = (startedAt: number, key?: string) => ({ ...asked, ...(key !== undefined && { key }), id: "1", startedAt });
const fail = (rests: readonly Rest[], error: SpaceportError, now = 5000, startedAt = now - 1) =>
	failed(rests, outcome(startedAt), error, { now, stamp: now });

describe("why somebody rests", () => {
	test("of several rests the longest counts, in whatever order", () => {
		const { model: _, ...all } = rest({ until: 9000, message: "all of them" });
		for (const rests of [
			[rest(), all],
			[all, rest()],
			[rest({ until: 8000 }), all, rest()],
		]) {
			expect(resting(rests, asked, 2000)).toMatchObject({ until: 9000, message: "all of them" });
			expect(leading(rests, asked, 2000)).toMatchObject({ state: "cooling", rest: { message: "all of them" } });
		}
	});

	test("failures that were counted only keep nobody, whatever the clock says", () => {
		expect(resting([counted(1000)], asked, 500)).toBeUndefined();
		expect(isOnTrial([counted(1000)], asked, 2000)).toBe(false);
		expect(leading([counted(1000)], asked, 2000)?.state).toBe("well");
	});

	test("and are told of after any rest, the first of them first", () => {
		expect(leading([counted(9000), rest()], asked, 2000)).toMatchObject({ state: "cooling" });
		expect(leading([rest(), counted(9000)], asked, 2000)).toMatchObject({ state: "cooling" });
		expect(leading([counted(1000, { message: "one" }), counted(1000, { message: "two" })], asked, 2000)?.rest.message).toBe("one");
	});

	test("what was taken out by hand is not on trial when its time is over", () => {
		expect(isOnTrial([rest()], asked, 4000)).toBe(true);
		expect(isOnTrial([rest({ byHand: true })], asked, 4000)).toBe(false);
		expect(leading([rest({ byHand: true })], asked, 4000)?.state).toBe("well");
	});

	test.each([
		["half a minute", 30_000, "probing"],
		["as long as clocks may be apart", 90_000, "probing"],
		["longer than anybody takes the lease for", 90_001, undefined],
		["no time any more", 0, undefined],
	])("the one that finds out holds others off for %s", (_, forMs, state) => {
		expect(resting([rest({ probe: { id: "2", until: 5000 + forMs } })], asked, 5000)?.state).toBe(state);
	});
});

describe("an answer", () => {
	test("that begins ends a rest, but not one of a refused key, nor by hand, nor one that began with it", () => {
		expect(answering([rest({ stated: true })], outcome(2000))).toEqual([rest({ until: 1000, stated: false })]);
		for (const kept of [rest({ until: null }), rest({ byHand: true }), rest({ since: 2000 })]) {
			expect(answering([kept], outcome(2000))).toEqual([kept]);
		}
	});

	test("that is whole ends that of a refused key too", () => {
		expect(succeeded([rest({ until: null })], outcome(2000))).toEqual([]);
		for (const kept of [rest({ byHand: true }), rest({ since: 2000 })]) expect(succeeded([kept], outcome(2000))).toEqual([kept]);
	});
});

describe("a probe that finds a provider well", () => {
	const look = (key?: string) => ({ key, startedAt: 2000, now: 2100, stamp: 2100 });
	test.each<[string, Rest, string | undefined, boolean]>([
		["ends a rest", rest(), undefined, false],
		["ends that of its key", rest({ key: "k1" }), "k1", false],
		["ends that of all keys", rest(), "k1", false],
		["leaves that of another key", rest({ key: "k2" }), "k1", true],
		["leaves what was stated", rest({ stated: true }), undefined, true],
		["leaves what was taken out by hand", rest({ byHand: true }), undefined, true],
		["leaves what began after it", rest({ since: 2050 }), undefined, true],
		["leaves what began with it", rest({ since: 2000 }), undefined, true],
		["forgets failures that were counted", counted(2050), undefined, false],
	])("%s", (_, present, key, stays) => {
		expect(foundWell([present], look(key))).toEqual(stays ? [present] : []);
	});

	test("one that finds it ill is about all models, and its key", () => {
		const [ill] = foundIll([], network(), look("k1"));
		expect(ill).not.toHaveProperty("model");
		expect(ill).not.toHaveProperty("key");
		const [refused] = foundIll([], new AuthenticationError("401"), look("k1"));
		expect(refused).toMatchObject({ key: "k1", until: null });
		expect(foundIll([], new AuthenticationError("401"), look())[0]).not.toHaveProperty("key");
	});
});

describe("a failure", () => {
	test("that says nothing of the provider changes nothing", () => {
		for (const error of [new AbortedError("left", { reason: undefined }), new InvalidRequestError("wrong", { path: "x" })]) {
			expect(fail([rest()], error)).toEqual([rest()]);
		}
	});

	test("comes beside what was taken out by hand", () => {
		const byHand = rest({ byHand: true, failures: 0 });
		expect(fail([byHand], network())).toMatchObject([byHand, { failures: 1, code: "network", since: 5000, until: 8000 }]);
	});

	test("counts anew ten minutes after the last rest, also where that is still kept", () => {
		const last = rest({ failures: 5 });
		expect(fail([last], network(), 603_999)).toMatchObject([{ failures: 6 }]);
		expect(fail([last], network(), 604_000)).toMatchObject([{ failures: 1 }]);
	});

	test("of an attempt that began with the rest, or before, makes it no longer", () => {
		expect(fail([rest()], network(), 2000, 1000)).toEqual([rest()]);
		expect(fail([rest()], network(), 2000, 1001)).toMatchObject([{ failures: 2 }]);
		const stated = (retryAfterMs: number) => fail([rest()], new RateLimitedError("later", { retryAfterMs }), 2000, 900);
		expect(stated(2000)).toMatchObject(
			[
				{ message: "reset", until: 4000 },
				{ code: "rate-limited", until: 4000 },
			].slice(0, 1),
		);
		expect(stated(9000)).toMatchObject([{ message: "later", until: 11_000, since: 1000 }]);
	});

	test("that only guesses less keeps the words, the time and the details of what was stated", () => {
		const stated = rest({ until: 100_000, stated: true, details: { phase: "join" } });
		expect(fail([stated], new NetworkError("gone", { phase: "stream" }))).toEqual([{ ...stated, failures: 2, since: 5000 }]);
		const [plain] = fail([rest({ until: 100_000, stated: true })], network());
		expect(plain).not.toHaveProperty("details");
	});
});

describe("what is kept of an error", () => {
	const detailsOf = (error: SpaceportError) => fail([], error)[0]?.details;
	test.each<[string, SpaceportError, object | undefined]>([
		["numbers", new AuthenticationError("401", { status: 401 }), { status: 401 }],
		["none that JSON has not", new TimeoutError("slow", { phase: "connect", afterMs: Infinity }), { phase: "connect" }],
		["texts, but no lists", new NoSuchModelError("gone", { reference: "x", known: ["a", "b"] }), { reference: "x" }],
		["texts of 500 characters", new NetworkError("x", { phase: "y".repeat(500) as "join" }), { phase: "y".repeat(500) }],
		["none that are longer", new NetworkError("x", { phase: "y".repeat(501) as "join" }), undefined],
		["nothing where it has nothing of its own", new ProviderFailedError("It threw.", { hint: "Mend it.", provider: "a" }), undefined],
	])("%s", (_, error, details) => {
		expect(detailsOf(Object.assign(error, { attempt: 3 }))).toEqual(details);
		if (details === undefined) expect(fail([], error)[0]).not.toHaveProperty("details");
	});
});

describe("a state as it is kept", () => {
	test("means something for as long as the last of its rests does", () => {
		expect(toState([rest(), rest({ model: "n", until: 9000 })], 2000)?.expiresAt).toBe(609_000);
		expect(toState([rest(), rest({ model: "n", until: null })], 2000)?.expiresAt).toBeNull();
		expect(toState([rest()], 603_999)).toBeDefined();
		expect(toState([rest()], 604_000)).toBeUndefined();
	});

	test("is none where a part of it cannot be read", () => {
		const { failures: _, ...half } = rest();
		expect(restsOf({ rests: [rest(), half as Rest], expiresAt: null })).toEqual([]);
		expect(restsOf({ rests: [rest(), null as unknown as Rest], expiresAt: null })).toEqual([]);
		expect(restsOf({ rests: [rest()], expiresAt: null })).toEqual([rest()]);
	});
});
