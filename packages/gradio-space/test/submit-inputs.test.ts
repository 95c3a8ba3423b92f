import { describe, expect, test } from "vitest";

import { createSpace, outputValue } from "../src/index.ts";
import { nameInputs } from "../src/introspect/name-inputs.ts";
import { collect, failure } from "./support/collect.ts";
import { sendJson, startFakeSpace } from "./support/fake-space.ts";
import { recordedApp, recordedEndpoints, recordedVersions } from "./support/recorded-endpoints.ts";

const startRecorded = (version: (typeof recordedVersions)[number], app: "controls" | "chat-interface" = "controls") => {
	const { config, info } = recordedApp(version, app);
	const settings = { ...config, protocol: "sse_v3", version: "4.44.1" };
	return startFakeSpace({
		config: settings,
		other: (request, response) => (request.path.endsWith("/info") ? sendJson(response, info) : sendJson(response, { data: [] })),
	});
};
const sent = (server: Awaited<ReturnType<typeof startFakeSpace>>): unknown[] =>
	server.requests.flatMap(({ path, body }) => (/join|run/.test(path) ? [(JSON.parse(body) as { data: unknown }).data] : []));

describe.each(recordedVersions)("on Gradio %s", (version) => {
	test("inputs go by name, and what is left out gets its default", async () => {
		await using server = await startRecorded(version);
		const space = createSpace(server.url);
		await collect(space.submit("/chat", { your_message: "hi", temperature: 1 }));
		await collect(space.submit("/chat", { "Your message": "hi", Loud: true, system: undefined }));
		await collect(space.submit("/chat", { param_0: "hi", param_4: "fancy" }));
		await collect(space.submit("/chat", () => ({ your_message: "hi" })));
		expect(sent(server)).toEqual([
			["hi", [], "Be kind.", 1, "plain", false],
			["hi", [], "Be kind.", 0.7, "plain", true],
			["hi", [], "Be kind.", 0.7, "fancy", false],
			["hi", [], "Be kind.", 0.7, "plain", false],
		]);
		expect(server.paths().filter((path) => path.endsWith("/info"))).toHaveLength(1);
	});

	test("by the names of the function's own parameters, where it says them or a contract has them", async () => {
		await using server = await startRecorded(version);
		const contract =
			"/chat(message: textbox, history: chatbot, prompt: textbox, slider, dropdown, checkbox) -> (textbox, chatbot, textbox)";
		await collect(createSpace(server.url).submit("/chat", { message: "hi", prompt: "Be brief." }, { contract }));
		expect(sent(server)).toEqual([["hi", [], "Be brief.", 0.7, "plain", false]]);
	});

	test("a State is filled in, whichever way they go", async () => {
		await using server = await startRecorded(version);
		const space = createSpace(server.url);
		for (const data of [[2], [2, null], { step: 2 }, {}]) await collect(space.submit("/count", data));
		expect(sent(server)).toEqual([
			[2, null],
			[2, null],
			[2, null],
			[1, null],
		]);
	});

	test("a ChatInterface is found by either of its names, and its State stands in the middle", async () => {
		await using server = await startRecorded(version, "chat-interface");
		const space = createSpace(server.url);
		await collect(space.submit(["/chat", "/answer"], ["hi", "calm", 3]));
		await collect(space.submit(["/chat", "/answer"], { param_0: "hi", tone: "loud" }));
		expect(sent(server)).toEqual([
			["hi", null, "calm", 3],
			["hi", null, "loud", 3],
		]);
	});

	test("names that are not known, missing or twice there are refused, with those that are", async () => {
		await using server = await startRecorded(version);
		const space = createSpace(server.url);
		const first = version === "3.50.2" || version === "4.0.2" ? "your_message" : "message";
		const error = await failure(space.submit("/chat", { [`${first}s`]: "hi", temperature: 1, Temperature: 2, state: null }));
		expect(error).toMatchObject({ code: "invalid-request", path: "data" });
		expect(error.message).toContain(`no input "${first}s". Did you mean "${first}"?`);
		expect(error.message).toContain('"Temperature" is given twice');
		expect(error.message).toContain('no input "state"');
		expect(error.message).toContain(`${first} is missing`);
		expect(error.hint).toContain("temperature, style, loud");
		expect(await failure(space.submit("/pair", {}))).toMatchObject({ code: "invalid-request" });
		expect(sent(server)).toEqual([]);
	});

	test("too few or too many are another contract", async () => {
		await using server = await startRecorded(version);
		const space = createSpace(server.url);
		for (const data of [[], [1, 2, 3]]) {
			expect(await failure(space.submit("/count", data))).toMatchObject({
				code: "space-contract",
				expected: `/count with ${data.length} inputs`,
				found: "2 inputs (number, state)",
			});
		}
	});
});

describe("names", () => {
	const [count] = recordedEndpoints("6.31.0", "controls");
	const parameters = (count?.parameters ?? []).slice(0, 3);

	test("of a function's own come before labels, and labels that two inputs have are none", () => {
		const own = [
			{ ...parameters[0], name: "a", named: true, label: "b" },
			{ ...parameters[0], name: "b", named: true, label: "c" },
			{ ...parameters[0], name: "d", named: true, label: "c" },
		] as typeof parameters;
		expect(nameInputs("/f", own, { a: 1, b: 2, d: 3 }, undefined)).toEqual([1, 2, 3]);
		expect(() => nameInputs("/f", own, { a: 1, b: 2, c: 3 }, undefined)).toThrow(/no input "c"/);
	});

	test("may be those of any object", () => {
		expect(() => nameInputs("/f", parameters, JSON.parse('{"__proto__":1,"constructor":2,"toString":3}'), undefined)).toThrow(
			/no input "__proto__".*no input "constructor".*no input "toString"/,
		);
	});

	test("are none where there are no inputs", () => {
		expect(nameInputs("/f", [], {}, undefined)).toEqual([]);
		expect(() => nameInputs("/f", [], { a: 1 }, undefined)).toThrow(expect.objectContaining({ hint: "It takes none." }));
	});
});

describe("several names of a function", () => {
	test("that the Space has none of are all in the error", async () => {
		await using server = await startFakeSpace();
		expect(await failure(createSpace(server.url).submit(["/chat", "answer"], []))).toMatchObject({
			code: "space-contract",
			expected: "/chat or /answer",
			found: "/other, /model_chat",
		});
	});

	test("have an order: the first that the Space has", async () => {
		await using server = await startFakeSpace();
		await collect(createSpace(server.url).submit(["/model_chat", "/other"], ["q", [], ""]));
		expect(server.requests.find(({ path }) => path.endsWith("join"))?.body).toContain('"fn_index":8');
	});

	test.each([[[]], [""], [["/chat", ""]], [undefined], [[7]]])("%j are none", async (api) => {
		await using server = await startFakeSpace();
		expect(await failure(createSpace(server.url).submit(api as string, []))).toMatchObject({ code: "invalid-request", path: "api" });
		expect(server.requests).toEqual([]);
	});
});

test("names without a config that says them are what the missing config is", async () => {
	await using server = await startFakeSpace({ config: (_, response) => sendJson(response, {}, 404) });
	const fallback = { fnIndex: 0, triggerId: 11, parameters: ["textbox"] };
	expect(await failure(createSpace(server.url).submit("/chat", { q: 1 }, { fallback }))).toMatchObject({ code: "space-unavailable" });
});

test.each([
	["a value as it is", { a: 1 }, { a: 1 }],
	["null", null, null],
	["nothing", undefined, undefined],
	["a text", "update", "update"],
	["an update with a value", { __type__: "update", value: [1], visible: true }, [1]],
	["an update to null", { __type__: "update", value: null }, null],
	["an update of something else", { __type__: "update", visible: false }, undefined],
	["something of another type", { __type__: "file", value: 1 }, { __type__: "file", value: 1 }],
])("outputValue reads %s", (_, output, value) => {
	expect(outputValue(output)).toEqual(value);
});
