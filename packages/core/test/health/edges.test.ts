import {
	AbortedError,
	type AttemptContext,
	createChain,
	createMemoryStore,
	createSpaceport,
	GenerationError,
	RateLimitedError,
	type SpaceportEvent,
	type StateStore,
} from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { probeProvider } from "../../src/chain/health/probe.ts";
import { findWhom } from "../../src/chain/health/whom.ts";
import { parts } from "../../src/parts/parts.ts";
import { candidate, createWard, network, provider } from "./support.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.restoreAllMocks();
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

function create(options: Parameters<typeof createSpaceport>[0] = {}) {
	const stateStore = createMemoryStore();
	const events: SpaceportEvent[] = [];
	const spaceport = createSpaceport({ stateStore, onEvent: (event) => events.push(event), ...options });
	const kept = async () => (await stateStore.entries()).flatMap(([, { rests }]) => rests);
	return { spaceport, ward: createWard(stateStore), stateStore, events, kept };
}
const two = [{ id: "one", aliases: ["first"] }, { id: "two" }];
const keys = ["k1", "k2"];

describe("whom a name means", () => {
	const members = [provider("a", { models: two }), provider("a:b"), provider("c", { models: [] })];
	const chains = [
		createChain({ name: "round", providers: ["about", "a"] }),
		createChain({ name: "about", providers: ["round", { provider: "gone", model: "x" }] }),
		createChain({ name: "objects", providers: [provider("d"), { provider: provider("e", { models: two }), model: "two" }] }),
	];
	const { registry } = (() => {
		const all = new Map([...members, ...chains].map((one) => [one.name, one] as const));
		return { registry: { list: () => [...all.keys()], has: (name: string) => all.has(name), get: (name: string) => all.get(name) } };
	})();
	const find = (reference: unknown, others: readonly string[] = []) => findWhom(reference, registry as never, others);

	test.each<[string, string, readonly object[]]>([
		["a provider", "c", [{ name: "c" }]],
		["a model by its alias", "a:first", [{ name: "a", model: "one" }]],
		["a model that is not known", "a:zzz", [{ name: "a", model: "zzz" }]],
		["a name with a colon in it", "a:b", [{ name: "a:b" }]],
		["the first name that fits", "a:b:c", [{ name: "a", model: "b:c" }]],
		["the members of chains that lead to each other", "round", [{ name: "gone", model: "x" }, { name: "a" }]],
		["members that have no names of their own here", "objects", [{ name: "d" }, { name: "e", model: "two" }]],
	])("%s: %s", (_, reference, whom) => {
		expect(find(reference)).toEqual(whom);
	});

	test("somebody who rests and is not registered", () => {
		expect(find("x:m", ["x"])).toEqual([{ name: "x", model: "m" }]);
	});

	test("nobody, which says who there is", () => {
		expect(() => find("cc")).toThrow(
			expect.objectContaining({
				code: "no-such-provider",
				message: expect.stringMatching(/^There is no provider "cc"\./),
				reference: "cc",
				hint: 'Known are a, a:b, c, round, about, objects. A model of one is "provider:model".',
			}),
		);
	});
});

describe("the desk", () => {
	test("takes somebody out beside what it rests for, and each model once", async () => {
		const { spaceport, ward, kept } = create({ providers: [provider("a", { models: two })] });
		await ward.fail({ name: "a", model: "one", provider: spaceport.get("a") });
		await spaceport.rest("a:one", { forMs: 5000 });
		await spaceport.rest("a:two", { forMs: 5000 });
		await spaceport.rest("a:one", { forMs: 9000, reason: "again" });
		await spaceport.rest("a", { forMs: Infinity });
		expect(await kept()).toMatchObject([
			{ model: "one", code: "network" },
			{ model: "two", byHand: true },
			{ model: "one", byHand: true, message: "again" },
			{ byHand: true, until: null },
		]);
		expect((await kept())[3]).not.toHaveProperty("model");
		// What concerns all models concerns this one.
		await spaceport.reset("a:one");
		expect(await kept()).toMatchObject([{ model: "two" }]);
	});

	test.each([0, -1, Number.NaN, "5"])("takes nobody out for %s ms", async (forMs) => {
		const { spaceport } = create({ providers: [provider("a")] });
		await expect(spaceport.rest("a", { forMs: forMs as number })).rejects.toMatchObject({
			code: "invalid-request",
			path: "forMs",
			message: expect.stringMatching(/^forMs is .*, and must be a number above 0, or Infinity\.$/),
		});
	});

	test("a reset forgets what a provider said of its limits", async () => {
		const run = (context: AttemptContext) => context.reportLimits({ retryAfterMs: 60_000 });
		const a = createScriptedProvider({ name: "a", scripts: [[{ run }, "Hi"]] });
		const { spaceport } = create({ providers: [a] });
		await spaceport.complete({ messages: "?" });
		await spaceport.reset("a");
		expect((await spaceport.complete({ messages: "?" })).text).toBe("Hi");
	});

	test("a reset writes only about those of whom something is known", async () => {
		const store = createMemoryStore();
		const update = vi.spyOn(store, "update");
		const { spaceport } = create({ providers: [provider("a"), provider("b")], stateStore: store });
		await spaceport.rest("b", { forMs: 5000 });
		update.mockClear();
		await spaceport.reset();
		expect(update.mock.calls.map(([name]) => name)).toEqual(["b"]);
	});

	test("a probe is told its key where there is one, and what it finds is no request's", async () => {
		const contexts: object[] = [];
		const probe = async (context: object) => {
			contexts.push(context);
			throw network();
		};
		const { spaceport, events } = create({ providers: [provider("a", { probe }), provider("b", { probe, keys })] });
		const rows = await spaceport.probe();
		expect(contexts.map((context) => ("key" in context ? context.key : "none"))).toEqual(["none", "k1", "k2"]);
		expect(rows).toMatchObject([{ provider: "a" }, { provider: "b" }, { provider: "b" }]);
		expect(rows[0]).not.toHaveProperty("key");
		const cooldown = events.find(({ type }) => type === "cooldown");
		expect(cooldown).toMatchObject({ provider: "a", model: "" });
		expect(cooldown).not.toHaveProperty("requestId");
		expect(cooldown).not.toHaveProperty("key");
	});

	test("looking at everybody where nobody can be looked at finds nothing, and at somebody says so", async () => {
		const { spaceport } = create({ providers: [provider("a")] });
		expect(await spaceport.probe()).toEqual([]);
		await expect(spaceport.probe("a")).rejects.toMatchObject({
			code: "unsupported",
			capability: "probe",
			provider: "a",
			message: '"a" has no probe: whether it is well shows when it is asked.',
		});
	});

	test("a name that was taken out before its turn is not looked at", async () => {
		const gate = Promise.withResolvers<void>();
		const probe = () => gate.promise;
		const names = Array.from({ length: 9 }, (_, index) => `p${index}`);
		const { spaceport } = create({ providers: names.map((name) => provider(name, { probe })) });
		const probing = spaceport.probe();
		await vi.advanceTimersByTimeAsync(0);
		spaceport.unregister("p8");
		gate.resolve();
		expect((await probing).map((row) => row.provider)).toEqual(names.slice(0, 8));
	});

	test("a look that takes too long says which option gives it more", async () => {
		const looking = probeProvider({
			name: "a",
			provider: provider("a", { probe: () => new Promise(() => {}) }),
			deadlines: { connectMs: 1000 } as never,
			context: { id: "probe-a", logger: { debug() {}, info() {}, warn() {}, error() {} } } as never,
			signal: undefined,
		});
		await vi.advanceTimersByTimeAsync(1000);
		expect(await looking).toMatchObject({
			code: "timeout",
			phase: "connect",
			afterMs: 1000,
			hint: "Raise timeouts.connectMs.",
			provider: "a",
		});
	});

	test("a store that is silent says for how long it was waited", async () => {
		const silent: StateStore = { get: () => undefined, update: () => undefined, entries: () => new Promise(() => {}) };
		const asked = create({ stateStore: silent })
			.spaceport.health()
			.catch((error: unknown) => error);
		await vi.advanceTimersByTimeAsync(5000);
		expect(await asked).toMatchObject({
			code: "timeout",
			phase: "connect",
			afterMs: 5000,
			message: "The store of who is well gave no answer within 5000 ms.",
		});
	});
});

describe("keys", () => {
	test("each is told of on its own when it is well again", async () => {
		const { claim, fail, told } = createWard();
		const a = candidate("a", { keys });
		await fail(a, new RateLimitedError("slow", { retryAfterMs: 5000 }));
		await fail(a, new RateLimitedError("slow", { retryAfterMs: 9000 }));
		vi.advanceTimersByTime(5000);
		told();
		const ticket = await claim(a);
		expect(ticket.key).toBe("k1");
		ticket.succeeded();
		expect(told()).toEqual(["recovered a/m/k1"]);
	});

	test("are not changed for a failure that says nothing of them", async () => {
		const { claim } = createWard();
		const ticket = await claim(candidate("a", { keys }));
		ticket.failed(new AbortedError("left", { reason: undefined }));
		expect(ticket.anotherKey()).toBe(false);
	});
});

describe("what was taken out by hand", () => {
	test("does not hide that a rest beside it is over", async () => {
		const { spaceport, ward } = create({ providers: [provider("a")] });
		const a = { name: "a", model: "m", provider: spaceport.get("a") };
		await ward.fail(a);
		await spaceport.rest("a:m", { forMs: 60_000 });
		ward.told();
		await ward.answer(a, { force: true });
		expect(ward.told()).toEqual(["recovered a/m"]);
	});
});

describe("whoever waits for somebody", () => {
	test("hears that its name was registered anew", async () => {
		const { health, fail } = createWard();
		const a = candidate("a");
		await fail(a);
		const changed = health.changed([a], new AbortController().signal);
		health.forget("a");
		expect(await Promise.race([changed.then(() => "changed"), vi.advanceTimersByTimeAsync(1).then(() => "silence")])).toBe("changed");
	});

	test("and what failed under it before is forgotten, whoever else is registered anew", async () => {
		const { health, claim, fail } = createWard();
		const a = candidate("a");
		const late = await claim(a);
		await fail(a);
		health.forget("a");
		health.forget("b");
		late.failed(network());
		expect(health.isQuiet).toBe(true);
	});
});

describe("an answer", () => {
	test("forgets a failure that was only counted, also where it began before", async () => {
		const { claim, fail, health } = createWard();
		const a = candidate("a");
		const broken = () => new GenerationError("CUDA out of memory");
		const early = await claim(a);
		await fail(a, broken());
		early.answering();
		early.succeeded();
		await fail(a, broken());
		expect(await health.look(a)).toBeUndefined();
		await fail(a, broken());
		expect(await health.look(a)).toMatchObject({ failures: 2 });
	});
});

describe("a failure that was only counted", () => {
	const broken = () => new GenerationError("CUDA out of memory");

	test("is forgotten with an answer to whoever asked before, also where others are ill", async () => {
		const { claim, fail, health } = createWard();
		await fail(candidate("b"));
		const a = candidate("a");
		const early = await claim(a);
		await fail(a, broken());
		early.succeeded();
		await fail(a, broken());
		expect(await health.look(a)).toBeUndefined();
	});

	test("is shown without a time", async () => {
		const { spaceport, ward } = create({ providers: [provider("a")] });
		await ward.fail({ name: "a", model: "m", provider: spaceport.get("a") }, broken());
		expect(await spaceport.health()).toEqual([
			{ provider: "a", model: "m", state: "well", failures: 1, code: "generation", message: "CUDA out of memory" },
		]);
	});
});

describe("what keeps who is well", () => {
	test("is not loaded by registering", async () => {
		const load = vi.spyOn(parts, "health");
		const spaceport = createSpaceport({ providers: [provider("a")] });
		spaceport.register(provider("a"), { replace: true });
		await vi.advanceTimersByTimeAsync(0);
		expect(load).not.toHaveBeenCalled();
	});

	test("where it cannot be loaded, all count as well, it is logged, and the next failure tries again", async () => {
		const load = vi.spyOn(parts, "health").mockRejectedValue(new Error("404"));
		const { claim, fail, health, warnings } = createWard();
		const a = candidate("a");
		(await claim(a)).failed(network());
		await vi.advanceTimersByTimeAsync(0);
		expect(await health.look(a)).toBeUndefined();
		expect(warnings[0]).toMatchObject({ err: { code: "network", message: expect.stringMatching(/health.*404/) } });
		expect((await claim(candidate("b", { keys }))).key).toBe("k1");
		load.mockRestore();
		await fail(a);
		expect(await health.look(a)).toMatchObject({ state: "cooling" });
	});

	test("a store that failed is asked again at once where the clock was set back", async () => {
		const failing = new Error("down");
		let isDown = true;
		const inner = createMemoryStore();
		const store: StateStore = {
			get: (id) => {
				if (isDown) throw failing;
				return inner.get(id);
			},
			update: (id, change) => inner.update(id, change),
			entries: () => inner.entries(),
		};
		const { health, fail, warnings } = createWard(store);
		const a = candidate("a");
		await fail(a);
		expect(warnings).toMatchObject([{ err: failing }]);
		isDown = false;
		expect(await health.look(a)).toBeUndefined();
		vi.setSystemTime(Date.now() - 1_000);
		expect(await health.look(a)).toMatchObject({ state: "cooling" });
	});
});
