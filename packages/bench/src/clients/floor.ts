import type { MakeClient } from "./client.ts";

interface SpaceMessage {
	readonly msg: string;
	/** The second output is the Chatbot: `[[question, answer]]`, or a difference such as `[["append", [0, 1], " and"]]`. */
	readonly output: { readonly data: readonly [unknown, readonly (readonly unknown[])[], unknown] };
}

/**
 * The least that does the job: `fetch`, a parser of a few lines, and the one place in the values where the answer is known to stand. It checks nothing, has no
 * deadlines, cannot be stopped and does not know what to do about any message but these.
 */
export const makeClient: MakeClient = (baseUrl, form) => {
	const queue = form === "differences" ? `${baseUrl}/gradio_api/queue` : `${baseUrl}/queue`;
	return {
		async ask(question, onPiece) {
			const session = Math.random().toString(36).slice(2);
			const joined = await fetch(`${queue}/join`, {
				method: "POST",
				headers: { "content-type": "application/json" },
				body: JSON.stringify({ data: [question, [], ""], fn_index: 0, session_hash: session }),
			});
			await joined.json();
			const { body } = await fetch(`${queue}/data?session_hash=${session}`);
			const reader = (body as ReadableStream<Uint8Array>).getReader();
			const decoder = new TextDecoder();
			let rest = "";
			let text = "";
			for (let next = await reader.read(); !next.done; next = await reader.read()) {
				rest += decoder.decode(next.value, { stream: true });
				for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
					const message = JSON.parse(rest.slice("data: ".length, end)) as SpaceMessage;
					rest = rest.slice(end + 2);
					if (message.msg !== "process_generating") continue;
					const [first = []] = message.output.data[1];
					const piece = form === "whole" || text === "" ? String(first[1]).slice(text.length) : String(first[2]);
					text += piece;
					onPiece(piece);
				}
			}
			return text;
		},
	};
};
