import { describe, expect, test } from "vitest";

import { createSpace } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
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
} from "./support/fake-space.ts";

const data = ["q", [], ""];
const endpoint = (url: string): string => url.replace(/^\/gradio_api/, "");

/** A job that has begun to answer and never ends by itself. */
const unending: FakeSpaceOptions = {
	stream: (_, response) => {
		openStream(response);
		response.write(event(message("process_starts")) + event(generating("", [["q", "part"]], "")));
	},
};

/** A job that waits in the queue. */
const queued: FakeSpaceOptions = {
	stream: (_, response) => {
		openStream(response);
		response.write(event(message("estimation", { rank: 3, queue_size: 4, rank_eta: 2.5 })));
	},
};

describe("a job that is left", () => {
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

	test("is not cancelled where the server has seen the close and dropped the session", async () => {
		const hashes = ["seen", "held"];
		const opened = new Set<string>();
		const again = Promise.withResolvers<void>();
		await using server = await startFakeSpace({
			stream: ({ url }, response) => {
				openStream(response);
				if (url.endsWith("=seen") && opened.has(url)) {
					response.write(event({ msg: "unexpected_error", event_id: null, message: "404: Session not found.", success: false }), () => {
						response.socket?.resetAndDestroy();
						again.resolve();
					});
					return;
				}
				opened.add(url);
				response.write(event(generating("", [["q", "part"]], "")));
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
		await server.waitFor(({ path }) => path.endsWith("/cancel"));
	});

	test("while it is being joined: the join is not cut, and its stream is opened, closed and cancelled", async () => {
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
		await server.waitFor(({ path }) => path.endsWith("/cancel"));
		expect(server.paths().map(endpointOf)).toEqual([
			"GET /config",
			"POST /queue/join",
			"GET /queue/data",
			"GET /queue/data",
			"POST /cancel",
		]);
	});

	test("while its stream is being opened", async () => {
		const answers: (() => void)[] = [];
		await using server = await startFakeSpace({ stream: (_, response) => void answers.push(() => openStream(response)) });
		const controller = new AbortController();
		const reading = failure(createSpace(server.url).submit("/model_chat", data, { signal: controller.signal }));
		const stream = await server.waitFor(({ path }) => path.endsWith("/queue/data"));
		controller.abort();
		expect(await reading).toMatchObject({ code: "aborted" });
		answers[0]?.();
		await stream.closed;
		await server.waitFor(({ path }) => path.endsWith("/cancel"));
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

describe("a job that is over", () => {
	/** Ends the first job in some way, leaves a second one midway, and gives the sessions that were cancelled when the second one has been. */
	async function cancelledSessions(last: object): Promise<unknown[]> {
		const hashes = ["over", "left"];
		await using server = await startFakeSpace({
			stream: ({ url }, response) => {
				openStream(response);
				response.write(event(url.endsWith("=over") ? last : generating("", [["q", "part"]], "")));
			},
		});
		const space = createSpace(server.url, { createId: () => hashes.shift() ?? "none" });
		await collect(space.submit("/model_chat", data)).catch(() => {});
		await server.requests[2]?.closed;
		for await (const one of space.submit("/model_chat", data)) if (one.type === "value") break;
		// A cancel of the first job would have been due before.
		await server.waitFor(({ path, body }) => path.endsWith("/cancel") && body.includes('"left"'));
		return server.requests.filter(({ path }) => path.endsWith("/cancel")).map(({ body }) => JSON.parse(body).session_hash);
	}

	test("has its stream closed and is not cancelled, though the server keeps the stream open", async () => {
		expect(await cancelledSessions(completed("", [["q", "a"]], ""))).toEqual(["left"]);
	});

	test("is not cancelled where it failed", async () => {
		expect(await cancelledSessions(message("process_completed", { output: { error: null }, success: false }))).toEqual(["left"]);
	});

	test("is cancelled where nobody knows whether it is over", async () => {
		expect(await cancelledSessions({ msg: "unexpected_error", event_id: null, message: "?" })).toEqual(["over", "left"]);
	});
});

function endpointOf(path: string): string {
	const [method = "", url = ""] = path.split(" ");
	return `${method} ${endpoint(url)}`;
}
