import { lowerCased } from "@spaceport/http";
import type { Login } from "../login/login.ts";
import type { Signer, SignWait } from "../login/signer.ts";
import type { ToError } from "../space-failure.ts";
import type { Http } from "./http.ts";

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

/** Opens the WebSockets of a Space. */
export interface Sockets {
	/** Opens the one of a path. It is not open yet. Where its address has to be signed, it is there a little later. */
	open(path: string, wait: SignWait): SpaceSocket | Promise<SpaceSocket>;
	/**
	 * Logs in anew where a socket was refused because the session is over: a WebSocket does not tell why it is refused, so the server is asked.
	 *
	 * @returns whether to open it once more
	 */
	renewLogin(apiPrefix: string, wait: { readonly signal: AbortSignal; readonly connectMs: number }): Promise<boolean>;
}

/** What the WebSockets of a Space have in common. */
export interface SocketsOptions {
	/** The Space's address. */
	readonly baseUrl: () => string;
	readonly token: string | undefined;
	readonly headers: Readonly<Record<string, string>>;
	/** @default the runtime's own WebSocket */
	readonly webSocket: WebSocketFactory | undefined;
	/** Signs an address, where a token cannot go in a header. Undefined where there is no token, or the hub does not know the Space. */
	readonly sign: Signer["sign"] | undefined;
	/** The cookies of the app's own login. */
	readonly login: Login | undefined;
	readonly http: Http;
	readonly toError: ToError;
}

/** Makes what opens the WebSockets of one Space. */
export function createSockets({ baseUrl, token, headers, webSocket, sign, login, http, toError }: SocketsOptions): Sockets {
	const needed: Readonly<Record<string, string>> = {
		...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
		...lowerCased(headers),
	};

	/** Whether the token is all that there is to send. */
	const tokenAlone = Object.keys(headers).length === 0 && token !== undefined;

	function openOwn(
		address: string,
		needed: Readonly<Record<string, string>>,
		loggedIn: boolean,
		wait: SignWait,
	): SpaceSocket | Promise<SpaceSocket> {
		const url = toWebSocketUrl(address);
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
			if (sign !== undefined && tokenAlone && !loggedIn) return sign(address, wait).then((signed) => new Own(toWebSocketUrl(signed)));
			throw toError({
				kind: "cannot",
				capability: loggedIn ? "login-cookies" : "web-socket-headers",
				reason: `it speaks WebSocket, and this runtime's WebSocket sends no headers, such as ${Object.keys(needed).join(", ")}.`,
				hint: "Leave the token, the headers and auth out, or give an own option webSocket: (url, { headers }) => WebSocket.",
			});
		}
		return new Own(url, { headers: needed });
	}

	return {
		open(path, wait) {
			const address = baseUrl() + path;
			const cookie = login?.jar?.header(address, needed.cookie);
			const sent = cookie === undefined ? needed : { ...needed, cookie };
			if (webSocket !== undefined) return webSocket(toWebSocketUrl(address), { headers: sent });
			return openOwn(address, sent, cookie !== needed.cookie, wait);
		},
		async renewLogin(apiPrefix, wait) {
			const jar = login?.jar;
			if (login === undefined) return false;
			const answer = await http.send({
				method: "GET",
				path: `${apiPrefix}/login_check`,
				phase: "login",
				accept: "application/json",
				...wait,
			});
			answer.close();
			return login.jar !== jar;
		},
	};
}

function toWebSocketUrl(address: string): string {
	return address.replace(/^http/, "ws");
}

/** Node's and Bun's WebSockets take headers beside the URL; those of browsers, Deno and workerd, which may look like Node, do not. */
function takesHeaders(): boolean {
	const { process, Deno, navigator } = globalThis as {
		readonly process?: { readonly versions?: Readonly<Record<string, string>> };
		readonly Deno?: unknown;
		readonly navigator?: { readonly userAgent?: unknown };
	};
	return Deno === undefined && navigator?.userAgent !== "Cloudflare-Workers" && process?.versions?.node !== undefined;
}
