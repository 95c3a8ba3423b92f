import { type Completion, createSpaceport, isSpaceportError } from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { createOpenAICompatible } from "../src/index.ts";
import { delta, done, event, finish, type Handler, json, startEndpoint } from "./support/fake-endpoint.ts";

const gone = json(404, { error: { message: "The model `m` does not exist", code: "model_not_found" } });
const answer = (text: string): Handler => [...text].map((one) => delta(one)).concat(finish(), done);

/** Asks a chain of as many servers as there are handlers. */
async function askChain(...handlers: readonly Handler[]): Promise<Completion> {
	const servers = await Promise.all(handlers.map((handler) => startEndpoint(handler)));
	try {
		const providers = servers.map(({ url }, index) =>
			createOpenAICompatible({ name: `server-${index}`, baseUrl: `${url}/v1`, models: ["m"] }),
		);
		const spaceport = createSpaceport({
			providers,
			chains: { default: providers.map(({ name }) => name) },
			retry: { minDelayMs: 1, maxDelayMs: 2 },
		});
		return await spaceport.complete({ messages: "Hello" });
	} finally {
		for (const server of servers) await server[Symbol.asyncDispose]();
	}
}

describe("a chain asks the next one", () => {
	test.each<[string, Handler]>([
		["a model that is gone", gone],
		["a bad key", json(401, { error: { message: "no" } })],
		["a request that one server alone refuses", json(400, { error: { message: "response_format is not taken here" } })],
		["a conversation that is too long there", json(400, { error: { message: "…", code: "context_length_exceeded" } })],
		["a quota", json(402, {})],
		["a page", ["<html></html>"]],
		["an empty answer", [finish(), done]],
		["an error in the stream", [event({ error: { message: "boom" } })]],
		["a stream that is cut before it began", [": hello\n\n"]],
	])("after %s", async (_, handler) => {
		expect(await askChain(handler, gone, answer("Hello"))).toMatchObject({ text: "Hello", provider: "server-2" });
	});

	test("where the answer breaks off, which goes on", async () => {
		const story = "Once upon a time there was a small spaceport at the end of the world.";
		const broken = [...story.slice(0, 40)].map((one) => delta(one));
		expect((await askChain(broken, gone, answer(story))).text).toBe(story);
		expect((await askChain([...broken, event({ error: { message: "boom" } })], answer(story))).text).toBe(story);
	});
});

test("a chain ends where the content is what is refused", async () => {
	const refused = json(400, { error: { message: "…", code: "content_filter" } });
	const error = await askChain(refused, answer("Hello")).catch((thrown: unknown) => thrown);
	expect(isSpaceportError(error, "content-filtered")).toBe(true);
});
