import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a test's server got. */
export interface SeenRequest {
	readonly method: string;
	/** Path and query. */
	readonly url: string;
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	/** Resolves when the connection of the response is closed, by whichever side. */
	readonly closed: Promise<void>;
}

/** A server on a free port of the loopback address. */
export interface TestServer extends AsyncDisposable {
	readonly url: string;
	/** All requests so far. */
	readonly requests: readonly SeenRequest[];
	/** How many connections are open. */
	connections(): Promise<number>;
	/** Waits for a request, one of the past included. */
	waitFor(predicate: (request: SeenRequest) => boolean): Promise<SeenRequest>;
	/** The paths that were asked for, in order, with the method. */
	paths(): string[];
}

/** Starts a server whose handler is the test's. */
export async function startServer(handle: (request: SeenRequest, response: ServerResponse) => void | Promise<void>): Promise<TestServer> {
	const requests: SeenRequest[] = [];
	const waiting = new Set<() => void>();
	const server = createServer(async (incoming, response) => {
		const parts: Buffer[] = [];
		for await (const part of incoming) parts.push(part as Buffer);
		const url = incoming.url ?? "";
		const request: SeenRequest = {
			method: incoming.method ?? "",
			url,
			path: url.replace(/\?.*$/, ""),
			headers: incoming.headers,
			body: Buffer.concat(parts).toString("utf8"),
			closed: once(response, "close").then(() => {}),
		};
		requests.push(request);
		for (const check of waiting) check();
		await handle(request, response);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		connections: () => new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
		waitFor(predicate) {
			return new Promise((resolve) => {
				const check = (): void => {
					const found = requests.find(predicate);
					if (found === undefined) return;
					waiting.delete(check);
					resolve(found);
				};
				waiting.add(check);
				check();
			});
		},
		paths: () => requests.map(({ method, path }) => `${method} ${path}`),
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
