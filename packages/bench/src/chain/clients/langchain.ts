import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, AIMessageChunk, type BaseMessage } from "@langchain/core/messages";
import { ChatGenerationChunk, type ChatResult } from "@langchain/core/outputs";

import type { ChainClient } from "../chain-client.ts";
import { answer } from "../question.ts";

/** The smallest chat model that streams. */
class LiveModel extends BaseChatModel {
	_llmType(): string {
		return "bench";
	}
	async _generate(): Promise<ChatResult> {
		return { generations: [{ text: "", message: new AIMessage("") }] };
	}
	override async *_streamResponseChunks(messages: BaseMessage[]): AsyncGenerator<ChatGenerationChunk> {
		for await (const text of answer(String(messages[0]?.content))) {
			yield new ChatGenerationChunk({ text, message: new AIMessageChunk(text) });
		}
	}
}

class DeadModel extends LiveModel {
	// biome-ignore lint/correctness/useYield: it fails before it has anything
	override async *_streamResponseChunks(): AsyncGenerator<ChatGenerationChunk> {
		throw new Error("The key is wrong.");
	}
}

const options = { maxRetries: 0 };
const first = new LiveModel(options).withFallbacks([new DeadModel(options)]);
const second = new DeadModel(options).withFallbacks([new LiveModel(options)]);

async function read(model: typeof first, question: string): Promise<string> {
	let text = "";
	for await (const chunk of await model.stream(question)) text += chunk.content;
	return text;
}

/** `withFallbacks`, streaming. It knows of no call but the one that it is in. */
export const client: ChainClient = {
	ask: (question) => read(first, question),
	fallOver: (question) => read(second, question),
};
