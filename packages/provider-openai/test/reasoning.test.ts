import { describe, expect, test } from "vitest";

import type { Quirks } from "../src/index.ts";
import { delta, done, finish, json, startEndpoint } from "./support/fake-endpoint.ts";

const thought = { reasoning: "Hm, Paris.", text: "Paris" };

describe("reasoning", () => {
	test.each<[string, readonly string[]]>([
		["reasoning_content", [delta({ reasoning_content: "Hm, " }), delta({ reasoning_content: "Paris.", content: null }), delta("Paris")]],
		["reasoning", [delta({ reasoning: "Hm, ", content: "" }), delta({ reasoning: "Paris." }), delta("Paris")]],
		["both at once", [delta({ reasoning: "Hm, Paris.", reasoning_content: "Hm, Paris." }), delta("Paris")]],
		[
			"reasoning_details",
			[
				delta({
					reasoning_details: [
						{ type: "reasoning.text", text: "Hm, " },
						{ type: "reasoning.encrypted", data: "x" },
					],
				}),
				delta({ reasoning_details: [{ type: "reasoning.summary", summary: "Paris." }] }),
				delta("Paris"),
			],
		],
		[
			"reasoning beside its details",
			[delta({ reasoning: "Hm, Paris.", reasoning_details: [{ type: "reasoning.text", text: "Hm, Paris." }] }), delta("Paris")],
		],
		[
			"Mistral's",
			[
				delta({ content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm, Paris." }], closed: true }] }),
				delta({ content: [{ type: "text", text: "Paris" }] }),
			],
		],
		["tags", [delta("<think>\nHm, Paris.\n</think>\n\nParis")]],
		["tags after white space", [delta("\n <think>Hm, Paris.</think>Paris")]],
		["tags cut anywhere", [..."\n<think>\nHm, Paris.\n</think>\n\nParis"].map((character) => delta(character))],
	])("as %s", async (_, frames) => {
		await using server = await startEndpoint([...frames, finish(), done]);
		expect(await server.ask()).toMatchObject({ ...thought, error: undefined });
	});

	test.each<[string, Quirks, string, string, string]>([
		["an empty block is nothing", {}, "<think>\n\n</think>\n\nParis", "", "Paris"],
		["tags elsewhere are text", {}, "Paris <think>no</think>", "", "Paris <think>no</think>"],
		["another tag is text", {}, "<thinker>Paris", "", "<thinker>Paris"],
		["the beginning of a tag is text", {}, "<thi", "", "<thi"],
		["tags inside are reasoning", {}, "<think>a <b> </thin> c</think>Paris", "a <b> </thin> c", "Paris"],
		["where the block is open from the start", { reasoning: "open-think" }, "Hm, Paris.\n</think>\n\nParis", "Hm, Paris.", "Paris"],
		["where it is open and says so", { reasoning: "open-think" }, "<think>\nHm, Paris.</think>Paris", "Hm, Paris.", "Paris"],
		["where text is text", { reasoning: "none" }, "<think>Hm</think>Paris", "", "<think>Hm</think>Paris"],
		["white space before text stays", {}, "\n\nParis", "", "\n\nParis"],
	])("%s", async (_, quirks, whole, reasoning, text) => {
		for (const frames of [[delta(whole)], [...whole].map((one) => delta(one))]) {
			await using server = await startEndpoint([...frames, finish(), done]);
			expect(await server.ask({ quirks })).toMatchObject({ reasoning, text, error: undefined });
		}
	});

	test("of a whole answer", async () => {
		await using server = await startEndpoint(
			json(200, { choices: [{ message: { content: "Paris", reasoning: "Hm, Paris." }, finish_reason: "stop" }] }),
		);
		expect(await server.ask()).toMatchObject({ ...thought, error: undefined });
	});

	test("is the answer where an endpoint puts it there", async () => {
		await using server = await startEndpoint([delta({ reasoning_content: "Paris" }), finish(), done]);
		expect(await server.ask({ quirks: { answerInReasoning: true } })).toMatchObject({
			reasoning: "Paris",
			text: "Paris",
			error: undefined,
		});
		expect((await server.ask()).error).toMatchObject({ code: "generation", message: expect.stringContaining("reasoning") });
	});

	test("that was cut is no answer, and the error says what to do", async () => {
		await using server = await startEndpoint([delta("<think>Hm"), finish("length"), done]);
		const { error, reasoning } = await server.ask();
		expect(reasoning).toBe("Hm");
		expect(error).toMatchObject({ code: "generation", hint: expect.stringContaining("maxTokens") });
	});
});

test("a refusal is text, and the answer was held back", async () => {
	await using server = await startEndpoint([
		delta({ role: "assistant", content: null, refusal: "I can" }),
		delta({ refusal: "not." }),
		finish(),
		done,
	]);
	const { text, chunks } = await server.ask();
	expect(text).toBe("I cannot.");
	expect(chunks.at(-1)).toEqual({ type: "finish", finishReason: "content-filter" });
});
