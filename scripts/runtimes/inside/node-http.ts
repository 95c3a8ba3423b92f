/** Stands in for `node:http` and `node:net` where there is none: the sockets are at the other end of the tunnel. */
import { EventEmitter } from "node:events";

import type { HeaderValue } from "../tunnel/messages.ts";
import { Buffer } from "./globals.ts";
import { ask, listenToTunnel, newNumber, tell } from "./tunnel.ts";

type Callback = (() => void) | undefined;
type Bytes = string | Uint8Array;

const highWaterMark = 16 * 1024;
const servers = new Map<number, TunnelServer>();
const sockets = new Map<number, TunnelNetSocket>();
/** Those whose WebSocket is not closed yet, which is told after the end of the connection. */
const upgraded = new Map<number, TunnelNetSocket>();
const requests = new Map<number, TunnelRequest>();
const answers = new Map<number, TunnelAnswer>();

const base64 = (bytes: Bytes | undefined): string => (bytes === undefined ? "" : Buffer.from(bytes as string).toString("base64"));

/** A connection. */
export class TunnelNetSocket extends EventEmitter {
	readonly number: number;
	destroyed = false;
	/** The WebSocket that took the connection over. */
	webSocket: EventEmitter | undefined;

	constructor(number: number) {
		super();
		this.number = number;
	}

	write(bytes: Bytes, done?: Callback): boolean {
		void ask((reply) => ({ do: "socket-write", socket: this.number, bytes: base64(bytes), reply })).then(() => done?.());
		return true;
	}

	end(bytes?: Bytes, done?: Callback): this {
		void ask((reply) => ({ do: "socket-end", socket: this.number, bytes: base64(bytes), reply })).then(() => done?.());
		return this;
	}

	resume(): this {
		return this;
	}

	pipe(other: TunnelNetSocket): TunnelNetSocket {
		this.on("data", (bytes: Uint8Array) => other.write(bytes));
		this.once("end", () => other.end());
		return other;
	}

	destroy(): this {
		this.destroyed = true;
		tell({ do: "socket-destroy", socket: this.number });
		return this;
	}

	resetAndDestroy(): this {
		this.destroyed = true;
		tell({ do: "socket-reset", socket: this.number });
		return this;
	}
}

/** A request, as handlers get it. */
class TunnelRequest extends EventEmitter {
	readonly method: string;
	readonly url: string;
	readonly headers: Readonly<Record<string, HeaderValue>>;
	readonly socket: TunnelNetSocket | undefined;
	readonly #parts: Uint8Array[] = [];
	#state: "open" | "ended" | "broken" = "open";
	#wake: () => void = () => {};

	constructor(method: string, url: string, headers: Readonly<Record<string, HeaderValue>>, socket: TunnelNetSocket | undefined) {
		super();
		this.method = method;
		this.url = url;
		this.headers = headers;
		this.socket = socket;
	}

	addPart(bytes: Uint8Array): void {
		this.#parts.push(bytes);
		this.emit("data", bytes);
		this.#wake();
	}

	finish(state: "ended" | "broken"): void {
		this.#state = state;
		if (state === "ended") this.emit("end");
		else if (this.listenerCount("error") > 0) this.emit("error", new Error("aborted"));
		this.#wake();
	}

	resume(): this {
		return this;
	}

	/** Its parts are joined without more ado where they are texts. */
	setEncoding(): AsyncGenerator<string, void, void> {
		return this.#texts();
	}

	async *#texts(): AsyncGenerator<string, void, void> {
		const decoder = new TextDecoder();
		for await (const part of this) yield decoder.decode(part, { stream: true });
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, void> {
		for (let at = 0; ; ) {
			const part = this.#parts[at];
			if (part !== undefined) {
				at += 1;
				yield part;
			} else if (this.#state === "broken") throw new Error("aborted");
			else if (this.#state === "ended") return;
			else {
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
			}
		}
	}
}

/** An answer, as handlers give it. */
class TunnelAnswer extends EventEmitter {
	readonly #number: number;
	readonly #headers: Record<string, HeaderValue> = {};
	socket: TunnelNetSocket | null;
	statusCode = 200;
	headersSent = false;
	destroyed = false;
	writableEnded = false;
	writableFinished = false;
	/** Bytes that are not out yet. */
	#waiting = 0;
	writableNeedDrain = false;

	constructor(number: number, socket: TunnelNetSocket | undefined) {
		super();
		this.#number = number;
		this.socket = socket ?? null;
	}

	setHeader(name: string, value: HeaderValue): this {
		this.#headers[name] = value;
		return this;
	}

	writeHead(status: number, headers: Readonly<Record<string, HeaderValue>> = {}): this {
		if (this.headersSent) throw new Error("Cannot write headers after they are sent to the client");
		this.headersSent = true;
		this.statusCode = status;
		tell({ do: "head", request: this.#number, status, headers: { ...this.#headers, ...headers } });
		return this;
	}

	#implicitHead(): void {
		if (!this.headersSent) this.writeHead(this.statusCode);
	}

	flushHeaders(): void {
		this.#implicitHead();
		tell({ do: "flush-head", request: this.#number });
	}

	write(bytes: Bytes, done?: Callback): boolean {
		this.#implicitHead();
		const size = bytes.length;
		this.#waiting += size;
		if (this.#waiting >= highWaterMark) this.writableNeedDrain = true;
		void ask((reply) => ({ do: "write", request: this.#number, bytes: base64(bytes), reply })).then(() => {
			this.#waiting -= size;
			done?.();
			if (this.#waiting > 0 || !this.writableNeedDrain) return;
			this.writableNeedDrain = false;
			if (!this.destroyed) this.emit("drain");
		});
		return !this.writableNeedDrain;
	}

	end(bytes?: Bytes, done?: Callback): this {
		this.#implicitHead();
		if (bytes !== undefined) this.write(bytes);
		if (done !== undefined) this.once("finish", done);
		this.writableEnded = true;
		tell({ do: "end", request: this.#number });
		return this;
	}

	destroy(): this {
		this.destroyed = true;
		tell({ do: "destroy", request: this.#number });
		return this;
	}
}

/** A server. */
class TunnelServer extends EventEmitter {
	readonly #number = newNumber();
	readonly #kind: "http" | "tcp";
	port: number | undefined;

	constructor(kind: "http" | "tcp") {
		super();
		this.#kind = kind;
		servers.set(this.#number, this);
	}

	listen(_port?: number, ...rest: unknown[]): this {
		const callback = rest.find((value) => typeof value === "function") as (() => void) | undefined;
		if (callback !== undefined) this.once("listening", callback);
		tell({ do: "listen", server: this.#number, kind: this.#kind });
		return this;
	}

	address(): { readonly address: string; readonly port: number } | null {
		return this.port === undefined ? null : { address: "127.0.0.1", port: this.port };
	}

	close(callback?: () => void): this {
		if (callback !== undefined) this.once("close", callback);
		tell({ do: "close-server", server: this.#number });
		return this;
	}

	closeAllConnections(): void {
		tell({ do: "close-connections", server: this.#number });
	}

	getConnections(callback: (error: Error | null, count: number) => void): void {
		void ask((reply) => ({ do: "count-connections", server: this.#number, reply })).then((count) => callback(null, Number(count)));
	}
}

listenToTunnel((message) => {
	switch (message.on) {
		case "listening": {
			const server = servers.get(message.server);
			if (server !== undefined) server.port = message.port;
			server?.emit("listening");
			break;
		}
		case "server-closed":
			servers.get(message.server)?.emit("close");
			break;
		case "connection": {
			const socket = new TunnelNetSocket(message.socket);
			sockets.set(message.socket, socket);
			servers.get(message.server)?.emit("connection", socket);
			break;
		}
		case "socket-data":
			sockets.get(message.socket)?.emit("data", Buffer.from(message.bytes, "base64"));
			break;
		case "socket-ended":
			sockets.get(message.socket)?.emit("end");
			break;
		case "socket-closed": {
			const socket = sockets.get(message.socket);
			sockets.delete(message.socket);
			if (socket !== undefined) socket.destroyed = true;
			socket?.emit("close");
			break;
		}
		case "request":
		case "upgrade": {
			const socket = sockets.get(message.socket);
			const request = new TunnelRequest(message.method, message.url, message.headers, socket);
			if (message.on === "upgrade") {
				if (socket !== undefined) upgraded.set(message.socket, socket);
				servers.get(message.server)?.emit("upgrade", request, socket, Buffer.alloc(0));
				break;
			}
			const answer = new TunnelAnswer(message.request, socket);
			requests.set(message.request, request);
			answers.set(message.request, answer);
			servers.get(message.server)?.emit("request", request, answer);
			break;
		}
		case "body":
			requests.get(message.request)?.addPart(Buffer.from(message.bytes, "base64"));
			break;
		case "body-end":
			requests.get(message.request)?.finish("ended");
			requests.delete(message.request);
			break;
		case "body-broken":
			requests.get(message.request)?.finish("broken");
			requests.delete(message.request);
			break;
		case "finish": {
			const answer = answers.get(message.request);
			if (answer === undefined) break;
			answer.writableFinished = true;
			answer.emit("finish");
			break;
		}
		case "answer-closed": {
			const answer = answers.get(message.request);
			answers.delete(message.request);
			if (answer === undefined) break;
			answer.destroyed = true;
			answer.emit("close");
			answer.socket = null;
			break;
		}
		case "web-socket-open":
		case "web-socket-message":
		case "web-socket-closed": {
			const webSocket = upgraded.get(message.socket)?.webSocket;
			if (message.on === "web-socket-open") webSocket?.emit("open");
			else if (message.on === "web-socket-message") webSocket?.emit("message", message.text);
			else {
				upgraded.delete(message.socket);
				webSocket?.emit("close", message.code);
			}
			break;
		}
	}
});

type Handler = (request: TunnelRequest, answer: TunnelAnswer) => void;

/** `node:http`'s; that of `node:net` is below. */
export function createServer(...values: readonly unknown[]): TunnelServer {
	const server = new TunnelServer("http");
	const handler = values.find((value) => typeof value === "function") as Handler | undefined;
	if (handler !== undefined) server.on("request", handler);
	return server;
}

/** `node:net`'s. */
export function connect(port: number): TunnelNetSocket {
	const socket = new TunnelNetSocket(-newNumber());
	sockets.set(socket.number, socket);
	tell({ do: "connect", socket: socket.number, port });
	return socket;
}

export function createTcpServer(...values: readonly unknown[]): TunnelServer {
	const server = new TunnelServer("tcp");
	const handler = values.find((value) => typeof value === "function") as ((socket: TunnelNetSocket) => void) | undefined;
	if (handler !== undefined) server.on("connection", handler);
	return server;
}

/** A connection of `node:net` in a test's own code. */
export { TunnelNetSocket as Socket };
