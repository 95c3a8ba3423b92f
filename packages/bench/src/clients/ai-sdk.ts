import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";

import type { MakeClient } from "./client.ts";

/** `streamText` over the OpenAI-compatible provider, on an OpenAI stream. */
export const makeClient: MakeClient = (baseUrl) => {
	const provider = createOpenAICompatible({ name: "bench", baseURL: `${baseUrl}/v1`, apiKey: "none" });
	const model = provider("bench");
	return {
		async ask(question, onPiece) {
			const { textStream } = streamText({ model, prompt: question, maxRetries: 0 });
			let text = "";
			for await (const piece of textStream) {
				text += piece;
				onPiece(piece);
			}
			return text;
		},
	};
};
