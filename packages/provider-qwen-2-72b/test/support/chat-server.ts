import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

import { readRecordedConfig } from "@spaceport/testkit/gradio";

/** A request that the server got. */
export interface ChatServerRequest {
	readonly method: string;
	readonly url: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
}

/** A small stand-in for the Space: it has the config of a real Gradio 4.44.1, and answers every question with the same pieces. */
export interface ChatServer extends AsyncDisposable {
	readonly url: string;
	readonly requests: readonly ChatServerRequest[];
}

/**
 * Starts the stand-in.
 *
 * @param pieces - the answer
 * @param options - `bare`: it has a queue and nothing else, and its events do not name their job
 */
export async function startChatServer(pieces: readonly string[], { bare = false }: { bare?: boolean } = {}): Promise<ChatServer> {
	const config = await readRecordedConfig("4.44.1");
	const requests: ChatServerRequest[] = [];
	const jobs = new Map<string, { id: string; data: unknown[] }>();
	const server = createServer(async (request, response) => {
		let body = "";
		for await (const part of request.setEncoding("utf8")) body += part;
		const { pathname, searchParams } = new URL(request.url ?? "", "http://127.0.0.1");
		requests.push({ method: request.method ?? "", url: request.url ?? "", headers: request.headers, body });
		if (bare && !pathname.startsWith("/queue/")) response.writeHead(404).end();
		else if (pathname === "/config") response.end(config);
		else if (pathname === "/queue/join") {
			const { data, session_hash } = JSON.parse(body) as { data: unknown[]; session_hash: string };
			const id = `event-of-${session_hash}`;
			jobs.set(session_hash, { id, data });
			response.end(JSON.stringify({ event_id: id }));
		} else if (pathname === "/queue/data") {
			const job = jobs.get(searchParams.get("session_hash") ?? "");
			response.writeHead(200, { "content-type": "text/event-stream" });
			const send = (message: object): boolean =>
				response.write(`data: ${JSON.stringify({ ...(bare ? {} : { event_id: job?.id }), success: true, ...message })}\n\n`);
			const [query, history, system] = job?.data ?? [];
			const turns = history as unknown[];
			let text = "";
			send({ msg: "estimation", rank: 0, queue_size: 1, rank_eta: 0.1 });
			send({ msg: "process_starts", eta: 0.1 });
			for (const piece of pieces) {
				const first = text === "";
				text += piece;
				const data = first ? ["", [...turns, [query, text]], system] : [[], [["append", [turns.length, 1], piece]], []];
				send({ msg: "process_generating", output: { data, is_generating: true } });
				await new Promise(setImmediate);
				if (response.destroyed) return;
			}
			send({ msg: "process_completed", output: { data: ["", [...turns, [query, text]], system] } });
			response.end(`data: ${JSON.stringify({ msg: "close_stream", event_id: null })}\n\n`);
		} else response.end(JSON.stringify({ success: true }));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
