import { createSpaceport, type Spaceport } from "@spaceport/core";
import { createOpenAICompatible } from "@spaceport/provider-openai";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";

import type { BenchClient, MakeClient } from "./client.ts";

function overSpace(baseUrl: string): Spaceport {
	return createSpaceport({ providers: [createQwen2_72b({ baseUrl })], chains: { default: ["qwen-2-72b"] } });
}

function overOpenai(baseUrl: string): Spaceport {
	const provider = createOpenAICompatible({ name: "bench", baseUrl: `${baseUrl}/v1`, apiKey: "none", models: ["bench"] });
	return createSpaceport({ providers: [provider], chains: { default: ["bench"] } });
}

/** As users have it: a chain, the provider, and the text as it grows. */
function textClient(spaceport: Spaceport): BenchClient {
	return {
		async ask(question, onPiece) {
			const stream = spaceport.stream({ messages: question });
			for await (const piece of stream.textStream) onPiece(piece);
			return (await stream.completion).text;
		},
	};
}

/** The same, read as chunks. */
function chunkClient(spaceport: Spaceport): BenchClient {
	return {
		async ask(question, onPiece) {
			const stream = spaceport.stream({ messages: question });
			for await (const chunk of stream) if (chunk.type === "text-delta") onPiece(chunk.text);
			return (await stream.completion).text;
		},
	};
}

/** The provider for a Space. */
export const makeTextClient: MakeClient = (baseUrl) => textClient(overSpace(baseUrl));
export const makeChunkClient: MakeClient = (baseUrl) => chunkClient(overSpace(baseUrl));
/** The provider for endpoints that speak as OpenAI does. */
export const makeOpenaiTextClient: MakeClient = (baseUrl) => textClient(overOpenai(baseUrl));
export const makeOpenaiChunkClient: MakeClient = (baseUrl) => chunkClient(overOpenai(baseUrl));
