import { currentRuntime } from "@spaceport/testkit";
import { startSpaceEmulator } from "@spaceport/testkit/emulator";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SeenRequest } from "../../http/test/support/http-server.ts";
import { parseSpaceConfig, type SpaceConfig } from "../src/handshake/space-config.ts";
import { createSpace, type EndpointInfo, type ParameterInfo } from "../src/index.ts";
import { contractOf, differences } from "../src/introspect/contract.ts";
import { describeEndpoints } from "../src/introspect/describe-endpoints.ts";
import { parseInfo } from "../src/introspect/read-info.ts";
import { chatConfig, openStream, sendHtml, sendJson, startFakeSpace } from "./support/fake-space.ts";
import { recordedEndpoints, recordedVersions } from "./support/recorded-endpoints.ts";

type Handler = NonNullable<Parameters<typeof startFakeSpace>[0]>["other"];

const named = (endpoints: readonly EndpointInfo[], name: string): EndpointInfo => {
	const found = endpoints.find((endpoint) => endpoint.name === name);
	if (found === undefined) expect.fail(`there is no ${name}`);
	return found;
};
const inputs = ({ parameters }: EndpointInfo): string[] =>
	parameters.map(({ component, hidden }) => (hidden ? `(${component})` : component));
const outputs = (endpoint: EndpointInfo): string[] =>
	endpoint.outputs.map(({ component, hidden }) => (hidden ? `(${component})` : component));
const names = (parameters: readonly ParameterInfo[]): string[] => parameters.map(({ name }) => name);

describe.each(recordedVersions)("what Gradio %s says", (version) => {
	const saysNames = !version.startsWith("3.") && version !== "4.0.2";
	const controls = recordedEndpoints(version, "controls");

	test("kinds, labels, choices and numbers of a chat with controls", () => {
		const chat = named(controls, "/chat");
		expect(chat).toMatchObject({ fnIndex: 0, generator: true });
		expect(chat.parameters.map(({ component, label }) => [component, label])).toEqual([
			["textbox", "Your message"],
			["chatbot", "Chat"],
			["textbox", "System prompt"],
			["slider", "Temperature"],
			["dropdown", "Style"],
			["checkbox", "Loud"],
		]);
		expect(chat.parameters[3]).toMatchObject({ minimum: 0, maximum: 2, step: 0.1, type: { type: "number" } });
		expect(chat.parameters[4]).toMatchObject({ choices: ["plain", "fancy"], type: { type: "string" } });
		expect(outputs(chat)).toEqual(["textbox", "chatbot", "textbox"]);
		expect(chat.parameters.map(({ pythonType }) => typeof pythonType)).toEqual(Array(6).fill("string"));
	});

	test("defaults, whether or not it has words for them", () => {
		for (const endpoints of [controls, recordedEndpoints(version, "controls", false)]) {
			const { parameters } = named(endpoints, "/chat");
			expect(parameters.map(({ hasDefault }) => hasDefault)).toEqual([false, true, true, true, true, true]);
			expect(parameters.map((parameter) => parameter.default)).toEqual([undefined, [], "Be kind.", 0.7, "plain", false]);
		}
	});

	test("the function's own names, where it says them, and places where not", () => {
		const { parameters } = named(controls, "/chat");
		expect(names(parameters)).toEqual(
			saysNames ? ["message", "history", "system", "temperature", "style", "loud"] : [0, 1, 2, 3, 4, 5].map((place) => `param_${place}`),
		);
		expect(new Set(parameters.map((parameter) => parameter.named))).toEqual(new Set([saysNames]));
		expect(names(named(controls, "/many").parameters)).toEqual(["param_0", "param_1"]);
		expect(names(named(recordedEndpoints(version, "controls", false), "/pair").parameters)).toEqual(["param_0", "param_1"]);
		const right = named(controls, "/pair").parameters[1];
		expect(right).toMatchObject(saysNames ? { name: "right", hasDefault: true, default: null } : { hasDefault: false });
	});

	test("what callers do not see", () => {
		const count = named(controls, "/count");
		expect([inputs(count), outputs(count)]).toEqual([
			["number", "(state)"],
			["textbox", "(state)"],
		]);
		expect(count.parameters[1]).toMatchObject({ hidden: true, hasDefault: true, default: null });
		expect(inputs(named(controls, "/with_button"))).toEqual(["textbox", "(button)"]);
	});

	test("which go past the queue, have no name, or are the page's own", () => {
		expect(named(controls, "/unqueued")).toMatchObject({ unqueued: true, generator: false });
		expect(named(controls, "/chat")).not.toHaveProperty("unqueued");
		const nameless = controls.filter(({ name }) => name === undefined).map(({ fnIndex }) => fnIndex);
		expect(nameless, "the private one, and on 3.50 the one at load").toEqual(version === "3.50.2" ? [7, 11] : [7]);
		expect(
			controls.some(({ fnIndex }) => fnIndex === 10),
			"the script",
		).toBe(false);
		if (saysNames) expect(named(controls, "/undocumented")).toMatchObject({ undocumented: true });
	});

	test("a ChatInterface", () => {
		const name = version === "6.31.0" ? "/answer" : "/chat";
		const chat = named(recordedEndpoints(version, "chat-interface"), name);
		expect(inputs(chat)).toEqual(["textbox", "(state)", "textbox", "slider"]);
		expect(chat.parameters.map((parameter) => parameter.default)).toEqual([undefined, null, "calm", 3]);
		if (saysNames) expect(names(chat.parameters)).toEqual(["message", "param_1", "tone", "length"]);
		expect(JSON.stringify(chat)).not.toContain("__i18n__");
	});
});

test.each([
	["from its text, since JSON.parse rounds it", '"app_id":17462384912650481733', "17462384912650481733"],
	["written with blanks", '"app_id" : 7', "7"],
	["that is a text", '"app_id":"a7"', "a7"],
	["that stands below another one", '"theme":{"app_id":17462384912600000000},"app_id":17462384912650481733', "17462384912650481733"],
	["that is none", '"app_id":null', undefined],
	["that is missing", '"title":"\\"app_id\\":7"', undefined],
])("the app's number, %s", (_, member, expected) => {
	expect(parseSpaceConfig(`{${member},"dependencies":[{}]}`)?.appId).toBe(expected);
});

describe("a Space", () => {
	const info = {
		named_endpoints: {
			"/model_chat": {
				description: "Talks.",
				parameters: [
					{ parameter_name: "query", parameter_has_default: false, component: "Textbox", python_type: { type: "str" } },
					{ parameter_name: "history", parameter_has_default: true, parameter_default: [], component: "Chatbot" },
					{ parameter_name: "system", parameter_has_default: true, parameter_default: "s", component: "Textbox" },
				],
				returns: [],
			},
		},
	};
	const answerInfo = (answer: Handler): ReturnType<typeof startFakeSpace> =>
		startFakeSpace({ other: (request, response) => answer?.(request, response) });
	const bare = expect.objectContaining({
		name: "/model_chat",
		fnIndex: 8,
		parameters: [0, 1, 2].map((place) => expect.objectContaining({ name: `param_${place}`, named: false })),
	});

	test("is asked once, however many want to know, under its prefix, and for all of its functions", async () => {
		await using server = await answerInfo((_, response) => sendJson(response, info));
		const space = createSpace(server.url);
		const [first, second] = await Promise.all([space.endpoints(), space.endpoints()]);
		expect(await space.endpoints()).toBe(first);
		expect(second).toBe(first);
		expect(server.requests.map(({ url }) => url)).toEqual(["/config", "/gradio_api/info?all_endpoints=true"]);
		expect(first.find(({ name }) => name === "/model_chat")).toMatchObject({
			description: "Talks.",
			parameters: [
				{ name: "query", named: true, hasDefault: false, component: "textbox", pythonType: "str" },
				{ name: "history", default: [] },
				{ name: "system", default: "s" },
			],
		});
	});

	const unending: Handler = (_, response) => {
		openStream(response);
		response.write('{"named_endpoints":{');
	};
	test.each<[string, Handler, number]>([
		["has nothing there", (_, response) => sendJson(response, { detail: "Not Found" }, 404), 1],
		["asks for a login there", (_, response) => sendJson(response, { detail: "Not authenticated" }, 401), 1],
		["fails there", (_, response) => sendJson(response, {}, 500), 1],
		["sends a page", (_, response) => sendHtml(response, "<html>hello</html>"), 1],
		["sends other JSON", (_, response) => sendJson(response, { named_endpoints: [1, null] }), 1],
		[
			"says other numbers of inputs",
			(_, response) => sendJson(response, { named_endpoints: { "/model_chat": { parameters: [{ parameter_name: "x" }], returns: "?" } } }),
			1,
		],
		[
			"says null for everything",
			(_, response) =>
				sendJson(response, { named_endpoints: { "/model_chat": { parameters: [null, 1, {}], returns: [null] }, "/other": null } }),
			1,
		],
		["never answers", () => {}, 1],
		["never ends", unending, 1],
		["breaks off", (_, response) => void response.writeHead(200, { "content-length": "100" }).end("{", () => response.destroy()), 1],
		["redirects elsewhere", (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:9/" }).end(), 1],
	])("that %s is described by its config", async (_, answer) => {
		await using server = await answerInfo(answer);
		const space = createSpace(server.url, { connectMs: 300 });
		expect(await space.endpoints()).toContainEqual(bare);
		expect(await space.endpoints()).toContainEqual(bare);
		expect(server.paths(), "and not asked again at once").toEqual(["GET /config", "GET /gradio_api/info"]);
	});

	test("gives up where the caller does, and leaves nothing behind", async () => {
		const asked = Promise.withResolvers<SeenRequest>();
		await using server = await answerInfo((request) => asked.resolve(request));
		const controller = new AbortController();
		const described = createSpace(server.url).endpoints(controller.signal);
		const request = await asked.promise;
		controller.abort(new Error("bye"));
		await expect(described).rejects.toMatchObject({ code: "aborted" });
		await request.closed;
	});

	test("without a config cannot be described", async () => {
		await using server = await startFakeSpace({ config: (_, response) => sendJson(response, {}, 404) });
		await expect(createSpace(server.url).endpoints()).rejects.toMatchObject({ code: "space-unavailable", stage: "gone" });
	});

	test("whose config says little has functions that say nothing", async () => {
		await using server = await startFakeSpace({
			config: { dependencies: [null, "x", { api_name: "chat" }, { api_name: null, inputs: [1, "2"] }] },
		});
		const endpoints = await createSpace(server.url).endpoints();
		expect(endpoints).toEqual([
			{ name: "/chat", fnIndex: 2, parameters: [], outputs: [], opaque: true },
			{ fnIndex: 3, parameters: [], outputs: [], opaque: true },
		]);
	});

	test("whose components come later, or never, has places for them", async () => {
		const dependencies = [{ id: 5, api_name: "chat", inputs: [1, 77, 2], outputs: [78], rendered_in: 4, zerogpu: true }];
		await using server = await startFakeSpace({ config: chatConfig({ dependencies }) });
		const [chat] = await createSpace(server.url).endpoints();
		expect(chat?.parameters.map(({ component }) => component)).toEqual(["textbox", "", "chatbot"]);
		expect(chat?.outputs).toEqual([{ component: "", hidden: false }]);
	});
});

describe("whatever a server sends", () => {
	/** Values where others belong, and members that come close to those of Gradio. */
	const anything = fc.oneof(
		fc.jsonValue(),
		fc.constantFrom<unknown>(
			null,
			-1,
			1e308,
			"",
			"false",
			"__i18n__{",
			[],
			{},
			[[]],
			{ info: 1 },
			{ value: null, choices: [[1, 2, 3], 1], label: [] },
		),
	);
	const record = (...names: string[]): fc.Arbitrary<object> =>
		fc.record(Object.fromEntries(names.map((name) => [name, anything])), { requiredKeys: [] });
	const lists = (one: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
		fc.oneof(fc.array(fc.oneof(one, anything), { maxLength: 5 }), anything);
	const component = fc.tuple(fc.nat(5), record("type", "props", "skip_api", "api_info", "api_info_as_input", "api_info_as_output"));
	const dependency = fc.tuple(
		fc.array(fc.nat(6), { maxLength: 4 }),
		record("id", "api_name", "queue", "types", "targets", "outputs", "api_visibility", "show_api", "backend_fn"),
	);
	const said = record("label", "component", "type", "python_type", "parameter_name", "parameter_has_default", "parameter_default");
	const config = fc.record({
		app_id: anything,
		version: anything,
		components: lists(component.map(([id, members]) => ({ id, ...members }))),
		dependencies: fc.array(
			fc.oneof(
				dependency.map(([inputs, members]) => ({ inputs, ...members })),
				anything,
			),
			{ minLength: 1, maxLength: 5 },
		),
	});
	const info = fc.oneof(
		anything,
		fc.record({
			named_endpoints: fc.oneof(
				anything,
				fc.dictionary(fc.constantFrom("/chat", "chat", "", "/"), record("parameters", "returns", "description")),
			),
			unnamed_endpoints: fc.oneof(
				anything,
				fc.dictionary(fc.constantFrom("0", "1", "x"), fc.record({ parameters: lists(said), returns: lists(said) })),
			),
		}),
	);

	test("is described without an error, in the form that is promised", () => {
		fc.assert(
			fc.property(config, info, (sentConfig, sentInfo) => {
				const read = parseSpaceConfig(JSON.stringify(sentConfig));
				if (read === undefined) return;
				for (const endpoint of describeEndpoints(read, parseInfo(JSON.stringify(sentInfo) ?? ""))) {
					expect(Number.isSafeInteger(endpoint.fnIndex)).toBe(true);
					expect(endpoint.name ?? "/x").toMatch(/^\//);
					for (const { name, component: kind, hidden, hasDefault } of endpoint.parameters) {
						expect([typeof name, typeof kind, typeof hidden, typeof hasDefault]).toEqual(["string", "string", "boolean", "boolean"]);
					}
					expect(new Set(endpoint.parameters.map(({ name }) => name)).size).toBe(endpoint.parameters.length);
					const contract = contractOf(endpoint);
					expect(differences(contract, contract)).toEqual([]);
				}
			}),
			{ numRuns: 500 },
		);
	});

	test("is read in a time that grows with its size alone", { timeout: 20_000 }, () => {
		const components = Array.from({ length: 20_000 }, (_, id) => ({
			id,
			type: "textbox",
			props: { label: `Label ${id}` },
			api_info: { type: "string" },
		}));
		const dependencies = Array.from({ length: 4_000 }, (_, id) => ({
			id,
			api_name: `f_${id}`,
			inputs: Array.from({ length: 50 }, (__, input) => (id + input) % 20_000),
			outputs: [id],
		}));
		const read = parseSpaceConfig(JSON.stringify({ app_id: 1, components, dependencies }));
		expect(read?.endpoints).toHaveLength(4_000);
		expect(describeEndpoints(read as SpaceConfig, undefined)[3_999]?.parameters).toHaveLength(50);
	});
});

test("behind a login, and in an app that was started anew behind it, is described all the same", async ({ skip }) => {
	skip(!currentRuntime().hasNodeModules, "the servers of a runtime without node:http do not cut connections at once");
	const auth = { user: "ada", password: "s3cret" };
	await using server = await startSpaceEmulator({ auth });
	const space = createSpace(server.baseUrl, { auth: ["ada", "s3cret"], confirmAfterMs: 0 });
	expect((await space.endpoints()).map(({ name }) => name)).toContain("/model_chat");
	await server.restart();
	expect((await space.endpoints()).map(({ name }) => name)).toContain("/model_chat");
	expect(server.requests.filter(({ path }) => path.endsWith("/app_id"))).toHaveLength(1);
	await expect(createSpace(server.baseUrl).endpoints()).rejects.toMatchObject({ code: "authentication" });
});
