import {
	AbortedError,
	AuthenticationError,
	ContentFilteredError,
	GenerationError,
	LimiterFullError,
	NetworkError,
	ProtocolError,
	QuotaExceededError,
	RateLimitedError,
	type SpaceportErrorOptions,
	StreamInterruptedError,
} from "@spaceport/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { isResting } from "../../src/chain/health/health.ts";
import { candidate, createWard, network } from "./support.ts";

const rateLimited = (retryAfterMs?: number) => new RateLimitedError("slow down", { retryAfterMs });
const refused = (options: SpaceportErrorOptions = {}) => new AuthenticationError("401", options);

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

describe("a rest", () => {
	test("is as long as three seconds, doubles with each failure in a row, and is never longer than twenty", async () => {
		const { fail, health } = createWard();
		const a = candidate("a");
		const lengths: number[] = [];
		for (let failures = 1; failures <= 7; failures += 1) {
			await fail(a);
			const resting = await health.look(a);
			expect(resting).toMatchObject({
				state: "cooling",
				failures,
				stated: false,
				code: "network",
				message: "connection reset",
				details: { phase: "join" },
			});
			const forMs = (resting?.until ?? 0) - Date.now();
			lengths.push(forMs);
			vi.advanceTimersByTime(forMs - 1);
			expect(await health.look(a)).toMatchObject({ state: "cooling" });
			vi.advanceTimersByTime(1);
			expect(await health.look(a)).toBeUndefined();
		}
		expect(lengths).toEqual([3000, 6000, 12_000, 20_000, 20_000, 20_000, 20_000]);
	});

	test("is forgotten with the failures before it when an attempt is answered", async () => {
		const { fail, answer, health, told } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.advanceTimersByTime(3000);
		await fail(a);
		vi.advanceTimersByTime(6000);
		await answer(a);
		expect(health.isQuiet).toBe(true);
		await fail(a);
		expect(told()).toEqual(["cooldown a/m 3000 ms, 1", "cooldown a/m 6000 ms, 2", "recovered a/m", "cooldown a/m 3000 ms, 1"]);
	});

	test("is over for good ten minutes after its end: a failure that comes later is the first again", async () => {
		const { fail, health } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.advanceTimersByTime(3000);
		await fail(a);
		vi.advanceTimersByTime(6000 + 599_999);
		await fail(a);
		expect(await health.look(a)).toMatchObject({ failures: 3 });
		vi.advanceTimersByTime(12_000 + 600_000);
		await fail(a);
		expect(await health.look(a)).toMatchObject({ failures: 1 });
	});

	test("concerns one model alone", async () => {
		const { fail, claim, refusal } = createWard();
		await fail(candidate("a", {}, "one"));
		await refusal(candidate("a", {}, "one"));
		await claim(candidate("a", {}, "two"));
		await claim(candidate("b", {}, "one"));
	});

	test("has the length that the provider states, longer or shorter than a guess", async () => {
		const { fail, health } = createWard();
		const a = candidate("a");
		await fail(a, rateLimited(90_000));
		expect(await health.look(a)).toMatchObject({ until: Date.now() + 90_000, stated: true, code: "rate-limited" });
		const b = candidate("b");
		await fail(b, rateLimited(1500));
		expect(await health.look(b)).toMatchObject({ until: Date.now() + 1500, stated: true });
		const c = candidate("c");
		await fail(c, rateLimited(0));
		expect(await health.look(c)).toBeUndefined();
	});

	test("of a limit that states nothing grows from ten seconds to a minute, of a quota from one minute to ten", async () => {
		const { fail, health } = createWard();
		const lengthsOf = async (name: string, error: () => RateLimitedError | QuotaExceededError): Promise<readonly number[]> => {
			const who = candidate(name);
			const lengths: number[] = [];
			for (let count = 0; count < 6; count += 1) {
				await fail(who, error());
				lengths.push(((await health.look(who))?.until ?? 0) - Date.now());
				vi.advanceTimersByTime(lengths.at(-1) ?? 0);
			}
			return lengths.map((length) => length / 1000);
		};
		expect(await lengthsOf("a", () => rateLimited())).toEqual([10, 20, 40, 60, 60, 60]);
		expect(await lengthsOf("b", () => new QuotaExceededError("no GPU left"))).toEqual([60, 120, 240, 480, 600, 600]);
	});

	test("is begun by a failure of the generation only from the second in a row", async () => {
		const { fail, answer, health } = createWard();
		const a = candidate("a");
		const broken = () => new GenerationError("boom");
		await fail(a, broken());
		expect(await health.look(a)).toBeUndefined();
		await fail(a, broken());
		expect(await health.look(a)).toMatchObject({ until: Date.now() + 3000, failures: 2 });
		vi.advanceTimersByTime(3000);
		await answer(a);
		await fail(a, broken());
		await answer(a);
		await fail(a, broken());
		expect(await health.look(a)).toBeUndefined();
	});

	test("is begun by an answer that broke off, for the reason why it did", async () => {
		const { fail, health } = createWard();
		const cut = (cause?: Error) => new StreamInterruptedError("cut", { textSoFar: "The", cause });
		await fail(candidate("a"), cut());
		expect(await health.look(candidate("a"))).toMatchObject({ code: "stream-interrupted" });
		await fail(candidate("b"), cut(rateLimited(40_000)));
		expect(await health.look(candidate("b"))).toMatchObject({ code: "rate-limited", until: Date.now() + 40_000 });
		await fail(candidate("c"), cut(new ContentFilteredError("no")));
		expect(await health.look(candidate("c"))).toBeUndefined();
	});

	test("is ended by what is the request's fault, and not touched by what is ours", async () => {
		const { fail, claim, health, told } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.advanceTimersByTime(3000);
		await fail(a, new AbortedError("left"));
		await fail(a, new LimiterFullError("full", { queueSize: 1 }));
		(await claim(a)).released();
		expect(told()).toHaveLength(1);
		await fail(a, new ContentFilteredError("no"));
		expect(health.isQuiet).toBe(true);
		expect(told()).toEqual(["recovered a/m"]);
	});

	test("does not last longer where the clock is set back", async () => {
		const { fail, claim } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.setSystemTime(Date.now() - 3_600_000);
		await claim(a);
	});
});

describe("attempts that began before a rest", () => {
	test("do not make it longer when they fail", async () => {
		const { claim, health, told } = createWard();
		const a = candidate("a");
		const crowd = await Promise.all(Array.from({ length: 50 }, () => claim(a)));
		for (const ticket of crowd) ticket.failed(network());
		expect(await health.look(a)).toMatchObject({ failures: 1, until: Date.now() + 3000 });
		expect(told()).toEqual(["cooldown a/m 3000 ms, 1"]);
	});

	test("do not make it longer when they fail after its end", async () => {
		const { claim, fail, health } = createWard();
		const a = candidate("a");
		const slow = await claim(a);
		await fail(a);
		vi.advanceTimersByTime(5000);
		slow.failed(network());
		expect(await health.look(a)).toBeUndefined();
		await fail(a);
		expect(await health.look(a)).toMatchObject({ failures: 2 });
	});

	test("make it longer where the provider states more", async () => {
		const { claim, health, told } = createWard();
		const a = candidate("a");
		const [first, second, third] = await Promise.all([claim(a), claim(a), claim(a)]);
		first.failed(network());
		second.failed(rateLimited(30_000));
		third.failed(rateLimited(20_000));
		expect(await health.look(a)).toMatchObject({ failures: 1, until: Date.now() + 30_000, stated: true, code: "rate-limited" });
		expect(told()).toEqual(["cooldown a/m 3000 ms, 1", "cooldown a/m 30000 ms, 1"]);
	});

	test("say nothing about it when they are answered: a stream that was there goes on where a new one is refused", async () => {
		const { claim, fail, health, told } = createWard();
		const a = candidate("a");
		const slow = await claim(a);
		await fail(a, rateLimited(60_000));
		slow.answering();
		slow.succeeded();
		expect(await health.look(a)).toMatchObject({ state: "cooling", failures: 1 });
		expect(told()).toHaveLength(1);
	});

	test("are told apart from those that began after it within one millisecond", async () => {
		const { fail, health } = createWard();
		const a = candidate("a");
		await fail(a);
		await fail(a, network(), { force: true });
		await fail(a, network(), { force: true });
		expect(await health.look(a)).toMatchObject({ failures: 3, until: Date.now() + 12_000 });
	});
});

describe("after the rest", () => {
	test("one attempt of a hundred finds out, and the others hear of it", async () => {
		const { fail, health, claim } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.advanceTimersByTime(3000);
		const claims = await Promise.all(Array.from({ length: 100 }, async () => health.claim(a, { force: false })));
		const probes = claims.filter((one) => !isResting(one));
		expect(probes).toHaveLength(1);
		expect(claims.filter(isResting).map(({ state }) => state)).toEqual(Array.from({ length: 99 }, () => "probing"));
		expect(await health.look(a)).toMatchObject({ state: "probing", failures: 1 });
		const leave = new AbortController();
		const heard = health.changed([a, candidate("b")], leave.signal);
		const [probe] = probes;
		if (probe === undefined || isResting(probe)) throw new Error("Nobody finds out.");
		probe.answering();
		await heard;
		await Promise.all(Array.from({ length: 10 }, () => claim(a)));
		leave.abort();
	});

	test("the one that finds out makes it longer when it fails, also after its first content", async () => {
		const { fail, claim, health, told } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.advanceTimersByTime(3000);
		await fail(a);
		expect(await health.look(a)).toMatchObject({ failures: 2, until: Date.now() + 6000 });
		vi.advanceTimersByTime(6000);
		told();
		const ticket = await claim(a);
		ticket.answering();
		expect(await health.look(a)).toBeUndefined();
		ticket.failed(network());
		expect(await health.look(a)).toMatchObject({ failures: 3, until: Date.now() + 12_000 });
		expect(told()).toEqual(["recovered a/m", "cooldown a/m 12000 ms, 3"]);
	});

	test("one model is found out about while another still rests", async () => {
		const { fail, claim, refusal } = createWard();
		const [one, other] = [candidate("a", {}, "one"), candidate("a", {}, "other")];
		await fail(one);
		vi.advanceTimersByTime(2000);
		await fail(other);
		vi.advanceTimersByTime(1000);
		const ticket = await claim(one);
		expect(await refusal(one)).toMatchObject({ state: "probing" });
		expect(await refusal(other)).toMatchObject({ state: "cooling" });
		ticket.succeeded();
		await claim(one);
		await refusal(other);
	});

	test("one that says nothing leaves it to the next", async () => {
		const { fail, claim, refusal } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.advanceTimersByTime(3000);
		const first = await claim(a);
		await refusal(a);
		first.released();
		const second = await claim(a);
		await refusal(a);
		// It is settled already: it frees nobody else's.
		first.released();
		await refusal(a);
		second.succeeded();
		await claim(a);
	});

	test("one that is lost holds the others off for half a minute", async () => {
		const { fail, claim, refusal } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.advanceTimersByTime(3000);
		const lost = await claim(a);
		vi.advanceTimersByTime(29_999);
		expect((await refusal(a)).until).toBe(Date.now() + 1);
		vi.advanceTimersByTime(1);
		const next = await claim(a);
		await refusal(a);
		lost.released();
		await refusal(a);
		next.succeeded();
		await claim(a);
	});

	test("a provider that is back is asked again within half a minute, however long it was away", async () => {
		for (const awayMs of [1000, 10_000, 60_000, 3_600_000]) {
			const { health } = createWard();
			const a = candidate("a");
			const backAt = Date.now() + awayMs;
			let usedAt: number | undefined;
			// A request each 100 ms.
			while (usedAt === undefined) {
				const claim = await health.claim(a, { force: false });
				if (!isResting(claim)) {
					if (Date.now() >= backAt) usedAt = Date.now();
					else claim.failed(network());
				}
				vi.advanceTimersByTime(100);
			}
			expect(usedAt - backAt).toBeLessThanOrEqual(20_000);
		}
	});
});

describe("a last resort", () => {
	test("is asked while it rests, closes the circuit when it answers, and lengthens the rest when it fails", async () => {
		const { fail, answer, health, refusal } = createWard();
		const a = candidate("a");
		await fail(a);
		await refusal(a);
		await fail(a, network(), { force: true });
		expect(await health.look(a)).toMatchObject({ failures: 2 });
		await answer(a, { force: true });
		expect(health.isQuiet).toBe(true);
	});

	test("does not take the place of the one that finds out", async () => {
		const { fail, claim, refusal } = createWard();
		const a = candidate("a");
		await fail(a);
		vi.advanceTimersByTime(3000);
		const probe = await claim(a);
		const forced = await claim(a, { force: true });
		forced.released();
		await refusal(a);
		probe.succeeded();
		await claim(a);
	});

	test("keeps to the longer of two rests, and to the newest word of the provider", async () => {
		const { fail, health } = createWard();
		const a = candidate("a");
		await fail(a, rateLimited(60_000));
		await fail(a, network(), { force: true });
		expect(await health.look(a)).toMatchObject({ until: Date.now() + 60_000, stated: true, code: "rate-limited", failures: 2 });
		await fail(a, rateLimited(5000), { force: true });
		expect(await health.look(a)).toMatchObject({ until: Date.now() + 5000, stated: true, failures: 3 });
	});

	test("is asked by a key that does not rest where there is one, else by the one whose time comes first", async () => {
		const { fail, claim } = createWard();
		const a = candidate("a", { keys: ["k1", "k2"] });
		await fail(a, rateLimited(60_000));
		expect((await claim(a, { force: true })).key).toBe("k2");
		expect((await claim(a, { force: true })).key).toBe("k2");
		await fail(a, rateLimited(30_000));
		expect((await claim(a, { force: true })).key).toBe("k2");
	});
});

describe("a refused credential", () => {
	test("rests for all models, until something is done about it", async () => {
		const { fail, refusal, health } = createWard();
		await fail(candidate("a", {}, "one"), refused());
		vi.advanceTimersByTime(10 * 365 * 86_400_000);
		expect(await refusal(candidate("a", {}, "two"))).toMatchObject({ state: "refused", until: Infinity, code: "authentication" });
		health.forget("a");
		expect(health.isQuiet).toBe(true);
	});

	test("of one key rests alone, and a key of another name is another", async () => {
		const { fail, claim, refusal } = createWard();
		const keys = ["k1", "k2"];
		const a = candidate("a", { keys });
		const failed = await fail(a, refused());
		expect(failed.key).toBe("k1");
		expect(failed.anotherKey()).toBe(true);
		for (let count = 0; count < 3; count += 1) expect((await claim(a)).key).toBe("k2");
		expect((await claim({ ...a, model: "other" })).key).toBe("k2");
		const last = await fail(a, refused());
		expect(last.anotherKey()).toBe(false);
		expect(await refusal(a)).toMatchObject({ state: "refused" });
		keys[0] = "k3";
		expect((await claim(a)).key).toBe("k3");
	});

	test("is accepted again when an answer comes all the same", async () => {
		const { fail, answer, health } = createWard();
		const a = candidate("a");
		await fail(a, refused());
		await answer(a, { force: true });
		expect(health.isQuiet).toBe(true);
	});
});

describe("several keys", () => {
	test("are used in turn", async () => {
		const { claim } = createWard();
		const a = candidate("a", { keys: ["k1", "k2", "k3"] });
		const used: unknown[] = [];
		for (let count = 0; count < 7; count += 1) used.push((await claim(a)).key);
		expect(used).toEqual(["k1", "k2", "k3", "k1", "k2", "k3", "k1"]);
		expect((await claim(candidate("b", { keys: ["only"] }))).key).toBe("only");
		expect((await claim(candidate("c"))).key).toBeUndefined();
	});

	test("rest alone when one is used up, and take part again one attempt at a time", async () => {
		const { fail, claim, health, told } = createWard();
		const a = candidate("a", { keys: ["k1", "k2", "k3"] });
		await fail(a, rateLimited(10_000));
		expect(told()).toEqual(["cooldown a/m/k1 10000 ms, 1"]);
		const used: unknown[] = [];
		for (let count = 0; count < 4; count += 1) used.push((await claim(a)).key);
		expect(used).toEqual(["k2", "k3", "k2", "k3"]);
		vi.advanceTimersByTime(10_000);
		const tickets = await Promise.all(Array.from({ length: 5 }, () => claim(a)));
		expect(tickets.map(({ key }) => key)).toEqual(["k1", "k2", "k3", "k2", "k3"]);
		tickets[0]?.succeeded();
		expect(told()).toEqual(["recovered a/m/k1"]);
		expect(health.isQuiet).toBe(true);
	});

	test("of which there is one have no other", async () => {
		const { fail } = createWard();
		const a = candidate("a", { keys: ["only"] });
		expect((await fail(a, refused())).anotherKey()).toBe(false);
		expect((await fail(a, refused(), { force: true })).anotherKey()).toBe(false);
	});

	test("rest together when the server fails", async () => {
		const { fail, refusal } = createWard();
		const a = candidate("a", { keys: ["k1", "k2"] });
		const ticket = await fail(a);
		expect(ticket.anotherKey()).toBe(false);
		expect(await refusal(a)).toMatchObject({ code: "network" });
	});

	test("of which all rest are waited for until the first comes back", async () => {
		const { fail, refusal, health } = createWard();
		const a = candidate("a", { keys: ["k1", "k2"] });
		await fail(a, rateLimited(60_000));
		await fail(a, rateLimited(20_000));
		expect(await refusal(a)).toMatchObject({ until: Date.now() + 20_000 });
		expect(await health.look(a)).toMatchObject({ until: Date.now() + 20_000 });
	});
});

describe("what health costs while all is well", () => {
	test("no promise, and nothing is kept", () => {
		const { health, events } = createWard();
		const a = candidate("a");
		expect(health.isQuiet).toBe(true);
		expect(health.look(a)).toBeUndefined();
		const claim = health.claim(a, { force: false });
		expect(claim).not.toBeInstanceOf(Promise);
		if (claim instanceof Promise || isResting(claim)) throw new Error("It waits.");
		claim.answering();
		claim.succeeded();
		expect(health.isQuiet).toBe(true);
		expect(events).toEqual([]);
	});

	test("no promise either for those who are well while others are not", async () => {
		const { health, fail } = createWard();
		await fail(candidate("a"));
		expect(await health.look(candidate("a"))).toBeDefined();
		expect(health.look(candidate("b"))).toBeUndefined();
		expect(health.claim(candidate("b"), { force: false })).not.toBeInstanceOf(Promise);
	});

	test("a failure is known to whoever looks next, also the very first one", () => {
		const { health } = createWard();
		const a = candidate("a");
		const claim = health.claim(a, { force: false });
		if (claim instanceof Promise || isResting(claim)) throw new Error("It waits.");
		claim.failed(network());
		expect(health.isQuiet).toBe(false);
		return expect(Promise.resolve(health.look(a))).resolves.toMatchObject({ state: "cooling" });
	});
});

describe("waiting for a change", () => {
	test("ends with a failure, an answer or a release of one of those who are waited for", async () => {
		const { health, fail, claim } = createWard();
		const [a, b] = [candidate("a"), candidate("b")];
		const { signal } = new AbortController();
		await fail(a);
		const seen: string[] = [];
		const watch = (name: string, who: typeof a) => health.changed([who], signal).then(() => seen.push(name));
		const [first, second] = [watch("a", a), watch("b", b)];
		await fail(b);
		await second;
		expect(seen).toEqual(["b"]);
		vi.advanceTimersByTime(3000);
		(await claim(a)).released();
		await first;
		expect(seen).toEqual(["b", "a"]);
	});

	test("ends when the signal aborts, and leaves no listener", async () => {
		const { health, fail } = createWard();
		const a = candidate("a");
		await fail(a);
		const controller = new AbortController();
		const remove = vi.spyOn(controller.signal, "removeEventListener");
		const waiting = health.changed([a], controller.signal);
		await fail(a, network(), { force: true });
		await waiting;
		expect(remove).toHaveBeenCalledTimes(1);
		const left = health.changed([a], controller.signal);
		controller.abort();
		await left;
		await health.changed([a], controller.signal);
	});
});

describe("what is kept of a failure", () => {
	test("has no secrets, and no texts without end", async () => {
		const { fail, health } = createWard();
		const detail = "token=hf_abcdefghijklmnop";
		await fail(candidate("a"), new ProtocolError(`x ${"y".repeat(10_000)}`, { protocol: "sse", sample: "z".repeat(10_000) }));
		const resting = await health.look(candidate("a"));
		expect(resting?.message).toHaveLength(500);
		expect(resting?.details).toEqual({ protocol: "sse" });
		const foreign = Object.assign(network(), { message: detail, phase: detail, hint: detail });
		await fail(candidate("b"), foreign);
		expect(JSON.stringify(await health.look(candidate("b")))).not.toContain("hf_abc");
	});
});

describe("an observer that throws", () => {
	test("is logged, and the failure is kept all the same", async () => {
		const { claim, health, warnings } = createWard();
		const a = candidate("a");
		const report = (): never => {
			throw new Error("observer");
		};
		(await claim(a, { report })).failed(network());
		expect(await health.look(a)).toMatchObject({ state: "cooling" });
		expect(warnings).toHaveLength(1);
	});
});

describe("forgetting a name", () => {
	test("forgets its rests, and what fails late under it", async () => {
		const { health, claim, fail, told } = createWard();
		const a = candidate("a");
		const late = await claim(a);
		await fail(a);
		const later = await claim(a, { force: true });
		health.forget("a");
		expect(health.isQuiet).toBe(true);
		late.failed(network());
		later.failed(new NetworkError("late", { phase: "join" }));
		expect(health.isQuiet).toBe(true);
		told();
		await fail(a);
		expect(told()).toEqual(["cooldown a/m 3000 ms, 1"]);
	});
});
