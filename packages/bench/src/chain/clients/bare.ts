import type { ChainClient } from "../chain-client.ts";
import { answer } from "../question.ts";

/** The generator itself: no chain, no deadline, no error that is told apart from another. */
export const client: ChainClient = {
	async ask(question) {
		let text = "";
		for await (const piece of answer(question)) text += piece;
		return text;
	},
};
