import { createSpaceport } from "@spaceport/core";
import { chatServerRequirement, type LlamaServer, startLlamaServer } from "@spaceport/testkit/openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { idleLlama } from "./support/idle-llama.ts";
import { providerFor, type RealServer, testRealServer } from "./support/real-server-cases.ts";
import { weights } from "./support/weights.ts";

const { skip } = await chatServerRequirement(["llama"], weights);

describe.skipIf(skip)("llama.cpp's server", () => {
	let llama: LlamaServer;
	let server: RealServer;

	beforeAll(async () => {
		llama = await startLlamaServer({ weights, chatTemplate: "tools" });
		const { baseUrl, apiKey, model } = llama;
		server = { baseUrl, apiKey, model, idle: () => idleLlama(llama) };
	});
	afterAll(() => llama?.stop());

	testRealServer(() => server);

	test("says that it takes no images", async () => {
		const image = Uint8Array.from([0x89, 0x50, 0x4e, 0x47]);
		const messages = [{ role: "user", content: [{ type: "image", image, mediaType: "image/png" }] }] as const;
		const spaceport = createSpaceport({ providers: [providerFor(server)] });
		await expect(spaceport.complete({ messages })).rejects.toMatchObject({ code: "unsupported" });
	});
});
