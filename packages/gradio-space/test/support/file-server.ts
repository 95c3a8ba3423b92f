import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { chatConfig } from "./fake-space.ts";

/** A file that was uploaded, as it stood in the form. */
export interface SeenUpload {
	readonly head: string;
	readonly bytes: Buffer;
	readonly headers: IncomingMessage["headers"];
}

/** A server of files, which reads a body only when it wants to. */
export interface FileServer extends AsyncDisposable {
	readonly url: string;
	readonly uploads: SeenUpload[];
	/** `METHOD path` of each request. */
	readonly seen: string[];
	readonly headers: IncomingMessage["headers"][];
}

type Handler = (request: IncomingMessage, response: ServerResponse) => boolean | undefined | Promise<boolean | undefined>;

/**
 * Starts a server that has a config, takes uploads, and gives the files of `files` at `/gradio_api/file=`.
 *
 * @param handle - may answer a request in another way: it returns true then
 * @param files - by their paths
 */
export async function startFileServer(handle: Handler = () => false, files: Record<string, Buffer> = {}): Promise<FileServer> {
	const uploads: SeenUpload[] = [];
	const seen: string[] = [];
	const headers: IncomingMessage["headers"][] = [];
	const server = createServer(async (request, response) => {
		const path = (request.url ?? "").replace(/\?upload_id=.*$/, "");
		seen.push(`${request.method} ${request.url}`);
		headers.push(request.headers);
		// A client that leaves is no failure of the server's.
		request.on("error", () => {});
		response.on("error", () => {});
		try {
			if (await handle(request, response)) return;
			if (path === "/config") response.setHeader("content-type", "application/json").end(JSON.stringify(chatConfig()));
			else if (path === "/gradio_api/upload") {
				const parts: Buffer[] = [];
				for await (const part of request) parts.push(part as Buffer);
				const upload = parseForm(Buffer.concat(parts), request.headers);
				uploads.push(upload);
				response.setHeader("content-type", "application/json").end(JSON.stringify([`/srv/gradio/${uploads.length}/stored`]));
			} else {
				const file = files[decodeURIComponent(path.replace("/gradio_api/file=", ""))];
				if (file === undefined) {
					response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify({ detail: "File not allowed: x." }));
				} else response.setHeader("content-type", "image/png").setHeader("content-length", file.length).end(file);
			}
		} catch {
			response.destroy();
		}
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		uploads,
		seen,
		headers,
		async [Symbol.asyncDispose]() {
			server.closeAllConnections();
			server.close();
			await once(server, "close");
		},
	};
}

function parseForm(body: Buffer, headers: IncomingMessage["headers"]): SeenUpload {
	const boundary = /boundary=(.+)$/.exec(headers["content-type"] ?? "")?.[1] ?? "";
	const start = body.indexOf("\r\n\r\n");
	const end = body.lastIndexOf(`\r\n--${boundary}--\r\n`);
	if (boundary === "" || start < 0 || end < 0 || !body.toString("latin1").startsWith(`--${boundary}\r\n`)) throw new Error("no form");
	return { head: body.subarray(0, start).toString("utf8"), bytes: body.subarray(start + 4, end), headers };
}
