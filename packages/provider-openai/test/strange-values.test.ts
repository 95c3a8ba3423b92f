import { isSpaceportError } from "@spaceport/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { createOpenAICompatible } from "../src/index.ts";
import { collect } from "./support/fake-endpoint.ts";

/** Members that servers use, with any value in any place. */
const member = fc.constantFrom(
	...[
		"choices",
		"delta",
		"message",
		"content",
		"tool_calls",
		"function",
		"function_call",
		"arguments",
		"name",
		"id",
		"index",
		"finish_reason",
	],
	...[
		"usage",
		"prompt_tokens",
		"error",
		"errors",
		"detail",
		"code",
		"type",
		"metadata",
		"raw",
		"reasons",
		"details",
		"violations",
		"model",
	],
	...["reasoning", "reasoning_content", "reasoning_details", "refusal", "text", "thinking", "images", "image_url", "url", "x_groq", "data"],
	...[
		"embedding",
		"object",
		"status",
		"success",
		"failed_generation",
		"__proto__",
		"constructor",
		"models",
		"capabilities",
		"architecture",
	],
);
const leaf = fc.oneof(
	fc.constantFrom<unknown>(
		null,
		true,
		false,
		0,
		1,
		-1,
		429,
		1.5,
		"",
		"stop",
		"error",
		"x",
		"\ud83d",
		"chat.completion",
		'{"error":{"message":"m"}}',
		"<think>",
	),
	fc.string({ maxLength: 5 }),
);
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
	value: fc.oneof({ maxDepth: 6, depthSize: "large" }, leaf, tie("list"), { arbitrary: tie("object"), weight: 3 }),
	list: fc.array(tie("value"), { maxLength: 3 }),
	object: fc
		.array(fc.tuple(member, tie("value")), { maxLength: 5 })
		.map((entries) => `{${entries.map(([name, one]) => `${JSON.stringify(name)}:${JSON.stringify(one)}`).join(",")}}`)
		.map((text): unknown => JSON.parse(text)),
})).value;
/** Those that are nearer to an answer than most of them. */
const frame = fc.oneof(
	value,
	fc.tuple(value, value).map(([delta, finish]) => ({ choices: [{ index: 0, delta, finish_reason: finish }] })),
	fc
		.tuple(value, value)
		.map(([call, content]) => ({ choices: [{ delta: { content, tool_calls: [{ index: 0, function: call }, call] } }] })),
);

let answer: () => Response = () => new Response("");
const provider = createOpenAICompatible({
	name: "fake",
	baseUrl: "http://127.0.0.1:1/v1",
	models: ["m"],
	fetch: async () => answer(),
	quirks: { failedGeneration: true, answerInReasoning: true, emptyAnswers: ["safe"] },
});

describe("whatever JSON a server sends, what comes of it is chunks or a typed error", () => {
	test("in a stream", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(frame, { maxLength: 5 }),
				fc.constantFrom("", "event: error\n"),
				fc.boolean(),
				async (frames, name, isWhole) => {
					const events = frames.map((one) => `${name}data: ${JSON.stringify(one)}\n\n`).join("");
					answer = () => new Response(events + (isWhole ? "data: [DONE]\n\n" : ""));
					// It throws what is not typed.
					const { chunks, error } = await collect(provider);
					if (error === undefined) expect(chunks.at(-1)?.type).toBe("finish");
					for (const chunk of chunks)
						if (chunk.type === "text-delta" || chunk.type === "reasoning-delta") expect(chunk.text.isWellFormed()).toBe(true);
					expect(() => JSON.stringify(error)).not.toThrow();
				},
			),
			{ numRuns: 600 },
		);
	});

	test("as an answer, as an error, as a list and as embeddings", async () => {
		await fc.assert(
			fc.asyncProperty(frame, fc.constantFrom(200, 400, 401, 404, 413, 422, 429, 500, 503), async (body, status) => {
				answer = () => Response.json(body, { status });
				const { error } = await collect(provider);
				if (status !== 200) expect(error?.message).not.toBe("");
				for (const asked of [provider.listModels(), provider.embed({ model: "m", input: ["a"] })]) {
					const failure = await asked.then(
						() => undefined,
						(thrown: unknown) => thrown,
					);
					expect(failure === undefined || isSpaceportError(failure), String(failure)).toBe(true);
				}
			}),
			{ numRuns: 300 },
		);
	});
});
