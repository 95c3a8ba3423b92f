import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** One address, behind which servers can be exchanged, as when an app starts again. */
export interface SwitchingProxy extends AsyncDisposable {
	readonly url: string;
	/** Sends new connections to another server, and cuts those that are there. */
	switchTo(baseUrl: string): void;
}

/** Starts a proxy of connections on the loopback address. */
export async function startSwitchingProxy(baseUrl: string): Promise<SwitchingProxy> {
	let port = Number(new URL(baseUrl).port);
	const sockets = new Set<Socket>();
	const server = createServer((client) => {
		const upstream = connect(port, "127.0.0.1");
		for (const [socket, other] of [
			[client, upstream],
			[upstream, client],
		] as const) {
			sockets.add(socket);
			socket.on("error", () => other.destroy());
			socket.once("close", () => {
				sockets.delete(socket);
				other.destroy();
			});
			socket.pipe(other);
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const cut = (): void => {
		for (const socket of sockets) socket.destroy();
	};
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		switchTo(other) {
			port = Number(new URL(other).port);
			cut();
		},
		async [Symbol.asyncDispose]() {
			cut();
			server.close();
			await once(server, "close");
		},
	};
}
