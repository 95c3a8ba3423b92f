import { answerTokens } from "../answer.ts";

/** The events of an OpenAI-compatible stream with that many tokens. */
export function openaiEvents(tokens: number): string[] {
	const chunk = (delta: object, finish: string | null): string =>
		`data: ${JSON.stringify({
			id: "chatcmpl-BenchBenchBenchBenchBench1",
			object: "chat.completion.chunk",
			created: 1_760_000_000,
			model: "bench",
			service_tier: "default",
			system_fingerprint: "fp_0123456789",
			choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
			obfuscation: "x7Kq",
		})}\n\n`;
	return [
		chunk({ role: "assistant", content: "", refusal: null }, null),
		...answerTokens(tokens).map((content) => chunk({ content }, null)),
		chunk({}, "stop"),
		"data: [DONE]\n\n",
	];
}
