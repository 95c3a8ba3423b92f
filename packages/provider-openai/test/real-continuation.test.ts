import { type Chunk, createSpaceport, isSpaceportError, NetworkError } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { chatServerRequirement, type LlamaServer, startLlamaServer } from "@spaceport/testkit/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createOpenAICompatible } from "../src/index.ts";
import { plain } from "./support/real-server-cases.ts";
import { weights } from "./support/weights.ts";

const { skip } = await chatServerRequirement(["llama"], weights);

/** Questions, and what came of their answers before the connection broke: between words and in them, in lists, in code, after all of it. */
const cutAnswers: readonly (readonly [question: string, said: string])[] = [
	["What is the capital of France?", "The capital of Fra"],
	["What is the capital of France?", "The capital of France is"],
	["What is the capital of France?", "The capital of France is "],
	["What is the capital of France?", "The capital of France is Par"],
	["What is the capital of France?", "The capital of France is Paris."],
	["Tell me about the sea.", "The sea is a vast body of water that covers about 71 percent of the"],
	["Tell me about the sea.", "The sea is a vast body of water. It covers about 71 percent of the Earth's surface.\n\n"],
	["Write a list of three fruits.", "Here are three fruits:\n\n1. Apple\n2. Ban"],
	["Write a Python function that adds two numbers.", "```python\ndef add(a, b):\n    retu"],
	[
		"Tell me a short story.",
		"Once upon a time there was a little girl who lived in the woods with her grandmother. Every morning she went to the riv",
	],
];

describe.skipIf(skip)("a real model that goes on with another's answer", () => {
	let llama: LlamaServer;
	beforeAll(async () => {
		llama = await startLlamaServer({ weights });
	});
	afterAll(() => llama?.stop());

	/** The answer of a chain whose first member breaks off after some text; and what the model itself wrote. */
	async function goOn(question: string, said: string, prefill: boolean, streaming?: false) {
		let asked: "prefill" | "instruction" | undefined;
		const written: Promise<string>[] = [];
		const real = createOpenAICompatible({
			name: "real",
			baseUrl: llama.baseUrl,
			apiKey: llama.apiKey,
			models: [{ id: llama.model, prefill }],
			...(streaming === false && { quirks: { streaming } }),
			fetch: async (input) => {
				const request = input as Request;
				const { messages } = (await request.clone().json()) as { messages: readonly { role: string }[] };
				asked = messages.at(-1)?.role === "assistant" ? "prefill" : "instruction";
				const response = await fetch(request);
				// It is not read to its end where it is no continuation.
				written.push(
					response
						.clone()
						.text()
						.then(wordsOf, () => ""),
				);
				return response;
			},
		});
		const broken = createScriptedProvider({ name: "broken", scripts: [[said, { fail: new NetworkError("cut", { phase: "stream" }) }]] });
		const spaceport = createSpaceport({ chains: { default: [broken, real] }, retry: { retries: 0 } });
		const chunks: Chunk[] = [];
		const outcome = await spaceport
			.stream({ ...plain, messages: question, maxTokens: 24 }, { onChunk: (chunk) => chunks.push(chunk) })
			.completion.catch((error: unknown) => error);
		return { outcome, asked, written: (await Promise.all(written)).join(""), seams: chunks.filter(({ type }) => type === "seam") };
	}

	describe.each([true, false])("that takes a beginning: %s", (prefill) => {
		test.each(cutAnswers)("%s %j", async (question, said) => {
			const { outcome, asked, written, seams } = await goOn(question, said, prefill);
			if (!prefill) expect(asked).toBe("instruction");
			if (isSpaceportError(outcome)) {
				// So small a model may say something else: then the stream ends as the policy says, and all that was handed out is kept.
				expect(outcome).toMatchObject({ code: "stream-interrupted", textSoFar: said });
				return;
			}
			const { text } = outcome as { text: string };
			const rest = text.slice(said.length);
			expect(text.slice(0, said.length)).toBe(said);
			expect(seams).toEqual([expect.objectContaining({ from: "broken", to: "real", how: "continue", at: said.length })]);
			// Nothing of what the model wrote is lost at the seam or behind it, and nothing is in it that it did not write.
			if (asked === "instruction") expect(written.endsWith(rest), JSON.stringify({ written, rest })).toBe(true);
			// White space at the end of a beginning is not sent along, and may come once more.
			else expect(said === said.trimEnd() ? [written] : [written, written.trimStart()]).toContain(rest);
		});
	});

	test("goes straight on from a beginning, in the midst of a word", async () => {
		const { outcome, asked, written } = await goOn("What is the capital of France?", "The capital of France is Par", true);
		expect(asked).toBe("prefill");
		expect(written.startsWith("is")).toBe(true);
		expect(outcome).toMatchObject({ text: `The capital of France is Par${written}` });
	});

	test("has the beginning once where the whole answer, given at once, repeats it", async () => {
		const said = "The capital of France is Par";
		const { outcome, asked, written } = await goOn("What is the capital of France?", said, true, false);
		expect({ asked, repeats: written.startsWith(said) }).toEqual({ asked: "prefill", repeats: true });
		expect(outcome).toMatchObject({ text: written });
	});
});

/** The words of an answer, of a stream or as a whole. */
function wordsOf(body: string): string {
	const frames = body.startsWith("{") ? [body] : body.split("\n").flatMap((line) => (line.startsWith("data: {") ? [line.slice(6)] : []));
	return frames
		.map((frame) => {
			const [choice] = (JSON.parse(frame) as { choices: readonly { delta?: { content?: string }; message?: { content?: string } }[] })
				.choices;
			return (choice?.delta ?? choice?.message)?.content ?? "";
		})
		.join("");
}
