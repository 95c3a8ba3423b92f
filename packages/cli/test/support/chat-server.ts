import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A small server that speaks chat completions, and notes what it is asked. */
export interface ChatServer {
	/** Its address, without the path that an endpoint has. */
	readonly baseUrl: string;
	/** Method and path of each request, the model that it names, and its bearer. */
	readonly requests: readonly { readonly line: string; readonly model: unknown; readonly bearer: string | undefined }[];
}

/**
 * Starts the server on an ephemeral port of the loopback; it ends with the test. It says who it was asked as.
 *
 * @param refuses - answers with 401, and repeats the key
 */
export async function startChatServer(refuses = false): Promise<ChatServer> {
	const requests: ChatServer["requests"][number][] = [];
	const server = createServer(async (request, response) => {
		const body = await readBody(request);
		const bearer = request.headers.authorization?.replace("Bearer ", "");
		const { model } = body === "" ? {} : (JSON.parse(body) as { readonly model?: string });
		requests.push({ line: `${request.method} ${request.url}`, model, bearer });
		if (refuses) {
			response.writeHead(401, { "content-type": "application/json" });
			response.end(JSON.stringify({ error: { message: `The key ${bearer} is not good.` } }));
			return;
		}
		if (request.method === "GET") {
			response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ data: [{ id: "listed" }] }));
			return;
		}
		response.writeHead(200, { "content-type": "text/event-stream" });
		const frame = (delta: object, finish_reason: string | null): string =>
			`data: ${JSON.stringify({ model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
		response.end(`${frame({ content: "Hello from " }, null)}${frame({ content: `${model}.` }, "stop")}data: [DONE]\n\n`);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

async function readBody(request: IncomingMessage): Promise<string> {
	let body = "";
	for await (const bytes of request) body += String(bytes);
	return body;
}
