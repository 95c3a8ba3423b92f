import {
	AbortedError,
	AuthenticationError,
	ContextLengthError,
	createChain,
	GenerationError,
	type ModelInfo,
	NetworkError,
	RateLimitedError,
	type SpaceportError,
	TimeoutError,
} from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type AttemptPlanOptions, createAttemptPlan, type FailureMoment } from "../src/chain/attempt-plan.ts";
import { completeChainOptions } from "../src/chain/chain-options.ts";
import type { Health, Resting, Ticket } from "../src/chain/health/health.ts";
import type { Candidate } from "../src/route/candidate.ts";

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(() => {
	vi.useRealTimers();
});

const network = () => new NetworkError("reset", { phase: "join" });
const limited = (retryAfterMs: number) => new RateLimitedError("slow down", { retryAfterMs });
const refused = () => new AuthenticationError("401");
const ticket = {} as Ticket;

function candidate(name: string, more: Partial<Candidate> & { keys?: readonly string[]; contextTokens?: number } = {}): Candidate {
	const { keys, contextTokens, ...rest } = more;
	const provider = { ...createScriptedProvider({ name, scripts: [[]] }), ...(keys && { keys }) };
	const info = contextTokens === undefined ? {} : { info: { id: "m", contextTokens } as ModelInfo };
	return { name, provider, model: "m", ...info, ...rest };
}

function rests(forMs: number, more: Partial<Resting> = {}): Resting {
	const until = forMs === Infinity ? Infinity : Date.now() + forMs;
	return { state: "cooling", until, stated: false, code: "network", message: "reset", failures: 1, ...more };
}

/** A plan over candidates, some of which rest. */
function plan(names: readonly (string | Candidate)[], more: Partial<AttemptPlanOptions> & { resting?: Record<string, Resting> } = {}) {
	const { resting = {}, ...options } = more;
	const candidates = names.map((name) => (typeof name === "string" ? candidate(name) : name));
	const [leftOut, waited, looked, claimed] = [[] as string[], [] as unknown[], [] as string[], [] as unknown[]];
	const change = { happened: () => {} };
	const health = {
		get isQuiet() {
			return Object.keys(resting).length === 0;
		},
		look: ({ name }: Candidate) => {
			looked.push(name);
			return resting[name];
		},
		changed: (_: unknown, signal: AbortSignal) =>
			new Promise<void>((resolve) => {
				change.happened = resolve;
				signal.addEventListener("abort", () => resolve());
			}),
	} as unknown as Health;
	const made = createAttemptPlan(candidates as [Candidate, ...Candidate[]], {
		retry: completeChainOptions().retry,
		dispositions: {},
		random: () => 0,
		health,
		claim: ({ name }, force) => {
			claimed.push(force ? `${name}!` : name);
			return ticket;
		},
		signal: new AbortController().signal,
		isAlone: false,
		mayWait: true,
		leftMs: () => 600_000,
		leftAttempts: () => 20,
		onLeftOut: ({ provider, reason, retryAt }) =>
			leftOut.push(`${provider}: ${reason}${retryAt === undefined ? "" : ` (${retryAt - Date.now()})`}`),
		onWaiting: ({ name }, delayMs) => waited.push([name, delayMs]),
		...options,
	});
	/** Tells of a failure of the current one, and asks whom it wants next. */
	async function after(error: SpaceportError, moment: FailureMoment = "before", anotherKey = false): Promise<string> {
		const move = await made.failed(error, moment, anotherKey);
		if (move === undefined) return "end";
		await Promise.all([made.take(move), vi.advanceTimersByTimeAsync(move.delayMs)]);
		return `${move.action} ${move.candidate.name} in ${move.delayMs}${move.force ? " by force" : ""}${move.isFresh ? " afresh" : ""}`;
	}
	async function begin(): Promise<string> {
		const move = await made.first();
		if (move === undefined) return "nobody";
		const [taken] = await Promise.all([made.take(move), vi.advanceTimersByTimeAsync(move.delayMs)]);
		return taken === undefined ? "nobody" : `${taken.candidate.name}${taken.force ? " by force" : ""}`;
	}
	return { made, after, begin, leftOut, waited, looked, claimed, change, candidates, resting };
}

describe("after failures", () => {
	test("the same one is asked once more while another stands ready, then that one, then both as often as they may", async () => {
		const { begin, after, made } = plan(["a", "b"]);
		expect(await begin()).toBe("a");
		expect(made.hasOthers).toBe(true);
		const moves = [];
		for (let failure = 0; failure < 7; failure++) moves.push(await after(network()));
		expect(moves).toEqual(["retry a in 500", "fallback b in 0", "fallback a in 1000", "fallback b in 0", "retry b in 1000", "end", "end"]);
		expect(made.hasOthers).toBe(false);
	});

	test("a wait that is longer than one's patience sends to the next one, and is come back to", async () => {
		const { begin, after } = plan(["a", "b"]);
		await begin();
		expect(await after(limited(3001))).toBe("fallback b in 0");
		expect(await after(refused())).toBe("fallback a in 3001");
		const patient = plan(["a", "b"]);
		await patient.begin();
		expect(await patient.after(limited(3000))).toBe("retry a in 3000");
	});

	test("no wait is longer than what is left of the time", async () => {
		const short = plan(["a", "b"], { leftMs: () => 400 });
		await short.begin();
		expect(await short.after(network())).toBe("fallback b in 0");
		expect(await short.after(network())).toBe("end");
		const exact = plan(["a", "b"], { leftMs: () => 500 });
		await exact.begin();
		expect(await exact.after(network())).toBe("retry a in 500");
		const alone = plan(["a"], { leftMs: () => 500 });
		await alone.begin();
		expect(await alone.after(network())).toBe("retry a in 500");
	});

	test("no attempt is made beyond the budget", async () => {
		const { begin, after } = plan(["a", "b"], { leftAttempts: () => 0 });
		await begin();
		expect(await after(network())).toBe("end");
	});

	test("a failure that nobody else can mend is the end, unless it is said otherwise", async () => {
		for (const [dispositions, then] of [
			[{}, "end"],
			[{ aborted: { next: true } }, "fallback b in 0"],
			[{ aborted: { same: "once" } }, "retry a in 500"],
		] as const) {
			const { begin, after } = plan(["a", "b"], { dispositions });
			await begin();
			expect(await after(new AbortedError("bye"))).toBe(then);
		}
	});

	test("of those that may be asked again, the one in order whose wait is within patience comes first, else the shortest wait", async () => {
		const { begin, after } = plan(["a", "b", "c"]);
		await begin();
		expect(await after(limited(50_000))).toBe("fallback b in 0");
		expect(await after(limited(20_000))).toBe("fallback c in 0");
		expect(await after(limited(40_000))).toBe("fallback b in 20000");
		expect(await after(refused())).toBe("fallback c in 20000");
		expect(await after(refused())).toBe("fallback a in 10000");
		expect(await after(refused())).toBe("end");
	});
});

describe("while an answer is gone on with", () => {
	test("the next one is asked whatever the reason, unless it is the end of all or is forbidden", async () => {
		const filtered = Object.assign(new GenerationError("x"), { code: "content-filtered" }) as unknown as SpaceportError;
		for (const [error, dispositions, then] of [
			[filtered, {}, "fallback b in 0"],
			[filtered, { "content-filtered": { next: false } }, "end"],
			[new AbortedError("bye"), {}, "end"],
			[new TimeoutError("x", { phase: "total", afterMs: 1 }), {}, "end"],
			[new TimeoutError("x", { phase: "idle", afterMs: 1 }), {}, "fallback b in 0"],
		] as const) {
			const { begin, after } = plan(["a", "b"], { dispositions });
			await begin();
			expect(await after(error, "going-on")).toBe(then);
		}
	});

	test("the one that broke off is asked again as often as before an answer, when nobody else is left", async () => {
		const { begin, after } = plan(["a"]);
		await begin();
		expect(await after(network(), "break")).toBe("retry a in 500");
		expect(await after(network(), "going-on")).toBe("retry a in 1000");
		expect(await after(network(), "going-on")).toBe("end");
		const once = plan(["a"]);
		await once.begin();
		expect(await once.after(new GenerationError("x"), "break")).toBe("retry a in 500");
		expect(await once.after(new GenerationError("x"), "going-on")).toBe("end");
		const never = plan(["a"], { retry: { ...completeChainOptions().retry, retries: 0 } });
		await never.begin();
		expect(await never.after(network(), "break")).toBe("end");
		const others = plan(["a", "b"]);
		await others.begin();
		expect(await others.after(network(), "break")).toBe("fallback b in 0");
	});

	test("progress forgives what was", async () => {
		const { begin, after, made } = plan(["a"]);
		await begin();
		await after(network(), "break");
		made.progressed();
		expect(await after(network(), "break")).toBe("retry a in 500");
	});
});

describe("keys", () => {
	test("each is tried at once, and a round of all of them is enough", async () => {
		const { begin, after } = plan([candidate("a", { keys: ["1", "2", "3"] }), "b"]);
		await begin();
		expect(await after(refused(), "before", true)).toBe("retry a in 0 afresh");
		expect(await after(refused(), "before", true)).toBe("retry a in 0 afresh");
		expect(await after(refused(), "before", true)).toBe("fallback b in 0");
		const none = plan(["a", "b"]);
		await none.begin();
		expect(await none.after(refused(), "before", true)).toBe("fallback b in 0");
	});

	test("another one, or another way, is no repetition", async () => {
		const { begin, after, made } = plan([candidate("a", { keys: ["1", "2"] })]);
		await begin();
		expect(await after(network(), "before", true)).toBe("retry a in 0 afresh");
		expect(made.again()).toMatchObject({ action: "retry", delayMs: 0, isFresh: true, force: false });
		expect(await after(network())).toBe("retry a in 1000");
		expect(await after(network(), "before", true)).toBe("retry a in 0 afresh");
	});
});

describe("a conversation that is too long", () => {
	const sizes = [
		candidate("a"),
		candidate("small", { contextTokens: 100 }),
		candidate("same", { contextTokens: 200 }),
		candidate("large", { contextTokens: 300 }),
	];

	test.each([
		[{ requested: 200 }, "same", ["small: takes 100 tokens, and the conversation is longer"]],
		[
			{ requested: 201 },
			"large",
			["small: takes 100 tokens, and the conversation is longer", "same: takes 200 tokens, and the conversation is longer"],
		],
		[{ limit: 100 }, "same", ["small: takes 100 tokens, and the conversation is longer"]],
		[{ limit: 99 }, "small", []],
		[{}, "small", []],
	])("that takes %j goes to %s", async (options, to, left) => {
		const { begin, after, leftOut, made } = plan(sizes);
		await begin();
		expect(await after(new ContextLengthError("too long", options))).toBe(`fallback ${to} in 0`);
		expect(leftOut).toEqual(left);
		expect(made.leftOut.map(({ provider, reason }) => `${provider}: ${reason}`)).toEqual(left);
	});

	test("goes to one whose size is not known, and never back to one that is out", async () => {
		const { begin, after, leftOut, made } = plan([candidate("a"), candidate("small", { contextTokens: 100 }), candidate("b")]);
		await begin();
		expect(await after(new ContextLengthError("too long", { requested: 150 }))).toBe("fallback b in 0");
		expect(await after(new ContextLengthError("too long", { requested: 150 }))).toBe("end");
		expect(leftOut).toHaveLength(1);
		expect(made.notReached).toEqual([]);
	});
});

describe("those that rest", () => {
	test("are passed over, once, with their reason and their time", async () => {
		const { begin, leftOut, made, claimed } = plan(["a", "b", "c"], { resting: { a: rests(5000), c: rests(Infinity) } });
		expect(await begin()).toBe("b");
		expect(leftOut).toEqual(["a: rests after network: reset (5000)"]);
		expect(made.notReached.map(({ name }) => name)).toEqual(["c"]);
		expect(await made.failed(refused(), "before", false)).toMatchObject({ action: "fallback", delayMs: 5000, candidate: { name: "a" } });
		expect(leftOut).toEqual(["a: rests after network: reset (5000)", "c: rests until it is reset after network: reset"]);
		expect(made.leftOut.find(({ provider }) => provider === "c")).toEqual({
			provider: "c",
			model: "m",
			reason: "rests until it is reset after network: reset",
		});
		expect(claimed[0]).toBe("b");
	});

	test("are waited for where nobody else is left, the soonest first, as long as one waits", async () => {
		const two = plan(["a", "b"], { resting: { a: rests(9000), b: rests(5000) } });
		const taken = two.begin();
		await vi.advanceTimersByTimeAsync(4000);
		two.resting.b = undefined as never;
		two.change.happened();
		expect(await taken).toBe("b");
		expect(two.waited).toEqual([["b", 5000]]);
		for (const [forMs, more, then] of [
			[60_000, {}, "a"],
			[60_001, {}, "nobody"],
			[5000, { leftMs: () => 5000 }, "a"],
			[5001, { leftMs: () => 5000 }, "nobody"],
			[1, { mayWait: false }, "nobody"],
			[Infinity, {}, "nobody"],
		] as const) {
			const resting: Record<string, Resting> = { a: rests(forMs) };
			const one = plan(["a"], { resting, ...more });
			setTimeout(() => delete resting.a, forMs === Infinity ? 1 : forMs);
			expect(await one.begin()).toBe(then);
			expect(one.made.resting).toHaveLength(then === "nobody" ? 1 : 0);
		}
	});

	test("are asked by force where they are last resorts, or alone", async () => {
		const last = plan([candidate("a"), candidate("b", { lastResort: true })], { resting: { a: rests(100), b: rests(5000) } });
		expect(await last.begin()).toBe("b by force");
		expect(last.claimed).toEqual(["b!"]);
		const alone = plan(["a"], { resting: { a: rests(5000) }, isAlone: true });
		expect(await alone.begin()).toBe("a by force");
	});

	test("come after one that may be asked again within patience, and before one that may not", async () => {
		const resort = () => [candidate("a"), candidate("b", { lastResort: true })] as const;
		const soon = plan(resort(), { resting: { b: rests(5000) } });
		await soon.begin();
		expect(await soon.after(limited(3000))).toBe("retry a in 3000");
		const late = plan(resort(), { resting: { b: rests(5000) } });
		await late.begin();
		expect(await late.after(limited(3001))).toBe("fallback b in 0 by force");
		const short = plan(resort(), { resting: { b: rests(5000) }, leftMs: () => 2000 });
		await short.begin();
		expect(await short.after(limited(2500))).toBe("fallback b in 0 by force");
	});

	test("are not looked at once they were asked, are out, or are chains, or where nobody is ill", async () => {
		const chain = createChain({ name: "chain", providers: ["x"] });
		const { begin, after, looked } = plan([candidate("a"), { name: "chain", provider: chain, model: "" }, candidate("b")], {
			resting: { b: rests(1) },
		});
		await begin();
		expect(looked).toEqual(["a", "b"]);
		expect(await after(refused())).toBe("fallback chain in 0");
		expect(looked).toEqual(["a", "b", "b"]);
		const well = plan(["a", "b"]);
		await well.begin();
		expect(well.looked).toEqual([]);
	});

	test("that were lost to another request are waited for like others", async () => {
		let lost = true;
		const { begin, claimed } = plan(["a", "b"], {
			claim: ({ name }) => {
				const resting = name === "a" && lost ? rests(5000, { state: "probing" }) : ticket;
				lost = false;
				return resting;
			},
			resting: { c: rests(1) },
		});
		expect(await begin()).toBe("a");
		expect(claimed).toEqual([]);
	});

	test("are no longer waited for when the caller leaves", async () => {
		const controller = new AbortController();
		const { begin } = plan(["a"], { resting: { a: rests(5000) }, signal: controller.signal });
		const begun = begin().catch((error: unknown) => error);
		await vi.advanceTimersByTimeAsync(100);
		controller.abort("bye");
		expect(await begun).toBe("bye");
		await vi.advanceTimersByTimeAsync(10_000);
		expect(vi.getTimerCount()).toBe(0);
	});
});

test("whoever was asked before there was a plan counts as asked", async () => {
	const { made, after, candidates } = plan(["a", "b"]);
	made.began(candidates[0] as Candidate);
	expect(made.notReached.map(({ name }) => name)).toEqual(["b"]);
	expect(await after(network())).toBe("retry a in 500");
});

describe("what a plan holds to", () => {
	test("without an end of its time, whoever cannot be asked again is not", async () => {
		const { begin, after } = plan(["a"], { leftMs: () => Infinity });
		await begin();
		expect(await after(refused())).toBe("end");
	});

	test("one that rests is waited for, whatever became of those before it", async () => {
		const { begin, after, made, resting } = plan(["b", "a"], { resting: { b: rests(5000) } });
		expect(await begin()).toBe("a");
		expect(made.leftOut).toMatchObject([{ provider: "b" }]);
		setTimeout(() => delete resting.b, 4999);
		expect(await after(refused())).toBe("fallback b in 5000");
	});

	test("and is not told of as passed over once it was asked", async () => {
		const { begin, made, resting, candidates } = plan(["b", "a"], { resting: { b: rests(5000) } });
		await begin();
		delete resting.b;
		const move = await made.failed(refused(), "before", false);
		expect(move).toMatchObject({ candidate: candidates[0] });
		await made.take(move as NonNullable<typeof move>);
		expect(made.leftOut).toEqual([]);
	});

	test("all waits for those that rest together are no longer than one may be", async () => {
		const { begin, resting } = plan(["a"], { resting: { a: rests(40_000) } });
		setTimeout(() => {
			resting.a = rests(25_000);
		}, 39_999);
		expect(await begin()).toBe("nobody");
		const again = plan(["a"], { resting: { a: rests(40_000) } });
		setTimeout(() => {
			again.resting.a = rests(15_000);
		}, 39_999);
		setTimeout(() => delete again.resting.a, 54_998);
		const begun = again.begin();
		await vi.advanceTimersByTimeAsync(60_000);
		expect(await begun).toBe("a");
	});

	test("the second of them may have been asked before there was a plan", async () => {
		const { made, after, candidates } = plan(["a", "b"]);
		made.began(candidates[1] as Candidate);
		expect(await after(network())).toBe("retry b in 500");
	});

	test("a key that is free later than the one that failed makes nobody wait longer", async () => {
		const { begin, after, resting } = plan([candidate("a", { keys: ["k1", "k2"] })]);
		await begin();
		resting.a = rests(8000);
		expect(await after(network())).toBe("retry a in 500");
	});

	test("who may not be asked again does not stand in the way of who may later", async () => {
		const { begin, after } = plan(["a", "b"]);
		await begin();
		expect(await after(refused())).toBe("fallback b in 0");
		expect(await after(limited(5000))).toBe("retry b in 5000");
	});

	test("who has just said that a conversation is too long is not left out, but asked", async () => {
		const small = candidate("small", { contextTokens: 1000 });
		const { begin, after, leftOut } = plan([small, candidate("smaller", { contextTokens: 500 }), "any"]);
		await begin();
		expect(await after(new ContextLengthError("too long", { requested: 5000 }))).toBe("fallback any in 0");
		expect(leftOut).toEqual(["smaller: takes 500 tokens, and the conversation is longer"]);
	});

	test("a last resort is asked by force also where it does not rest", async () => {
		expect(await plan([candidate("a", { lastResort: true })]).begin()).toBe("a by force");
	});

	test("only the end of all time ends what is gone on with", async () => {
		const ended = async (phase: "total" | "first-chunk" | "idle") => {
			const { begin, after } = plan(["a", "b"]);
			await begin();
			return after(new TimeoutError("slow", { phase, afterMs: 1 }), "going-on");
		};
		expect(await ended("total")).toBe("end");
		expect(await ended("first-chunk")).toBe("fallback b in 0");
		expect(await ended("idle")).toBe("fallback b in 0");
	});
});
