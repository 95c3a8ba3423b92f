import { currentRuntime } from "@spaceport/testkit";
import { type EmulatedFunction, GradioError, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { gradioVersions } from "@spaceport/testkit/gradio";
import { afterEach, describe, expect, test, vi } from "vitest";

import { createSpace, type GradioEvent, type SpaceProtocol, type SpaceSocket, type WebSocketFactory } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";

const values = (events: readonly GradioEvent[]): unknown[] => events.flatMap((event) => (event.type === "value" ? [event.data] : []));
const { webSocketHeaders } = currentRuntime();
const counted = [["1"], ["1 2"], ["1 2 3"], ["1 2 3"]];

describe.each(gradioVersions)("a Space of Gradio %s", (version) => {
	test("is called as its config says", async () => {
		await using space = await startSpaceEmulator({ version });
		const events = await collect(createSpace(space.baseUrl).submit("/text_stream", ["count 3"]));
		expect(values(events)).toEqual(counted);
		expect(events.map(({ type }) => type)).toEqual(["queue", "started", ...Array(4).fill("value")]);
		expect(events.at(-1)).toMatchObject({ final: true });
		await space.waitFor(({ stats }) => stats().openStreams === 0 && stats().openSockets === 0);
	});

	test("is called past the queue where a function stands there", async () => {
		await using space = await startSpaceEmulator({ version });
		expect(values(await collect(createSpace(space.baseUrl).submit("/unqueued", ["Привет"])))).toEqual([["plain: Привет"]]);
		expect(space.requests.map(({ path }) => path).at(-1)).toMatch(/\/run\/unqueued$/);
	});

	test("sends its token with every request", async () => {
		await using space = await startSpaceEmulator({ version, token: "hf_0123456789" });
		const token = "hf_0123456789";
		if (version === "3.50.2" && !webSocketHeaders) {
			const refused = { code: "unsupported", capability: "web-socket-headers" };
			expect(await failure(createSpace(space.baseUrl, { token }).submit("/text_stream", ["count 3"]))).toMatchObject(refused);
			return;
		}
		expect(values(await collect(createSpace(space.baseUrl, { token }).submit("/text_stream", ["count 3"])))).toEqual(counted);
		expect(await failure(createSpace(space.baseUrl).submit("/text_stream", ["count 3"]))).toMatchObject({ code: "authentication" });
	});

	test("is left where the queue is too long", async () => {
		const started = Promise.withResolvers<void>();
		const endless: EmulatedFunction = {
			inputs: ["textbox"],
			outputs: ["textbox"],
			async *run(_, { signal }) {
				started.resolve();
				yield ["busy"];
				await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
			},
		};
		await using space = await startSpaceEmulator({ version, functions: { endless }, queue: { concurrency: 1 } });
		const client = createSpace(space.baseUrl);
		const controller = new AbortController();
		const busy = failure(client.submit("/endless", ["x"], { signal: controller.signal }));
		await started.promise;
		const places: unknown[] = [];
		const leaveQueueWhen = (place: object): boolean => places.push(place) > 0;
		const left = await failure(client.submit("/endless", ["x"], { leaveQueueWhen }));
		expect(left).toMatchObject({ code: "queue-full", message: expect.stringContaining("leaveQueueWhen") });
		expect(places).toEqual([expect.objectContaining({ rank: 0 })]);
		controller.abort();
		expect(await busy).toMatchObject({ code: "aborted" });
	});

	test("an error in leaveQueueWhen is the caller's own", async () => {
		await using space = await startSpaceEmulator({ version });
		const broken = new TypeError("mine");
		const leaveQueueWhen = (): boolean => {
			throw broken;
		};
		expect(await failure(createSpace(space.baseUrl).submit("/text_stream", ["x"], { leaveQueueWhen }))).toBe(broken);
	});

	test("inputs that JSON cannot write are refused, and leave nothing behind", async () => {
		await using space = await startSpaceEmulator({ version });
		const circle: unknown[] = [];
		circle.push(circle);
		for (const input of [circle, 10n]) {
			for (const api of ["/text_stream", "/unqueued"]) {
				expect(await failure(createSpace(space.baseUrl).submit(api, [input]))).toMatchObject({ code: "invalid-request", path: "data" });
			}
		}
		await space.waitFor(({ stats }) => stats().openStreams === 0 && stats().openSockets === 0 && stats().runningJobs === 0);
	});

	test("a call that takes too long in all ends in timeout, phase total", async () => {
		const forever: EmulatedFunction = {
			inputs: ["textbox"],
			outputs: ["textbox"],
			async *run(_, { signal }) {
				for (let step = 0; !signal.aborted; step += 1) {
					yield [`${step}`];
					await new Promise((resolve) => setTimeout(resolve, 10));
				}
			},
		};
		await using space = await startSpaceEmulator({ version, functions: { forever } });
		const error = await failure(createSpace(space.baseUrl).submit("/forever", ["x"], { totalMs: 200 }));
		expect(error).toMatchObject({ code: "timeout", phase: "total", afterMs: 200 });
	});
});

describe("a protocol that is forced", () => {
	const shy: EmulatedFunction = {
		inputs: ["textbox"],
		outputs: ["textbox"],
		run: () => {
			throw new GradioError("not today");
		},
	};

	test.each(["4.21.0", "4.44.1", "5.50.0", "6.31.0"] as const)("call, on Gradio %s", async (version) => {
		await using space = await startSpaceEmulator({ version });
		const events = await collect(createSpace(space.baseUrl, { protocol: "call" }).submit("/text_stream", ["count 3"]));
		expect(values(events)).toEqual(counted);
		expect(space.requests.some(({ path }) => path.endsWith("/queue/join"))).toBe(false);
	});

	test("another one of the same queue reads the server's own values", async () => {
		await using space = await startSpaceEmulator({ version: "5.50.0" });
		const events = await collect(createSpace(space.baseUrl, { protocol: "sse_v1" }).submit("/text_stream", ["count 3"]));
		expect(values(events)).toEqual(counted);
	});

	test("call tells why the app failed, where the server does", async () => {
		await using space = await startSpaceEmulator({ version: "6.31.0", functions: { shy } });
		const error = await failure(createSpace(space.baseUrl).submit("/shy", ["x"], { protocol: "call" }));
		expect(error).toMatchObject({ code: "generation", detail: "not today" });
	});

	test("run tells why the app failed", async () => {
		await using space = await startSpaceEmulator({ functions: { shy: { ...shy, queue: false } } });
		expect(await failure(createSpace(space.baseUrl).submit("/shy", ["x"]))).toMatchObject({ code: "generation", detail: "not today" });
	});

	test("run is refused for a function of the queue", async () => {
		await using space = await startSpaceEmulator();
		const error = await failure(createSpace(space.baseUrl).submit("/plain", ["x"], { protocol: "run" }));
		expect(error).toMatchObject({ code: "space-contract" });
	});

	/** A Space with one function past the queue, which answers with what is given. */
	function pastQueue(answer: () => Response): (input: string | URL | Request) => Promise<Response> {
		const dependencies = [{ api_name: "plain", queue: false }];
		return async (input) =>
			(input as Request).url.endsWith("/config") ? Response.json({ version: "5.50.0", protocol: "sse_v3", dependencies }) : answer();
	}
	const encoder = new TextEncoder();

	test("run: words of a refusal that do not end hold nobody past the caller's signal", async () => {
		// The time that an error's words may take does not pass.
		vi.useFakeTimers();
		try {
			const controller = new AbortController();
			const pull = (): Promise<void> => {
				controller.abort();
				return new Promise(() => {});
			};
			const fetch = pastQueue(() => new Response(new ReadableStream<Uint8Array>({ pull }, { highWaterMark: 0 }), { status: 404 }));
			const space = createSpace("http://127.0.0.1:1", { fetch });
			expect(await failure(space.submit("/plain", [], { signal: controller.signal }))).toMatchObject({ code: "aborted" });
		} finally {
			vi.useRealTimers();
		}
	});

	test("run: an answer may come as slowly as idleMs lets it", async () => {
		vi.useFakeTimers();
		try {
			const slow = new ReadableStream<Uint8Array>({
				start(body) {
					setTimeout(() => {
						body.enqueue(encoder.encode('{"data":["late"]}'));
						body.close();
					}, 30_000);
				},
			});
			const fetch = pastQueue(() => new Response(slow));
			const events = collect(createSpace("http://127.0.0.1:1", { fetch }).submit("/plain", []));
			await vi.advanceTimersByTimeAsync(30_000);
			expect(values(await events)).toEqual([["late"]]);
		} finally {
			vi.useRealTimers();
		}
	});

	test("run: an answer that is too large is said to be", async () => {
		const piece = new Uint8Array(1024 * 1024).fill(32);
		const fetch = pastQueue(() => new Response(new ReadableStream<Uint8Array>({ pull: (body) => body.enqueue(piece) })));
		expect(await failure(createSpace("http://127.0.0.1:1", { fetch }).submit("/plain", []))).toMatchObject({ code: "protocol" });
	});

	test("call needs a name", async () => {
		await using space = await startSpaceEmulator();
		const fallback = { fnIndex: 0, triggerId: 1, parameters: ["textbox"] };
		const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
			(input as Request).url.endsWith("/config") ? Promise.resolve(new Response("", { status: 404 })) : globalThis.fetch(input, init);
		const error = await failure(createSpace(space.baseUrl, { fetch }).submit("/x", ["x"], { protocol: "call", fallback }));
		expect(error).toMatchObject({ code: "unsupported", capability: "gradio-protocol:call" });
	});

	test.each<[string, object, string]>([
		["a protocol that is none", { protocol: "sse_v9" as SpaceProtocol }, "protocol"],
		["a negative limit", { idleMs: -1 }, "idleMs"],
		["a limit that is no number", { totalMs: Number.NaN }, "totalMs"],
		["a limit that is a text", { wakeMs: "10" }, "wakeMs"],
	])("%s is refused", async (_, options, path) => {
		expect(() => createSpace("http://127.0.0.1:1", options)).toThrow(expect.objectContaining({ code: "invalid-request", path }));
		expect(await failure(createSpace("http://127.0.0.1:1").submit("/x", [], options))).toMatchObject({ code: "invalid-request", path });
	});
});

describe("WebSockets", () => {
	afterEach(() => vi.unstubAllGlobals());

	test("of one's own get the address and the headers", async () => {
		const token = "hf_0123456789";
		// Where the runtime's own sends no headers, the Space asks for none.
		await using space = await startSpaceEmulator({ version: "3.50.2", ...(webSocketHeaders ? { token } : {}) });
		const opened: unknown[] = [];
		const webSocket: WebSocketFactory = (url, options) => {
			opened.push({ url, ...options });
			return webSocketHeaders ? new WebSocket(url, options as unknown as string[]) : new WebSocket(url);
		};
		const client = createSpace(space.baseUrl, { token, headers: { "X-Mine": "1" }, webSocket });
		expect(values(await collect(client.submit("/text_stream", ["count 3"])))).toEqual(counted);
		const headers = { authorization: "Bearer hf_0123456789", "x-mine": "1" };
		expect(opened).toEqual([{ url: `${space.baseUrl.replace("http:", "ws:")}/queue/join`, headers }]);
	});

	test("a runtime without them is told so", async () => {
		await using space = await startSpaceEmulator({ version: "3.50.2" });
		vi.stubGlobal("WebSocket", undefined);
		const error = await failure(createSpace(space.baseUrl).submit("/text_stream", ["x"]));
		expect(error).toMatchObject({ code: "unsupported", capability: "web-socket", hint: expect.stringContaining("webSocket") });
	});

	test("a runtime whose WebSockets have no headers is told so only where headers are needed", async () => {
		await using space = await startSpaceEmulator({ version: "3.50.2" });
		vi.stubGlobal("Deno", {});
		expect(values(await collect(createSpace(space.baseUrl).submit("/text_stream", ["count 3"])))).toEqual(counted);
		const error = await failure(createSpace(space.baseUrl, { token: "hf_0123456789" }).submit("/text_stream", ["x"]));
		expect(error).toMatchObject({ code: "unsupported", capability: "web-socket-headers" });
		expect(JSON.stringify(error) + error.message).not.toContain("hf_0123456789");
	});

	test("nor have those of Cloudflare's workers, also where they look like Node", async () => {
		await using space = await startSpaceEmulator({ version: "3.50.2" });
		vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" });
		const error = await failure(createSpace(space.baseUrl, { token: "hf_0123456789" }).submit("/text_stream", ["x"]));
		expect(error).toMatchObject({ code: "unsupported", capability: "web-socket-headers" });
	});

	test("what one throws when it is opened is a typed error", async () => {
		await using space = await startSpaceEmulator({ version: "3.50.2" });
		const webSocket = (): never => {
			throw new SyntaxError("no such address");
		};
		const error = await failure(createSpace(space.baseUrl, { webSocket }).submit("/text_stream", ["x"]));
		expect(error).toMatchObject({ code: "network", phase: "join", message: expect.stringContaining("no such address") });
	});

	/** A socket that does what `act` says as soon as it is made. */
	function scripted(act: (socket: EventTarget) => void, close = (): void => {}): WebSocketFactory {
		return () => {
			const target = new EventTarget();
			queueMicrotask(() => act(target));
			return { addEventListener: target.addEventListener.bind(target) as SpaceSocket["addEventListener"], send() {}, close };
		};
	}
	const fire = (socket: EventTarget, type: string, fields: object): boolean => socket.dispatchEvent(Object.assign(new Event(type), fields));

	test("that tell of a broken connection by `error` alone, as in Node 22, are not waited for", async () => {
		await using space = await startSpaceEmulator({ version: "3.50.2" });
		const error = new Error("non-101 status code");
		const refused = scripted((socket) => fire(socket, "error", { message: error.message, error }));
		const one = await failure(createSpace(space.baseUrl, { webSocket: refused }).submit("/text_stream", ["x"]));
		expect(one).toMatchObject({ code: "network", phase: "join", cause: error });
		expect(one.message).toMatch(/\(join\): non-101 status code$/);
		const broken = scripted((socket) => {
			fire(socket, "message", { data: '{"msg":"send_hash"}' });
			fire(socket, "error", { message: error.message, error });
		});
		const other = await failure(createSpace(space.baseUrl, { webSocket: broken }).submit("/text_stream", ["x"]));
		expect(other).toMatchObject({ code: "stream-interrupted", cause: error });
	});

	test("of one's own that cannot be closed are nobody's error", async () => {
		await using space = await startSpaceEmulator({ version: "3.50.2" });
		const controller = new AbortController();
		const close = vi.fn(() => {
			throw new Error("closed already");
		});
		const webSocket = scripted(() => controller.abort(), close);
		const { signal } = controller;
		expect(await failure(createSpace(space.baseUrl, { webSocket }).submit("/text_stream", ["x"], { signal }))).toMatchObject({
			code: "aborted",
		});
		expect(close).toHaveBeenCalled();
	});

	test("inputs are sent though the caller does not ask for the next event", async () => {
		for (const version of ["3.50.2", "4.0.2"] as const) {
			await using space = await startSpaceEmulator({ version });
			const events = createSpace(space.baseUrl).submit("/text_stream", ["count 3"]);
			expect((await events.next()).value).toMatchObject({ type: "queue" });
			await space.waitFor(({ stats }) => stats().completedJobs === 1);
			expect(values(await collect(events))).toEqual(counted);
		}
	});
});
