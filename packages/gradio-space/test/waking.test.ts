import type { SpaceStage } from "@spaceport/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { startServer } from "../../http/test/support/http-server.ts";
import { createSpace, type Space } from "../src/index.ts";
import type { Locator } from "../src/locate/locator.ts";
import { collect, failure } from "./support/collect.ts";
import { createFakeNet, type FakeNet, makeLocator, type NetAnswer, type NetRequest } from "./support/fake-hub.ts";
import { chatConfig, completed, event, eventId, sendHtml, sendJson } from "./support/fake-space.ts";

const connectMs = 10_000;
const wakeMs = 120_000;
const page = (): Response => new Response("<html>Preparing Space</html>", { status: 503, headers: { "content-type": "text/html" } });

/** The most requests in any window of that length, both ends included. */
function mostIn(windowMs: number, requests: readonly NetRequest[]): number {
	return Math.max(0, ...requests.map(({ at }) => requests.filter((other) => other.at >= at && other.at - at <= windowMs).length));
}

/** A hub that gives one stage after the other, and the last one for ever. */
function stagesOf(...stages: readonly NetAnswer[]): (count: number) => NetAnswer {
	return (count) => stages[Math.min(count, stages.length) - 1] as NetAnswer;
}

/** Waits for a Space, and keeps what comes of it. */
function wake(locator: Locator, options: { signal?: AbortSignal; wakeMs?: number } = {}) {
	const stages: SpaceStage[] = [];
	const began = performance.now();
	const ended = { afterMs: undefined as number | undefined, error: undefined as unknown };
	const done = locator.wake({ wakeMs, onStage: (stage) => void stages.push(stage), ...options }).then(
		() => {
			ended.afterMs = performance.now() - began;
		},
		(error: unknown) => {
			ended.afterMs = performance.now() - began;
			ended.error = error;
		},
	);
	return { stages, ended, done };
}

const sleeping = (space?: () => NetAnswer): FakeNet => createFakeNet({ hub: () => "SLEEPING", space: space ?? page });
const seconds = (count: number): Promise<unknown> => vi.advanceTimersByTimeAsync(count * 1000);

beforeEach(() => {
	vi.useFakeTimers();
});

afterEach(async () => {
	if (vi.isFakeTimers()) {
		// What is over may need a turn to let go.
		await vi.advanceTimersByTimeAsync(0);
		expect(vi.getTimerCount(), "no timer stays").toBe(0);
	}
	vi.useRealTimers();
});

describe("the rhythm", () => {
	async function countFor(calls: number, spaces: number): Promise<FakeNet> {
		const net = sleeping();
		const locators = Array.from({ length: spaces }, () => makeLocator({ fetch: net.fetch, token: "hf_0123456789" }));
		const controller = new AbortController();
		const waits = Array.from({ length: calls }, async (_, index) => {
			const locator = locators[index % spaces] as Locator;
			await locator.resolve({ connectMs });
			const wait = wake(locator, { signal: controller.signal });
			await wait.done;
			return wait.ended.error;
		});
		await seconds(24);
		controller.abort();
		for (const error of await Promise.all(waits)) expect(error).toMatchObject({ code: "aborted" });
		return net;
	}

	test("is the same for one waiting call and for fifty over five Space objects: 11 requests to the hub and one knock in 24 s", async () => {
		const [one, fifty] = [await countFor(1, 1), await countFor(50, 5)];
		expect([one.hub().length, fifty.hub().length]).toEqual([11, 11]);
		expect([one.space().length, fifty.space().length]).toEqual([1, 1]);
	});

	test("holds over minutes", async () => {
		const net = sleeping();
		const wait = wake(makeLocator({ fetch: net.fetch }));
		await seconds(121);
		expect(wait.ended.error).toMatchObject({ code: "space-unavailable" });
		expect(net.hub()).toHaveLength(48);
		expect(mostIn(24_000, net.hub())).toBe(10);
	});

	test("holds for calls that leave and come again", async () => {
		const net = sleeping();
		for (let call = 0; call < 600; call += 1) {
			const controller = new AbortController();
			const wait = wake(makeLocator({ fetch: net.fetch }), { signal: controller.signal });
			await vi.advanceTimersByTimeAsync(100);
			controller.abort();
			await wait.done;
		}
		expect(net.hub().length).toBeGreaterThan(20);
		expect(mostIn(24_000, net.hub())).toBeLessThanOrEqual(12);
	});

	test("holds for a caller who is told that the Space runs, and asks again at once", async () => {
		const net = createFakeNet({ hub: () => "RUNNING" });
		const locator = makeLocator({ fetch: net.fetch });
		let woken = 0;
		const controller = new AbortController();
		const loop = (async () => {
			while (!controller.signal.aborted) {
				await locator.wake({ wakeMs, signal: controller.signal }).catch(() => {});
				woken += 1;
			}
		})();
		await seconds(60);
		controller.abort();
		await loop;
		expect(woken).toBe(26);
		expect(mostIn(24_000, net.hub())).toBeLessThanOrEqual(12);
	});

	test("is one for each Space, token and hub", async () => {
		const net = sleeping();
		const controller = new AbortController();
		const options = [{}, {}, { space: "Ada/Other" }, { token: "hf_0123456789" }, { space: "https://huggingface.co/spaces/Ada/My_Space" }];
		const waits = options.map((option) => wake(makeLocator({ fetch: net.fetch, ...option }), { signal: controller.signal }));
		await seconds(1);
		expect(net.hub().map(({ url, headers }) => `${url.pathname} ${headers.get("authorization")}`)).toEqual([
			"/api/spaces/Ada/My_Space null",
			"/api/spaces/Ada/Other null",
			"/api/spaces/Ada/My_Space Bearer hf_0123456789",
		]);
		controller.abort();
		await Promise.all(waits.map(({ done }) => done));
	});

	test("ends when nobody waits any more, at whatever point it is", async () => {
		for (const hub of ["SLEEPING", "BUILDING", "hang", "NEW_WORD"]) {
			for (const space of ["hang", "page"]) {
				const net = createFakeNet({ hub: () => hub, space: () => (space === "page" ? page() : space) });
				const controller = new AbortController();
				const listeners = {
					added: vi.spyOn(controller.signal, "addEventListener"),
					removed: vi.spyOn(controller.signal, "removeEventListener"),
				};
				const wait = wake(makeLocator({ fetch: net.fetch }), { signal: controller.signal });
				await seconds(7);
				expect(net.hub().length).toBeGreaterThan(0);
				controller.abort();
				await wait.done;
				expect(wait.ended.error).toMatchObject({ code: "aborted" });
				expect(vi.getTimerCount(), `${hub}, ${space}`).toBe(0);
				expect(net.open(), `${hub}, ${space}`).toBe(0);
				expect(listeners.removed.mock.calls.length).toBeGreaterThanOrEqual(listeners.added.mock.calls.length);
				const { length } = net.requests;
				await seconds(60);
				expect(net.requests).toHaveLength(length);
			}
		}
	});
});

describe("a Space that sleeps", () => {
	test("is woken by one request to its own host, and waited for", async () => {
		const net = createFakeNet({
			hub: stagesOf("SLEEPING", "SLEEPING", "BUILDING", "APP_STARTING", "RUNNING"),
			host: () => ({ host: "https://the-host.hf.space" }),
			space: page,
		});
		const locator = makeLocator({ fetch: net.fetch, token: "hf_0123456789", headers: { "x-key": "a" } });
		await locator.resolve({ connectMs });
		const waits = Array.from({ length: 20 }, () => wake(locator));
		await seconds(11);
		for (const { stages, ended } of waits) {
			expect(stages).toEqual(["sleeping", "building"]);
			expect(ended).toEqual({ afterMs: 10_000, error: undefined });
		}
		expect(net.space().map(({ url }) => url.href)).toEqual(["https://the-host.hf.space/config"]);
		expect(Object.fromEntries(net.space()[0]?.headers ?? [])).toMatchObject({ authorization: "Bearer hf_0123456789", "x-key": "a" });
		expect(net.hub()).toHaveLength(6);
		for (const { headers } of net.hub()) expect(headers.get("x-key")).toBeNull();
	});

	test("and falls asleep again is woken again", async () => {
		const net = createFakeNet({ hub: stagesOf("SLEEPING", "BUILDING", "STOPPED", "STOPPED", "RUNNING"), space: page });
		const wait = wake(makeLocator({ fetch: net.fetch }));
		await seconds(11);
		expect(wait.stages).toEqual(["sleeping", "building", "sleeping"]);
		expect(wait.ended.error).toBeUndefined();
		expect(net.space()).toHaveLength(2);
	});

	test("and cannot be reached is knocked at again", async () => {
		const net = createFakeNet({
			hub: stagesOf("SLEEPING", "SLEEPING", "SLEEPING", "RUNNING"),
			space: (count) => (count === 1 ? Response.error() : page()),
		});
		const refusing = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
			const response = await net.fetch(input, init);
			if (response.type === "error") throw new TypeError("fetch failed");
			return response;
		};
		const wait = wake(makeLocator({ fetch: refusing }));
		await seconds(8);
		expect(wait.ended.error).toBeUndefined();
		expect(net.space()).toHaveLength(2);
	});

	test("does not hold the poller where it keeps its answer until it is up", async () => {
		const net = createFakeNet({ hub: stagesOf("SLEEPING", "APP_STARTING", "RUNNING"), space: () => "hang" });
		const wait = wake(makeLocator({ fetch: net.fetch }));
		await seconds(6);
		expect(wait.ended).toEqual({ afterMs: 5000, error: undefined });
		expect(net.open(), "and the request is closed at the end").toBe(0);
	});
});

describe("what the hub said a moment ago", () => {
	test("is not asked for again: the waiting goes on from there, at the same rhythm", async () => {
		const net = createFakeNet({ hub: stagesOf("SLEEPING", "RUNNING"), space: page });
		const locator = makeLocator({ fetch: net.fetch });
		expect((await locator.stage({ connectMs }))?.stage).toBe("sleeping");
		await seconds(1);
		const wait = wake(locator);
		await seconds(1);
		expect(net.hub()).toHaveLength(1);
		expect(net.space()).toHaveLength(1);
		await seconds(1);
		expect(wait).toMatchObject({ stages: ["sleeping"], ended: { afterMs: 1500, error: undefined } });
		expect((await locator.stage({ connectMs }))?.stage).toBe("running");
		expect(net.hub()).toHaveLength(2);
	});

	test("is not believed where it said that the Space runs: the caller knows better", async () => {
		const net = createFakeNet({ hub: stagesOf("RUNNING", "PAUSED") });
		const locator = makeLocator({ fetch: net.fetch });
		expect((await locator.stage({ connectMs }))?.stage).toBe("running");
		const wait = wake(locator);
		await seconds(3);
		expect(wait.ended).toMatchObject({ afterMs: 2500, error: { stage: "paused" } });
	});
});

describe("a caller", () => {
	test("who comes late shares the poller, and is told the present stage at once", async () => {
		const net = createFakeNet({ hub: stagesOf("SLEEPING", "BUILDING", "BUILDING", "RUNNING"), space: page });
		const first = wake(makeLocator({ fetch: net.fetch }));
		await seconds(4);
		const late = wake(makeLocator({ fetch: net.fetch }));
		await seconds(0);
		expect(late.stages).toEqual(["building"]);
		await seconds(4);
		expect(first.stages).toEqual(["sleeping", "building"]);
		expect(late).toMatchObject({ stages: ["building"], ended: { afterMs: 3500, error: undefined } });
		expect(net.hub()).toHaveLength(4);
	});

	test("who comes when all others have gone is not told what was long ago", async () => {
		const net = createFakeNet({ hub: stagesOf("SLEEPING", "RUNNING", "BUILDING", "RUNNING"), space: page });
		const first = wake(makeLocator({ fetch: net.fetch }));
		await seconds(60);
		const second = wake(makeLocator({ fetch: net.fetch }));
		await seconds(3);
		expect([first.stages, second.stages]).toEqual([["sleeping"], ["building"]]);
	});

	test("who leaves, leaves alone, also where the poller began with it", async () => {
		const net = createFakeNet({ hub: stagesOf("BUILDING", "SLEEPING", "RUNNING"), space: page });
		const controller = new AbortController();
		const leaving = wake(makeLocator({ fetch: net.fetch }), { signal: controller.signal });
		const staying = wake(makeLocator({ fetch: net.fetch }));
		await seconds(1);
		controller.abort("enough");
		await leaving.done;
		expect(leaving.ended.error).toMatchObject({ code: "aborted", reason: "enough" });
		await seconds(5);
		expect(staying).toMatchObject({ stages: ["building", "sleeping"], ended: { afterMs: 5000, error: undefined } });
		expect(leaving.stages).toEqual(["building"]);
		expect(net.space()).toHaveLength(1);
	});

	test("who waits no longer is told what the Space does, and the others go on", async () => {
		const net = createFakeNet({ hub: stagesOf("SLEEPING", "BUILDING", "BUILDING", "RUNNING"), space: page });
		const short = wake(makeLocator({ fetch: net.fetch }), { wakeMs: 3000 });
		const long = wake(makeLocator({ fetch: net.fetch }));
		await seconds(8);
		expect(short.ended.afterMs).toBe(3000);
		expect(short.ended.error).toMatchObject({
			code: "space-unavailable",
			stage: "building",
			message: expect.stringContaining("3000 ms"),
			hint: expect.stringContaining("wakeMs"),
		});
		expect(long.ended).toEqual({ afterMs: 7500, error: undefined });
	});

	test("whose listener throws is the only one to notice", async () => {
		const net = createFakeNet({ hub: stagesOf("SLEEPING", "RUNNING"), space: page });
		const thrown = new Error("mine");
		const throwing = makeLocator({ fetch: net.fetch }).wake({
			wakeMs,
			onStage: () => {
				throw thrown;
			},
		});
		throwing.catch(() => {});
		const other = wake(makeLocator({ fetch: net.fetch }));
		await seconds(3);
		await expect(throwing).rejects.toBe(thrown);
		expect(other).toMatchObject({ stages: ["sleeping"], ended: { error: undefined } });
	});

	test("gets an error of its own, since chains write into it", async () => {
		const net = createFakeNet({ hub: () => "PAUSED" });
		const [one, two] = [wake(makeLocator({ fetch: net.fetch })), wake(makeLocator({ fetch: net.fetch }))];
		await seconds(1);
		expect(one.ended.error).toEqual(two.ended.error);
		expect(one.ended.error).not.toBe(two.ended.error);
		expect(net.hub()).toHaveLength(1);
	});
});

describe("a Space that does not come by itself", () => {
	test.each([
		["PAUSED", "paused", "is paused (PAUSED, says the hub)", "owner"],
		["RUNTIME_ERROR", "error", "RUNTIME_ERROR", "owner"],
		["BUILD_ERROR", "error", "BUILD_ERROR", "owner"],
		["CONFIG_ERROR", "error", "CONFIG_ERROR", "owner"],
		["NO_APP_FILE", "error", "NO_APP_FILE", "owner"],
		["DELETING", "gone", "DELETING", "removed"],
	])("%s: space-unavailable with stage %s, at once", async (reported, stage, message, hint) => {
		const net = createFakeNet({ hub: stagesOf("SLEEPING", reported), space: page });
		const wait = wake(makeLocator({ fetch: net.fetch }));
		await seconds(3);
		expect(wait.ended.error).toMatchObject({
			code: "space-unavailable",
			stage,
			message: expect.stringContaining(message),
			hint: expect.stringContaining(hint),
		});
		expect(wait).toMatchObject({ stages: ["sleeping"], ended: { afterMs: 2500 } });
	});

	test.each([
		["404", 404, undefined],
		["404 with a token", 404, "hf_0123456789"],
		["401 without a token", 401, undefined],
	])("%s: it is gone, or private", async (_, status, token) => {
		const net = createFakeNet({ hub: () => Response.json({ error: "Repository not found" }, { status }) });
		const wait = wake(makeLocator({ fetch: net.fetch, token }));
		await seconds(1);
		expect(wait.ended.error).toMatchObject({ code: "space-unavailable", stage: "gone", hint: expect.stringMatching(/private.+token/) });
	});

	test.each([
		[401, "hf_0123456789"],
		[403, "hf_0123456789"],
		[403, undefined],
	])("%d with the token %s: authentication", async (status, token) => {
		const net = createFakeNet({ hub: () => Response.json({ error: `no: ${token}` }, { status }) });
		const wait = wake(makeLocator({ fetch: net.fetch, token }));
		await seconds(1);
		expect(wait.ended.error).toMatchObject({ code: "authentication", status, message: expect.stringContaining("https://huggingface.co") });
		expect(JSON.stringify(wait.ended.error)).not.toContain("hf_0123456789");
	});
});

describe("where the hub does not say", () => {
	const down: [string, () => NetAnswer][] = [
		["500", () => new Response("oops", { status: 500 })],
		["a page", () => new Response("<html></html>", { headers: { "content-type": "text/html" } })],
		["nonsense", () => ({ runtime: "RUNNING" })],
		["a word that is not known", () => "SOMETHING_NEW"],
		["silence", () => "hang"],
		["a redirect to another host", () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } })],
	];

	test.each(down)("(%s) the Space itself is looked at", async (_, hub) => {
		const net = createFakeNet({ hub, space: (count) => (count < 3 ? page() : { version: "5.50.0", dependencies: [] }) });
		const wait = wake(makeLocator({ fetch: net.fetch, token: "hf_0123456789" }));
		await seconds(10);
		expect(wait.ended.error).toBeUndefined();
		expect(wait.ended.afterMs).toBeLessThan(9100);
		expect(wait.stages).toEqual(["unknown"]);
		expect(net.space().map(({ url }) => url.href)).toEqual(Array(3).fill("https://ada-my-space.hf.space/config"));
	});

	test.each<[string, boolean, () => NetAnswer]>([
		["a login in JSON", true, () => Response.json({ detail: "Not authenticated" }, { status: 401 })],
		["a page with 200", false, () => new Response("<html>", { headers: { "content-type": "text/html" } })],
		["an error in JSON", false, () => Response.json({ detail: "Not Found" }, { status: 404 })],
		["silence", false, () => "hang"],
	])("%s of the Space: it runs is %s", async (_, up, space) => {
		const net = createFakeNet({ hub: () => new Response("", { status: 503 }), space });
		const wait = wake(makeLocator({ fetch: net.fetch }), { wakeMs: 20_000 });
		await seconds(21);
		if (up) expect(wait.ended).toEqual({ afterMs: 0, error: undefined });
		else expect(wait.ended).toMatchObject({ afterMs: 20_000, error: { code: "space-unavailable", stage: "unknown" } });
		expect(net.open()).toBe(0);
	});

	test("since it was asked too often, it is left alone as long as it wants, and the Space is looked at", async () => {
		const net = createFakeNet({
			hub: (count) => (count === 1 ? new Response("{}", { status: 429, headers: { "retry-after": "30" } }) : "RUNNING"),
			space: page,
		});
		const wait = wake(makeLocator({ fetch: net.fetch }));
		await seconds(29);
		expect(net.hub()).toHaveLength(1);
		expect(net.space()).toHaveLength(12);
		await seconds(2);
		expect(wait.ended).toEqual({ afterMs: 30_000, error: undefined });
	});
});

describe("a Space of createSpace", () => {
	const stream = [
		{ msg: "process_starts", event_id: eventId },
		completed("", [["q", "a"]], ""),
		{ msg: "close_stream", event_id: null },
	].map(event);

	/** A Space that answers with the page of the hub until the hub says that it runs. */
	function appAt(net: () => FakeNet, runsFrom: number): (count: number, url: URL) => NetAnswer {
		return (_, url) => {
			const looks = net()
				.hub()
				.filter(({ url: { pathname } }) => !pathname.endsWith("/host")).length;
			if (looks < runsFrom) return page();
			if (url.pathname === "/config") return chatConfig();
			if (url.pathname.endsWith("/queue/join")) return { event_id: eventId };
			return new Response(stream.join(""), { headers: { "content-type": "text/event-stream" } });
		};
	}

	test("tells the stage without waking it", async () => {
		const net = createFakeNet({ hub: () => "PAUSED" });
		expect(await createSpace("Ada/My_Space", { fetch: net.fetch }).stage()).toBe("paused");
		expect(net.hub()).toHaveLength(1);
		expect(net.space()).toHaveLength(0);
		expect(await createSpace("http://127.0.0.1:7860", { fetch: net.fetch }).stage()).toBeUndefined();
		await expect(createSpace("Ada/My_Space", { fetch: net.fetch }).stage(AbortSignal.abort())).rejects.toMatchObject({ code: "aborted" });
	});

	test("that sleeps is woken, waited for and asked, by fifty calls with one poller", async () => {
		const net: FakeNet = createFakeNet({
			hub: stagesOf("SLEEPING", "SLEEPING", "APP_STARTING", "RUNNING"),
			host: () => ({ host: "https://the-host.hf.space" }),
			space: (count, url) => appAt(() => net, 4)(count, url),
		});
		const spaces = Array.from({ length: 5 }, () => createSpace("Ada/My_Space", { fetch: net.fetch, token: "hf_0123456789" }));
		const calls = Array.from({ length: 50 }, (_, index) => collect((spaces[index % 5] as Space).submit("/model_chat", ["q", [], ""])));
		await seconds(15);
		for (const events of await Promise.all(calls)) {
			expect(events.map((one) => (one.type === "waking" ? one.stage : one.type))).toEqual(["sleeping", "building", "started", "value"]);
		}
		expect(net.hub().map(({ url }) => url.pathname)).toEqual([
			"/api/spaces/Ada/My_Space/host",
			...Array(4).fill("/api/spaces/Ada/My_Space"),
		]);
		expect(new Set(net.space().map(({ url }) => url.hostname))).toEqual(new Set(["the-host.hf.space"]));
		expect(spaces[0]?.url).toBe("https://the-host.hf.space");
	});

	test.each([
		["PAUSED", "paused"],
		["BUILD_ERROR", "error"],
	])("that is %s fails at once, with its stage", async (reported, stage) => {
		const net = createFakeNet({ hub: () => reported, space: page });
		const failed = failure(createSpace("Ada/My_Space", { fetch: net.fetch }).submit("/model_chat", ["q", [], ""]));
		await seconds(1);
		expect(await failed).toMatchObject({ code: "space-unavailable", stage });
	});

	test("that has come up since its page was read is asked again, where there is time to wait", async () => {
		const net: FakeNet = createFakeNet({ hub: () => "RUNNING", space: (count, url) => appAt(() => net, 1)(count, url) });
		const space = createSpace("Ada/My_Space", { fetch: net.fetch });
		const hurried = failure(space.submit("/model_chat", ["q", [], ""], { wakeMs: 0 }));
		await seconds(1);
		expect(await hurried).toMatchObject({ code: "space-unavailable", stage: "sleeping" });
		expect(net.space()).toHaveLength(1);

		const other: FakeNet = createFakeNet({ hub: () => "RUNNING", space: (count, url) => appAt(() => other, 1)(count, url) });
		const events = collect(createSpace("Ada/My_Space", { fetch: other.fetch }).submit("/model_chat", ["q", [], ""]));
		await seconds(2);
		expect((await events).map(({ type }) => type)).toEqual(["started", "value"]);
	});

	test("whose stage has a new word is waited for where its page says that it sleeps", async () => {
		const net: FakeNet = createFakeNet({
			hub: stagesOf("STRETCHING", "STRETCHING", "RUNNING"),
			space: (count, url) => appAt(() => net, 3)(count, url),
		});
		const events = collect(createSpace("Ada/My_Space", { fetch: net.fetch }).submit("/model_chat", ["q", [], ""]));
		await seconds(10);
		expect((await events).map((one) => (one.type === "waking" ? one.stage : one.type))).toEqual(["unknown", "started", "value"]);
	});

	test("that does not wake in wakeMs fails, and a caller who leaves meanwhile is gone at once", async () => {
		const net = sleeping();
		const space = createSpace("Ada/My_Space", { fetch: net.fetch, wakeMs: 6000 });
		const controller = new AbortController();
		const late = failure(space.submit("/model_chat", ["q", [], ""]));
		const left = failure(space.submit("/model_chat", ["q", [], ""], { signal: controller.signal }));
		await seconds(5);
		controller.abort("enough");
		expect(await left).toMatchObject({ code: "aborted" });
		await seconds(2);
		expect(await late).toMatchObject({ code: "space-unavailable", stage: "sleeping" });
	});

	test("that has moved is found again by the call after the one that failed", async () => {
		let host = "https://old.hf.space";
		const net: FakeNet = createFakeNet({
			hub: () => "RUNNING",
			host: () => ({ host }),
			space: (count, url) => (url.origin === host ? appAt(() => net, 0)(count, url) : new Response("", { status: 404 })),
		});
		const space = createSpace("Ada/My_Space", { fetch: net.fetch });
		const ask = (): Promise<unknown> => collect(space.submit("/model_chat", ["q", [], ""])).catch((error: unknown) => error);
		expect(await ask()).toHaveLength(2);
		host = "https://new.hf.space";
		// The first one fails in its old session, the second one in reading the config.
		expect(await ask()).toMatchObject({ code: "space-contract" });
		expect(await ask()).toMatchObject({ code: "space-unavailable" });
		expect(await ask()).toHaveLength(2);
		expect(space.url).toBe(host);
	});

	test("that runs is asked without a look at its stage", async () => {
		const net: FakeNet = createFakeNet({ hub: () => "RUNNING", space: (count, url) => appAt(() => net, 0)(count, url) });
		const events = collect(createSpace("Ada/My_Space", { fetch: net.fetch }).submit("/model_chat", ["q", [], ""]));
		await seconds(1);
		expect((await events).map(({ type }) => type)).toEqual(["started", "value"]);
		expect(net.hub().map(({ url }) => url.pathname)).toEqual(["/api/spaces/Ada/My_Space/host"]);
	});
});

describe("over the network", () => {
	beforeEach(() => {
		vi.useRealTimers();
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
	});

	// The runtime's own `fetch` has timers too, for the connections that it keeps.
	afterEach(() => {
		vi.useRealTimers();
	});

	test("a Space wakes, and the token goes to the hub and to the Space alone", async () => {
		let awake = false;
		await using space = await startServer((_, response) => {
			awake = true;
			sendHtml(response, "<html>Preparing Space</html>", 503);
		});
		await using hub = await startServer((request, response) => {
			if (request.path.endsWith("/host")) sendJson(response, { host: space.url });
			else sendJson(response, { runtime: { stage: awake ? "RUNNING" : "SLEEPING" } });
		});
		const locator = makeLocator({ hubUrl: hub.url, token: "hf_0123456789" });
		expect(await locator.resolve({ connectMs })).toBe(space.url);
		const stages: SpaceStage[] = [];
		const waits = Array.from({ length: 5 }, () => locator.wake({ wakeMs: 20_000, onStage: (stage) => stages.push(stage) }));
		await space.waitFor(({ path }) => path === "/config");
		vi.advanceTimersByTime(2500);
		await Promise.all(waits);
		expect(stages).toEqual(Array(5).fill("sleeping"));
		expect(space.paths()).toEqual(["GET /config"]);
		expect(hub.paths()).toEqual(["GET /api/spaces/Ada/My_Space/host", "GET /api/spaces/Ada/My_Space", "GET /api/spaces/Ada/My_Space"]);
		for (const { headers } of [...hub.requests, ...space.requests]) expect(headers.authorization).toBe("Bearer hf_0123456789");
	});

	test("a Space that sends without end is left once its headers are there", async () => {
		await using space = await startServer((_, response) => {
			response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
		});
		await using hub = await startServer((request, response) => {
			if (request.path.endsWith("/host")) sendJson(response, { host: space.url });
			else sendJson(response, {}, 503);
		});
		const locator = makeLocator({ hubUrl: hub.url });
		await locator.resolve({ connectMs });
		await locator.wake({ wakeMs: 20_000 });
		await space.requests[0]?.closed;
	});

	test("a hub that sends without end is given up", async () => {
		let answered = false;
		await using space = await startServer((_, response) => {
			answered = true;
			sendJson(response, { version: "5.50.0", dependencies: [] });
		});
		const piece = Buffer.alloc(1024 * 1024, "x");
		await using hub = await startServer((request, response) => {
			if (request.path.endsWith("/host")) return sendJson(response, { host: space.url });
			response.writeHead(200, { "content-type": "application/json" });
			const more = (): void => {
				while (!response.destroyed && response.write(piece));
				if (!response.destroyed) response.once("drain", more);
			};
			more();
		});
		const locator = makeLocator({ hubUrl: hub.url });
		await locator.resolve({ connectMs });
		await locator.wake({ wakeMs: 20_000 });
		expect(answered).toBe(true);
		await hub.requests[1]?.closed;
	});
});
