import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

import { WebSocket } from "ws";

import type { PlainConfig } from "../../src/gradio/index.ts";

/** An answer as it came. */
export interface WireAnswer {
	readonly status: number;
	readonly type: string;
	/** The body so far, each chunk by itself. */
	readonly chunks: string[];
	/** How it ended: properly, or cut off. */
	ended: "end" | "cut" | undefined;
}

/** Something that is still going on. */
export interface Wire {
	/** The texts of the messages so far: of the `data:` lines, or of the frames of the WebSocket. */
	readonly messages: string[];
	/** Resolves when it has ended, with how it did. */
	readonly done: Promise<string>;
	/** Waits until so many messages of a name have come. */
	waitFor(msg: string, count?: number): Promise<void>;
	leave(): void;
}

/** Sends one request and reads the whole answer, without any help that could hide something. */
export async function ask(url: string, options: { body?: unknown; headers?: Record<string, string> } = {}): Promise<WireAnswer> {
	const { body, headers = {} } = options;
	const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
	const sent = request(url, {
		agent: false,
		method: text === undefined ? "GET" : "POST",
		headers: { ...(text === undefined ? {} : { "content-type": "application/json" }), ...headers },
	});
	sent.end(text);
	// A connection may also break when the answer has begun.
	sent.on("error", () => undefined);
	const [response] = (await once(sent, "response")) as [IncomingMessage];
	const answer: WireAnswer = {
		status: response.statusCode ?? 0,
		type: response.headers["content-type"] ?? "",
		chunks: [],
		ended: undefined,
	};
	try {
		for await (const chunk of response) answer.chunks.push(String(chunk));
		answer.ended = "end";
	} catch {
		answer.ended = "cut";
	}
	return answer;
}

/** Opens an event stream. */
export function openStream(url: string): Wire {
	const state = new WireState();
	const sent = request(url, { agent: false });
	sent.end();
	sent.on("error", () => state.end("cut"));
	sent.on("response", (response) => {
		response.setEncoding("utf8");
		let rest = "";
		response.on("data", (chunk: string) => {
			const events = (rest + chunk).split("\n\n");
			rest = events.pop() ?? "";
			for (const event of events) state.add(event.replace(/^data: /, ""));
		});
		response.on("end", () => state.end("end"));
		response.on("error", () => state.end("cut"));
		response.on("close", () => state.end("cut"));
	});
	state.leave = () => {
		state.end("left");
		sent.destroy();
	};
	return state;
}

/** Calls a function over a WebSocket, as 3.50 has it. */
function callBySocket(baseUrl: string, fnIndex: number, session: string, data: readonly unknown[]): Wire {
	const state = new WireState();
	const socket = new WebSocket(`${baseUrl.replace("http", "ws")}/queue/join`);
	socket.on("error", () => state.end("cut"));
	socket.on("close", (code) => state.end(`close ${code}`));
	socket.on("message", (bytes) => {
		const text = String(bytes);
		state.add(text);
		const { msg } = JSON.parse(text) as { msg: string };
		if (msg === "send_hash") socket.send(JSON.stringify({ fn_index: fnIndex, session_hash: session }));
		if (msg === "send_data") socket.send(JSON.stringify({ data, event_data: null, fn_index: fnIndex, session_hash: session }));
	});
	state.leave = () => {
		state.end("left");
		socket.terminate();
	};
	return state;
}

/** Calls a function through the queue in the way that the server's config names; an answer where joining was refused. */
export async function callByQueue(
	baseUrl: string,
	config: PlainConfig,
	fnIndex: number,
	session: string,
	data: readonly unknown[],
): Promise<Wire | WireAnswer> {
	const prefix = baseUrl + (config.api_prefix ?? "");
	if (config.protocol === undefined) return callBySocket(baseUrl, fnIndex, session, data);
	const body = { data, event_data: null, fn_index: fnIndex, session_hash: session };
	if (config.protocol === "sse") {
		const wire = openStream(`${prefix}/queue/join?fn_index=${fnIndex}&session_hash=${session}`);
		// A POST that is not answered ends with the server.
		const post = wire.waitFor("send_data").then(() => {
			const asked = wire.messages
				.map((text) => JSON.parse(text) as { msg: string; event_id?: string })
				.find(({ msg }) => msg === "send_data");
			return ask(`${prefix}/queue/data`, { body: { ...body, event_id: asked?.event_id } });
		});
		post.catch(() => undefined);
		return wire;
	}
	const joined = await ask(`${prefix}/queue/join`, { body });
	return joined.status === 200 ? openStream(`${prefix}/queue/data?session_hash=${session}`) : joined;
}

class WireState implements Wire {
	readonly messages: string[] = [];
	readonly done: Promise<string>;
	leave: () => void = () => undefined;
	readonly #waiting: { readonly msg: string; count: number; readonly resolve: () => void }[] = [];
	#resolve: (how: string) => void = () => undefined;

	constructor() {
		this.done = new Promise((resolve) => {
			this.#resolve = resolve;
		});
	}

	add(text: string): void {
		this.messages.push(text);
		for (const waiting of this.#waiting) if (text.includes(`"${waiting.msg}"`) && --waiting.count === 0) waiting.resolve();
	}

	end(how: string): void {
		this.#resolve(how);
	}

	waitFor(msg: string, count = 1): Promise<void> {
		const seen = this.messages.filter((text) => text.includes(`"${msg}"`)).length;
		if (seen >= count) return Promise.resolve();
		return new Promise((resolve) => this.#waiting.push({ msg, count: count - seen, resolve }));
	}
}

/** A text without what differs from run to run: ids, durations, estimates, addresses of explanations. */
export function withoutChance(text: string): string {
	return text
		.replace(/[0-9a-f]{32}/g, "<id>")
		.replace(
			/("(?:duration|average_duration|cache_duration|avg_time|eta|rank_eta|queue_eta|avg_event\w*)": ?)(?:[0-9.e-]+|null)/g,
			"$1<time>",
		)
		.replace(/,"url":"[^"]*"/g, "")
		.replace(/^Traceback.*/s, "<traceback>");
}
