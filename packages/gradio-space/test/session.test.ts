import { currentRuntime } from "@spaceport/testkit";
import { type EmulatedFunction, GradioError, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { gradioVersions } from "@spaceport/testkit/gradio";
import { describe, expect, test } from "vitest";

import { createSpace, type SpaceSession, type SubmitOptions } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
import { breakingStream, completed, event, message, openStream, sendJson, startFakeSpace } from "./support/fake-space.ts";

const count: EmulatedFunction = {
	inputs: ["textbox", "state"],
	outputs: ["textbox", "state"],
	*run([text, state]) {
		const next = Number(state ?? 0) + 1;
		yield [`${text} …`, next];
		yield [`${text} ${next}`, next];
	},
};
const fail: EmulatedFunction = {
	inputs: ["textbox"],
	outputs: ["textbox"],
	run() {
		throw new GradioError("no");
	},
};
const plain: EmulatedFunction = { inputs: ["textbox"], outputs: ["textbox"], queue: false, run: ([text]) => [`plain ${text}`] };
const endless: EmulatedFunction = {
	inputs: ["textbox"],
	outputs: ["textbox"],
	async *run(_, { signal }) {
		yield ["busy"];
		await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
	},
};
const functions = { count, fail, plain, endless };

async function answer(session: SpaceSession, api: string, data: readonly unknown[], options?: SubmitOptions): Promise<unknown> {
	const last = (await collect(session.submit(api, data, options))).at(-1);
	return last?.type === "value" && last.final ? last.data[0] : last;
}

describe.each(gradioVersions)("a session on Gradio %s", (version) => {
	test("keeps what the app keeps for a visitor, over the queue and past it", async () => {
		await using space = await startSpaceEmulator({ version, functions });
		const client = createSpace(space.baseUrl);
		const session = client.session();
		expect(space.requests).toEqual([]);
		expect(await answer(session, "/count", ["a", null])).toBe("a 1");
		expect(await answer(session, "/count", ["b", null])).toBe("b 2");
		expect(await answer(session, "/plain", ["c"])).toBe("plain c");
		expect(await failure(session.submit("/fail", ["x"]))).toMatchObject({ code: "generation" });
		expect(await answer(session, "/count", ["d", null])).toBe("d 3");
		expect(await answer(client.session(), "/count", ["other", null])).toBe("other 1");
		expect(await answer(client, "/count", ["none", null])).toBe("none 1");
		await space.waitFor(({ stats }) => stats().openStreams === 0 && stats().openSockets === 0);
		expect(space.jobs.every(({ state }) => state !== "queued" && state !== "running")).toBe(true);
	});

	test("of an app that was started anew is said to be lost, once, and goes on with what is there now", async ({ skip }) => {
		skip(!currentRuntime().hasNodeModules, "the test proxies of a runtime without node:net do not cut connections at once");
		await using space = await startSpaceEmulator({ version, functions });
		const session = createSpace(space.baseUrl, { confirmAfterMs: 0 }).session();
		expect(await answer(session, "/count", ["a", null])).toBe("a 1");
		await space.restart();
		expect(await failure(session.submit("/count", ["b", null]))).toMatchObject({
			code: "stream-interrupted",
			message: expect.stringContaining("started anew"),
		});
		expect(space.jobs).toHaveLength(1);
		expect(await answer(session, "/count", ["c", null])).toBe("c 1");
	});

	test("ends with a call that is left", async () => {
		await using space = await startSpaceEmulator({ version, functions });
		const session = createSpace(space.baseUrl).session();
		for await (const one of session.submit("/endless", ["x"])) if (one.type === "value") break;
		expect(await failure(session.submit("/count", ["a", null]))).toMatchObject({
			code: "invalid-request",
			message: "/count was called in a session that ended with /endless, which was left or broke.",
		});
	});
});

describe("a session", () => {
	test("has one call at a time, and says so", async () => {
		await using space = await startSpaceEmulator({ functions });
		const session = createSpace(space.baseUrl).session();
		const first = session.submit("/count", ["a", null]);
		await first.next();
		expect(await failure(session.submit("/plain", ["b"]))).toMatchObject({
			code: "invalid-request",
			path: "session",
			message: "/plain was called while /count of the same session runs.",
		});
		expect((await collect(first)).at(-1)).toMatchObject({ data: ["a 1", null] });
		expect(await answer(session, "/count", ["b", null])).toBe("b 2");
	});

	test("goes on where its caller leaves with the last value", async () => {
		await using space = await startSpaceEmulator({ functions });
		const session = createSpace(space.baseUrl).session();
		for await (const one of session.submit("/count", ["a", null])) if (one.type === "value" && one.final) break;
		expect(await answer(session, "/count", ["b", null])).toBe("b 2");
	});

	test("goes on after what the server did not take", async () => {
		await using space = await startSpaceEmulator({ functions });
		const session = createSpace(space.baseUrl).session();
		expect(await answer(session, "/count", ["a", null])).toBe("a 1");
		expect(await failure(session.submit("/nothing", ["a"]))).toMatchObject({ code: "space-contract" });
		expect(await failure(session.submit("/count", []))).toMatchObject({ code: "space-contract" });
		expect(await failure(session.submit("/count", ["a", 1n]))).toMatchObject({ code: "invalid-request" });
		const aborted = AbortSignal.abort();
		expect(await failure(session.submit("/count", ["a", null], { signal: aborted }))).toMatchObject({ code: "aborted" });
		expect(await answer(session, "/count", ["b", null])).toBe("b 2");
	});

	test("ends with a call that was in the queue when it was left", async () => {
		await using space = await startSpaceEmulator({ functions, queue: { concurrency: 1 } });
		const client = createSpace(space.baseUrl);
		const busy = client.submit("/endless", ["x"]);
		for (let next = await busy.next(); next.value?.type !== "value"; next = await busy.next());
		const session = client.session();
		const left = await failure(session.submit("/count", ["a", null], { leaveQueueWhen: () => true }));
		expect(left).toMatchObject({ code: "queue-full" });
		await busy.return();
		expect(await failure(session.submit("/count", ["a", null]))).toMatchObject({ code: "invalid-request" });
	});

	test("has no /call, where each call is a session of its own", async () => {
		await using space = await startSpaceEmulator({ functions });
		const session = createSpace(space.baseUrl, { protocol: "call" }).session();
		expect(await failure(session.submit("/count", ["a", null]))).toMatchObject({ code: "unsupported" });
		expect(await answer(session, "/plain", ["a"], { protocol: "run" })).toBe("plain a");
	});

	test("reads each stream to its end before it joins again, by one hash", async () => {
		let jobs = 0;
		const order: string[] = [];
		await using server = await startFakeSpace({
			join: (_, response) => {
				jobs += 1;
				order.push(`join ${jobs}`);
				sendJson(response, { event_id: `job ${jobs}` });
			},
			stream: (_, response) => {
				openStream(response);
				// A late word of another job is not this one's.
				response.write(event({ ...completed("", [["q", "wrong"]], ""), event_id: "job 0" }));
				response.write(event({ ...completed("", [["q", `answer ${jobs}`]], ""), event_id: `job ${jobs}` }));
				// Longer than the end of a stream is waited for where no session goes on.
				setTimeout(() => {
					order.push(`end ${jobs}`);
					response.end(event({ msg: "close_stream", event_id: null }));
				}, 400);
			},
		});
		const session = createSpace(server.url, { createId: () => "hash" }).session();
		for (const number of [1, 2, 3]) {
			const events = await collect(session.submit("/model_chat", ["q", [], ""]));
			expect(events).toMatchObject([{ final: true, data: ["", [["q", `answer ${number}`]], ""] }]);
		}
		expect(order.slice(0, 5)).toEqual(["join 1", "end 1", "join 2", "end 2", "join 3"]);
		const hashes = server.requests.map(({ url, body }) => /session_hash(?:=|":")(\w+)/.exec(url + body)?.[1]);
		expect(hashes).toEqual([undefined, ...Array(6).fill("hash")]);
	});

	test("goes on where the server says that it closes a stream, and a proxy holds on to it", async () => {
		await using server = await startFakeSpace({
			stream: (_, response) => {
				openStream(response);
				response.write(event(completed("", [["q", "a"]], "")) + event({ msg: "close_stream", event_id: null }));
			},
		});
		const session = createSpace(server.url).session();
		for (let calls = 0; calls < 3; calls += 1) expect(await answer(session, "/model_chat", ["q", [], ""])).toBe("");
		const streams = server.requests.filter(({ path }) => path.endsWith("/queue/data"));
		expect(streams).toHaveLength(3);
		await Promise.all(streams.map(({ closed }) => closed));
	});

	test("ends where the stream of a job breaks after the job's end", async () => {
		const { stream, breakOff } = breakingStream(event(completed("", [["q", "a"]], "")));
		await using server = await startFakeSpace({ stream });
		const session = createSpace(server.url).session();
		for await (const one of session.submit("/model_chat", ["q", [], ""])) {
			expect(one).toMatchObject({ type: "value", final: true });
			breakOff();
		}
		expect(await failure(session.submit("/model_chat", ["q", [], ""]))).toMatchObject({ code: "protocol" });
		expect(await failure(session.submit("/model_chat", ["q", [], ""]))).toMatchObject({ code: "invalid-request" });
	});

	test("does not wait for the end of a stream that its caller does not want to wait for", async () => {
		await using server = await startFakeSpace({
			stream: (_, response) => {
				openStream(response);
				response.write(event(message("process_starts")) + event(completed("", [["q", "a"]], "")));
			},
		});
		const session = createSpace(server.url).session();
		expect(await answer(session, "/model_chat", ["q", [], ""])).toBe("");
		const controller = new AbortController();
		const waiting = failure(session.submit("/model_chat", ["q", [], ""], { signal: controller.signal }));
		controller.abort();
		expect(await waiting).toMatchObject({ code: "aborted" });
		// The bound of the wait is the other way out.
		expect(await failure(session.submit("/model_chat", ["q", [], ""]))).toMatchObject({ code: "protocol" });
		await server.requests.at(-1)?.closed;
	});
});
