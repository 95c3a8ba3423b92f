import { createSpaceport, type Spaceport } from "@spaceport/core";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";

import type { MakeClient } from "./client.ts";

function spaceportAt(baseUrl: string): Spaceport {
	return createSpaceport({ providers: [createQwen2_72b({ baseUrl })], chains: { default: ["qwen-2-72b"] } });
}

/** As users have it: a chain, the provider, and the text as it grows. */
export const makeTextClient: MakeClient = (baseUrl) => {
	const spaceport = spaceportAt(baseUrl);
	return {
		async ask(question, onPiece) {
			const stream = spaceport.stream({ messages: question });
			for await (const piece of stream.textStream) onPiece(piece);
			return (await stream.completion).text;
		},
	};
};

/** The same, read as chunks. */
export const makeChunkClient: MakeClient = (baseUrl) => {
	const spaceport = spaceportAt(baseUrl);
	return {
		async ask(question, onPiece) {
			const stream = spaceport.stream({ messages: question });
			for await (const chunk of stream) if (chunk.type === "text-delta") onPiece(chunk.text);
			return (await stream.completion).text;
		},
	};
};
