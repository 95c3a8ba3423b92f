import type { ServerResponse } from "node:http";

import { type SeenRequest, startServer, type TestServer } from "../../../http/test/support/http-server.ts";

type Handler = (request: SeenRequest, response: ServerResponse) => void | Promise<void>;

/** What a test wants to be different from a Space that works. */
export interface FakeSpaceOptions {
	/** What `/config` gives, or how it is answered. */
	readonly config?: object | Handler;
	readonly join?: Handler;
	/** The messages of the stream, or how it is answered. `close_stream` and the end come by themselves. */
	readonly stream?: readonly object[] | Handler;
	readonly cancel?: Handler;
	readonly other?: Handler;
}

export const eventId = "0123456789abcdef0123456789abcdef";

/** A config with `/model_chat` over textbox, chatbot and textbox. */
export function chatConfig(changes: object = {}): object {
	return {
		version: "5.50.0",
		protocol: "sse_v3",
		api_prefix: "/gradio_api",
		components: [
			{ id: 1, type: "textbox", props: {} },
			{ id: 2, type: "chatbot", props: { type: "tuples" } },
			{ id: 3, type: "textbox", props: {} },
		],
		dependencies: [
			{ id: 7, api_name: "other", targets: [[9, "click"]], inputs: [1], outputs: [1] },
			{ id: 8, api_name: "model_chat", targets: [[4, "submit"]], inputs: [1, 2, 3], outputs: [1, 2, 3] },
		],
		...changes,
	};
}

/** A message of the queue about the one job. */
export function message(msg: string, fields: object = {}): object {
	return { msg, event_id: eventId, ...fields };
}

/** `process_generating` with these outputs or differences. */
export function generating(...data: unknown[]): object {
	return message("process_generating", { output: { data, is_generating: true }, success: true });
}

/** A `process_completed` that worked. */
export function completed(...data: unknown[]): object {
	return message("process_completed", { output: { data, is_generating: false }, success: true });
}

/** The text of one server-sent event. */
export function event(data: object | string): string {
	return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

export function sendJson(response: ServerResponse, json: unknown, status = 200, headers: Record<string, string> = {}): void {
	response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(json));
}

export function sendHtml(response: ServerResponse, html: string, status = 200): void {
	response.writeHead(status, { "content-type": "text/html; charset=utf-8" }).end(html);
}

/** Begins an event stream. */
export function openStream(response: ServerResponse): void {
	response.writeHead(200, { "content-type": "text/event-stream" });
	response.flushHeaders();
}

/**
 * A stream that breaks off when it is told to. Do it once what was sent has been read: an error of the connection takes with it what nobody has read yet.
 *
 * @param text - what it sends before
 */
export function breakingStream(text: string): { readonly stream: Handler; breakOff(): void } {
	const told = Promise.withResolvers<void>();
	return {
		stream(_, response) {
			openStream(response);
			response.write(text);
			void told.promise.then(() => response.socket?.destroy());
		},
		breakOff: () => told.resolve(),
	};
}

/** The stream of a job that goes on whoever closes it, as behind a proxy that holds on to streams. */
export function unendingStream(_: SeenRequest, response: ServerResponse): void {
	openStream(response);
	response.write(event(message("process_starts")) + event(generating("", [["q", "part"]], "")));
	const steps = setInterval(() => response.write(event(generating([], [["append", [0, 1], "."]], []))), 100);
	response.once("close", () => clearInterval(steps));
}

/** Starts a server that behaves like a Space, but for what the test says. */
export function startFakeSpace(options: FakeSpaceOptions = {}): Promise<TestServer> {
	const { config = chatConfig(), stream = [completed("", [["q", "a"]], "")] } = options;
	return startServer(async (request, response) => {
		const path = request.path.replace(/^\/gradio_api/, "");
		if (path === "/config") {
			if (typeof config === "function") await config(request, response);
			else sendJson(response, config);
		} else if (path === "/queue/join") {
			if (options.join) await options.join(request, response);
			else sendJson(response, { event_id: eventId });
		} else if (path === "/queue/data") {
			if (typeof stream === "function") await stream(request, response);
			else {
				openStream(response);
				for (const one of stream) response.write(event(one));
				response.end(event({ msg: "close_stream", event_id: null }));
			}
		} else if (path === "/cancel") {
			if (options.cancel) await options.cancel(request, response);
			else sendJson(response, { success: true });
		} else if (options.other) await options.other(request, response);
		else sendJson(response, { detail: "Not Found" }, 404);
	});
}
