import type { MakeClient } from "./client.ts";

interface OpenaiChunk {
	readonly choices: readonly { readonly delta: { readonly content?: string } }[];
}

/** The least that does the job on an OpenAI stream: `fetch`, and ten lines for the one form of event that the fake server sends. */
export const makeClient: MakeClient = (baseUrl) => ({
	async ask(question, onPiece) {
		const { body } = await fetch(`${baseUrl}/v1/chat/completions`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ model: "bench", messages: [{ role: "user", content: question }], stream: true }),
		});
		const reader = (body as ReadableStream<Uint8Array>).getReader();
		const decoder = new TextDecoder();
		let rest = "";
		let text = "";
		for (let next = await reader.read(); !next.done; next = await reader.read()) {
			rest += decoder.decode(next.value, { stream: true });
			for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
				const data = rest.slice("data: ".length, end);
				rest = rest.slice(end + 2);
				const piece = data === "[DONE]" ? "" : ((JSON.parse(data) as OpenaiChunk).choices[0]?.delta.content ?? "");
				if (piece === "") continue;
				text += piece;
				onPiece(piece);
			}
		}
		return text;
	},
});
