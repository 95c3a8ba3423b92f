import type { SpaceFact } from "../to-spaceport-error.ts";
import { lowerCased } from "./http.ts";

/** What is used of a WebSocket: the standard one, and that of the package `ws`, have it. */
export interface SpaceSocket {
	send(data: string): void;
	close(): void;
	addEventListener(type: "open" | "message" | "close" | "error", listener: (event: SocketEvent) => void): void;
}

/** What is read of a WebSocket's events. */
export interface SocketEvent {
	readonly type?: unknown;
	readonly data?: unknown;
	readonly code?: unknown;
	readonly reason?: unknown;
	readonly message?: unknown;
	readonly error?: unknown;
}

/**
 * Opens a WebSocket, as callers may give a function for. The headers are those of every request, the token among them.
 *
 * @param url - such as `wss://owner-name.hf.space/queue/join`
 */
export type WebSocketFactory = (url: string, options: { readonly headers: Readonly<Record<string, string>> }) => SpaceSocket;

/** Opens the WebSocket of a path of the Space. */
export type OpenSocket = (path: string) => SpaceSocket;

/** What the WebSockets of a Space have in common. */
export interface OpenSocketOptions {
	/** The Space's address. */
	readonly baseUrl: () => string;
	readonly token: string | undefined;
	readonly headers: Readonly<Record<string, string>>;
	/** @default the runtime's own WebSocket */
	readonly webSocket: WebSocketFactory | undefined;
	readonly toError: (fact: SpaceFact) => Error;
}

/** Makes what opens the WebSockets of one Space. */
export function createOpenSocket({ baseUrl, token, headers, webSocket, toError }: OpenSocketOptions): OpenSocket {
	const needed = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...lowerCased(headers) };

	function openOwn(url: string): SpaceSocket {
		// Looked up at each call, as the global fetch is.
		const Own = (globalThis as { readonly WebSocket?: new (url: string, options?: object) => SpaceSocket }).WebSocket;
		if (Own === undefined) {
			throw toError({
				kind: "cannot",
				capability: "web-socket",
				reason: "it speaks WebSocket, and this runtime has none.",
				hint: "Give one with the option webSocket: (url, { headers }) => WebSocket.",
			});
		}
		if (Object.keys(needed).length === 0) return new Own(url);
		if (!takesHeaders()) {
			throw toError({
				kind: "cannot",
				capability: "web-socket-headers",
				reason: `it speaks WebSocket, and this runtime's WebSocket sends no headers, such as ${Object.keys(needed).join(", ")}.`,
				hint: "Leave the token and the headers out, or give an own option webSocket: (url, { headers }) => WebSocket.",
			});
		}
		return new Own(url, { headers: needed });
	}

	return (path) => {
		const url = baseUrl().replace(/^http/, "ws") + path;
		return webSocket === undefined ? openOwn(url) : webSocket(url, { headers: needed });
	};
}

/** Node's and Bun's WebSockets take headers beside the URL; those of browsers, workerd and Deno do not. */
function takesHeaders(): boolean {
	const { process, Deno } = globalThis as {
		readonly process?: { readonly versions?: Readonly<Record<string, string>> };
		readonly Deno?: unknown;
	};
	return Deno === undefined && process?.versions?.node !== undefined;
}
