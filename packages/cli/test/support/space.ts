import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** One step of a Space's answer: more text; a place in the queue; waiting until the client leaves; a connection that is cut. */
export type SpaceStep = string | { readonly rank: number; readonly eta?: number } | "HANG" | "CUT";

/** A small server that speaks the queue of Gradio 4.44 (sse_v3), and notes what it is asked. */
export interface Space {
	readonly baseUrl: string;
	/** Method and path of each request, without the query. */
	readonly requests: readonly string[];
	/** The headers of each request. */
	readonly headers: readonly IncomingMessage["headers"][];
	/** Bodies of the requests that joined the queue. */
	readonly joins: readonly { readonly data: readonly unknown[] }[];
	/** Waits until a client has left an event stream before its end: the job is dropped, as Gradio does. */
	readonly left: Promise<void>;
	/** Waits until a client has asked for the stream of a dropped job, and been told that it is gone. */
	readonly dropped: Promise<void>;
}

/** Starts the server on an ephemeral port of the loopback; it ends with the test. */
export async function startSpace(steps: readonly SpaceStep[]): Promise<Space> {
	const requests: string[] = [];
	const headers: IncomingMessage["headers"][] = [];
	const joins: { data: readonly unknown[] }[] = [];
	const left = Promise.withResolvers<void>();
	const dropped = Promise.withResolvers<void>();
	const gone = new Set<string>();

	const server = createServer(async (request, response) => {
		const { pathname, search } = new URL(request.url ?? "/", "http://space");
		const body = await readBody(request);
		requests.push(`${request.method} ${pathname}`);
		headers.push(request.headers);
		if (pathname === "/config") return sendJson(response, config);
		if (pathname === "/queue/join") {
			joins.push(JSON.parse(body) as { data: readonly unknown[] });
			return sendJson(response, { event_id: "event-1" });
		}
		if (pathname === "/queue/data") {
			if (gone.has(search)) {
				response.writeHead(200, { "content-type": "text/event-stream" });
				response.end(
					`data: ${JSON.stringify({ msg: "unexpected_error", message: "404: Session not found.", success: false })}\n\n`,
					dropped.resolve,
				);
				return;
			}
			response.on("close", () => {
				if (response.writableFinished) return;
				gone.add(search);
				left.resolve();
			});
			return stream(response, steps, String(joins.at(-1)?.data[0]));
		}
		response.writeHead(404).end();
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return {
		baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		headers,
		joins,
		left: left.promise,
		dropped: dropped.promise,
	};
}

const config = {
	version: "4.44.1",
	protocol: "sse_v3",
	components: [
		{ id: 9, type: "textbox", props: {} },
		{ id: 8, type: "chatbot", props: {} },
		{ id: 5, type: "textbox", props: {} },
	],
	dependencies: [{ id: 0, targets: [[9, "submit"]], inputs: [9, 8, 5], outputs: [9, 8, 5], api_name: "model_chat", queue: true }],
};

function stream(response: ServerResponse, steps: readonly SpaceStep[], question: string): void {
	response.writeHead(200, { "content-type": "text/event-stream" });
	const send = (message: Record<string, unknown>): void => {
		response.write(`data: ${JSON.stringify({ event_id: "event-1", ...message })}\n\n`);
	};
	let text = "";
	let started = false;
	const start = (): void => {
		if (!started) send({ msg: "process_starts" });
		started = true;
	};
	for (const step of steps) {
		if (step === "HANG") return;
		if (step === "CUT") {
			// What was written arrives, and the body has no end.
			response.socket?.end();
			return;
		}
		if (typeof step === "object") {
			send({ msg: "estimation", rank: step.rank, queue_size: step.rank + 1, rank_eta: step.eta ?? null });
			continue;
		}
		start();
		const data = text === "" ? ["", [[question, step]], ""] : [[], [["append", [0, 1], step]], []];
		text += step;
		send({ msg: "process_generating", output: { data, is_generating: true }, success: true });
	}
	start();
	send({ msg: "process_completed", output: { data: ["", [[question, text]], ""], is_generating: false }, success: true });
	send({ msg: "close_stream", event_id: null });
	response.end();
}

function sendJson(response: ServerResponse, body: unknown): void {
	response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
	let body = "";
	for await (const bytes of request) body += String(bytes);
	return body;
}

/** The configuration that asks a Space alone. */
export function spaceConfig(baseUrl: string): Record<string, unknown> {
	return { providers: { "qwen-2-72b": { options: { baseUrl } } }, chains: { default: ["qwen-2-72b"] } };
}
