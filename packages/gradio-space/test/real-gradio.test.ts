import { currentGradioVersions, type GradioServer, gradioRequirement, startGradioServer } from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createSpace } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";

const gradio = await gradioRequirement();
const chat = ["echo: Paris is the capital", [], ""];
const fallback = { fnIndex: 0, triggerId: 11, parameters: ["textbox", "chatbot", "textbox"] };

describe.skipIf(gradio.skip).each(currentGradioVersions)("on Gradio %s", (version) => {
	let server: GradioServer;
	beforeAll(async () => {
		server = await startGradioServer({ version, logData: true });
	});
	afterAll(() => server?.stop());

	/** The outputs of each step, the last one being the final one. */
	async function call(api: string, ...data: unknown[]): Promise<unknown[][]> {
		const events = await collect(createSpace(server.baseUrl).submit(api, data));
		return events.flatMap((event) => (event.type === "value" ? [[...event.data]] : []));
	}

	test("functions of every kind, bound by name", async () => {
		expect(await call("/plain", "hi")).toEqual([["plain: hi"]]);
		expect(await call("unqueued", "hi")).toEqual([["plain: hi"]]);
		expect((await call("/text_stream", "echo: a b")).at(-1)).toEqual(["a b"]);
		expect((await call("/count", null)).at(-1)?.[0]).toBe("1");
	});

	test("any value may follow any other", async () => {
		const values = [
			[["append", [], "x"]],
			[
				["append", [], "y"],
				["replace", [], "z"],
			],
			[1, 2, 3, 4].map((number) => [number]),
			[[1], [4]],
			{ a: { b: [1, 2, 3] }, list: [] },
			{ a: { b: [3] }, c: null },
			[],
			[{ text: "a" }, { text: "ab" }],
			[{ text: "ab" }],
			{ text: "ab", more: { text: "c" } },
			null,
			{ text: "" },
		];
		const steps = await call("/json_values", JSON.stringify(values));
		expect(steps).toEqual([...values, values.at(-1)].map((value) => [value]));
	});

	test.each(["shrink id=shrink", "shrink id=shrink9 turns=9", "rewrite id=rewrite", "indent id=indent", "history id=history"])(
		"every step of %s is what the app had",
		async (query) => {
			const steps = await call("/model_chat", query, [], "");
			const id = /id=(\w+)/.exec(query)?.[1];
			const had = server.readLog().flatMap((entry) => (entry.event === "yield" && entry.id === id ? [entry.data] : []));
			expect(steps.slice(0, -1)).toEqual(had);
			expect(steps.at(-1)).toEqual(had.at(-1));
		},
	);

	test("an unknown function and a wrong number of inputs are refused", async () => {
		const space = createSpace(server.baseUrl);
		expect(await failure(space.submit("/no_such", ["x"]))).toMatchObject({
			code: "space-contract",
			found: expect.stringContaining("/model_chat"),
		});
		expect(await failure(space.submit("/model_chat", ["x"]))).toMatchObject({
			code: "space-contract",
			found: expect.stringContaining("3 inputs"),
		});
		expect(
			await failure(space.submit("/no_such", ["echo: x", [], ""], { fallback: { ...fallback, parameters: ["textbox"] } })),
		).toMatchObject({
			code: "space-contract",
		});
	});

	test("a function that lost its name is called by its numbers", async () => {
		const events = await collect(createSpace(server.baseUrl).submit("/no_such", chat, { fallback }));
		expect(JSON.stringify(events.at(-1))).toContain("Paris is the capital");
	});

	test("without a config the numbers work where there is no prefix, and elsewhere the Space is gone", async () => {
		const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
			(input as Request).url.endsWith("/config") ? Promise.resolve(new Response("{}", { status: 404 })) : globalThis.fetch(input, init);
		const stream = createSpace(server.baseUrl, { fetch }).submit("/model_chat", chat, { fallback });
		if (version === "4.44.1") {
			const events = await collect(stream);
			const values = events.flatMap((event) => (event.type === "value" ? [event.data[1]] : []));
			expect(values.slice(0, 2)).toEqual([[["echo: Paris is the capital", "Paris"]], [["echo: Paris is the capital", "Paris is"]]]);
			expect(values.at(-1)).toEqual([["echo: Paris is the capital", "Paris is the capital"]]);
		} else {
			expect(await failure(stream)).toMatchObject({ code: "space-unavailable", stage: "gone" });
		}
	});

	test("half of a surrogate pair does no harm", async () => {
		expect((await call("/plain", "a\ud83d b")).at(-1)).toEqual(["plain: a\ufffd b"]);
	});
});
