import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import type { Fetch } from "@spaceport/http";
import { onTestFinished } from "vitest";

/** A request as a place got it. */
export interface Seen {
	/** The place that it was meant for. */
	readonly host: string;
	readonly method: string;
	readonly path: string;
	readonly body: string;
	readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What a place does: it answers, accepts and says nothing, takes no connection, or has a name that means nothing. */
export type Place = ((request: Seen, response: ServerResponse) => void) | "silent" | "refuses" | "unknown";

/** A network of the test's own: hosts that are led to this machine. */
export interface Network {
	readonly fetch: Fetch;
	/** All that came to a place that answers or is silent, in order: `HEAD huggingface.co/`. */
	readonly log: string[];
	readonly seen: readonly Seen[];
	/** Waits until a line stands in the log. */
	logged(line: string): Promise<void>;
	/** Resolves when no place has an open request any more. */
	idle(): Promise<void>;
	/** Changes what a place does. */
	set(host: string, place: Place): void;
}

/** Starts it. Hosts that are not named do not resolve. It ends with the test. */
export async function startNetwork(given: Readonly<Record<string, Place>>): Promise<Network> {
	const places = new Map(Object.entries(given));
	const log: string[] = [];
	const seen: Seen[] = [];
	const waiting = new Set<() => void>();
	let open = 0;
	const changed = (): void => {
		for (const check of waiting) check();
	};
	const until = (isSo: () => boolean): Promise<void> =>
		new Promise((resolve) => {
			const check = (): void => {
				if (!isSo()) return;
				waiting.delete(check);
				resolve();
			};
			waiting.add(check);
			check();
		});
	const server = createServer(async (incoming, response) => {
		open += 1;
		response.once("close", () => {
			open -= 1;
			changed();
		});
		const parts: Buffer[] = [];
		for await (const part of incoming) parts.push(part as Buffer);
		const { "x-host": host = "", ...headers } = incoming.headers as Record<string, string>;
		const request = { host, method: incoming.method ?? "", path: incoming.url ?? "", body: Buffer.concat(parts).toString(), headers };
		seen.push(request);
		log.push(`${request.method} ${host}${request.path}`);
		changed();
		const place = places.get(host);
		if (typeof place === "function") place(request, response);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const refusing = createSocketServer().listen(0, "127.0.0.1");
	await once(refusing, "listening");
	const { port: closedPort } = refusing.address() as AddressInfo;
	refusing.close();
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	return {
		log,
		seen,
		logged: (line) => until(() => log.includes(line)),
		idle: () => until(() => open === 0),
		set: (host, place) => void places.set(host, place),
		fetch: async (input, init) => {
			const url = new URL(input instanceof Request ? input.url : input);
			const { host } = url;
			const place = places.get(host) ?? "unknown";
			const base = place === "unknown" ? "http://nowhere.invalid" : `http://127.0.0.1:${place === "refuses" ? closedPort : port}`;
			const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
			headers.set("x-host", host);
			const target = `${base}${url.pathname}${url.search}`;
			const response = await globalThis.fetch(input instanceof Request ? new Request(target, input) : target, { ...init, headers });
			// Nobody was sent elsewhere.
			return Object.defineProperty(response, "url", { value: url.href });
		},
	};
}

export const hub = "huggingface.co";
export const qwen = "qwen-qwen2-72b-instruct.hf.space";
export const ovh = "oai.endpoints.kepler.ai.cloud.ovh.net";

/** Answers chats as OpenAI does, and all else with 404. */
export function chats(text: string): Place {
	return ({ method }, response) => {
		if (method !== "POST") {
			response.writeHead(404).end();
			return;
		}
		response.writeHead(200, { "content-type": "text/event-stream" });
		const piece = (delta: object, finish: string | null): string =>
			`data: ${JSON.stringify({ id: "1", object: "chat.completion.chunk", model: "", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
		response.end(`${piece({ role: "assistant", content: text }, null)}${piece({}, "stop")}data: [DONE]\n\n`);
	};
}

/** Answers everything with a status. */
export function status(code: number): Place {
	return (_, response) => void response.writeHead(code).end();
}
