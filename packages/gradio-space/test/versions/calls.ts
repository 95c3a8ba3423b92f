import { test } from "vitest";

import { createSpace } from "../../src/index.ts";
import { collect } from "../support/collect.ts";
import { outputsOf, type VersionUnderTest } from "./servers.ts";

/** The numbers of `/model_chat` as they once were. */
const fixed = { fnIndex: 0, triggerId: 11, parameters: ["textbox", "chatbot", "textbox"] };
const question = ["echo: Paris is the capital", [], ""];

/** Functions of every kind, called by their names, and otherwise. */
export function testCalls({ version, expected, wide }: VersionUnderTest): void {
	test("a wait that is longer than a heartbeat", async ({ expect }) => {
		let received = "";
		const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
			const response = await globalThis.fetch(input, init);
			const watch = new TransformStream<string, string>({
				transform(text, controller) {
					received += text;
					controller.enqueue(text);
				},
			});
			const body = response.body?.pipeThrough(new TextDecoderStream()).pipeThrough(watch).pipeThrough(new TextEncoderStream());
			return new Response(body ?? null, response);
		};
		const space = createSpace(wide.server.baseUrl, { fetch });
		const steps = outputsOf(await collect(space.submit("/text_stream", ["echo first=17000: late"])));
		expect(steps.at(-1)).toEqual(["late"]);
		expect(received.includes('"heartbeat"')).toBe(expected.heartbeat);
	});

	test("its config says what it is", async ({ expect }) => {
		const config = await wide.space.connect();
		expect(config.version).toBe(version);
		expect(config.protocol).toBe(expected.protocol);
		expect(config.apiPrefix).toBe(expected.prefixed ? "/gradio_api" : "");
		expect(config.endpoints[0]).toMatchObject({ name: "model_chat", fnIndex: 0 });
	});

	test("a chat streams: it waits, it starts, and its answer grows", async ({ expect }) => {
		const events = await collect(wide.space.submit("/model_chat", question));
		const types = events.map(({ type }) => type).filter((type, index, all) => type !== all[index - 1]);
		expect(types).toEqual(["queue", "started", "value"]);
		expect(events.filter((event) => event.type === "value" && event.final)).toHaveLength(1);
		expect(events.at(-1)).toMatchObject({ type: "value", final: true });
		expect(JSON.stringify(outputsOf(events).at(-1))).toContain('"Paris is the capital"');
	});

	test("an ordinary function, with and without the slash of its name", async ({ expect }) => {
		expect(await wide.call("/plain", ["hi"])).toEqual([["plain: hi"]]);
		expect(await wide.call("plain", ["hi"])).toEqual([["plain: hi"]]);
	});

	test("a function without a queue", async ({ expect }) => {
		expect(await wide.call("/unqueued", ["hi"])).toEqual([["plain: hi"]]);
	});

	test("a state belongs to a call", async ({ expect }) => {
		expect(await wide.call("/count", [null])).toEqual([["1", null]]);
		expect(await wide.call("/count", [41])).toEqual([["1", null]]);
	});

	test("texts with line separators of every kind, and with half of a surrogate pair", async ({ expect }) => {
		expect(await wide.call("/plain", ["a\u2028b\u2029c\u0085d\r\ne"])).toEqual([["plain: a\u2028b\u2029c\u0085d\r\ne"]]);
		expect(await wide.call("/plain", ["a\ud83d b"])).toEqual([["plain: a\ufffd b"]]);
	});

	test("progress and logs arrive beside the values", async ({ expect }) => {
		const progress = await collect(wide.space.submit("/progress", ["steps=3"]));
		const bars = progress.filter((event) => event.type === "progress");
		expect(bars.length).toBeGreaterThan(0);
		for (const bar of bars) {
			expect(bar).toMatchObject({ description: expect.stringMatching(/^part [123]$/), length: 3, unit: "parts" });
			expect(bar.description).toBe(`part ${bar.index}`);
		}
		expect(outputsOf(progress).at(-1)).toEqual(["part part part "]);
		const logs = await collect(wide.space.submit("/logs", [""]));
		expect(logs.filter((event) => event.type === "log")).toEqual([
			{ type: "log", level: "info", text: "the model is warm" },
			...(expected.laterLogs ? [{ type: "log", level: "warning", text: "the answer is short" }] : []),
		]);
		expect(outputsOf(logs).at(-1)).toEqual(["warm and short"]);
	});

	test("two calls at once have each their own values", async ({ expect }) => {
		const texts = ["the first answer", "\u0434\u0440\u0443\u0433\u043e\u0439 \u043e\u0442\u0432\u0435\u0442"];
		const answers = await Promise.all(texts.map((text) => wide.call("/text_stream", [`echo by=character ms=10: ${text}`])));
		for (const [index, text] of texts.entries()) {
			const grown = Array.from(text, (_, length) => [text.slice(0, length + 1)]);
			expect(answers[index]).toEqual([...grown, [text]]);
		}
	});

	test("ten calls one after the other on one Space object", async ({ expect }) => {
		for (let call = 0; call < 10; call += 1) {
			expect((await wide.call("/text_stream", [`echo: call ${call}`])).at(-1)).toEqual([`call ${call}`]);
		}
	});

	test("a function that lost its name is called by its numbers", async ({ expect }) => {
		const steps = await wide.call("/no_such", question, { fallback: fixed });
		expect(JSON.stringify(steps.at(-1))).toContain('"Paris is the capital"');
	});
}
