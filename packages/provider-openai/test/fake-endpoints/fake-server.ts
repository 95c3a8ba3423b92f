import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import type { EndpointId } from "../../src/endpoints/endpoint-id.ts";
import { endpoints } from "../../src/endpoints/endpoints.ts";
import type { Behaviour, Reply } from "./behaviour.ts";
import { checkRequest } from "./check-request.ts";

/** What a server was sent. */
export interface SeenRequest {
	/** Method and path, the endpoint's base path included. */
	readonly line: string;
	readonly headers: IncomingMessage["headers"];
	/** Of a GET nothing. */
	readonly body: Readonly<Record<string, unknown>> | undefined;
}

/** Endpoints on the loopback that do what others do. */
export interface FakeServer {
	/** The base URL of an endpoint. */
	baseUrlOf(id: EndpointId): string;
	/** What an endpoint does from here on; what was seen before is forgotten. */
	play(id: EndpointId, behaviour: Behaviour): void;
	readonly seen: readonly SeenRequest[];
	close(): Promise<void>;
}

/** The key that all of them know. */
export const goodKey = "sk-test-0123456789";
/** What they answer. */
export const answerText = "Paris is the capital of France.";

/** Starts the server. One endpoint is played at a time. */
export async function startFakeServer(): Promise<FakeServer> {
	let seen: SeenRequest[] = [];
	let current: { readonly id: EndpointId; readonly behaviour: Behaviour } | undefined;
	const server = createServer(async (request, response) => {
		let text = "";
		for await (const bytes of request) text += String(bytes);
		const body = text === "" ? undefined : (JSON.parse(text) as Record<string, unknown>);
		seen.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
		if (current === undefined) return send(response, { status: 500 });
		send(response, replyTo(request, body, current.id, current.behaviour));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		baseUrlOf: (id) => origin + pathOf(id),
		play(id, behaviour) {
			current = { id, behaviour };
			seen = [];
		},
		get seen() {
			return seen;
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

/** The path of an endpoint's base URL. */
export function pathOf(id: EndpointId): string {
	return new URL(endpoints[id].baseUrl.replace("{account}", "acc-1")).pathname.replace(/\/$/, "");
}

function replyTo(
	{ method, url = "", headers }: IncomingMessage,
	body: Readonly<Record<string, unknown>> | undefined,
	id: EndpointId,
	behaviour: Behaviour,
): Reply {
	for (const [name, pattern] of Object.entries(behaviour.headers ?? {})) {
		if (!pattern.test(String(headers[name] ?? "")))
			return { status: 403, headers: { "content-type": "text/plain" }, body: "error code: 1010" };
	}
	const { key = "required", badKey = error(401, "Incorrect API key provided", { code: "invalid_api_key" }) } = behaviour;
	const given = headers.authorization?.replace("Bearer ", "");
	const base = pathOf(id);
	const { keyCheck } = behaviour;
	if (keyCheck !== undefined && url === keyCheck.at) return { status: keyCheck.replies[given ?? ""] ?? 401, body: {} };
	const isGood =
		given === goodKey ||
		(key === "optional" && given === undefined) ||
		(key === "absent" && given === undefined) ||
		(typeof key === "object" && given === key.anonymous);
	const isList = method === "GET" && url === (behaviour.listAt ?? `${base}/models`);
	if (!isGood && !(isList && behaviour.listsForAll === true)) return badKey;
	if (isList) return { body: { object: "list", data: [{ id: "listed-model", object: "model" }] } };
	if (method !== "POST" || url !== `${base}/chat/completions` || body === undefined) return { status: 404, body: { detail: "Not Found" } };
	const wrong = checkRequest({ headers, body }, behaviour);
	if (wrong !== undefined) {
		const status = behaviour.refusal ?? 400;
		return status === 422
			? { status, body: { detail: [{ type: "extra_forbidden", loc: ["body"], msg: wrong }] } }
			: error(status, wrong, {});
	}
	const question = questionOf(body);
	if (question === "too many")
		return behaviour.tooMany ?? error(429, "Rate limit reached", { code: "rate_limit_exceeded" }, { "retry-after": "7" });
	const own = behaviour.replies?.[`${String(body.model)}: ${question}`] ?? behaviour.replies?.[question];
	return own ?? answer(body, behaviour);
}

/** The last thing that the user said. */
function questionOf({ messages }: Readonly<Record<string, unknown>>): string {
	const content = (messages as readonly { readonly content: unknown }[]).at(-1)?.content;
	return typeof content === "string" ? content : (content as readonly { readonly text?: string }[]).map(({ text = "" }) => text).join("");
}

function answer(body: Readonly<Record<string, unknown>>, { answersAs, usage, cuts, tellsUsage }: Behaviour): Reply {
	const isCut = cuts === true && body.max_tokens === undefined;
	const text = isCut ? answerText.slice(0, 9) : answerText;
	const reason = isCut ? "length" : "stop";
	const common = { id: "chatcmpl-1", created: 1, model: answersAs ?? body.model };
	const counted = usage ?? { prompt_tokens: 9, completion_tokens: 7, total_tokens: 16 };
	if (body.stream !== true) {
		const choices = [{ index: 0, message: { role: "assistant", content: text }, finish_reason: reason }];
		return { body: { ...common, object: "chat.completion", choices, usage: counted } };
	}
	const wantsUsage =
		(body.stream_options as { readonly include_usage?: boolean } | undefined)?.include_usage === true || tellsUsage === true;
	const frame = (delta: object, finish_reason: string | null = null) => chunkFrame(common, delta, finish_reason);
	const end = { ...common, object: "chat.completion.chunk", choices: [], usage: counted };
	const words = text.split(/(?<= )/).map((content) => frame({ content }));
	return { events: [frame({ role: "assistant", content: "" }), ...words, frame({}, reason), ...(wantsUsage ? [end] : []), "[DONE]"] };
}

function chunkFrame(common: object, delta: object, finish_reason: string | null): object {
	return { ...common, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason }] };
}

/** The events of a stream, each with one delta, and an end. */
export function stream(model: string, deltas: readonly object[], reason: string | null = "stop"): Reply {
	const frames = deltas.map((delta) => chunkFrame({ id: "1", model }, delta, null));
	return { events: reason === null ? frames : [...frames, chunkFrame({ id: "1", model }, {}, reason), "[DONE]"] };
}

/** An error as OpenAI writes it. */
export function error(status: number, message: string, more: object = {}, headers: Readonly<Record<string, string>> = {}): Reply {
	return { status, headers, body: { error: { message, type: "invalid_request_error", ...more } } };
}

function send(response: ServerResponse, { status = 200, headers = {}, body, events, cut }: Reply): void {
	if (events === undefined) {
		const text = typeof body === "string" ? body : JSON.stringify(body ?? {});
		response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
		return;
	}
	response.writeHead(status, { "content-type": "text/event-stream", ...headers });
	for (const event of events) response.write(`data: ${typeof event === "string" ? event : JSON.stringify(event)}\n\n`);
	if (cut === true) response.socket?.end();
	else response.end();
}
