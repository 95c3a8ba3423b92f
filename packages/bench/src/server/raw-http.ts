import { createServer, type Server, type Socket } from "node:net";

/** A request as far as the fake servers look at it. */
export interface RawRequest {
	readonly method: string;
	/** With its query. */
	readonly target: string;
	readonly body: string;
}

/** HTTP/1.1 by hand over sockets, so that a fake server costs as little as it can. */
export function createRawServer(answer: (request: RawRequest, socket: Socket) => void): Server {
	return createServer({ noDelay: true }, (socket) => {
		let waiting = "";
		socket.setEncoding("latin1");
		socket.on("error", () => {});
		socket.on("data", (piece: string) => {
			waiting += piece;
			while (true) {
				const headEnd = waiting.indexOf("\r\n\r\n");
				if (headEnd < 0) return;
				const head = waiting.slice(0, headEnd);
				const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
				const bodyEnd = headEnd + 4 + length;
				if (waiting.length < bodyEnd) return;
				const [method = "", target = ""] = head.split(" ", 2);
				const body = waiting.slice(headEnd + 4, bodyEnd);
				waiting = waiting.slice(bodyEnd);
				answer({ method, target, body }, socket);
			}
		});
	});
}

/** A whole answer. The connection stays open for the next request. */
export function sendJson(socket: Socket, json: string, status = "200 OK"): void {
	socket.write(`HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(json)}\r\n\r\n${json}`);
}

/** The head of an event stream whose chunks follow, and end with {@link lastChunk}. */
export const streamHead =
	"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-store\r\ntransfer-encoding: chunked\r\n\r\n";

/** Ends a chunked answer. */
export const lastChunk = "0\r\n\r\n";
