import { streamText } from "ai";
import { createFallback } from "ai-fallback";

import type { ChainClient } from "../chain-client.ts";
import { dead, live, type Model } from "./ai-sdk-models.ts";

/** As users of the SDK read an answer. */
async function readText(model: Model, prompt: string): Promise<string> {
	let text = "";
	for await (const piece of streamText({ model, prompt, maxRetries: 0 }).textStream) text += piece;
	return text;
}

/** The model's own stream, without the rest of the SDK: what ai-fallback alone costs. */
async function readParts(model: Model, question: string): Promise<string> {
	const { stream } = await model.doStream({ prompt: [{ role: "user", content: [{ type: "text", text: question }] }] });
	let text = "";
	for await (const part of stream) {
		if (part.type === "error") throw part.error;
		if (part.type === "text-delta") text += part.delta;
	}
	return text;
}

function createClient(read: (model: Model, question: string) => Promise<string>): ChainClient {
	const first = createFallback({ models: [live, dead] });
	const known = createFallback({ models: [dead, live] });
	return {
		ask: (question) => read(first, question),
		// It keeps its place in the list for all calls: a new one has not moved on yet.
		fallOver: (question) => read(createFallback({ models: [dead, live] }), question),
		passOver: (question) => read(known, question),
	};
}

/** `streamText` over ai-fallback. */
export const textClient: ChainClient = createClient(readText);
/** ai-fallback's own stream. */
export const partClient: ChainClient = createClient(readParts);
/** `streamText` over the one model, for comparison. */
export const aloneClient: ChainClient = { ask: (question) => readText(live, question) };
