import type { Logger } from "@spaceport/core";
import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test, vi } from "vitest";
import type { SeenRequest, TestServer } from "../../http/test/support/http-server.ts";
import { createSpace } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
import { collectGarbage } from "./support/collect-garbage.ts";
import {
	chatConfig,
	completed,
	event,
	eventId,
	type FakeSpaceOptions,
	generating,
	message,
	openStream,
	sendJson,
	startFakeSpace,
	unendingStream,
} from "./support/fake-space.ts";

const data = ["q", [], ""];
const unending: FakeSpaceOptions = { stream: unendingStream };

/** A job that waits in the queue, on a server that notices a close and keeps the session. */
const queued: FakeSpaceOptions = {
	stream: (_, response) => {
		openStream(response);
		response.write(event(message("estimation", { rank: 3, queue_size: 4, rank_eta: 2.5 })));
	},
};

/** Waits until a left job has been asked for once more, which is all where its stream was heard and it gives no sign of life. */
async function askedAgain(server: TestServer, times = 1): Promise<void> {
	const streams = (): SeenRequest[] => server.requests.filter(({ path }) => path.endsWith("/queue/data"));
	await server.waitFor(() => streams().length === 1 + times);
	await streams()[times]?.closed;
	expect(server.requests.filter(({ method }) => method === "POST").map(({ path }) => path)).toEqual(["/gradio_api/queue/join"]);
}

// Side by side: a job that goes on is asked for twice, seconds apart, before it is cancelled.
describe.concurrent("a job that is left", () => {
	test("by its signal: the stream is closed first, the cancel comes later", async () => {
		await using server = await startFakeSpace(unending);
		const controller = new AbortController();
		const reason = new Error("enough");
		const order: string[] = [];
		const reading = (async () => {
			for await (const one of createSpace(server.url, { createId: () => "hash" }).submit("/model_chat", data, {
				signal: controller.signal,
			})) {
				if (one.type !== "value") continue;
				void server.requests.at(-1)?.closed.then(() => order.push("closed"));
				controller.abort(reason);
			}
		})();
		await expect(reading).rejects.toMatchObject({ code: "aborted", reason });
		const cancel = await server.waitFor(({ path }) => path.endsWith("/cancel"));
		order.push("cancel");
		expect(order).toEqual(["closed", "cancel"]);
		expect(cancel.path).toBe("/gradio_api/cancel");
		expect(JSON.parse(cancel.body)).toEqual({ session_hash: "hash", fn_index: 8, event_id: eventId });
	});

	test("is not cancelled where the server has dropped the session", async () => {
		const hashes = ["seen", "held"];
		const opened = new Set<string>();
		const again = Promise.withResolvers<void>();
		await using server = await startFakeSpace({
			stream: async (request, response) => {
				if (!request.url.endsWith("=seen") || !opened.has(request.url)) {
					opened.add(request.url);
					return await unendingStream(request, response);
				}
				openStream(response);
				response.write(event({ msg: "unexpected_error", event_id: null, message: "404: Session not found.", success: false }), () => {
					response.socket?.destroy();
					again.resolve();
				});
			},
		});
		const space = createSpace(server.url, { createId: () => hashes.shift() ?? "none" });
		for await (const one of space.submit("/model_chat", data)) if (one.type === "value") break;
		await again.promise;
		for await (const one of space.submit("/model_chat", data)) if (one.type === "value") break;
		// A cancel of the first job would have been due before.
		await server.waitFor(({ path, body }) => path.endsWith("/cancel") && body.includes('"held"'));
		expect(server.requests.filter(({ path }) => path.endsWith("/cancel"))).toHaveLength(1);
	});

	test("is logged in words where it cannot be ended, whatever the logger does", async () => {
		await using server = await startFakeSpace({ ...unending, cancel: (_, response) => void response.socket?.destroy() });
		const told = Promise.withResolvers<unknown>();
		const debug = (facts: { readonly err?: unknown }): void => {
			if (facts.err === undefined) return;
			told.resolve(facts.err);
			throw new Error("the disk is full");
		};
		const logger = { trace() {}, debug, info() {}, warn() {}, error() {} } as Logger;
		for await (const one of createSpace(server.url).submit("/model_chat", data, { logger })) if (one.type === "value") break;
		expect(await told.promise).toMatchObject({ code: "network", phase: "cancel" });
	});

	test("by leaving the loop", async () => {
		await using server = await startFakeSpace(unending);
		for await (const one of createSpace(server.url).submit("/model_chat", data)) if (one.type === "value") break;
		await server.requests.at(-1)?.closed;
		await server.waitFor(({ path }) => path.endsWith("/cancel"));
	});

	test("by its signal, while nobody asks for the next event", async () => {
		await using server = await startFakeSpace(unending);
		const controller = new AbortController();
		const events = createSpace(server.url).submit("/model_chat", data, { signal: controller.signal });
		while ((await events.next()).value?.type !== "value");
		controller.abort();
		await server.requests.at(-1)?.closed;
		await server.waitFor(({ path }) => path.endsWith("/cancel"));
		await expect(events.next()).rejects.toMatchObject({ code: "aborted" });
	});

	test("by its signal, after the garbage collector has been there", async ({ skip }) => {
		if (collectGarbage === undefined) return skip("this runtime has no way to run its garbage collector");
		await using server = await startFakeSpace(unending);
		const controller = new AbortController();
		const events = createSpace(server.url).submit("/model_chat", data, { signal: controller.signal });
		while ((await events.next()).value?.type !== "value");
		for (let round = 0; round < 5; round += 1) {
			collectGarbage();
			await new Promise((resolve) => setTimeout(resolve, 10));
		}
		controller.abort();
		await server.requests[2]?.closed;
		await expect(events.next()).rejects.toMatchObject({ code: "aborted" });
	});

	test("in the queue", async () => {
		await using server = await startFakeSpace(queued);
		const controller = new AbortController();
		const reading = (async () => {
			for await (const one of createSpace(server.url).submit("/model_chat", data, { signal: controller.signal })) {
				expect(one).toEqual({ type: "queue", position: 3, size: 4, etaMs: 2500 });
				controller.abort();
			}
		})();
		await expect(reading).rejects.toMatchObject({ code: "aborted" });
		await askedAgain(server);
	});

	test("while it is being joined: the join is not cut, and its stream is opened and closed", async () => {
		const answers: (() => void)[] = [];
		await using server = await startFakeSpace({
			...queued,
			join: (_, response) => {
				answers.push(() => sendJson(response, { event_id: eventId }));
			},
		});
		const controller = new AbortController();
		const reading = failure(createSpace(server.url).submit("/model_chat", data, { signal: controller.signal }));
		await server.waitFor(({ path }) => path.endsWith("/join"));
		controller.abort();
		expect(await reading, "the caller is free before the server has answered").toMatchObject({ code: "aborted" });
		expect(server.paths()).toHaveLength(2);
		answers[0]?.();
		const stream = await server.waitFor(({ path }) => path.endsWith("/queue/data"));
		await stream.closed;
		await askedAgain(server);
	});

	test("while its stream is being opened", async () => {
		const answers: (() => void)[] = [];
		await using server = await startFakeSpace({
			stream: (_, response) => {
				answers.push(() => openStream(response));
				if (answers.length > 1) openStream(response);
			},
		});
		const controller = new AbortController();
		const reading = failure(createSpace(server.url).submit("/model_chat", data, { signal: controller.signal }));
		const stream = await server.waitFor(({ path }) => path.endsWith("/queue/data"));
		controller.abort();
		expect(await reading).toMatchObject({ code: "aborted" });
		answers[0]?.();
		await stream.closed;
		// Nothing is heard, so that no close counts.
		await askedAgain(server, 3);
	});

	test.each([
		["/queue/join", {}],
		["/call/model_chat", { protocol: "call" }],
	] as const)("at any moment after the answer of %s: no stream stays open", async (path, options) => {
		await using server = await startFakeSpace({
			...queued,
			other: ({ method }, response) => {
				if (method === "POST") sendJson(response, { event_id: eventId });
				else openStream(response);
			},
		});
		// What nobody holds would be closed by the garbage collector.
		const held: Response[] = [];
		// Each job keeps a connection for seconds, until it is known to have ended.
		for (let turns = 0; turns < Math.min(40, currentRuntime().connectionsPerHost - 1); turns += 1) {
			const controller = new AbortController();
			const { signal } = controller;
			const fetch = async (input: string | URL | Request): Promise<Response> => {
				const response = await globalThis.fetch(input);
				held.push(response);
				if (!(input as Request).url.endsWith(path)) return response;
				const flush = async (): Promise<void> => {
					for (let turn = 0; turn < turns; turn += 1) await null;
					controller.abort();
				};
				return new Response(response.body?.pipeThrough(new TransformStream({ flush: () => void flush() })) ?? null, response);
			};
			await failure(createSpace(server.url, { fetch, ...options }).submit("/model_chat", data, { signal }));
		}
		const streams = server.requests.filter(({ method, url }) => method === "GET" && !url.endsWith("/config"));
		await Promise.all(streams.map(({ closed }) => closed));
	});

	test("before it began: nothing is sent", async () => {
		await using server = await startFakeSpace();
		const signal = AbortSignal.abort(new Error("early"));
		expect(await failure(createSpace(server.url).submit("/model_chat", data, { signal }))).toMatchObject({ code: "aborted" });
		await createSpace(server.url).submit("/model_chat", data).return();
		expect(server.requests).toEqual([]);
	});

	test("is reset on a Gradio 4 that has no cancel", async () => {
		await using server = await startFakeSpace({
			...unending,
			config: chatConfig({ version: "4.29.0", api_prefix: "" }),
			cancel: (_, response) => sendJson(response, { detail: "Not Found" }, 404),
		});
		for await (const one of createSpace(server.url).submit("/model_chat", data)) if (one.type === "value") break;
		const reset = await server.waitFor(({ path }) => path === "/reset");
		expect(JSON.parse(reset.body)).toEqual({ event_id: eventId });
	});

	test("is not reset elsewhere, and a cancel that fails is nobody's error", async () => {
		await using server = await startFakeSpace({ ...unending, cancel: (_, response) => void response.socket?.destroy() });
		const space = createSpace(server.url);
		for await (const one of space.submit("/model_chat", data)) if (one.type === "value") break;
		const cancel = await server.waitFor(({ path }) => path.endsWith("/cancel"));
		await cancel.closed;
		for await (const one of space.submit("/model_chat", data)) if (one.type === "value") break;
		await server.waitFor((request) => request.path.endsWith("/cancel") && request !== cancel);
		expect(server.paths()).not.toContain("POST /gradio_api/reset");
	});

	test("leaves no request open, even where the fetch does not heed signals", async () => {
		await using server = await startFakeSpace(unending);
		const fetch = (input: string | URL | Request): Promise<Response> => {
			const { method, url, headers } = input as Request;
			return (input as Request).text().then((body) => globalThis.fetch(url, { method, headers, ...(body === "" ? {} : { body }) }));
		};
		const controller = new AbortController();
		const reading = (async () => {
			for await (const one of createSpace(server.url, { fetch }).submit("/model_chat", data, { signal: controller.signal })) {
				if (one.type === "value") setImmediate(() => controller.abort());
			}
		})();
		await expect(reading).rejects.toMatchObject({ code: "aborted" });
		await server.requests[2]?.closed;
	});
});

describe.concurrent("a job that is over", () => {
	/** Ends the first job in some way, leaves a second one midway, and gives the sessions that were cancelled when the second one has been. */
	async function cancelledSessions(last: object, awaited: readonly string[] = ["left"]): Promise<unknown[]> {
		const hashes = ["over", "left"];
		const opened = new Set<string>();
		await using server = await startFakeSpace({
			stream: ({ url }, response) => {
				openStream(response);
				if (url.endsWith("=over") && !opened.has(url)) response.write(event(last));
				else response.write(event(generating("", [["q", "part"]], "")));
				opened.add(url);
				const steps = setInterval(() => response.write(event(generating([], [], []))), 100);
				response.once("close", () => clearInterval(steps));
			},
		});
		const space = createSpace(server.url, { createId: () => hashes.shift() ?? "none" });
		await collect(space.submit("/model_chat", data)).catch(() => {});
		await server.requests[2]?.closed;
		for await (const one of space.submit("/model_chat", data)) if (one.type === "value") break;
		// A cancel of the first job would have been due before.
		for (const hash of awaited) await server.waitFor(({ path, body }) => path.endsWith("/cancel") && body.includes(`"${hash}"`));
		return server.requests
			.filter(({ path }) => path.endsWith("/cancel"))
			.map(({ body }) => JSON.parse(body).session_hash)
			.sort();
	}

	test("has its stream closed and is not cancelled, though the server keeps the stream open", async () => {
		expect(await cancelledSessions(completed("", [["q", "a"]], ""))).toEqual(["left"]);
	});

	test("is not cancelled where it failed", async () => {
		expect(await cancelledSessions(message("process_completed", { output: { error: null }, success: false }))).toEqual(["left"]);
	});

	test("is cancelled where nobody knows whether it is over", async () => {
		const unclear = { msg: "unexpected_error", event_id: null, message: "?" };
		expect(await cancelledSessions(unclear, ["over", "left"])).toEqual(["left", "over"]);
	});
});

test("a job whose join is never answered has it cut 10 s after it was left, however long it might take", async () => {
	vi.useFakeTimers();
	try {
		const joining = Promise.withResolvers<AbortSignal>();
		const fetch = async (input: string | URL | Request): Promise<Response> => {
			const { url, signal } = input as Request;
			if (url.endsWith("/config")) return Response.json(chatConfig());
			joining.resolve(signal);
			return new Promise(() => {});
		};
		const controller = new AbortController();
		const space = createSpace("http://127.0.0.1:1", { fetch, connectMs: Infinity });
		const left = failure(space.submit("/model_chat", data, { signal: controller.signal }));
		const request = await joining.promise;
		controller.abort();
		expect(await left).toMatchObject({ code: "aborted" });
		expect(request.aborted).toBe(false);
		await vi.advanceTimersByTimeAsync(10_000);
		expect(request.aborted).toBe(true);
		expect(vi.getTimerCount()).toBe(0);
	} finally {
		vi.useRealTimers();
	}
});
