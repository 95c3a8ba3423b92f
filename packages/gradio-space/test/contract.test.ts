import { describe, expect, test } from "vitest";
import { contractText, createSpace, defineSpaceProvider, type EndpointContract, parseContract } from "../src/index.ts";
import { contractOf, differences } from "../src/introspect/contract.ts";
import { collect, failure } from "./support/collect.ts";
import { chatConfig, sendJson, startFakeSpace } from "./support/fake-space.ts";
import { recordedEndpoints, recordedVersions } from "./support/recorded-endpoints.ts";

const text = "/model_chat(query: textbox, history: chatbot, system: textbox) -> (textbox, chatbot, textbox)";
const contract: EndpointContract = {
	version: 1,
	name: "/model_chat",
	inputs: [
		{ name: "query", component: "textbox" },
		{ name: "history", component: "chatbot" },
		{ name: "system", component: "textbox" },
	],
	outputs: [{ component: "textbox" }, { component: "chatbot" }, { component: "textbox" }],
};
const data = ["q", [], ""];

describe("the text of a contract", () => {
	test.each([
		text,
		"/clear() -> (textbox, chatbot)",
		"/load() -> ()",
		"/chat(textbox, ?) -> (json)",
		"/имя/a.b(ключ: my-chat_2) -> (imageeditor)",
	])("%s is read back as it was", (line) => {
		const read = parseContract(line);
		expect(contractText(read)).toBe(line);
		expect(parseContract(read)).toBe(read);
		expect(parseContract(JSON.parse(JSON.stringify(read)))).toEqual(read);
	});

	test("may be written loosely", () => {
		expect(parseContract("  model_chat ( query:textbox ,history : chatbot, system: textbox )->(textbox,chatbot ,textbox) ")).toEqual(
			contract,
		);
	});

	test("has the members of the object in one order", () => {
		expect(JSON.stringify(parseContract(text))).toBe(JSON.stringify(contract));
	});
});

test.each(["/run model", "/run (fast): a, b", "/\u0447\u0430\u0442.v2"])("a function called %s has a contract, too", (name) => {
	const named = { ...contract, name };
	expect(parseContract(named)).toEqual(named);
	expect(parseContract(contractText(named))).toEqual(named);
});

describe("what is no contract is refused", () => {
	test.each<[string, unknown]>([
		["an empty text", ""],
		["a name", "/chat"],
		["a text without outputs", "/chat(textbox)"],
		["a text with an empty place", "/chat(textbox,,chatbot) -> (textbox)"],
		["outputs with names", "/chat(textbox) -> (answer: textbox)"],
		["null", null],
		["a number", 1],
		["a list", []],
		["another version", { ...contract, version: 2 }],
		["no inputs", { ...contract, inputs: undefined }],
		["an input that is none", { ...contract, inputs: [null] }],
		["a kind that is none", { ...contract, outputs: [{ component: "a b" }] }],
		["a name that is none", { ...contract, inputs: [{ name: "a b", component: "textbox" }] }],
	])("%s", async (_, pinned) => {
		const refused = { code: "invalid-request", path: "contract" };
		const create = defineSpaceProvider({
			name: "pinned",
			space: "http://127.0.0.1:9",
			api: "/chat",
			models: [{ id: "m" }],
			toData: () => [],
			fromData: () => "",
			contract: pinned as string,
		});
		expect(() => create()).toThrow(expect.objectContaining(refused));
		expect(await failure(createSpace("http://127.0.0.1:9").submit("/chat", [], { contract: pinned as string }))).toMatchObject(refused);
	});
});

describe("the contract of a function", () => {
	const read = (version: (typeof recordedVersions)[number], name: string): string => {
		const endpoint = recordedEndpoints(version, "controls").find((each) => each.name === name);
		return endpoint === undefined ? "" : contractText(contractOf(endpoint));
	};

	test.each(recordedVersions)("on Gradio %s has what its callers see", (version) => {
		const names = !version.startsWith("3.") && version !== "4.0.2";
		expect(read(version, "/chat")).toBe(
			names
				? "/chat(message: textbox, history: chatbot, system: textbox, temperature: slider, style: dropdown, loud: checkbox) -> (textbox, chatbot, textbox)"
				: "/chat(textbox, chatbot, textbox, slider, dropdown, checkbox) -> (textbox, chatbot, textbox)",
		);
		expect(read(version, "/count")).toBe(names ? "/count(step: number) -> (textbox)" : "/count(number) -> (textbox)");
		expect(read(version, "/with_button")).toBe(names ? "/with_button(x: textbox) -> (textbox)" : "/with_button(textbox) -> (textbox)");
		expect(read(version, "/many")).toBe("/many(textbox, textbox) -> (json)");
	});

	test("fits that of every other version", () => {
		for (const before of recordedVersions) {
			for (const after of recordedVersions) {
				for (const endpoint of recordedEndpoints(before, "controls")) {
					const same = recordedEndpoints(after, "controls").find(({ name }) => name === endpoint.name);
					if (endpoint.name === undefined || same === undefined) continue;
					expect(differences(contractOf(endpoint), contractOf(same)), `${endpoint.name}, ${before} to ${after}`).toEqual([]);
				}
			}
		}
	});
});

describe("a function that is pinned", () => {
	const pin = (inputs: string, outputs = "textbox, chatbot, textbox"): string => `/model_chat(${inputs}) -> (${outputs})`;

	test.each([
		["the same", pin("query: textbox, history: chatbot, system: textbox"), []],
		["kinds alone", pin("textbox, chatbot, textbox"), []],
		["other letters", pin("query: Textbox, Chatbot, system: TEXTBOX"), []],
		["new names", pin("q: textbox, h: chatbot, s: textbox"), []],
		["another name of the function", "/chat(textbox, chatbot, textbox) -> (textbox, chatbot, textbox)", []],
		["a kind that is not known", pin("?, ?, textbox", "?, chatbot, textbox"), []],
		[
			"names that have moved",
			pin("system: textbox, history: chatbot, query: textbox"),
			["query is input 1, not 3", "system is input 3, not 1"],
		],
		["fewer inputs", pin("query: textbox, history: chatbot"), ["3 inputs, not 2"]],
		[
			"other kinds",
			pin("query: textbox, history: state, system: slider"),
			["input 2 is a chatbot, not a state", "input 3 is a textbox, not a slider"],
		],
		["another output", pin("textbox, chatbot, textbox", "chatbot"), ["3 outputs, not 1"]],
		["other outputs", pin("textbox, chatbot, textbox", "textbox, json, textbox"), ["output 2 is a chatbot, not a json"]],
	])("to %s", (_, pinned, expected) => {
		expect(differences(parseContract(pinned), contract)).toEqual(expected);
	});

	const info = (...names: string[]): object => ({
		named_endpoints: {
			"/model_chat": { parameters: names.map((parameter_name) => ({ parameter_name, component: "x" })), returns: [{}, {}, {}] },
		},
	});
	const start = (said: object | undefined, dependencies?: object[]) =>
		startFakeSpace({
			...(dependencies === undefined ? {} : { config: chatConfig({ dependencies }) }),
			other: (_, response) => sendJson(response, said ?? {}, said === undefined ? 404 : 200),
		});

	test("is read from the Space", async () => {
		await using server = await start(info("query", "history", "system"));
		const space = createSpace(server.url);
		expect(await space.contract("/model_chat")).toEqual(contract);
		expect(JSON.stringify(await space.contract(["/chat", "model_chat"]))).toBe(JSON.stringify(contract));
		expect(server.paths()).toEqual(["GET /config", "GET /gradio_api/info"]);
		await expect(space.contract("/chat")).rejects.toMatchObject({
			code: "space-contract",
			expected: "/chat",
			found: "/other, /model_chat",
		});
	});

	test("is called where it fits, and its names are asked for once", async () => {
		await using server = await start(info("query", "history", "system"));
		const space = createSpace(server.url);
		for (const pinned of [text, contract, text]) await collect(space.submit("/model_chat", data, { contract: pinned }));
		expect(server.paths().filter((path) => !/queue/.test(path))).toEqual(["GET /config", "GET /gradio_api/info"]);
	});

	test.each([
		["has no names", "/model_chat(textbox, chatbot, textbox) -> (textbox, chatbot, textbox)", []],
		["has some", text, ["GET /gradio_api/info"]],
	])("that %s is checked with as little as that takes", async (_, pinned, asked) => {
		await using server = await start(undefined);
		const space = createSpace(server.url);
		await collect(space.submit("/model_chat", data, { contract: pinned }));
		await collect(space.submit("/model_chat", data, { contract: pinned }));
		expect(server.paths().filter((path) => !/queue/.test(path))).toEqual(["GET /config", ...asked]);
	});

	test.each([
		["moved its inputs", info("system", "history", "query"), undefined, "system is input 1, not 3; query is input 3, not 1"],
		["lost one", info("query"), [{ id: 8, api_name: "model_chat", inputs: [1, 2], outputs: [1, 2, 3] }], "2 inputs, not 3"],
		["says nothing", undefined, [{ id: 8, api_name: "model_chat" }], "/model_chat, which does not say what it takes"],
	])("is refused where the Space %s, and looked up anew the next time", async (_, said, dependencies, found) => {
		await using server = await start(said, dependencies);
		const space = createSpace(server.url);
		for (let call = 0; call < 2; call += 1) {
			const error = await failure(space.submit("/model_chat", () => expect.fail("nothing is made"), { contract }));
			expect(error).toMatchObject({ code: "space-contract", expected: text, found: expect.stringContaining(found) });
		}
		expect(server.paths().filter((path) => path === "GET /config")).toHaveLength(2);
		expect(server.paths().filter((path) => /queue/.test(path))).toEqual([]);
	});

	test("is refused in words that show both", async () => {
		await using server = await start(info("system", "history", "query"));
		const error = await failure(createSpace(server.url).submit("/model_chat", data, { contract }));
		expect(error.message).toContain(`expected ${text}; found /model_chat(system: textbox, history: chatbot, query: textbox) -> `);
	});

	test("is not called by its numbers alone, as nothing could be compared", async () => {
		await using server = await startFakeSpace({ config: (_, response) => sendJson(response, {}, 404) });
		const fallback = { fnIndex: 0, triggerId: 11, parameters: ["textbox", "chatbot", "textbox"] };
		expect(await failure(createSpace(server.url).submit("/model_chat", data, { contract, fallback }))).toMatchObject({
			code: "space-unavailable",
		});
		expect(server.paths()).toEqual(["GET /config"]);
	});

	test("may have a State more, which no caller sees", async () => {
		const components = [
			{ id: 1, type: "textbox", props: {} },
			{ id: 2, type: "chatbot", props: {} },
			{ id: 3, type: "textbox", props: {} },
			{ id: 4, type: "state", props: {}, skip_api: true },
		];
		const dependencies = [{ id: 8, api_name: "model_chat", inputs: [1, 4, 2, 3], outputs: [1, 2, 4, 3] }];
		await using server = await startFakeSpace({
			config: chatConfig({ components, dependencies }),
			other: (_, response) => sendJson(response, info("query", "history", "system")),
		});
		await collect(createSpace(server.url).submit("/model_chat", data, { contract }));
		expect(JSON.parse(server.requests.find(({ path }) => path.endsWith("join"))?.body ?? "{}").data).toEqual(["q", null, [], ""]);
	});

	test("of a provider is refused for the chain to go on", async () => {
		await using server = await start(info("system", "history", "query"));
		const create = defineSpaceProvider({
			name: "pinned",
			space: server.url,
			api: ["/chat", "/model_chat"],
			models: [{ id: "m" }],
			contract: text,
			toData: () => data,
			fromData: () => "hello",
		});
		expect(await failure(create().createAsyncGenerator({ messages: "hi" }))).toMatchObject({ code: "space-contract", expected: text });
	});
});
