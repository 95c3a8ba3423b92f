import type { ServerResponse } from "node:http";
import { type AttemptContextInput, type Chunk, isSpaceportError, type SpaceportError } from "@spaceport/core";
import { type SeenRequest, startServer, type TestServer } from "../../../http/test/support/http-server.ts";
import { createOpenAICompatible, type OpenAICompatibleOptions, type OpenAICompatibleRequest } from "../../src/index.ts";

/** A server on loopback that answers chats as the test says, and the provider in front of it. */
export interface FakeEndpoint extends TestServer {
	/** Makes a provider that asks it. */
	provider(options?: Partial<OpenAICompatibleOptions>): ReturnType<typeof createOpenAICompatible>;
	/** Asks, and gives all that came. */
	ask(
		options?: Partial<OpenAICompatibleOptions>,
		request?: Partial<OpenAICompatibleRequest>,
		context?: AttemptContextInput,
	): Promise<Asked>;
	/** The body of the last chat, parsed. */
	body(): Record<string, unknown>;
}

/** What came of a request. */
export interface Asked {
	readonly chunks: readonly Chunk[];
	readonly text: string;
	readonly reasoning: string;
	readonly warnings: readonly string[];
	readonly error: SpaceportError | undefined;
}

/** How a chat is answered: pieces of a stream, or a function. */
export type Handler = readonly (string | Uint8Array)[] | ((request: SeenRequest, response: ServerResponse) => void | Promise<void>);

/** Starts one. */
export async function startEndpoint(chat: Handler, others: Handler = []): Promise<FakeEndpoint> {
	const server = await startServer(async (request, response) => {
		const handler = request.path.endsWith("/chat/completions") ? chat : others;
		if (typeof handler === "function") await handler(request, response);
		else {
			response.writeHead(200, { "content-type": "text/event-stream" });
			for (const piece of handler) response.write(piece);
			response.end();
		}
	});
	const provider: FakeEndpoint["provider"] = (options) =>
		createOpenAICompatible({ name: "fake", baseUrl: `${server.url}/v1`, models: ["m"], ...options });
	return Object.assign(server, {
		provider,
		ask: (options?: Partial<OpenAICompatibleOptions>, request?: Partial<OpenAICompatibleRequest>, context?: AttemptContextInput) =>
			collect(provider(options), request, context),
		body: () => JSON.parse(server.requests.findLast(({ path }) => path.endsWith("/chat/completions"))?.body ?? "{}"),
	});
}

/** Asks a provider, and gives all that came. */
export async function collect(
	provider: ReturnType<typeof createOpenAICompatible>,
	request: Partial<OpenAICompatibleRequest> = {},
	context: AttemptContextInput = {},
): Promise<Asked> {
	const chunks: Chunk[] = [];
	const warnings: string[] = [];
	let error: SpaceportError | undefined;
	try {
		for await (const chunk of provider.createAsyncGenerator(
			{ messages: "Hello", ...request },
			{ warn: (text) => void warnings.push(text), ...context },
		)) {
			chunks.push(chunk);
		}
	} catch (thrown) {
		if (!isSpaceportError(thrown)) throw thrown;
		error = thrown;
	}
	const textOf = (type: "text-delta" | "reasoning-delta"): string =>
		chunks.map((chunk) => (chunk.type === type ? chunk.text : "")).join("");
	return { chunks, text: textOf("text-delta"), reasoning: textOf("reasoning-delta"), warnings, error };
}

/** An event of a stream. */
export function event(data: object | string): string {
	return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** An event with a delta. */
export function delta(fields: object | string, more: object = {}): string {
	const content = typeof fields === "string" ? { content: fields } : fields;
	return event({
		id: "chatcmpl-1",
		object: "chat.completion.chunk",
		model: "m",
		choices: [{ index: 0, delta: content, finish_reason: null, ...more }],
	});
}

/** The event with the reason of the end. */
export function finish(reason: string | null = "stop"): string {
	return delta({}, { finish_reason: reason });
}

export const done = "data: [DONE]\n\n";

/** An answer of JSON. */
export function json(
	status: number,
	body: unknown,
	headers: Record<string, string> = {},
): (request: SeenRequest, response: ServerResponse) => void {
	return (_, response) => {
		response.writeHead(status, { "content-type": "application/json", ...headers });
		response.end(typeof body === "string" ? body : JSON.stringify(body));
	};
}
