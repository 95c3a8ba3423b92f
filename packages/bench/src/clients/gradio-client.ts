import { Client } from "@gradio/client";

import type { BenchClient, MakeClient } from "./client.ts";

interface Submission extends AsyncIterable<{ readonly type: string; readonly data?: unknown }> {
	cancel(): Promise<void>;
}

async function connect(
	baseUrl: string,
	read: (text: string, before: string) => string,
): Promise<(question: string, onPiece: (piece: string) => void) => Promise<string>> {
	const app = await Client.connect(baseUrl);
	return async (question, onPiece) => {
		const job = app.submit("/model_chat", [question, [], ""]) as unknown as Submission;
		let text = "";
		for await (const event of job) {
			if (event.type !== "data") continue;
			const whole = (event.data as [unknown, [[string, string]]])[1][0][1];
			const piece = read(whole, text);
			text = whole;
			onPiece(piece);
		}
		return text;
	};
}

/** Deltas, as one has to take them from it: what the whole text has more than the one before. */
export const makeDeltaClient: MakeClient = async (baseUrl): Promise<BenchClient> => ({
	ask: await connect(baseUrl, (whole, before) => whole.slice(before.length)),
});

/** Whole texts, of which the last is kept. */
export const makeWholeClient: MakeClient = async (baseUrl): Promise<BenchClient> => ({ ask: await connect(baseUrl, () => "") });
