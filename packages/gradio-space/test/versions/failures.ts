import { test } from "vitest";

import { createSpace, type GradioEvent } from "../../src/index.ts";
import { collect, failure } from "../support/collect.ts";
import { outputsOf, type VersionUnderTest } from "./servers.ts";

const fixed = { fnIndex: 0, triggerId: 11, parameters: ["textbox", "chatbot", "textbox"] };
const question = ["echo: Paris is the capital", [], ""];

/** What came before a stream failed, and what it failed with. */
async function readBroken(stream: AsyncIterable<GradioEvent>): Promise<{ steps: (readonly unknown[])[]; error: unknown }> {
	const events: GradioEvent[] = [];
	try {
		for await (const event of stream) events.push(event);
	} catch (error) {
		return { steps: outputsOf(events), error };
	}
	return { steps: outputsOf(events), error: undefined };
}

/** Whatever goes wrong has one of our codes, the server's words where it has any, and what came before it. */
export function testFailures({ expected, wide, locked }: VersionUnderTest): void {
	const words = 'It\'s the "worker" \\ gone';

	test("gr.Error at the start and midway has the server's words, and what came before stays", async ({ expect }) => {
		const start = await readBroken(wide.space.submit("/fail_at_once", [words]));
		expect(start).toEqual({ steps: [], error: expect.objectContaining({ code: "generation", detail: words }) });
		const midway = await readBroken(wide.space.submit("/fail_midway", [words]));
		expect(midway.error).toMatchObject({ code: "generation", detail: words });
		expect(midway.steps).toEqual([["word 1 "], ["word 1 word 2 "], ["word 1 word 2 word 3 "]]);
	});

	test("another exception at the start and midway does not show its words, and what came before stays", async ({ expect }) => {
		const start = await readBroken(wide.space.submit("/crash_at_once", ["a secret of the server"]));
		const midway = await readBroken(wide.space.submit("/crash_midway", ["a secret of the server"]));
		expect(start.steps).toEqual([]);
		expect(midway.steps).toEqual([["word 1 "], ["word 1 word 2 "], ["word 1 word 2 word 3 "]]);
		for (const { error } of [start, midway]) {
			expect(error).toMatchObject({ code: "generation", message: expect.stringContaining("without saying why") });
			expect(error).not.toHaveProperty("detail");
			expect(JSON.stringify(error)).not.toContain("secret");
		}
	});

	test("a failure midway in a chat leaves the turns that came", async ({ expect }) => {
		const { steps, error } = await readBroken(wide.space.submit("/model_chat", ["fail after=2 id=chat-fails: gone", [], ""]));
		expect(error).toMatchObject({ code: "generation", detail: "gone" });
		expect(steps).toEqual(wide.logOf("chat-fails").flatMap((entry) => (entry.event === "yield" ? [entry.data] : [])));
		expect(steps).toHaveLength(2);
	});

	test("an unknown function and a wrong number of inputs are refused before anything is asked", async ({ expect }) => {
		expect(await failure(wide.space.submit("/no_such", ["x"]))).toMatchObject({
			code: "space-contract",
			found: expect.stringContaining("/model_chat"),
		});
		expect(await failure(wide.space.submit("/model_chat", ["echo id=too-few: x"]))).toMatchObject({
			code: "space-contract",
			found: expect.stringContaining("3 inputs"),
		});
		expect(await failure(wide.space.submit("/plain", ["id=too-many", "x"]))).toMatchObject({ code: "space-contract" });
		const otherInputs = { fallback: { ...fixed, parameters: ["textbox"] } };
		expect(await failure(wide.space.submit("/no_such", ["echo: x", [], ""], otherInputs))).toMatchObject({ code: "space-contract" });
		expect([...wide.logOf("too-few"), ...wide.logOf("too-many")]).toEqual([]);
	});

	test("without a config the numbers work where the queue is at its plain place, and elsewhere the Space is gone", async ({ expect }) => {
		const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
			const { url } = input instanceof Request ? input : { url: String(input) };
			return url.endsWith("/config") ? Promise.resolve(new Response("{}", { status: 404 })) : globalThis.fetch(input, init);
		};
		const stream = createSpace(wide.server.baseUrl, { fetch }).submit("/model_chat", question, { fallback: fixed });
		if (expected.numbersAlone) {
			expect(outputsOf(await collect(stream))).toEqual(await wide.call("/model_chat", question));
		} else {
			expect(await failure(stream)).toMatchObject({ code: "space-unavailable", stage: "gone" });
		}
	});

	test("a server that asks for a password refuses", async ({ expect }) => {
		expect(await failure(locked.space.submit("/plain", ["hi"]))).toMatchObject({ code: "authentication", status: 401 });
		await expect(locked.space.connect()).rejects.toMatchObject({ code: "authentication", status: 401 });
	});
}
