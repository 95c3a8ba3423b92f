import { type AsyncGeneratorProvider, AuthenticationError, createSpaceport, type Spaceport } from "@spaceport/core";

import type { ChainClient } from "../chain-client.ts";
import { answer } from "../question.ts";

function provider(name: string, createAsyncGenerator: AsyncGeneratorProvider["createAsyncGenerator"]): AsyncGeneratorProvider {
	return { name, models: [{ id: name }], createAsyncGenerator };
}

const live = provider("live", ({ messages: [message] }) => answer(message?.content as string));
const dead = provider("dead", () => {
	throw new AuthenticationError("The key is wrong.", { status: 401 });
});

type Read = (spaceport: Spaceport, model: string, messages: string) => Promise<string>;

const readText: Read = async (spaceport, model, messages) => {
	let text = "";
	for await (const piece of spaceport.stream({ model, messages }).textStream) text += piece;
	return text;
};
const readChunks: Read = async (spaceport, model, messages) => {
	let text = "";
	for await (const chunk of spaceport.stream({ model, messages })) if (chunk.type === "text-delta") text += chunk.text;
	return text;
};
const readWhole: Read = async (spaceport, model, messages) => (await spaceport.complete({ model, messages })).text;

function createClient(read: Read): ChainClient {
	const spaceport = createSpaceport({ providers: [dead, live], chains: { first: ["live", "dead"], second: ["dead", "live"] } });
	return {
		ask: (question) => read(spaceport, "first", question),
		async fallOver(question) {
			await spaceport.reset();
			return read(spaceport, "second", question);
		},
		passOver: (question) => read(spaceport, "second", question),
	};
}

/** The text as it grows. */
export const textClient: ChainClient = createClient(readText);
/** The chunks. */
export const chunkClient: ChainClient = createClient(readChunks);
/** The whole answer. */
export const wholeClient: ChainClient = createClient(readWhole);
