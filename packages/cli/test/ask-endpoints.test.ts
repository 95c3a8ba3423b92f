import { describe, expect, it } from "vitest";
import { startChatServer } from "./support/chat-server.ts";
import { answer, createFolder, providerModule, runCli } from "./support/cli.ts";
import { startProxy } from "./support/proxy.ts";
import { startSpace } from "./support/space.ts";

/** A configuration with providers alone. */
const config = (providers: Record<string, unknown>, chains: Record<string, unknown> = {}) =>
	createFolder({ "spaceport.config.json": { providers, chains }, "mine.mjs": providerModule(answer) });

/** Nothing in its shape tells that it is one. */
const key = "fromenvironment0123";

describe("an endpoint that is known", () => {
	it("is a provider by its id, at its own address", async () => {
		const space = await startSpace([]);
		const proxy = await startProxy(space.baseUrl);
		const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, GROQ_API_KEY: key };
		const { code, stderr } = await runCli(["ask", "--provider", "groq", "--timeout", "2s", "Hi"], { env });
		// The proxy lets nobody through.
		expect(code).toBe(1);
		expect(stderr).toContain("No answer from https://api.groq.com/openai/v1 (chat)");
		expect(new Set(proxy.requests)).toEqual(new Set(["CONNECT api.groq.com:443"]));
	});

	it.each([
		{ args: ["--provider", "groq"], answer: "Hello from openai/gpt-oss-120b.\n" },
		{ args: ["--provider", "groq", "--model", "brand-new"], answer: "Hello from brand-new.\n" },
		{ args: ["--model", "groq:brand-new"], answer: "Hello from brand-new.\n" },
		{ args: ["--model", "groq"], answer: "Hello from openai/gpt-oss-120b.\n" },
		{ args: ["--chain", "both"], answer: "Hello from openai/gpt-oss-120b.\n" },
	])("is asked by $args, with the key from its variable", async ({ args, answer: text }) => {
		const server = await startChatServer();
		const folder = await config(
			{ groq: { options: { baseUrl: `${server.baseUrl}/v1` } }, mine: { use: "./mine.mjs" } },
			{ both: ["groq", "mine"] },
		);
		const result = await runCli(["ask", ...args, "Hi"], { folder, env: { GROQ_API_KEY: ` ${key}\n`, HF_TOKEN: "hf_other" } });
		expect(result).toMatchObject({ code: 0, stdout: text });
		expect(server.requests).toMatchObject([{ line: "POST /v1/chat/completions", bearer: key }]);
	});

	it("is a member of a chain by its id alone", async () => {
		const folder = await config({ mine: { use: "./mine.mjs" } }, { default: ["ollama", "mine"] });
		const { code, stdout } = await runCli(["ask", "--explain", "--json", "Hi"], { folder });
		expect(code).toBe(0);
		expect(stdout).toContain('"ollama"');
	});

	it("has a name of its own in a configuration", async () => {
		const server = await startChatServer();
		const use = "@spaceport/provider-openai";
		const folder = await config({
			fast: { use, options: { endpoint: "groq", baseUrl: `${server.baseUrl}/v1` } },
			here: { use, options: { baseUrl: `${server.baseUrl}/other` } },
		});
		const env = { GROQ_API_KEY: key };
		expect(await runCli(["ask", "--provider", "fast", "Hi"], { folder, env })).toMatchObject({ code: 0 });
		expect(await runCli(["ask", "--provider", "here", "Hi"], { folder, env })).toMatchObject({ code: 0, stdout: "Hello from listed.\n" });
		expect(server.requests).toEqual([
			{ line: "POST /v1/chat/completions", model: "openai/gpt-oss-120b", bearer: key },
			// A server of the user's own is nobody's endpoint.
			{ line: "GET /other/models", model: undefined, bearer: undefined },
			{ line: "POST /other/chat/completions", model: "listed", bearer: undefined },
		]);
	});

	it.each([
		{ args: ["--provider", "groq"], env: {}, says: "Groq answers nobody without a key, and GROQ_API_KEY is not set." },
		{ args: ["--model", "groq:x"], env: {}, says: "GROQ_API_KEY is not set" },
		{ args: ["--provider", "groq"], env: { HF_TOKEN: "hf_x" }, says: "GROQ_API_KEY is not set" },
		{ args: ["--provider", "groq"], env: { GROQ_API_KEY: "hidden one" }, says: "GROQ_API_KEY holds characters that no key has." },
		{ args: ["--provider", "cloudflare"], env: { CLOUDFLARE_API_TOKEN: "hidden" }, says: "account" },
		{ args: ["--provider", "gorq"], env: {}, says: 'Did you mean "groq"?' },
	])("without what it needs is wrong use: $args, $env", async ({ args, env, says }) => {
		const { code, stdout, stderr } = await runCli(["ask", ...args, "Hi"], { env });
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(says);
		expect(stderr).not.toContain("hidden");
	});

	it("takes account and token of Cloudflare from two variables", async () => {
		const space = await startSpace([]);
		const proxy = await startProxy(space.baseUrl);
		const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, CLOUDFLARE_API_TOKEN: "cf-token", CLOUDFLARE_ACCOUNT_ID: "acc-1" };
		const { stderr } = await runCli(["ask", "--provider", "cloudflare", "Hi"], { env });
		expect(stderr).toContain("https://api.cloudflare.com/client/v4/accounts/acc-1/ai/v1");
	});

	it.each([
		{
			options: { endpoint: "groq", apikey: "hidden" },
			says: 'spaceport.config.json: providers.mine.options.apikey is refused: apikey is not an option. Did you mean "apiKey"?',
		},
		{ options: { endpoint: "gorq" }, says: 'Did you mean "groq"?' },
		{ options: {}, says: "Neither endpoint nor baseUrl" },
		{ options: { baseUrl: "not an address" }, says: "baseUrl" },
	])("in a configuration is refused with its place: $options", async ({ options, says }) => {
		const folder = await config({ mine: { use: "@spaceport/provider-openai", options } });
		const { code, stderr } = await runCli(["ask", "--provider", "mine", "Hi"], { folder });
		expect(code).toBe(2);
		expect(stderr).toContain(says);
		expect(stderr).not.toContain("hidden");
	});
});

describe("a key from the environment", () => {
	const use = "@spaceport/provider-openai";

	it.each([
		{ endpoint: "huggingface", bearer: "hf_token" },
		{ endpoint: "groq", bearer: key },
		{ endpoint: "cerebras", bearer: undefined },
		{ endpoint: "ai-horde", bearer: "0000000000" },
	])("is the endpoint's own, and no other: $endpoint", async ({ endpoint, bearer }) => {
		const server = await startChatServer();
		const folder = await config({
			it: { use, options: { endpoint, baseUrl: server.baseUrl, models: ["m"], quirks: { streaming: true } } },
		});
		await runCli(["ask", "--provider", "it", "Hi"], { folder, env: { HF_TOKEN: "hf_token", GROQ_API_KEY: key } });
		expect(server.requests).toMatchObject([{ bearer }]);
	});

	it("does not go to somebody else's server", async () => {
		const server = await startChatServer();
		const proxy = await startProxy(server.baseUrl);
		const folder = await config({ groq: { options: { baseUrl: "http://api.groq.com.example/v1" } } });
		const env = { http_proxy: `http://127.0.0.1:${proxy.port}`, GROQ_API_KEY: key, HF_TOKEN: "hf_token" };
		expect(await runCli(["ask", "--provider", "groq", "Hi"], { folder, env })).toMatchObject({ code: 0 });
		expect(server.requests).toMatchObject([{ bearer: undefined }]);
	});

	it.each([[], ["--json"], ["--verbose"]])("is not shown, whoever repeats it: %s", async (...args) => {
		const server = await startChatServer(true);
		const folder = await createFolder({
			"spaceport.config.json": {
				providers: { groq: { options: { baseUrl: server.baseUrl } }, mine: { use: "./mine.mjs" } },
				chains: { default: ["groq", "mine"] },
			},
			"mine.mjs": providerModule('context.warn(process.env.GROQ_API_KEY); throw new Error("no: " + process.env.GROQ_API_KEY);'),
		});
		const { code, stdout, stderr } = await runCli(["ask", ...args, "Hi"], { folder, env: { GROQ_API_KEY: key } });
		expect(code).toBe(1);
		expect(stdout + stderr).not.toContain(key);
		expect(server.requests).toMatchObject([{ bearer: key }]);
	});
});

describe("what becomes of a prompt", () => {
	it.each([
		{
			provider: "kilo",
			says: /^Kilo Gateway: Prompts and answers are logged and may train models: send nothing confidential\.$/gm,
			times: 1,
		},
		{ provider: "ovhcloud", says: /logged|train/g, times: 0 },
	])("is said once, where there is something to say, before $provider is asked", async ({ provider, says, times }) => {
		const space = await startSpace([]);
		const proxy = await startProxy(space.baseUrl);
		const { stderr } = await runCli(["ask", "--provider", provider, "--timeout", "4s", "Hi"], {
			env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` },
		});
		expect(stderr.match(says) ?? []).toHaveLength(times);
		expect(proxy.requests.length).toBeGreaterThan(1);
	});
});

describe("--offline", () => {
	it("asks an endpoint on this machine, and no other; nobody needs a key for the others", async () => {
		const server = await startChatServer();
		const folder = await config({ ollama: { options: { baseUrl: `${server.baseUrl}/v1` } } }, { default: ["groq", "ovhcloud", "ollama"] });
		const result = await runCli(["ask", "--offline", "Hi"], { folder });
		expect(result).toMatchObject({ code: 0, stdout: "Hello from listed.\n" });
	});

	it("refuses in words", async () => {
		const { code, stderr } = await runCli(["ask", "--offline", "--provider", "groq", "Hi"]);
		expect(code).toBe(2);
		expect(stderr).toContain('"groq" needs the network, and --offline allows none.');
	});
});
