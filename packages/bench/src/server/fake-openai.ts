import type { Server } from "node:net";

import { planIn } from "../answer.ts";
import { openaiEvents } from "./openai-messages.ts";
import { type PreparedStream, prepareStream } from "./prepared-stream.ts";
import { createRawServer, lastChunk, sendJson, streamHead } from "./raw-http.ts";
import { sendStream } from "./send-stream.ts";

/** An OpenAI-compatible server that streams the same answers, for the peers that speak nothing else. */
export function createFakeOpenai(): Server {
	const prepared = new Map<number, PreparedStream>();
	return createRawServer(({ method, target, body }, socket) => {
		if (method !== "POST" || target !== "/v1/chat/completions") {
			sendJson(socket, `{"error":{"message":"Not found"}}`, "404 Not Found");
			return;
		}
		const { tokens, everyMs } = planIn(body);
		let stream = prepared.get(tokens);
		if (stream === undefined) {
			stream = prepareStream(openaiEvents(tokens));
			prepared.set(tokens, stream);
		}
		socket.write(streamHead);
		sendStream(socket, { ...stream, before: 1, after: 2, everyMs, onEnd: () => socket.write(lastChunk) });
	});
}
