import { isSpaceportError } from "@spaceport/core";
import { describe, expect, test } from "vitest";

import createFromConfiguration, * as all from "../../src/index.ts";

const {
	createCloudflareWorkersAI,
	createEndpoint,
	createGroq,
	createOpenAICompatible,
	createOpenRouter,
	createOVHcloud,
	defaultEndpoints,
	endpoints,
	findEndpoint,
} = all;

/** What a call throws. */
function thrown(call: () => unknown): {
	readonly code: string;
	readonly path?: string;
	readonly message: string;
	readonly hint?: string | undefined;
} {
	try {
		call();
	} catch (error) {
		if (isSpaceportError(error)) return error as never;
		throw error;
	}
	throw new Error("Nothing was thrown.");
}

describe("an endpoint that is known", () => {
	test.each([
		["groq", "groq"],
		["gemini", "google-ai-studio"],
		["google-ai-studio", "google-ai-studio"],
		["GROQ", undefined],
		["constructor", undefined],
		["", undefined],
	])("is found by %s: %s", (name, id) => {
		expect(findEndpoint(name)?.id).toBe(id);
	});

	test("has its settings, and what is said besides wins", () => {
		const known = createGroq({ apiKey: "gsk_x" });
		expect(known).toMatchObject({
			name: "groq",
			url: "https://api.groq.com/openai/v1",
			otherModels: true,
			limits: { requestsPerMinute: 30 },
		});
		expect(known.models[0]).toEqual({ id: "openai/gpt-oss-120b", contextTokens: 131_072, tools: true });
		const changed = createGroq({
			apiKey: "gsk_x",
			name: "mine",
			baseUrl: "https://proxy.example/v1/",
			models: ["one"],
			limits: { requestsPerMinute: 7, concurrency: 2 },
			timeouts: { idleMs: 1 },
		});
		expect(changed).toMatchObject({ name: "mine", url: "https://proxy.example/v1", models: [{ id: "one" }], timeouts: { idleMs: 1 } });
		expect(changed.limits).toEqual({ requestsPerMinute: 7, concurrency: 2 });
		// Whoever lists models says which there are.
		expect(changed.otherModels).toBeUndefined();
	});

	test("is made by its id, by a factory of its name, or by what a configuration says", () => {
		const shape = { name: "openrouter", url: "https://openrouter.ai/api/v1" };
		expect(createOpenRouter({ apiKey: "k" })).toMatchObject(shape);
		expect(createEndpoint("openrouter", { apiKey: "k" })).toMatchObject(shape);
		expect(createOpenAICompatible({ endpoint: "openrouter", apiKey: "k" })).toMatchObject(shape);
		expect(createFromConfiguration({ endpoint: "openrouter", apiKey: "k" })).toMatchObject(shape);
		expect(createFromConfiguration({ baseUrl: "http://127.0.0.1:1/v1" })).toMatchObject({
			name: "openai-compatible",
			url: "http://127.0.0.1:1/v1",
		});
		expect(createFromConfiguration({ baseUrl: "http://127.0.0.1:1/v1", name: "mine" })).toMatchObject({ name: "mine" });
	});

	test("is made by every factory, whatever its name", () => {
		const factories = Object.entries(all).filter(([name]) => /^create(?!Endpoint|OpenAICompatible)[A-Z]/.test(name));
		expect(factories.length).toBeGreaterThan(15);
		const ids = factories.map(([, create]) => (create as all.EndpointFactory)({ apiKey: "k", account: "acc" }).name);
		expect(new Set(ids).size).toBe(ids.length);
		for (const id of ids) expect(endpoints).toHaveProperty(id);
	});

	test("says in words what is missing or wrong, and shows no key", () => {
		expect(thrown(() => createEndpoint("gorq"))).toMatchObject({ code: "invalid-request", path: "endpoint" });
		expect(thrown(() => createEndpoint("gorq")).message).toContain('Did you mean "groq"?');
		expect(thrown(() => createFromConfiguration({ endpoint: 7 })).message).toContain("a number");
		expect(thrown(() => createGroq())).toMatchObject({ code: "invalid-request", path: "apiKey" });
		expect(thrown(() => createGroq()).hint).toContain("https://console.groq.com/keys");
		expect(thrown(() => createGroq({ apiKey: "" }))).toMatchObject({ path: "apiKey" });
		expect(thrown(() => createFromConfiguration({ endpoint: "groq", apiKey: "k", plan: "free-of-charge" }))).toMatchObject({
			path: "plan",
		});
		expect(thrown(() => createFromConfiguration({ endpoint: "groq", apikey: "hidden" })).message).toBe(
			'apikey is not an option. Did you mean "apiKey"?',
		);
		expect(thrown(() => createFromConfiguration({}))).toMatchObject({ path: "endpoint" });
		for (const options of [
			{ apiKey: "hidden key" },
			{ apiKeys: ["hidden key"] },
			{ apiKeys: "hidden" },
			{ apiKey: "hidden", apiKeys: ["hidden"] },
		]) {
			const error = thrown(() => createFromConfiguration({ endpoint: "groq", ...options }));
			expect(error).toMatchObject({ code: "invalid-request" });
			expect(JSON.stringify(error) + error.message).not.toContain("hidden");
		}
	});

	test.each([
		[{ models: "x" }, "models", '"x"'],
		[{ models: ["a", 7] }, "models[1]", "7"],
		[{ models: [{}] }, "models[0]", "{}"],
		[{ headers: "hidden" }, "headers", "headers must be"],
		[{ headers: { "x-key": "hid\nden" } }, "headers.x-key", "x-key"],
		[{ quirks: [] }, "quirks", "[]"],
		[{ quirks: { lack: ["seed"] } }, "quirks.lack", 'Did you mean "lacks"?'],
		[{ timeouts: { idleMS: 1 } }, "timeouts.idleMS", 'Did you mean "idleMs"?'],
		[{ timeouts: { idleMs: "1 s" } }, "timeouts.idleMs", '"1 s"'],
		[{ limits: 7 }, "limits", "7"],
		[{ limits: { requestsPerMinute: 0 } }, "limits.requestsPerMinute", "0"],
		[{ otherModels: "yes" }, "otherModels", '"yes"'],
		[{ account: 7 }, "account", "7"],
		[{ baseUrl: "ftp://x" }, "baseUrl", "ftp://x"],
		[{ name: "" }, "name", '""'],
	])("with the option %j is refused by its place: %s", (options, path, says) => {
		const error = thrown(() => createFromConfiguration({ endpoint: "groq", apiKey: "hidden", ...options }));
		expect(error).toMatchObject({ code: "invalid-request", path });
		expect(error.message).toContain(says);
		expect(error.message).not.toContain("hidden");
	});

	test.each<[unknown, string, string]>([
		[undefined, "options", "an object"],
		[{ baseURL: "http://x" }, "baseURL", 'Did you mean "baseUrl"?'],
		[{ baseUrl: "http://x/v1/chat/completions" }, "baseUrl", "/chat/completions"],
		[{ baseUrl: "http://x", headers: new Headers({ a: "hidden" }) }, "headers", "an object"],
		[{ baseUrl: "http://x", fetch: false }, "fetch", "false"],
		[{ baseUrl: "http://x", models: "m" }, "models", '"m"'],
		[{ baseUrl: "http://x", quirks: { lacks: "seed" } }, "quirks.lacks", '"seed"'],
		[{ baseUrl: "http://x", quirks: { laks: [] } }, "quirks.laks", 'Did you mean "lacks"?'],
		[{ baseUrl: "http://x", timeouts: { connectMs: -1 } }, "timeouts.connectMs", "-1"],
		[{ baseUrl: "http://x", apiKey: "hidden", apiKeys: ["hidden"] }, "apiKeys", "beside apiKey;"],
	])("of a server of one's own with %j is refused as well: %s", (options, path, says) => {
		const given = (options === undefined ? options : { name: "own", ...(options as object) }) as unknown as all.OpenAICompatibleOptions;
		const error = thrown(() => createOpenAICompatible(given));
		expect(error).toMatchObject({ code: "invalid-request", path });
		expect(error.message).toContain(says);
		expect(error.message).not.toContain("hidden");
	});

	test("needs no key at an address that is not its own", () => {
		expect(createGroq({ baseUrl: "http://127.0.0.1:9/v1" })).toMatchObject({ url: "http://127.0.0.1:9/v1" });
	});
});

describe("Cloudflare's account", () => {
	const url = "https://api.cloudflare.com/client/v4/accounts/acc-1/ai/v1";

	test("stands in the address: from an option, or from a key of two parts", () => {
		expect(createCloudflareWorkersAI({ account: "acc-1", apiKey: "token" }).url).toBe(url);
		expect(createCloudflareWorkersAI({ apiKey: "acc-1:token" }).url).toBe(url);
		expect(createCloudflareWorkersAI({ account: "acc-1", apiKeys: ["acc-1:one", "two"] })).toMatchObject({ url, keys: ["key-1", "key-2"] });
	});

	test("is missing, or is none, and that is said without the token", () => {
		expect(thrown(() => createCloudflareWorkersAI({ apiKey: "hidden" }))).toMatchObject({ path: "account" });
		expect(thrown(() => createCloudflareWorkersAI({ account: "../../x", apiKey: "hidden" }))).toMatchObject({ path: "account" });
		const several = thrown(() => createCloudflareWorkersAI({ apiKeys: ["a:hidden", "b:hidden"] }));
		expect(several).toMatchObject({ path: "apiKeys" });
		expect(several.message).not.toContain("hidden");
	});
});

describe("the limits of those who do not pay", () => {
	test("are those with a key, where there is one", () => {
		expect(createOVHcloud().limits).toEqual({ requestsPerMinute: 2 });
		expect(createOVHcloud({ apiKey: "k" }).limits).toEqual({ requestsPerMinute: 400 });
	});

	test("are divided among the keys of an account, and are each key's own where they are counted by keys", () => {
		expect(createOpenRouter({ apiKeys: ["a", "b", "a"] })).toMatchObject({
			keys: ["key-1", "key-2"],
			limits: { requestsPerMinute: 10, requestsPerDay: 25 },
		});
		expect(createEndpoint("mistral", { apiKeys: ["a", "b", "c"] }).limits).toMatchObject({ requestsPerMinute: 1 });
		expect(createEndpoint("kilo", { apiKeys: ["a", "b"] }).limits).toEqual({ intervalCap: 100, intervalMs: 3_600_000 });
		expect(createEndpoint("navy", { apiKeys: ["a", "b"] }).limits).toMatchObject({ requestsPerMinute: 20, tokensPerDay: 150_000 });
	});

	test("are not those of who pays", () => {
		expect(createOpenRouter({ apiKey: "k", plan: "paid" }).limits ?? {}).toEqual({});
		expect(createOpenRouter({ apiKey: "k", plan: "paid", limits: { concurrency: 3 } }).limits).toEqual({ concurrency: 3 });
	});
});

test("the defaults are the endpoints whose data says so", () => {
	const ids = defaultEndpoints().map(({ id }) => id);
	expect(ids).toContain("ovhcloud");
	expect(ids).toContain("groq");
	for (const id of ["kilo", "opencode-zen", "mistral", "cohere", "openai"]) expect(ids).not.toContain(id);
});
