import type { ChatMessage, Chunk } from "@spaceport/core";
import { describe, expect, test } from "vitest";
import { startServer, type TestServer } from "../../http/test/support/http-server.ts";
import { createSpace, defineSpaceProvider, readChatbot, type SpaceProviderDefinition, sentTurns } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
import { chatConfig, completed, event, eventId, generating, openStream, sendJson } from "./support/fake-space.ts";

const png = new Uint8Array([137, 80, 78, 71]);
const picture = { path: "/srv/cat.png", url: "http://10.0.0.1/gradio_api/file=/srv/cat.png", meta: { _type: "gradio.FileData" } };

/** A Space whose function takes a message with files and a history, and answers with a text and a picture. */
async function startSpace(): Promise<TestServer & { sent(): unknown }> {
	const server = await startServer((request, response) => {
		const path = request.path.replace(/^\/gradio_api/, "");
		const components = [
			{ id: 1, type: "multimodaltextbox", props: {} },
			{ id: 2, type: "chatbot", props: { type: "messages" } },
		];
		const dependencies = [{ id: 0, api_name: "chat", inputs: [1, 2], outputs: [2, 1] }];
		if (path === "/config") sendJson(response, chatConfig({ components, dependencies }));
		else if (path === "/upload") sendJson(response, [`/up/${/filename="([^"]*)"/.exec(request.body)?.[1]}`]);
		else if (path === "/queue/join") sendJson(response, { event_id: eventId });
		else {
			openStream(response);
			response.write(event(generating("A", picture)));
			response.end(event(completed("A cat", picture)));
		}
	});
	return Object.assign(server, {
		sent: () => (JSON.parse(server.requests.find(({ path }) => path.endsWith("/queue/join"))?.body ?? "{}") as { data: unknown }).data,
	});
}

const definition: SpaceProviderDefinition = {
	name: "eyes",
	space: "nobody/nowhere",
	api: "/chat",
	models: [{ id: "m" }],
	parts: ["image"],
	toData: (request, call) => {
		const { prompt, history } = call.conversation(request, { historyIndex: 1 });
		return [{ text: prompt, files: call.files(request) }, history];
	},
	fromData: ([text, file], _, final, answer) => [{ type: "text-delta", text: String(text) }, ...(final ? answer.images(file) : [])],
};

async function ask(
	server: TestServer,
	messages: readonly ChatMessage[],
	changes: Partial<SpaceProviderDefinition> = {},
): Promise<{ chunks: Chunk[]; warnings: string[] }> {
	const warnings: string[] = [];
	const provider = defineSpaceProvider({ ...definition, ...changes })({ baseUrl: server.url });
	const chunks = await collect(provider.createAsyncGenerator({ messages }, { warn: (text) => warnings.push(text) }));
	return { chunks, warnings };
}

describe("a provider that takes pictures", () => {
	test("puts those of the last message into its inputs, and the text into the conversation", async () => {
		await using server = await startSpace();
		const { chunks, warnings } = await ask(server, [
			{ role: "user", content: "Hi" },
			{ role: "assistant", content: "Hello" },
			{
				role: "user",
				content: [
					{ type: "text", text: "What is this?" },
					{ type: "image", image: png, mediaType: "image/png" },
					{ type: "image", image: "data:image/jpeg;base64,/9g=" },
					{ type: "image", image: new URL("https://example.org/cat.gif") },
				],
			},
		]);
		const meta = { _type: "gradio.FileData" };
		expect(server.sent()).toEqual([
			{
				text: "What is this?",
				files: [
					{ path: "/up/file.png", orig_name: "file.png", mime_type: "image/png", size: 4, meta },
					{ path: "/up/file.jpg", orig_name: "file.jpg", mime_type: "image/jpeg", size: 2, meta },
					{ path: "https://example.org/cat.gif", url: "https://example.org/cat.gif", orig_name: null, mime_type: null, size: null, meta },
				],
			},
			[
				{ role: "user", content: "Hi" },
				{ role: "assistant", content: "Hello" },
			],
		]);
		expect(chunks).toEqual([
			{ type: "text-delta", text: "A" },
			{ type: "text-delta", text: " cat" },
			{ type: "image", url: `${server.url}/gradio_api/file=/srv/cat.png`, mediaType: "image/png" },
			{ type: "finish", finishReason: "stop" },
		]);
		expect(warnings).toEqual([]);
	});

	test("a picture alone, and one of an earlier message, which a warning tells of", async () => {
		await using server = await startSpace();
		const { warnings } = await ask(server, [
			{ role: "user", content: [{ type: "image", image: png, mediaType: "image/png" }] },
			{ role: "assistant", content: "A cat" },
			{ role: "user", content: [{ type: "image", image: png, mediaType: "image/webp" }] },
		]);
		expect(server.sent()).toMatchObject([{ text: "", files: [{ path: "/up/file.webp" }] }, expect.anything()]);
		expect(warnings).toEqual([expect.stringContaining("earlier messages")]);
	});

	test("other parts are unsupported, and so are all without the definition's word", async () => {
		await using server = await startSpace();
		const file = { role: "user", content: [{ type: "file", file: png, mediaType: "application/pdf" }] } as const;
		const image = { role: "user", content: [{ type: "image", image: png, mediaType: "image/png" }] } as const;
		const make = (changes: object) => defineSpaceProvider({ ...definition, ...changes })({ baseUrl: server.url });
		expect(await failure(make({}).createAsyncGenerator({ messages: [file] }))).toMatchObject({ code: "unsupported", capability: "file" });
		expect(await failure(make({ parts: [] }).createAsyncGenerator({ messages: [image] }))).toMatchObject({ capability: "image" });
		await ask(server, [file], { parts: ["file"] });
		expect(server.sent()).toMatchObject([{ files: [{ path: "/up/file.pdf", mime_type: "application/pdf" }] }, []]);
	});

	test("what was sent is found by `readChatbot`", async () => {
		await using server = await startSpace();
		let sent: unknown;
		await ask(
			server,
			[
				{
					role: "user",
					content: [
						{ type: "text", text: "look" },
						{ type: "image", image: png },
					],
				},
			],
			{
				fromData: (data, request, final) => {
					sent = sentTurns(request);
					return readChatbot(data[0], sentTurns(request), final) ?? "";
				},
			},
		);
		expect(sent).toMatchObject({ prompt: "look" });
	});

	test("addresses of allowed hosts are fetched and uploaded", async () => {
		await using host = await startServer((_, response) => {
			response.writeHead(200, { "content-type": "image/png" }).end("PNG");
		});
		await using server = await startSpace();
		const provider = defineSpaceProvider(definition)({ baseUrl: server.url, fetchHosts: ["127.0.0.1"] });
		await collect(
			provider.createAsyncGenerator({ messages: [{ role: "user", content: [{ type: "image", image: `${host.url}/cat.png` }] }] }),
		);
		expect(server.sent()).toMatchObject([{ files: [{ path: "/up/cat.png" }] }, []]);
	});
});

test("a picture of the output can be fetched by its chunk's address", async () => {
	const space = createSpace("https://owner-name.hf.space");
	expect(space.files(picture)[0]?.url).toBe("https://owner-name.hf.space/gradio_api/file=/srv/cat.png");
});
