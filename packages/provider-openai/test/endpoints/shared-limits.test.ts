import { createSpaceport } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { createEndpoint, endpoints } from "../../src/index.ts";
import { type FakeServer, goodKey, startFakeServer, stream } from "../fake-endpoints/fake-server.ts";

let server: FakeServer;
beforeAll(async () => {
	server = await startFakeServer();
});
afterAll(() => server.close());

const other = (): ReturnType<typeof createScriptedProvider> => createScriptedProvider({ name: "other", scripts: [["Somebody else."]] });

describe("an endpoint's limit", () => {
	test("is one for all of its models, in every chain that they are in", async () => {
		server.play("mistral", {});
		// Two requests a minute, whatever the model.
		const mistral = createEndpoint("mistral", { baseUrl: server.baseUrlOf("mistral"), apiKey: goodKey });
		const spaceport = createSpaceport({
			providers: [mistral, other()],
			chains: {
				small: [{ provider: "mistral", model: "mistral-small-latest" }, "other"],
				large: [{ provider: "mistral", model: "mistral-large-latest" }, "other"],
			},
		});
		const asked: string[] = [];
		for (const model of ["small", "large", "small", "large"]) asked.push((await spaceport.complete({ messages: "?", model })).provider);
		expect(asked).toEqual(["mistral", "mistral", "other", "other"]);
		expect(server.seen.map(({ body }) => body?.model)).toEqual(["mistral-small-latest", "mistral-large-latest"]);
	});

	test("that is each model's own is kept by a provider for each", async () => {
		server.play("ovhcloud", { key: "optional" });
		const options = { baseUrl: server.baseUrlOf("ovhcloud") };
		const one = createEndpoint("ovhcloud", { ...options, name: "ovh-gpt", models: ["gpt-oss-120b"] });
		const two = createEndpoint("ovhcloud", { ...options, name: "ovh-llama", models: ["Meta-Llama-3_3-70B-Instruct"] });
		const spaceport = createSpaceport({ providers: [one, two, other()], chains: { default: ["ovh-gpt", "ovh-llama", "other"] } });
		const asked: string[] = [];
		for (let count = 0; count < 5; count += 1) asked.push((await spaceport.complete({ messages: "?" })).provider);
		expect(asked).toEqual(["ovh-gpt", "ovh-gpt", "ovh-llama", "ovh-llama", "other"]);
	});

	test.each([
		["groq", { "x-ratelimit-limit-requests": "1000", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2m59.56s" }],
		[
			"cerebras",
			{ "x-ratelimit-limit-requests-day": "2400", "x-ratelimit-remaining-requests-day": "0", "x-ratelimit-reset-requests-day": "33011.4" },
		],
		["openrouter", { "x-ratelimit-limit": "50", "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(Date.now() + 3_600_000) }],
	] as const)("that %s tells of in its headers is heeded, for all of its models", async (id, headers) => {
		const [first, second] = endpoints[id].models;
		server.play(id, { replies: { "?": { ...stream(first?.id ?? "", [{ content: "Yes." }]), headers } } });
		const provider = createEndpoint(id, { baseUrl: server.baseUrlOf(id), apiKey: goodKey, plan: "paid" });
		const spaceport = createSpaceport({
			providers: [provider, other()],
			chains: { default: [{ provider: id, model: first?.id ?? "" }, "other"], next: [{ provider: id, model: second?.id ?? "" }, "other"] },
		});
		expect((await spaceport.complete({ messages: "?" })).provider).toBe(id);
		expect((await spaceport.complete({ messages: "?", model: "next" })).provider).toBe("other");
		expect(server.seen).toHaveLength(1);
	});

	test("of an account is divided among its keys", async () => {
		server.play("mistral", {});
		const apiKeys = [goodKey, `${goodKey}-2`];
		const mistral = createEndpoint("mistral", { baseUrl: server.baseUrlOf("mistral"), apiKeys });
		const spaceport = createSpaceport({ providers: [mistral, other()], chains: { default: ["mistral", "other"] } });
		const asked: string[] = [];
		for (let count = 0; count < 3; count += 1) asked.push((await spaceport.complete({ messages: "?" })).provider);
		// The second key is none that the fake knows: what counts is that each was tried once, and no more.
		expect(asked).toEqual(["mistral", "other", "other"]);
		expect(server.seen.map(({ headers }) => headers.authorization)).toEqual(apiKeys.map((key) => `Bearer ${key}`));
	});
});
