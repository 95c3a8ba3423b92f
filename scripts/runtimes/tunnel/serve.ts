import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { WebSocketServer } from "ws";

import { serveTunnel } from "./host.ts";
import type { FileOutcome } from "./messages.ts";

/** Where test files of another runtime find the tunnel, and their own text. */
export interface TunnelServer extends AsyncDisposable {
	readonly url: string;
	/** Resolves with what the file came to, when it says so. */
	outcomeOf(file: string): Promise<FileOutcome>;
}

/**
 * Starts the server of all tunnels of one runtime, on the loopback address.
 *
 * @param bundles - the text of each test file; it is served as a page at `/<file>` and as a module at `/<file>.js`
 */
export async function startTunnels(
	bundles: ReadonlyMap<string, string>,
	options: { readonly root: string; readonly crossOrigin: boolean },
): Promise<TunnelServer> {
	const outcomes = new Map([...bundles.keys()].map((file) => [file, Promise.withResolvers<FileOutcome>()]));
	const server = createServer((request, response) => {
		const file = (request.url ?? "").slice(1);
		const text = bundles.get(file.replace(/\.js$/, ""));
		if (text === undefined) response.writeHead(404).end();
		else if (file.endsWith(".js")) response.writeHead(200, { "content-type": "text/javascript; charset=utf-8" }).end(text);
		else {
			response
				.writeHead(200, { "content-type": "text/html; charset=utf-8" })
				.end(`<!DOCTYPE html><title>${file}</title><link rel="icon" href="data:,"><script type="module" src="/${file}.js"></script>`);
		}
	});
	const tunnels = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 256 * 1024 * 1024 });
	tunnels.on("connection", (tunnel) =>
		serveTunnel(tunnel, { ...options, onOver: (outcome) => outcomes.get(outcome.file)?.resolve(outcome) }),
	);
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		outcomeOf(file) {
			const outcome = outcomes.get(file);
			if (outcome === undefined) throw new Error(`${file} is not served`);
			return outcome.promise;
		},
		async [Symbol.asyncDispose]() {
			for (const tunnel of tunnels.clients) tunnel.terminate();
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}
