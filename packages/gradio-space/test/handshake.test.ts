import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";
import type { SeenRequest } from "../../http/test/support/http-server.ts";
import { createSpace } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
import { chatConfig, completed, generating, sendHtml, sendJson, startFakeSpace } from "./support/fake-space.ts";

const data = ["q", [], ""];
const fallback = { fnIndex: 0, triggerId: 11, parameters: ["textbox", "chatbot", "textbox"] };
const joins = (requests: readonly SeenRequest[]): Record<string, unknown>[] =>
	requests.filter(({ path }) => path.endsWith("/queue/join")).map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe("the function", () => {
	test("is found by its name, and called with the numbers of the config", async () => {
		await using server = await startFakeSpace();
		await collect(createSpace(server.url, { createId: () => "a-hash" }).submit("/model_chat", data, { fallback }));
		expect(server.paths()).toEqual(["GET /config", "POST /gradio_api/queue/join", "GET /gradio_api/queue/data"]);
		expect(joins(server.requests)).toEqual([{ data, event_data: null, fn_index: 8, trigger_id: 4, session_hash: "a-hash" }]);
		expect(server.requests[2]?.url).toBe("/gradio_api/queue/data?session_hash=a-hash");
	});

	test("has its place in the list as number, and its own trigger, on servers that do not say more", async () => {
		const { components, dependencies } = chatConfig() as { components: object[]; dependencies: { id?: number; targets?: unknown }[] };
		for (const dependency of dependencies) {
			delete dependency.id;
			delete dependency.targets;
		}
		await using server = await startFakeSpace({ config: { version: "4.16.0", protocol: "sse_v1", components, dependencies } });
		await collect(createSpace(server.url).submit("model_chat", data, { fallback }));
		expect(server.paths()[1]).toBe("POST /queue/join");
		expect(joins(server.requests)).toMatchObject([{ fn_index: 1, trigger_id: 11 }]);
	});

	test.each([-1, 1.5, 2 ** 60, "1"])("is not called by the number %s, which is none", async (id) => {
		await using server = await startFakeSpace({ config: chatConfig({ dependencies: [{ id, api_name: "model_chat" }] }) });
		await collect(createSpace(server.url).submit("model_chat", data));
		expect(joins(server.requests)).toMatchObject([{ fn_index: 0 }]);
	});

	// Gradio 6 writes the text "false" where a function is private.
	test.each([false, "false"])("is called by its numbers where its name is now %j, and it fits", async (api_name) => {
		const dependencies = [{ id: 0, targets: [[9, "click"]], inputs: [1, 2, 3], outputs: [1, 2, 3], api_name }];
		await using server = await startFakeSpace({ config: chatConfig({ dependencies }) });
		await collect(createSpace(server.url).submit("/model_chat", data, { fallback }));
		expect(joins(server.requests)).toMatchObject([{ fn_index: 0, trigger_id: 11 }]);
		expect((await createSpace(server.url).connect()).endpoints[0]).not.toHaveProperty("name");
	});

	test.each([
		["not documented on Gradio 4 and 5", { show_api: false }],
		["not documented on Gradio 6", { api_visibility: "undocumented" }],
		["on a GPU of the hub's", { zerogpu: true }],
		["made while the page is shown", { rendered_in: 3, render_id: 4 }],
	])("is called by its name where it is %s", async (_, members) => {
		const dependencies = [{ id: 5, inputs: [1, 2, 3], outputs: [1], api_name: "model_chat", ...members }];
		await using server = await startFakeSpace({ config: chatConfig({ dependencies }) });
		await collect(createSpace(server.url).submit("/model_chat", data));
		expect(joins(server.requests)).toMatchObject([{ fn_index: 5 }]);
	});

	test.each([
		["private on Gradio 6", { api_visibility: "private" }],
		["a script of the page", { backend_fn: false }],
		["named by nobody", { api_name: null }],
	])("is not called by its name where it is %s", async (_, members) => {
		const dependencies = [{ id: 5, inputs: [1, 2, 3], outputs: [1], api_name: "model_chat", ...members }];
		await using server = await startFakeSpace({ config: chatConfig({ dependencies }) });
		expect(await failure(createSpace(server.url).submit("/model_chat", data))).toMatchObject({
			code: "space-contract",
			found: "no named function",
		});
		expect(joins(server.requests)).toEqual([]);
	});

	test.each([
		["another number of inputs", [{ id: 0, inputs: [1, 2], outputs: [], api_name: "chat" }], "function 0 with (textbox, chatbot)"],
		[
			"other kinds of inputs",
			[{ id: 0, inputs: [2, 1, 3], outputs: [], api_name: "chat" }],
			"/chat; function 0 with (chatbot, textbox, textbox)",
		],
		["nothing under the number", [{ id: 3, inputs: [1, 2, 3], outputs: [], api_name: "chat" }], "/chat"],
	])("is refused where the Space has %s", async (_, dependencies, found) => {
		await using server = await startFakeSpace({ config: chatConfig({ dependencies }) });
		const space = createSpace(server.url);
		const error = await failure(space.submit("/model_chat", data, { fallback }));
		expect(error).toMatchObject({
			code: "space-contract",
			expected: expect.stringContaining("/model_chat"),
			found: expect.stringContaining(found),
		});
		await failure(space.submit("/model_chat", data, { fallback }));
		expect(server.paths(), "the config is read anew, and nothing else is asked").toEqual(["GET /config", "GET /config"]);
	});

	test("is refused where it takes another number of inputs than are given", async () => {
		await using server = await startFakeSpace();
		expect(await failure(createSpace(server.url).submit("/model_chat", ["q"]))).toMatchObject({
			code: "space-contract",
			expected: "/model_chat with 1 inputs",
			found: "3 inputs (textbox, chatbot, textbox)",
		});
		expect(server.paths()).toEqual(["GET /config"]);
	});
});

describe("a config that says little", () => {
	const stream = [generating("", [["q", "a"]], ""), generating([], [["append", [0, 1], "b"]], []), completed("", [["q", "ab"]], "")];
	const little = (dependency: object, fields: object = {}): object => ({ dependencies: [dependency], ...fields });

	test.each<[string, object, object, string]>([
		["a name", little({ id: 0, api_name: "model_chat" }), { fn_index: 0, trigger_id: 11 }, "/queue/join"],
		[
			"a name, a prefix and a protocol",
			little({ id: 4, api_name: "model_chat" }, { protocol: "sse_v3", api_prefix: "/gradio_api", version: "5.50.0" }),
			{ fn_index: 4, trigger_id: 11 },
			"/gradio_api/queue/join",
		],
		["a function without a name", little({}), { fn_index: 0, trigger_id: 11 }, "/queue/join"],
	])("%s is enough", async (_, config, join, path) => {
		await using server = await startFakeSpace({ config, stream });
		const events = await collect(createSpace(server.url).submit("/model_chat", data, { fallback }));
		expect(events.map((event) => event.type === "value" && event.data[1])).toEqual([[["q", "a"]], [["q", "ab"]], [["q", "ab"]]]);
		expect(joins(server.requests)).toMatchObject([join]);
		expect(server.paths()[1]).toBe(`POST ${path}`);
	});

	test("a function with another name is not the one", async () => {
		await using server = await startFakeSpace({ config: little({ id: 0, api_name: "other" }) });
		expect(await failure(createSpace(server.url).submit("/model_chat", data, { fallback }))).toMatchObject({
			code: "space-contract",
			found: "/other; function 0 with inputs that it does not name",
		});
	});
});

describe("without a usable config", () => {
	const missing = (_: unknown, response: Parameters<typeof sendJson>[0]): void => sendJson(response, { detail: "Not Found" }, 404);
	const gone = { config: missing, join: missing };

	test.each([
		["404", missing],
		["a page", (_: unknown, response: Parameters<typeof sendJson>[0]) => sendHtml(response, "<html>hello</html>")],
		["a config without functions", chatConfig({ dependencies: [] })],
		["JSON of another kind", ["hello"] as object],
	])("%s: the numbers are used, without prefix", async (_, config) => {
		await using server = await startFakeSpace({ config, stream: [generating("", [["q", "a"]], ""), completed("", [["q", "ab"]], "")] });
		const events = await collect(createSpace(server.url).submit("/model_chat", data, { fallback }));
		expect(events).toHaveLength(2);
		expect(server.paths()).toEqual(["GET /config", "POST /queue/join", "GET /queue/data"]);
		expect(joins(server.requests)).toMatchObject([{ fn_index: 0, trigger_id: 11 }]);
	});

	test.each([
		["empty lists", []],
		["null", null],
	])("differences are told by their shape, with %s for what did not change", async (_, same) => {
		const append = generating(same, [["append", [0, 1], "b"]], same);
		const stream = [generating("", [["q", "a"]], "s"), append, completed("", [["q", "abc"]], "s")];
		await using server = await startFakeSpace({ config: missing, stream });
		const events = await collect(createSpace(server.url).submit("/model_chat", data, { fallback }));
		expect(events.map((event) => event.type === "value" && event.data[1])).toEqual([[["q", "a"]], [["q", "ab"]], [["q", "abc"]]]);
	});

	test("the Space is gone where the queue is not there either", async () => {
		await using server = await startFakeSpace(gone);
		expect(await failure(createSpace(server.url).submit("/model_chat", data, { fallback }))).toMatchObject({
			code: "space-unavailable",
			stage: "gone",
		});
		expect(server.paths()).toEqual(["GET /config", "POST /queue/join"]);
	});

	test("without numbers nothing is joined", async () => {
		await using server = await startFakeSpace(gone);
		expect(await failure(createSpace(server.url).submit("/model_chat", data))).toMatchObject({ code: "space-unavailable", stage: "gone" });
		expect(server.paths()).toEqual(["GET /config"]);
	});
});

describe("the config request", () => {
	test("is shared by calls at the same time, and its answer kept", async () => {
		await using server = await startFakeSpace();
		const space = createSpace(server.url);
		await Promise.all([1, 2, 3].map(() => collect(space.submit("/model_chat", data))));
		await collect(space.submit("/model_chat", data));
		expect(server.paths().filter((path) => path === "GET /config")).toHaveLength(1);
		expect(new Set(joins(server.requests).map(({ session_hash }) => session_hash)).size).toBe(4);
		for (const join of joins(server.requests)) expect(join.session_hash).toMatch(/^[0-9a-f]{12}$/);
	});

	test("is forgotten when it fails", async () => {
		let asked = 0;
		const config = (_: unknown, response: Parameters<typeof sendJson>[0]): void => {
			asked += 1;
			sendJson(response, asked === 1 ? {} : chatConfig(), asked === 1 ? 502 : 200);
		};
		await using server = await startFakeSpace({ config });
		const space = createSpace(server.url);
		expect(await failure(space.submit("/model_chat", data))).toMatchObject({ code: "network" });
		expect(await collect(space.submit("/model_chat", data))).toHaveLength(1);
	});

	test("goes on for the others when one leaves, and ends when all have left", async () => {
		const answers: (() => void)[] = [];
		const config = (_: unknown, response: Parameters<typeof sendJson>[0]): void => {
			answers.push(() => sendJson(response, chatConfig()));
		};
		await using server = await startFakeSpace({ config });
		const space = createSpace(server.url);
		const [first, second] = [new AbortController(), new AbortController()];
		const leaving = failure(space.submit("/model_chat", data, { signal: first.signal }));
		const staying = collect(space.submit("/model_chat", data));
		await server.waitFor(({ path }) => path === "/config");
		const reason = new Error("bye");
		first.abort(reason);
		expect(await leaving).toMatchObject({ code: "aborted", reason });
		answers[0]?.();
		expect(await staying).toHaveLength(1);

		const other = createSpace(server.url);
		const alone = failure(other.submit("/model_chat", data, { signal: second.signal }));
		await server.waitFor((request) => request.path === "/config" && request !== server.requests[0]);
		second.abort();
		await alone;
		await server.requests.filter(({ path }) => path === "/config")[1]?.closed;
	});

	test("needs the path of the address, and no slash too many", async () => {
		await using server = await startFakeSpace({ other: (_, response) => sendJson(response, {}, 404) });
		await failure(createSpace(`${server.url}/apps/chat/`).submit("/model_chat", data));
		expect(server.paths()).toEqual(["GET /apps/chat/config"]);
	});

	test("connect gives what the Space says about itself", async () => {
		await using server = await startFakeSpace();
		const config = await createSpace(server.url).connect();
		expect(config).toMatchObject({ version: "5.50.0", protocol: "sse_v3", apiPrefix: "/gradio_api" });
		expect(config.endpoints[1]).toMatchObject({
			name: "model_chat",
			fnIndex: 8,
			triggerId: 4,
			inputs: [{ type: "textbox" }, { type: "chatbot" }, {}],
		});
	});
});

test("headers: honest ones of our own, the caller's above them", async () => {
	const { sendsAllHeaders } = currentRuntime();
	await using server = await startFakeSpace();
	await collect(createSpace(server.url, { headers: { "User-Agent": "mine", "x-more": "1" } }).submit("/model_chat", data));
	for (const { headers } of server.requests) {
		expect(headers["x-more"]).toBe("1");
		// A browser keeps the others for itself.
		if (sendsAllHeaders) expect(headers).toMatchObject({ origin: server.url, referer: `${server.url}/`, "user-agent": "mine" });
	}
	expect(server.requests.map(({ headers }) => headers.accept)).toEqual(["application/json", "application/json", "text/event-stream"]);
	expect(server.requests[1]?.headers["content-type"]).toBe("application/json");
	await collect(createSpace(server.url).submit("/model_chat", data));
	if (sendsAllHeaders) expect(server.requests.at(-1)?.headers["user-agent"]).toContain("spaceport");
});

test("text that is not well-formed is mended before it is sent", async () => {
	await using server = await startFakeSpace();
	await collect(createSpace(server.url).submit("/model_chat", ["a\ud83d b 😀", [["\udc00", "x"]], ""]));
	expect(joins(server.requests)[0]?.data).toEqual(["a\ufffd b 😀", [["\ufffd", "x"]], ""]);
});

test("inputs that are neither a list nor an object are refused, and names where the Space knows none", async () => {
	await using server = await startFakeSpace({ config: chatConfig({ dependencies: [{ id: 8, api_name: "model_chat" }] }) });
	for (const inputs of ["q", undefined, null, 1, { prompt: "q" }] as unknown as string[][]) {
		const failed = { code: "invalid-request", path: "data" };
		expect(await failure(createSpace(server.url).submit("/model_chat", inputs))).toMatchObject(failed);
		expect(await failure(createSpace(server.url).submit("/model_chat", () => inputs))).toMatchObject(failed);
	}
	expect(new Set(server.paths())).toEqual(new Set(["GET /config", "GET /gradio_api/info"]));
});

test("a fetch of the caller's own gets every request", async () => {
	await using server = await startFakeSpace();
	const seen: string[] = [];
	const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
		seen.push(input instanceof Request ? `${input.method} ${new URL(input.url).pathname}` : "no request");
		return globalThis.fetch(input, init);
	};
	await collect(createSpace(server.url, { fetch }).submit("/model_chat", data));
	expect(seen).toEqual(server.paths());
});
