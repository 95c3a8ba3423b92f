import { createServer, request as forward } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { onTestFinished } from "vitest";

/** A proxy on the loopback that leads every host to one server. */
export interface Proxy {
	readonly port: number;
	/** What it was asked: `GET http://host/path` for plain requests, `CONNECT host:port` for tunnels. */
	readonly requests: readonly string[];
	/** The `proxy-authorization` of each. */
	readonly credentials: readonly (string | undefined)[];
}

/** Starts a proxy that forwards plain requests to `target`, whichever host they are for, and tunnels as well. It ends with the test. */
export async function startProxy(target: string): Promise<Proxy> {
	const { hostname, port } = new URL(target);
	const requests: string[] = [];
	const credentials: (string | undefined)[] = [];
	const server = createServer((request, response) => {
		requests.push(`${request.method} ${request.url}`);
		credentials.push(request.headers["proxy-authorization"]);
		const { pathname, search } = new URL(request.url ?? "/");
		const onward = forward({ hostname, port, path: `${pathname}${search}`, method: request.method, headers: request.headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		onward.on("error", () => response.destroy());
		response.on("close", () => onward.destroy());
		request.pipe(onward);
	});
	server.on("connect", (request, socket) => {
		requests.push(`CONNECT ${request.url}`);
		credentials.push(request.headers["proxy-authorization"]);
		const onward = connect(Number(port), hostname, () => {
			socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
			onward.pipe(socket).pipe(onward);
		});
		onward.on("error", () => socket.destroy());
		socket.on("error", () => onward.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	return { port: (server.address() as AddressInfo).port, requests, credentials };
}
