import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that offers one file, on an ephemeral loopback port, and remembers what it was asked. */
export interface FileServer {
	readonly url: string;
	readonly requests: IncomingMessage[];
	close(): Promise<void>;
}

/** Answers one request; `number` counts them from 1. */
export type Handler = (request: IncomingMessage, response: ServerResponse, number: number) => void;

export async function serve(handler: Handler): Promise<FileServer> {
	const requests: IncomingMessage[] = [];
	const server = createServer((request, response) => {
		requests.push(request);
		handler(request, response, requests.length);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** Serves bytes as a good file server does: with an entity tag, ranges and `If-Range`. */
export function fileHandler(bytes: Uint8Array, etag = '"one"'): Handler {
	return (request, response) => {
		const from = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
		if (from !== undefined && request.headers["if-range"] === etag) {
			const start = Number(from);
			const headers = {
				etag,
				"content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
				"content-length": bytes.length - start,
			};
			response.writeHead(206, headers).end(bytes.subarray(start));
			return;
		}
		response.writeHead(200, { etag, "content-length": bytes.length }).end(bytes);
	};
}

/** Sends the first part of the file and, when `until` resolves, cuts the connection. */
export function cutHandler(bytes: Uint8Array, after: number, until: () => Promise<unknown>, etag = '"one"'): Handler {
	return (_request, response) => {
		response.writeHead(200, { etag, "content-length": bytes.length });
		response.write(bytes.subarray(0, after));
		void until().then(() => response.destroy());
	};
}

/** Sends the first part of the file and then nothing. */
export function silentHandler(bytes: Uint8Array, after: number, etag = '"one"'): Handler {
	return cutHandler(bytes, after, () => new Promise(() => {}), etag);
}
