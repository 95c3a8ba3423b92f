import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { resolve, sep } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";

import type { FileOutcome, ToHost, ToRuntime } from "./messages.ts";

/** What the other side of a tunnel may do here. */
export interface TunnelOptions {
	/** Files below it may be read. */
	readonly root: string;
	/** Whether the servers say that a page of another origin may call them, as Gradio's do. Preflights are answered here; the test's handler does not see them. */
	readonly crossOrigin: boolean;
	/** Told once, with what the test file came to. */
	readonly onOver: (outcome: FileOutcome) => void;
}

const upgrades = new WebSocketServer({ noServer: true, perMessageDeflate: false });

/** Serves one test file over one WebSocket, and lets go of all its servers when that closes. */
export function serveTunnel(tunnel: WebSocket, options: TunnelOptions): void {
	const servers = new Map<number, Server | TcpServer>();
	const sockets = new Map<number, Socket>();
	const numbers = new WeakMap<Socket, number>();
	const pending = new Map<number, { readonly request: IncomingMessage; readonly head: Buffer }>();
	const webSockets = new Map<number, WebSocket>();
	const answers = new Map<number, ServerResponse>();
	let count = 0;

	const tell = (message: ToRuntime): void => {
		if (tunnel.readyState === tunnel.OPEN) tunnel.send(JSON.stringify(message));
	};
	const reply = (number: number, work: Promise<unknown>): void => {
		work.then(
			(value) => tell({ on: "reply", reply: number, value }),
			(error: unknown) => tell({ on: "reply", reply: number, error: String(error) }),
		);
	};

	function addSocket(server: number, socket: Socket): void {
		const number = ++count;
		keepSocket(number, socket);
		tell({ on: "connection", server, socket: number });
	}

	function keepSocket(number: number, socket: Socket): void {
		sockets.set(number, socket);
		numbers.set(socket, number);
		socket.on("error", () => undefined);
		socket.once("end", () => tell({ on: "socket-ended", socket: number }));
		socket.once("close", () => {
			sockets.delete(number);
			tell({ on: "socket-closed", socket: number });
		});
	}

	/** Those of `node:net`: the ones of HTTP servers are read by them. */
	function readSocket(number: number, socket: Socket): void {
		socket.on("data", (bytes) => tell({ on: "socket-data", socket: number, bytes: bytes.toString("base64") }));
	}

	function onRequest(server: number, request: IncomingMessage, response: ServerResponse): void {
		if (options.crossOrigin) {
			response.setHeader("access-control-allow-origin", "*");
			response.setHeader("access-control-expose-headers", "*");
			if (request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined) {
				response.setHeader("access-control-allow-methods", "GET, POST");
				response.setHeader("access-control-allow-headers", request.headers["access-control-request-headers"] ?? "*");
				response.writeHead(204).end();
				return;
			}
		}
		const number = ++count;
		answers.set(number, response);
		response.on("error", () => undefined);
		response.once("finish", () => tell({ on: "finish", request: number }));
		response.once("close", () => {
			answers.delete(number);
			tell({ on: "answer-closed", request: number });
		});
		announce("request", server, number, request);
		request.on("data", (bytes: Buffer) => tell({ on: "body", request: number, bytes: bytes.toString("base64") }));
		request.once("end", () => tell({ on: "body-end", request: number }));
		request.once("error", () => tell({ on: "body-broken", request: number }));
	}

	function announce(kind: "request" | "upgrade", server: number, number: number, request: IncomingMessage): void {
		const { method = "", url = "", headers } = request;
		tell({ on: kind, server, socket: numbers.get(request.socket) ?? 0, request: number, method, url, headers });
	}

	function onUpgrade(server: number, request: IncomingMessage, socket: Socket, head: Buffer): void {
		pending.set(numbers.get(socket) ?? 0, { request, head });
		announce("upgrade", server, ++count, request);
	}

	function accept(number: number): void {
		const socket = sockets.get(number);
		const upgrade = pending.get(number);
		if (socket === undefined || upgrade === undefined) return;
		upgrades.handleUpgrade(upgrade.request, socket, upgrade.head, (webSocket) => {
			webSockets.set(number, webSocket);
			webSocket.on("error", () => undefined);
			webSocket.on("message", (data) => tell({ on: "web-socket-message", socket: number, text: String(data) }));
			webSocket.once("close", (code) => {
				webSockets.delete(number);
				tell({ on: "web-socket-closed", socket: number, code });
			});
			tell({ on: "web-socket-open", socket: number });
		});
	}

	async function listen(number: number, kind: "http" | "tcp"): Promise<void> {
		const server =
			kind === "tcp"
				? createTcpServer()
				: createServer({ keepAliveTimeout: 5_000, requestTimeout: 0, headersTimeout: 0 })
						.on("request", (request, response) => onRequest(number, request, response))
						.on("upgrade", (request, socket, head) => onUpgrade(number, request, socket as Socket, head));
		servers.set(number, server);
		server.on("connection", (socket: Socket) => {
			addSocket(number, socket);
			if (kind === "tcp") readSocket(numbers.get(socket) ?? 0, socket);
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		server.once("close", () => {
			servers.delete(number);
			tell({ on: "server-closed", server: number });
		});
		tell({ on: "listening", server: number, port: (server.address() as AddressInfo).port });
	}

	function insideRoot(path: string): string {
		const absolute = resolve(options.root, path);
		if (!absolute.startsWith(options.root + sep)) throw new Error(`${path} is not in the workspace`);
		return absolute;
	}

	function doIt(message: ToHost): void {
		const bytes = Buffer.from("bytes" in message ? message.bytes : "", "base64");
		switch (message.do) {
			case "listen":
				void listen(message.server, message.kind);
				break;
			case "connect": {
				const socket = connect(message.port, "127.0.0.1");
				keepSocket(message.socket, socket);
				readSocket(message.socket, socket);
				break;
			}
			case "close-server":
				servers.get(message.server)?.close();
				break;
			case "close-connections": {
				const server = servers.get(message.server);
				if (server !== undefined && "closeAllConnections" in server) server.closeAllConnections();
				break;
			}
			case "count-connections":
				reply(
					message.reply,
					new Promise((done) => {
						const server = servers.get(message.server);
						if (server === undefined) done(0);
						else server.getConnections((_, connections) => done(connections));
					}),
				);
				break;
			case "head": {
				const answer = answers.get(message.request);
				// It may be over here already, and not yet there.
				if (answer?.headersSent === false) answer.writeHead(message.status, message.headers as Record<string, string>);
				break;
			}
			case "flush-head":
				answers.get(message.request)?.flushHeaders();
				break;
			case "write": {
				const answer = answers.get(message.request);
				const written = new Promise((done) => {
					if (answer === undefined || answer.destroyed) done(undefined);
					else answer.write(bytes, () => done(undefined));
				});
				reply(message.reply, written);
				break;
			}
			case "end":
				answers.get(message.request)?.end();
				break;
			case "destroy":
				answers.get(message.request)?.destroy();
				break;
			case "socket-write":
			case "socket-end": {
				const socket = sockets.get(message.socket);
				const written = new Promise((done) => {
					if (socket === undefined || socket.destroyed) done(undefined);
					else if (message.do === "socket-write") socket.write(bytes, () => done(undefined));
					else socket.end(bytes, () => done(undefined));
				});
				reply(message.reply, written);
				break;
			}
			case "socket-destroy":
				sockets.get(message.socket)?.destroy();
				break;
			case "socket-reset":
				sockets.get(message.socket)?.resetAndDestroy();
				break;
			case "web-socket-accept":
				accept(message.socket);
				break;
			case "web-socket-send":
				webSockets.get(message.socket)?.send(message.text);
				break;
			case "web-socket-close":
				webSockets.get(message.socket)?.close(message.code);
				break;
			case "web-socket-terminate":
				webSockets.get(message.socket)?.terminate();
				break;
			case "read-file":
				reply(message.reply, (async () => (await readFile(insideRoot(message.path))).toString("base64"))());
				break;
			case "read-folder":
				reply(message.reply, (async () => await readdir(insideRoot(message.path)))());
				break;
			case "over":
				options.onOver(message.outcome);
				break;
		}
	}

	tunnel.on("message", (data) => doIt(JSON.parse(String(data)) as ToHost));
	tunnel.once("close", () => {
		for (const server of servers.values()) {
			server.close();
			if ("closeAllConnections" in server) server.closeAllConnections();
		}
		for (const socket of sockets.values()) socket.destroy();
	});
}
