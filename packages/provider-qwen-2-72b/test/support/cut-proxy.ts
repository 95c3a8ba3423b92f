import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** A proxy before a real server, which cuts the event stream. */
export interface CutProxy extends AsyncDisposable {
	readonly url: string;
}

/**
 * Starts the proxy.
 *
 * @param target - the real server
 * @param isLast - looks at the text of each event; true cuts the connection behind it
 */
export async function startCutProxy(target: string, isLast: (event: string) => boolean): Promise<CutProxy> {
	const server = createServer((incoming, outgoing) => {
		const upstream = httpRequest(target + incoming.url, { method: incoming.method, headers: incoming.headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			if (!(answer.headers["content-type"] ?? "").includes("text/event-stream")) {
				answer.pipe(outgoing);
				return;
			}
			let rest = "";
			answer.setEncoding("utf8").on("data", (part: string) => {
				const events = (rest + part).split("\n\n");
				rest = events.pop() ?? "";
				const last = events.findIndex(isLast);
				const passed = last === -1 ? events : events.slice(0, last + 1);
				outgoing.write(passed.map((event) => `${event}\n\n`).join(""), () => {
					if (last === -1) return;
					upstream.destroy();
					outgoing.destroy();
				});
				if (last !== -1) answer.removeAllListeners("data");
			});
			answer.on("end", () => outgoing.end());
			answer.on("error", () => outgoing.destroy());
		});
		upstream.on("error", () => outgoing.destroy());
		outgoing.on("close", () => upstream.destroy());
		incoming.pipe(upstream);
	});
	// The text of a WebSocket's messages to the client stands in its bytes as it is, unless they agree to compress it.
	server.on("upgrade", (incoming, client) => {
		const { hostname, port } = new URL(target);
		const upstream = connect(Number(port), hostname);
		const lines = [`GET ${incoming.url} HTTP/1.1`];
		for (const [name, value] of Object.entries(incoming.headers)) if (name !== "sec-websocket-extensions") lines.push(`${name}: ${value}`);
		upstream.write(`${lines.join("\r\n")}\r\n\r\n`);
		client.pipe(upstream);
		upstream.on("data", (bytes: Buffer) => {
			const last = isLast(bytes.toString("latin1"));
			client.write(bytes, () => {
				if (last) upstream.destroy();
			});
			if (last) upstream.removeAllListeners("data");
		});
		upstream.on("error", () => client.destroy());
		upstream.on("close", () => client.destroy());
		client.on("error", () => upstream.destroy());
		client.on("close", () => upstream.destroy());
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
