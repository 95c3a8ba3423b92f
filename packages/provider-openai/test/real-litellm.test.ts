import { createSpaceport } from "@spaceport/core";
import { type ChatServer, chatServerRequirement, type LlamaServer, startLiteLlmProxy, startLlamaServer } from "@spaceport/testkit/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { idleLlama } from "./support/idle-llama.ts";
import { plain, providerFor, type RealServer, testRealServer } from "./support/real-server-cases.ts";
import { weights } from "./support/weights.ts";

const { skip } = await chatServerRequirement(["llama", "litellm"], weights);

describe.skipIf(skip)("LiteLLM's proxy before llama.cpp's server", () => {
	let llama: LlamaServer;
	let proxy: ChatServer;
	let server: RealServer;

	beforeAll(async () => {
		llama = await startLlamaServer({ weights, chatTemplate: "tools" });
		proxy = await startLiteLlmProxy({ upstream: llama, models: [llama.model] });
		server = { baseUrl: proxy.baseUrl, apiKey: proxy.apiKey, model: llama.model, idle: () => idleLlama(llama) };
	});
	afterAll(async () => {
		await proxy?.stop();
		await llama?.stop();
	});

	testRealServer(() => server);

	test("says that it has no such model", async () => {
		const spaceport = createSpaceport({ providers: [providerFor(server, { models: ["gpt-99"] })] });
		await expect(spaceport.complete({ messages: "Hello" })).rejects.toMatchObject({ code: "no-such-model", reference: "gpt-99" });
	});

	test("is passed over where the server behind it is gone", async () => {
		await using other = await startLlamaServer({ weights });
		await llama.stop();
		const well = providerFor({ ...server, baseUrl: other.baseUrl, apiKey: other.apiKey }, { name: "other" });
		const spaceport = createSpaceport({ chains: { default: [providerFor(server), well] }, retry: { minDelayMs: 1, maxDelayMs: 1 } });
		const { provider, attempts } = await spaceport.complete({ ...plain, messages: "Hello", maxTokens: 4 });
		expect({ provider, failed: attempts.map(({ error }) => error?.code) }).toEqual({
			provider: "other",
			// It says so with a 500.
			failed: ["generation", "generation", undefined],
		});
	});
});
