import OpenAI from "openai";

import type { MakeClient } from "./client.ts";

/** The official client, on an OpenAI stream. */
export const makeClient: MakeClient = (baseUrl) => {
	const client = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: "none", maxRetries: 0 });
	return {
		async ask(question, onPiece) {
			const stream = await client.chat.completions.create({
				model: "bench",
				messages: [{ role: "user", content: question }],
				stream: true,
			});
			let text = "";
			for await (const { choices } of stream) {
				const piece = choices[0]?.delta.content ?? "";
				if (piece === "") continue;
				text += piece;
				onPiece(piece);
			}
			return text;
		},
	};
};
