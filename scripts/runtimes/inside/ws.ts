/** Stands in for the package `ws` as the emulator uses it. */
import { EventEmitter } from "node:events";

import type { TunnelNetSocket } from "./node-http.ts";
import { tell } from "./tunnel.ts";

export class WebSocket extends EventEmitter {
	readonly OPEN = 1;
	readyState = 0;
	readonly #socket: TunnelNetSocket;

	constructor(socket: TunnelNetSocket) {
		super();
		this.#socket = socket;
		this.once("close", () => {
			this.readyState = 3;
		});
	}

	send(bytes: string | Uint8Array): void {
		const text = typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
		tell({ do: "web-socket-send", socket: this.#socket.number, text });
	}

	close(code = 1005): void {
		this.readyState = 2;
		tell({ do: "web-socket-close", socket: this.#socket.number, code });
	}

	terminate(): void {
		this.readyState = 2;
		tell({ do: "web-socket-terminate", socket: this.#socket.number });
	}
}

export class WebSocketServer extends EventEmitter {
	handleUpgrade(_request: unknown, socket: TunnelNetSocket, _head: unknown, done: (webSocket: WebSocket) => void): void {
		const webSocket = new WebSocket(socket);
		socket.webSocket = webSocket;
		webSocket.once("open", () => {
			webSocket.readyState = 1;
			done(webSocket);
		});
		tell({ do: "web-socket-accept", socket: socket.number });
	}
}
