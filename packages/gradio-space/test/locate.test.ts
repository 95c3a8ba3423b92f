import { createSharedWork } from "@spaceport/http";
import { currentRuntime } from "@spaceport/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type SeenRequest, startServer, type TestServer } from "../../http/test/support/http-server.ts";
import type { Locator } from "../src/locate/locator.ts";
import { sharedHubSpace } from "../src/locate/shared-hub-space.ts";
import { parts } from "../src/parts/parts.ts";
import { createToError, explained } from "../src/space-failure.ts";
import { createFakeNet, makeLocator } from "./support/fake-hub.ts";
import { sendJson } from "./support/fake-space.ts";

type Handler = Parameters<typeof startServer>[0];
type Answer = Parameters<Handler>[1];

const connectMs = 10_000;
const staticUrl = "https://ada-my-space.hf.space";
const spaceHost = "http://127.0.0.1:7860";
const named: Handler = (_, response) => sendJson(response, { subdomain: "ada-my-space", host: spaceHost });
const resolve = (locator: Locator): Promise<string> => locator.resolve({ connectMs });

afterEach(() => {
	vi.useRealTimers();
});

describe("the address", () => {
	test("is the static rule's until the hub has answered, and the hub's from then on", async () => {
		await using hub = await startServer(named);
		const locator = makeLocator({ hubUrl: hub.url, token: "hf_0123456789" });
		expect(locator).toMatchObject({ id: "Ada/My_Space", onHub: true, url: staticUrl });
		expect(await resolve(locator)).toBe(spaceHost);
		expect(locator.url).toBe(spaceHost);
		expect(await resolve(locator)).toBe(spaceHost);
		expect(hub.paths()).toEqual(["GET /api/spaces/Ada/My_Space/host"]);
		expect(hub.requests[0]?.headers.authorization).toBe("Bearer hf_0123456789");
	});

	test("is asked for without a token where there is none, and never with the Space's own headers", async () => {
		await using hub = await startServer(named);
		await resolve(
			makeLocator({ hubUrl: hub.url, headers: { authorization: "Basic c2VjcmV0", cookie: "session=secret", "x-key": "secret" } }),
		);
		expect(hub.requests).toHaveLength(1);
		expect(JSON.stringify(hub.requests[0]?.headers)).not.toMatch(/secret|c2VjcmV0|authorization/);
	});

	test("is asked for once by many callers of many Space objects", async () => {
		await using hub = await startServer(named);
		const locators = Array.from({ length: 10 }, () => makeLocator({ hubUrl: hub.url }));
		const urls = await Promise.all(Array.from({ length: 50 }, (_, index) => resolve(locators[index % 10] as Locator)));
		expect(new Set(urls)).toEqual(new Set([spaceHost]));
		await resolve(makeLocator({ hubUrl: hub.url }));
		expect(hub.requests).toHaveLength(1);
		await resolve(makeLocator({ hubUrl: hub.url, token: "hf_0123456789" }));
		expect(hub.requests, "another token may see another Space").toHaveLength(2);
	});

	test("is not asked for where it was given, nor the hub told about a server of one's own", async () => {
		await using hub = await startServer(named);
		const own = makeLocator({ hubUrl: hub.url, space: "http://127.0.0.1:9/app" });
		expect(own).toMatchObject({ id: undefined, onHub: false });
		expect(await resolve(own)).toBe("http://127.0.0.1:9/app");
		expect((await own.stage({ connectMs }))?.stage).toBeUndefined();
		await expect(own.wake({ wakeMs: 1000 })).rejects.toMatchObject({ code: "space-unavailable", stage: "unknown" });
		const direct = makeLocator({ hubUrl: hub.url, space: staticUrl });
		expect(direct).toMatchObject({ id: undefined, onHub: true });
		expect(await resolve(direct)).toBe(staticUrl);
		expect(hub.requests).toHaveLength(0);
	});

	test("is said to be of a Space that does not run where the time is over before it is known how to ask", async () => {
		using loading = vi.spyOn(parts, "hubStages").mockReturnValue(new Promise(() => {}));
		const toError = createToError(() => staticUrl, { values: [], headers: {} });
		const waking = makeLocator({ space: "ada/slow-part", toError }).wake({ wakeMs: 20 });
		expect(await waking.catch((error: unknown) => explained(error))).toMatchObject({ code: "space-unavailable", stage: "unknown" });
		expect(loading).toHaveBeenCalledOnce();
	});

	test("is kept for good by the Space object that has it", async () => {
		vi.useFakeTimers();
		const net = createFakeNet({ hub: () => "RUNNING", host: () => ({ host: "https://one.hf.space" }) });
		const locator = makeLocator({ fetch: net.fetch });
		await resolve(locator);
		vi.advanceTimersByTime(3_600_000);
		expect(await resolve(locator)).toBe("https://one.hf.space");
		expect(net.hub()).toHaveLength(1);
		await resolve(makeLocator({ fetch: net.fetch }));
		expect(net.hub(), "a new one asks").toHaveLength(2);
	});

	test("is asked for anew once it was forgotten", async () => {
		const hosts = ["https://one.hf.space", "https://two.hf.space"];
		const net = createFakeNet({ hub: () => "RUNNING", host: () => ({ host: hosts.shift() }) });
		const locator = makeLocator({ fetch: net.fetch });
		expect(await resolve(locator)).toBe("https://one.hf.space");
		locator.forget();
		expect(locator.url, "until then, it is the best that is known").toBe("https://one.hf.space");
		expect(await resolve(locator)).toBe("https://two.hf.space");
	});

	test.each<[string, unknown, string]>([
		["an https address", "https://other.hf.space", "https://other.hf.space"],
		["one with a slash and a port", "https://other.example:8443/", "https://other.example:8443"],
		["plain http, from a hub over https", "http://other.hf.space", staticUrl],
		["one with a path", "https://other.hf.space/elsewhere", staticUrl],
		["one with a query", "https://other.hf.space/?x=y", staticUrl],
		["one with a fragment", "https://other.hf.space/#x", staticUrl],
		["one with a password", "https://ada:secret@other.hf.space", staticUrl],
		["another protocol", "ws://other.hf.space", staticUrl],
		["a script", "javascript:alert(1)", staticUrl],
		["a name alone", "other.hf.space", staticUrl],
		["the empty string", "", staticUrl],
		["a number", 5, staticUrl],
		["nothing", undefined, staticUrl],
	])("is not just anything: %s", async (_, host, url) => {
		const net = createFakeNet({ hub: () => "RUNNING", host: () => ({ host }) });
		expect(await resolve(makeLocator({ fetch: net.fetch }))).toBe(url);
	});

	describe("where the hub does not say", () => {
		const answer = (status: number, body: string, headers: Record<string, string> = {}): Handler => {
			return (_, response) => void response.writeHead(status, headers).end(body);
		};
		test.each<[string, Handler]>([
			["404", answer(404, '{"error":"Repository not found"}')],
			["401", answer(401, '{"error":"Invalid username or password."}')],
			["403", answer(403, "")],
			["500", answer(500, "<html>oops</html>")],
			["a page", answer(200, "<!doctype html><html></html>", { "content-type": "text/html" })],
			["a list", answer(200, "[]")],
			["null", answer(200, "null")],
			["nothing", answer(200, "")],
			["broken JSON", answer(200, `{"host":"${spaceHost}"`)],
			["10 MB", answer(200, JSON.stringify({ host: spaceHost, more: "x".repeat(10_000_000) }))],
			[
				"a body that breaks off",
				(_, response) => void response.writeHead(200, { "content-length": "1000" }).write("{", () => response.destroy()),
			],
			["a connection that breaks", (_, response) => void response.destroy()],
			["redirects without end", (request, response) => void response.writeHead(307, { location: request.url }).end()],
		])("%s: it is the static rule's", async (_, handle) => {
			await using hub = await startServer(handle);
			const locator = makeLocator({ hubUrl: hub.url });
			expect(await resolve(locator)).toBe(staticUrl);
			const { length } = hub.requests;
			expect(await resolve(locator)).toBe(staticUrl);
			expect(hub.requests, "it is left alone for a while").toHaveLength(length);
		});

		test("nobody listens: it is the static rule's", async () => {
			const hub = await startServer(named);
			await hub[Symbol.asyncDispose]();
			expect(await resolve(makeLocator({ hubUrl: hub.url }))).toBe(staticUrl);
		});

		test("it is asked again after half a minute", async () => {
			vi.useFakeTimers();
			const hosts: object[] = [new Response("", { status: 503 }), { host: spaceHost.replace("http", "https") }];
			const net = createFakeNet({ hub: () => "RUNNING", host: () => hosts.shift() as object });
			const locator = makeLocator({ fetch: net.fetch });
			expect(await resolve(locator)).toBe(staticUrl);
			vi.advanceTimersByTime(29_000);
			expect(await resolve(locator)).toBe(staticUrl);
			expect(net.hub()).toHaveLength(1);
			vi.advanceTimersByTime(1000);
			expect(await resolve(locator)).toBe("https://127.0.0.1:7860");
		});

		test.each([
			[50, 50],
			[10_000, 3000],
			[Number.POSITIVE_INFINITY, 3000],
		])("silence, with a connectMs of %d: it is the static rule's after %d ms", async (connectMs, afterMs) => {
			vi.useFakeTimers();
			const net = createFakeNet({ hub: () => "RUNNING", host: () => "hang" });
			const began = performance.now();
			const url = makeLocator({ fetch: net.fetch })
				.resolve({ connectMs })
				.then((value) => [value, performance.now() - began]);
			await vi.advanceTimersByTimeAsync(5000);
			expect(await url).toEqual([staticUrl, afterMs]);
			expect(net.open()).toBe(0);
			expect(vi.getTimerCount()).toBe(0);
		});
	});

	test("an answer that does not come to its end is not waited for longer", async () => {
		vi.useFakeTimers();
		const net = createFakeNet({
			hub: () => "RUNNING",
			host: async () => {
				await new Promise((done) => setTimeout(done, 2000));
				return new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) }));
			},
		});
		const began = performance.now();
		const url = resolve(makeLocator({ fetch: net.fetch })).then((value) => [value, performance.now() - began]);
		await vi.advanceTimersByTimeAsync(8000);
		expect(await url).toEqual([staticUrl, 3000]);
		expect(vi.getTimerCount()).toBe(0);
	});

	test("redirects are followed on the hub's own host, as after a change of name", async () => {
		await using hub = await startServer((request, response) => {
			if (request.path.includes("Ada")) response.writeHead(307, { location: "/api/spaces/Bob/New/host" }).end();
			else named(request, response);
		});
		const asked = ["GET /api/spaces/Ada/My_Space/host", "GET /api/spaces/Bob/New/host"];
		// A browser does not tell where it leads; then the usual rule says the address.
		const { seesRedirects } = currentRuntime();
		expect(await resolve(makeLocator({ hubUrl: hub.url, token: "hf_0123456789" }))).toBe(seesRedirects ? spaceHost : staticUrl);
		expect(hub.paths()).toEqual(seesRedirects ? asked : asked.slice(0, 1));
	});

	test("redirects to another host are not followed, and no token goes there", async () => {
		await using elsewhere = await startServer(named);
		await using hub = await startServer(
			(request, response) => void response.writeHead(307, { location: elsewhere.url + request.url }).end(),
		);
		const locator = makeLocator({ hubUrl: hub.url, token: "hf_0123456789" });
		expect(await resolve(locator)).toBe(staticUrl);
		expect((await locator.stage({ connectMs }))?.stage).toBeUndefined();
		expect(hub.requests).toHaveLength(2);
		expect(elsewhere.requests).toHaveLength(0);
	});

	describe("a caller who leaves", () => {
		/** A hub that answers when the test says so. */
		async function slowHub(): Promise<TestServer & { answer(): void; asked: Promise<SeenRequest> }> {
			const waiting: (() => void)[] = [];
			const server = await startServer((request, response: Answer) => {
				waiting.push(() => named(request, response));
			});
			return Object.assign(server, {
				answer: () => {
					for (const send of waiting.splice(0)) send();
				},
				asked: server.waitFor(() => true),
			});
		}

		test("gets aborted with the reason, and does not disturb the others", async () => {
			await using hub = await slowHub();
			const [leaving, staying] = [makeLocator({ hubUrl: hub.url }), makeLocator({ hubUrl: hub.url })];
			const controller = new AbortController();
			const left = leaving.resolve({ connectMs, signal: controller.signal });
			const stayed = resolve(staying);
			await hub.asked;
			controller.abort("enough");
			await expect(left).rejects.toMatchObject({ code: "aborted", reason: "enough" });
			hub.answer();
			expect(await stayed).toBe(spaceHost);
			expect(hub.requests).toHaveLength(1);
		});

		test("as the last one closes the request", async () => {
			await using hub = await slowHub();
			const controller = new AbortController();
			const left = makeLocator({ hubUrl: hub.url }).resolve({ connectMs, signal: controller.signal });
			const request = await hub.asked;
			controller.abort();
			await expect(left).rejects.toMatchObject({ code: "aborted" });
			await request.closed;
		});

		test("as the last one does not spoil the question for who comes at once", async () => {
			await using hub = await slowHub();
			const controller = new AbortController();
			const left = makeLocator({ hubUrl: hub.url }).resolve({ connectMs, signal: controller.signal });
			left.catch(() => {});
			await hub.asked;
			controller.abort();
			await expect(left).rejects.toMatchObject({ code: "aborted" });
			const next = resolve(makeLocator({ hubUrl: hub.url }));
			await hub.waitFor((request) => request !== hub.requests[0]);
			hub.answer();
			expect(await next).toBe(spaceHost);
		});

		test("before it begins asks nobody", async () => {
			await using hub = await startServer(named);
			const locator = makeLocator({ hubUrl: hub.url });
			const signal = AbortSignal.abort("no");
			for (const wait of [
				locator.resolve({ connectMs, signal }),
				locator.stage({ connectMs, signal }),
				locator.wake({ wakeMs: 9000, signal }),
			]) {
				await expect(wait).rejects.toMatchObject({ code: "aborted", reason: "no" });
			}
			expect(hub.requests).toHaveLength(0);
		});
	});
});

describe("the stage", () => {
	const stages = [
		["RUNNING", "running"],
		["RUNNING_BUILDING", "running"],
		["RUNNING_APP_STARTING", "running"],
		["RUNNING_SOMETHING_NEW", "running"],
		["BUILDING", "building"],
		["APP_STARTING", "building"],
		["SLEEPING", "sleeping"],
		["STOPPED", "sleeping"],
		["PAUSED", "paused"],
		["RUNTIME_ERROR", "error"],
		["BUILD_ERROR", "error"],
		["CONFIG_ERROR", "error"],
		["NO_APP_FILE", "error"],
		["DELETING", "gone"],
		["SOMETHING_NEW", "unknown"],
		["toString", "unknown"],
		["", "unknown"],
	];

	test.each(stages)("%s at the hub means %s", async (reported, stage) => {
		await using hub = await startServer((_, response) => sendJson(response, { id: "Ada/My_Space", runtime: { stage: reported } }));
		expect((await makeLocator({ hubUrl: hub.url, token: "hf_0123456789" }).stage({ connectMs }))?.stage).toBe(stage);
		expect(hub.paths()).toEqual(["GET /api/spaces/Ada/My_Space"]);
		expect(hub.requests[0]?.headers.authorization).toBe("Bearer hf_0123456789");
	});

	test("is asked for by the subdomain where the Space was given by its address", async () => {
		await using hub = await startServer((_, response) => sendJson(response, { runtime: { stage: "SLEEPING" } }));
		expect((await makeLocator({ hubUrl: hub.url, space: staticUrl }).stage({ connectMs }))?.stage).toBe("sleeping");
		expect(hub.paths()).toEqual(["GET /api/spaces/by-subdomain/ada-my-space"]);
	});

	test("is read from a long answer, up to a limit", async () => {
		const siblings = (count: number): object[] => Array.from({ length: count }, (_, index) => ({ rfilename: `data/file-${index}.bin` }));
		const answers = [siblings(50_000), siblings(500_000)];
		await using hub = await startServer((_, response) => sendJson(response, { siblings: answers.shift(), runtime: { stage: "RUNNING" } }));
		expect((await makeLocator({ hubUrl: hub.url }).stage({ connectMs }))?.stage).toBe("running");
		expect((await makeLocator({ hubUrl: hub.url, space: "Ada/Larger" }).stage({ connectMs }))?.stage).toBeUndefined();
	});

	test.each<[string, number, unknown, string | undefined, string | undefined]>([
		["404", 404, { error: "Repository not found" }, "hf_0123456789", "gone"],
		["401 without a token", 401, {}, undefined, "gone"],
		["401 with a token", 401, {}, "hf_0123456789", undefined],
		["403", 403, {}, undefined, undefined],
		["500", 500, {}, undefined, undefined],
		["no runtime", 200, { id: "Ada/My_Space" }, undefined, undefined],
		["a runtime without stage", 200, { runtime: { stage: null } }, undefined, undefined],
		["null", 200, null, undefined, undefined],
	])("%s means the right thing", async (_, status, body, token, stage) => {
		await using hub = await startServer((_, response) => sendJson(response, body as object, status));
		expect((await makeLocator({ hubUrl: hub.url, token }).stage({ connectMs }))?.stage).toBe(stage);
	});
});

describe("shared work", () => {
	test("that was given up is not what the next one joins, even if it does not end", async () => {
		const work = createSharedWork<string>();
		const signals: AbortSignal[] = [];
		const never = (signal: AbortSignal): Promise<string> => {
			signals.push(signal);
			return new Promise(() => {});
		};
		const controllers = [new AbortController(), new AbortController()];
		const [one, two] = controllers.map(({ signal }) => work.join(never, signal));
		controllers[0]?.abort("one");
		await expect(one).rejects.toBe("one");
		expect(
			signals.map(({ aborted }) => aborted),
			"the other one waits",
		).toEqual([false]);
		expect(work.isIdle()).toBe(false);
		controllers[1]?.abort("two");
		await expect(two).rejects.toBe("two");
		expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
		expect(work.isIdle()).toBe(true);
		expect(await work.join(async () => "next", new AbortController().signal)).toBe("next");
		await expect(work.join(() => Promise.reject(new Error("mine")), new AbortController().signal)).rejects.toThrow("mine");
		expect(work.isIdle()).toBe(true);
	});
});

describe("what the process shares about a Space", () => {
	const options = { hubUrl: "https://huggingface.co", hubPath: "/api/spaces/Ada/My_Space", token: undefined };

	test("is one object while anybody uses it, and dropped when nothing of it counts any more", async () => {
		vi.useFakeTimers();
		const { fetch } = createFakeNet({ hub: () => "SLEEPING" });
		const space = sharedHubSpace({ ...options, fetch });
		expect(await space.report(new AbortController().signal)).toMatchObject({ stage: "sleeping" });
		vi.advanceTimersByTime(24_000);
		sharedHubSpace({ ...options, token: "hf_9876543210", fetch });
		expect(sharedHubSpace({ ...options, fetch }), "its requests still count").toBe(space);
		vi.advanceTimersByTime(2000);
		expect(sharedHubSpace({ ...options, token: "hf_0123456789", fetch }), "another token").not.toBe(space);
		expect(sharedHubSpace({ ...options, fetch }), "it was dropped").not.toBe(space);
	});

	test("stays while somebody waits", async () => {
		vi.useFakeTimers();
		const { fetch } = createFakeNet({ hub: () => "SLEEPING" });
		const space = sharedHubSpace({ ...options, fetch });
		const controller = new AbortController();
		const waiting = space.wake({ knock: async () => "down", onStage: () => {}, signal: controller.signal });
		await vi.advanceTimersByTimeAsync(120_000);
		sharedHubSpace({ ...options, token: "hf_0123456789", fetch });
		expect(sharedHubSpace({ ...options, fetch })).toBe(space);
		controller.abort("enough");
		await expect(waiting).rejects.toBe("enough");
	});

	test("is another one for another fetch, as tests have their own", () => {
		const nets = [createFakeNet({ hub: () => "RUNNING" }), createFakeNet({ hub: () => "RUNNING" })];
		const spaces = nets.map(({ fetch }) => sharedHubSpace({ ...options, fetch }));
		expect(spaces[0]).not.toBe(spaces[1]);
	});
});

describe("the hub is not asked too often", () => {
	test("by calls one after the other: its last word serves for 2.5 s", async () => {
		vi.useFakeTimers();
		const net = createFakeNet({ hub: (count) => (count < 10 ? "SLEEPING" : "BUILDING") });
		const seen: unknown[] = [];
		for (let call = 0; call < 240; call += 1) {
			const locator = makeLocator({ fetch: net.fetch });
			await resolve(locator);
			seen.push((await locator.stage({ connectMs }))?.stage);
			vi.advanceTimersByTime(100);
		}
		expect(net.hub()).toHaveLength(11);
		expect(seen).toEqual([...Array(225).fill("sleeping"), ...Array(15).fill("building")]);
	});

	test("by calls that want the address anew each time: 12 requests in 24 s, of all kinds together", async () => {
		vi.useFakeTimers();
		const net = createFakeNet({ hub: () => "SLEEPING" });
		const ask = async (): Promise<string | undefined> => {
			const locator = makeLocator({ fetch: net.fetch });
			locator.forget();
			await resolve(locator);
			return (await locator.stage({ connectMs }))?.stage;
		};
		const seen: unknown[] = [];
		for (let call = 0; call < 240; call += 1) {
			seen.push(await ask());
			vi.advanceTimersByTime(100);
		}
		expect(net.hub()).toHaveLength(12);
		expect(seen.at(-1)).toBeUndefined();
		vi.advanceTimersByTime(25_000);
		expect(await ask()).toBe("sleeping");
	});

	test("hops of a redirect count", async () => {
		vi.useFakeTimers();
		const net = createFakeNet({
			hub: (count) => (count % 2 === 1 ? new Response(null, { status: 307, headers: { location: "/api/spaces/Bob/New" } }) : "RUNNING"),
		});
		const locator = makeLocator({ fetch: net.fetch });
		const seen: unknown[] = [];
		for (let call = 0; call < 8; call += 1) {
			seen.push((await locator.stage({ connectMs }))?.stage);
			vi.advanceTimersByTime(2500);
		}
		expect(seen).toEqual([...Array(6).fill("running"), undefined, undefined]);
		expect(net.hub()).toHaveLength(12);
	});

	test.each([
		["a Retry-After of 40 s", { "retry-after": "40" }, 40_000],
		["a RateLimit that is reset in 55 s", { ratelimit: '"api";r=0;t=55' }, 55_000],
		["no time", {}, 60_000],
		["a time that is too long", { "retry-after": "999999" }, 600_000],
	])("after a 429 with %s", async (_, headers: Record<string, string>, pauseMs) => {
		vi.useFakeTimers();
		const net = createFakeNet({ hub: (count) => (count === 1 ? new Response("{}", { status: 429, headers }) : "RUNNING") });
		const ask = async (): Promise<unknown> => (await makeLocator({ fetch: net.fetch }).stage({ connectMs }))?.stage;
		expect(await ask()).toBeUndefined();
		vi.advanceTimersByTime(pauseMs - 1);
		expect(await ask(), "other Space objects heed it too").toBeUndefined();
		expect(net.hub()).toHaveLength(1);
		vi.advanceTimersByTime(2500);
		expect(await ask()).toBe("running");
	});
});
