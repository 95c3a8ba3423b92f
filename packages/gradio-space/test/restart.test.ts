import type { Logger } from "@spaceport/core";
import { currentRuntime } from "@spaceport/testkit";
import { type EmulatedFunction, type SpaceEmulator, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { gradioVersions } from "@spaceport/testkit/gradio";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SeenRequest } from "../../http/test/support/http-server.ts";
import { contractText, createSpace, type Space } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
import { chatConfig, completed, event, openStream, sendHtml, sendJson, startFakeSpace, unendingStream } from "./support/fake-space.ts";
import { onlyWhere } from "./support/only-where.ts";

onlyWhere(currentRuntime().hasNodeModules, "the test proxies of a runtime without node:net do not cut connections at once");

type Handler = NonNullable<Parameters<typeof startFakeSpace>[0]>["other"];

const data = ["q", [], ""];
const first = "17462384912650481733";
/** The same number as far as JavaScript can tell. */
const second = "17462384912650481734";

/** The text of a config: `JSON.stringify` could not write the number. */
const configOf = (appId: string, changes: object = {}): string =>
	JSON.stringify(chatConfig({ app_id: 1, ...changes })).replace('"app_id":1', `"app_id":${appId}`);
/** The same app with another function before it. */
const moved = {
	dependencies: [
		{ id: 7, api_name: "clear", targets: [[9, "click"]], inputs: [1, 2, 3], outputs: [1] },
		{ id: 8, api_name: "wrong", targets: [[9, "click"]], inputs: [1, 2, 3], outputs: [1] },
		{ id: 9, api_name: "model_chat", targets: [[4, "submit"]], inputs: [1, 2, 3], outputs: [1, 2, 3] },
	],
};
const sendText = (response: Parameters<typeof sendJson>[0], text: string): void => {
	response.writeHead(200, { "content-type": "application/json" }).end(text);
};

/** A Space whose app can be started anew. */
async function startApp(options: { answer?: Handler } & Parameters<typeof startFakeSpace>[0] = {}) {
	const app = { id: first, config: configOf(first) };
	const server = await startFakeSpace({
		config: (_, response) => sendText(response, app.config),
		...options,
		other: (request, response) => {
			if (!request.path.endsWith("/app_id")) return sendJson(response, {}, 404);
			if (options.answer !== undefined) return options.answer(request, response);
			sendText(response, `{"app_id":${app.id}}`);
		},
	});
	return {
		app,
		server,
		restart(id: string, changes: object = {}) {
			app.id = id;
			app.config = configOf(id, changes);
		},
		/** The numbers of the functions that were called. */
		called: () =>
			server.requests.flatMap(({ path, body }) =>
				path.endsWith("/queue/join") ? [(JSON.parse(body) as { fn_index: number }).fn_index] : [],
			),
		/** What was asked since the last time, but for the calls themselves. */
		asked: () =>
			server
				.paths()
				.filter((path) => /config|app_id/.test(path))
				.map((path) => path.replace(/^GET.*\//, "")),
		[Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
	};
}

describe("an app that was started anew", () => {
	test("with other functions under the same numbers is bound anew", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		await collect(handle.submit("/model_chat", data));
		space.restart(second, moved);
		await collect(handle.submit("/model_chat", data));
		expect(space.called()).toEqual([8, 9]);
		expect(space.asked()).toEqual(["config", "app_id", "config"]);
		await collect(handle.submit("/model_chat", data));
		expect(space.asked().slice(3), "and then known").toEqual(["app_id"]);
	});

	test("without the function is refused, and nothing is sent to the wrong one", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		await collect(handle.submit("/model_chat", data));
		space.restart(second, { dependencies: [{ id: 8, api_name: "wrong", inputs: [1, 2, 3], outputs: [1] }] });
		expect(await failure(handle.submit("/model_chat", data))).toMatchObject({ code: "space-contract", found: "/wrong" });
		expect(space.called()).toEqual([8]);
	});

	test("as it was is called as before, and counts as the same from then on", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		await collect(handle.submit("/model_chat", data));
		space.restart(second);
		for (const id of [second, first, second]) {
			space.app.id = id;
			await collect(handle.submit("/model_chat", data));
		}
		expect(space.called()).toEqual([8, 8, 8, 8]);
		expect(space.asked()).toEqual(["config", "app_id", "config", "app_id", "app_id"]);
	});

	test("and then changed back is bound anew each time", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		await collect(handle.submit("/model_chat", data));
		space.restart(second, moved);
		await collect(handle.submit("/model_chat", data));
		space.restart(first);
		await collect(handle.submit("/model_chat", data));
		expect(space.called()).toEqual([8, 9, 8]);
	});

	test("and was not there for a while, which is a network error, is bound anew", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		await collect(handle.submit("/model_chat", data));
		const down: string[] = [];
		const fetch: typeof globalThis.fetch = (input, init) => {
			down.push(input instanceof Request ? new URL(input.url).pathname : "");
			return down.length <= 2
				? Promise.reject(new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") }))
				: globalThis.fetch(input, init);
		};
		const flaky = createSpace(space.server.url, {
			confirmAfterMs: 0,
			fetch: (input, init) => (space.app.id === first ? globalThis.fetch : fetch)(input as Request, init),
		});
		await collect(flaky.submit("/model_chat", data));
		space.restart(second, moved);
		expect(await failure(flaky.submit("/model_chat", data))).toMatchObject({ code: "network", phase: "config" });
		expect(down).toEqual(["/gradio_api/app_id", "/config"]);
		await collect(flaky.submit("/model_chat", data));
		expect(space.called()).toEqual([8, 8, 9]);
	});

	test("on another version of Gradio, with another prefix, is asked there from then on", async () => {
		await using space = await startApp({
			answer: (request, response) =>
				request.path === "/gradio_api/app_id" && space.app.id === second
					? sendJson(response, {}, 404)
					: sendText(response, `{"app_id":${space.app.id}}`),
		});
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		await collect(handle.submit("/model_chat", data));
		space.restart(second, { ...moved, api_prefix: undefined, version: "4.44.1" });
		for (let call = 0; call < 3; call += 1) await collect(handle.submit("/model_chat", data));
		expect(space.called()).toEqual([8, 9, 9, 9]);
		expect(space.server.paths().filter((path) => /config|app_id/.test(path))).toEqual([
			"GET /config",
			"GET /gradio_api/app_id",
			"GET /config",
			"GET /app_id",
			"GET /app_id",
		]);
	});

	test("while nothing was sent is seen by connect and endpoints as well", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		await handle.connect();
		space.restart(second, moved);
		expect((await handle.connect()).appId).toBe(second);
		space.restart(first);
		expect((await handle.endpoints()).map(({ name }) => name)).toContain("/other");
	});
});

describe("when the server is asked", () => {
	beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"] }));
	afterEach(() => void vi.useRealTimers());
	const wait = (forMs: number): void => void vi.setSystemTime(Date.now() + forMs);

	test("not within two seconds of its last answer, and once for calls at the same time after that", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url);
		const call = () => collect(handle.submit("/model_chat", data));
		await call();
		for (let time = 0; time < 4; time += 1) {
			wait(1_900);
			await call();
		}
		expect(space.asked()).toEqual(["config"]);
		wait(2_000);
		await Promise.all([call(), call(), call()]);
		expect(space.asked()).toEqual(["config", "app_id"]);
	});

	test("not after a call that was long, since its end shows that the server is still there", async () => {
		const stream: Handler = (_, response) => {
			openStream(response);
			wait(60_000);
			response.end(event(completed("", [["q", "a"]], "")));
		};
		await using space = await startApp({ stream: stream as never });
		const handle = createSpace(space.server.url);
		await collect(handle.submit("/model_chat", data));
		await collect(handle.submit("/model_chat", data));
		expect(space.asked()).toEqual(["config"]);
	});

	test("also where another answer came just now: it may be of whoever is there after the silence", async () => {
		await using space = await startApp({ stream: unendingStream });
		const handle = createSpace(space.server.url);
		const left = handle.submit("/model_chat", data);
		await left.next();
		wait(60_000);
		space.restart(second, moved);
		// Its end asks for the stream once more, which the server answers.
		await left.return();
		const streams = (): number => space.server.requests.filter(({ path }) => path === "/gradio_api/queue/data").length;
		await vi.waitFor(() => expect(streams()).toBe(2), { timeout: 5_000 });
		const next = handle.submit("/model_chat", data);
		await next.next();
		await next.return();
		expect(space.called()).toEqual([8, 9]);
	});

	test("also where the clock was set back", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url);
		await collect(handle.submit("/model_chat", data));
		wait(-3_600_000);
		await collect(handle.submit("/model_chat", data));
		expect(space.asked()).toEqual(["config", "app_id"]);
	});

	test("never, where the caller says so", async () => {
		await using space = await startApp();
		const handle = createSpace(space.server.url, { confirmAfterMs: Infinity });
		await collect(handle.submit("/model_chat", data));
		wait(3_600_000);
		await collect(handle.submit("/model_chat", data));
		expect(space.asked()).toEqual(["config"]);
	});

	test("not again for a minute, where it does not answer that, which is logged", async () => {
		await using space = await startApp({ answer: () => {} });
		const warn = vi.fn();
		const logger = { debug() {}, info() {}, warn, error() {} } as unknown as Logger;
		const handle = createSpace(space.server.url, { connectMs: 400, logger });
		const call = () => collect(handle.submit("/model_chat", data));
		await call();
		for (const forMs of [2_000, 2_000, 57_000]) {
			wait(forMs);
			await call();
		}
		expect(space.asked()).toEqual(["config", "app_id"]);
		expect(warn).toHaveBeenCalledOnce();
		wait(60_000);
		await call();
		expect(space.asked()).toEqual(["config", "app_id", "app_id"]);
		expect(space.called()).toEqual([8, 8, 8, 8, 8]);
	});
});

describe("a server that does not say which app it runs", () => {
	const calls = async (space: Awaited<ReturnType<typeof startApp>>, count: number): Promise<void> => {
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		for (let number = 0; number < count; number += 1) await collect(handle.submit("/model_chat", data));
	};

	test.each<[string, Handler, string[]]>([
		["has no such path", (_, response) => sendJson(response, {}, 404), ["config", "app_id", "config", "config"]],
		["fails", (_, response) => sendJson(response, {}, 500), ["config", "app_id", "config", "app_id", "config"]],
		["sends a page", (_, response) => sendHtml(response, "<html></html>"), ["config", "app_id", "config", "app_id", "config"]],
		["sends something else", (_, response) => sendJson(response, { app_id: [1] }), ["config", "app_id", "config", "app_id", "config"]],
	])("since it %s, is asked for its config again", async (_, answer, asked) => {
		await using space = await startApp({ answer });
		await calls(space, 3);
		expect(space.asked()).toEqual(asked);
		space.restart(second, moved);
		await calls(space, 1);
		expect(space.called()).toEqual([8, 8, 8, 9]);
	});

	test("in its config either, is asked for that again", async () => {
		await using space = await startApp();
		space.app.config = JSON.stringify(chatConfig());
		await calls(space, 3);
		expect(space.asked()).toEqual(["config", "config", "config"]);
	});
});

describe("copies of an app behind one address", () => {
	const balanced = async (ids: readonly string[], pick: (request: SeenRequest, turn: number) => number) => {
		let turn = 0;
		const next = (request: SeenRequest): string => {
			turn += 1;
			return ids[pick(request, turn) % ids.length] ?? "";
		};
		const space = await startApp({
			config: (request, response) => sendText(response, configOf(next(request))),
			answer: (request, response) => sendText(response, `{"app_id":${next(request)}}`),
		});
		const handle = createSpace(space.server.url, { confirmAfterMs: 0 });
		for (let call = 0; call < 30; call += 1) await collect(handle.submit("/model_chat", data));
		return space;
	};
	const ids = [first, "2", "3"];

	test("are learnt, and their config not read for ever", async () => {
		let random = 7;
		await using space = await balanced(ids, () => {
			random = (random * 48_271) % 2_147_483_647;
			return random;
		});
		expect(space.called()).toHaveLength(30);
		expect(space.asked().filter((path) => path === "config").length).toBeLessThanOrEqual(8);
		expect(space.asked().slice(-10)).toEqual(Array(10).fill("app_id"));
	});

	test("whose config always comes from the same one are told by it alone", async () => {
		await using space = await balanced(ids, (request, turn) => (request.path === "/config" ? 0 : 1 + (turn % 2)));
		expect(space.asked().slice(-10)).toEqual(Array(10).fill("config"));
	});
});

describe.each(gradioVersions)("an emulated Gradio %s that is started anew", (version) => {
	const functionOf = (inputs: readonly string[], queue?: false): EmulatedFunction => ({
		inputs: inputs.map((name) => ({ type: name === "history" ? "chatbot" : "textbox", name })),
		outputs: ["textbox"],
		...(queue === undefined ? {} : { queue }),
		run: (values) => [JSON.stringify(values)],
	});
	const chat = functionOf(["query", "history", "system"]);
	const wrong = functionOf(["query", "history", "system"]);
	const called = (space: SpaceEmulator): string[] => space.jobs.map(({ name }) => name);
	const start = async (): Promise<{ space: SpaceEmulator; handle: Space }> => {
		const space = await startSpaceEmulator({ version, functions: { chat, plain: functionOf(["text"], false) } });
		return { space, handle: createSpace(space.baseUrl, { confirmAfterMs: 0 }) };
	};

	test("has its function bound anew, or is refused", async () => {
		const { space, handle } = await start();
		await using _ = space;
		const contract = await handle.contract("/chat");
		await collect(handle.submit("/chat", data, { contract }));
		await space.restart();
		await collect(handle.submit("/chat", data, { contract }));
		await space.restart({ functions: { wrong, chat } });
		await collect(handle.submit("/chat", data, { contract }));
		await space.restart({ functions: { wrong } });
		expect(await failure(handle.submit("/chat", data))).toMatchObject({ code: "space-contract", found: "/wrong" });
		await space.restart({ functions: { chat: functionOf(["query", "system"]) } });
		expect(await failure(handle.submit("/chat", data, { contract }))).toMatchObject({
			code: "space-contract",
			expected: contractText(contract),
		});
		expect(called(space)).toEqual(["chat", "chat", "chat"]);
	});

	test("just now has what is past its queue called by its name all the same", async () => {
		const { space } = await start();
		await using _ = space;
		const handle = createSpace(space.baseUrl, { confirmAfterMs: Infinity });
		await collect(handle.submit("/plain", ["a"]));
		await space.restart({ functions: { chat, wrong: functionOf(["text"], false), plain: functionOf(["text"], false) } });
		await collect(handle.submit("/plain", ["b"]));
		expect(called(space)).toEqual(["plain", "plain"]);
	});
});
