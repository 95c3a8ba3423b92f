import { describe, expect, it } from "vitest";
import { answer, createFolder, providerModule, runCli, startCli } from "./support/cli.ts";
import { startProxy } from "./support/proxy.ts";
import { spaceConfig, startSpace } from "./support/space.ts";

describe("a proxy", () => {
	it("is used for plain addresses, with its credentials, streaming and leaving included", async () => {
		const space = await startSpace(["Hello", "HANG"]);
		const proxy = await startProxy(space.baseUrl);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig("http://space.example") });
		const cli = await startCli(["ask", "Hi"], { folder, env: { http_proxy: `http://me:pass%20word@127.0.0.1:${proxy.port}` } });
		await cli.said("stdout", /Hello/);
		cli.child.kill("SIGINT");
		await space.dropped;
		expect(await cli.result).toMatchObject({ code: 130, stdout: "Hello\n" });
		const stream = expect.stringMatching(/^GET http:\/\/space\.example\/queue\/data\?session_hash=/);
		// The second one asks whether the server still knows the session.
		expect(proxy.requests).toEqual(["GET http://space.example/config", "POST http://space.example/queue/join", stream, stream]);
		expect(new Set(proxy.credentials)).toEqual(new Set([`Basic ${Buffer.from("me:pass word").toString("base64")}`]));
	});

	it("is asked for a tunnel to https addresses; the process ends by itself", async () => {
		const space = await startSpace([]);
		const proxy = await startProxy(space.baseUrl);
		const folder = await createFolder({
			"spaceport.config.json": { providers: { local: { use: "./mine.mjs" } } },
			"mine.mjs": providerModule(answer),
		});
		const env = { HTTPS_PROXY: `127.0.0.1:${proxy.port}` };
		expect(await runCli(["ask", "Hi"], { folder, env })).toMatchObject({ code: 0, stdout: "Paris is the capital.\n" });
		// The hub is asked where the Space is, the Space for its config, and the hub why that does not come; and it is looked who of all can be reached.
		const hub = "CONNECT huggingface.co:443";
		const [look, other, ...asked] = proxy.requests;
		expect([look, other]).toEqual([hub, "CONNECT oai.endpoints.kepler.ai.cloud.ovh.net:443"]);
		expect(asked).toEqual([hub, "CONNECT qwen-qwen2-72b-instruct.hf.space:443", hub]);
	});

	it("is left out for the hosts of NO_PROXY", async () => {
		const space = await startSpace(["Hello"]);
		const proxy = await startProxy(space.baseUrl);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		const env = { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: "localhost,127.0.0.1" };
		expect(await runCli(["ask", "Hi"], { folder, env })).toMatchObject({ code: 0, stdout: "Hello\n" });
		expect(proxy.requests).toEqual([]);
	});

	it.each(["http://", "socks5://user:hidden@127.0.0.1:1080", "http://user:hidden@bad host"])(
		"that is none is wrong use, and the value is not repeated: %s",
		async (value) => {
			const { code, stdout, stderr } = await runCli(["ask", "Hi"], { env: { HTTPS_PROXY: value } });
			expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
			expect(stderr).toMatch(/^error: HTTPS_PROXY (is no address of a proxy|names a proxy of the kind socks5:)/);
			expect(stderr).not.toContain("hidden");
		},
	);
});

describe("HF_TOKEN", () => {
	const showsToken = providerModule('yield String(options.token) + " " + String(options.apiKey);');
	const config = (options: Record<string, unknown>) => ({
		providers: { mine: { use: "./mine.mjs", options } },
		chains: { default: ["mine"] },
	});

	it.each([
		{ options: {}, token: "hf_fromenvironment undefined" },
		{ options: { baseUrl: "https://someone-space.hf.space" }, token: "hf_fromenvironment undefined" },
		{ options: { token: "own" }, token: "own undefined" },
		{ options: { apiKey: "own" }, token: "undefined own" },
		{ options: { baseUrl: "https://elsewhere.example" }, token: "undefined undefined" },
		{ options: { baseUrl: "https://hf.space.example" }, token: "undefined undefined" },
		{ options: { baseUrl: "http://hf.space" }, token: "undefined undefined" },
		{ options: { baseUrl: "http://127.0.0.1.example" }, token: "undefined undefined" },
		{ options: { baseUrl: "http://127.0.0.1:7860" }, token: "hf_fromenvironment undefined" },
	])("goes to a provider with the options $options: $token", async ({ options, token }) => {
		const folder = await createFolder({ "spaceport.config.json": config(options), "mine.mjs": showsToken });
		expect(await runCli(["ask", "Hi"], { folder, env: { HF_TOKEN: " hf_fromenvironment\n" } })).toMatchObject({
			code: 0,
			stdout: `${token}\n`,
		});
	});

	it("goes with every request to a Space on this machine", async () => {
		const space = await startSpace(["Hello"]);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		await runCli(["ask", "Hi"], { folder, env: { HF_TOKEN: "hf_fromenvironment" } });
		expect(space.headers.map(({ authorization }) => authorization)).toEqual(Array(3).fill("Bearer hf_fromenvironment"));
	});

	it("that can be none is wrong use, and is not repeated", async () => {
		const { code, stderr } = await runCli(["ask", "Hi"], { env: { HF_TOKEN: "hidden one" } });
		expect(code).toBe(2);
		expect(stderr).toContain("HF_TOKEN holds characters that no token has.");
		expect(stderr).not.toContain("hidden");
	});
});

describe("--offline", () => {
	const files = {
		"spaceport.config.json": {
			providers: { here: { use: "./mine.mjs", network: false }, there: { use: "./mine.mjs" } },
			chains: { default: ["there", "here"], remote: ["there"] },
		},
		"mine.mjs": providerModule('yield "answered";'),
	};

	it("leaves the providers of a chain out that need the network", async () => {
		const folder = await createFolder(files);
		expect(await runCli(["ask", "--offline", "Hi"], { folder })).toMatchObject({ code: 0, stdout: "answered\n", stderr: "" });
	});

	it.each([
		{ args: ["--provider", "there"], code: 2 },
		{ args: ["--provider", "qwen-2-72b"], code: 2 },
		{ args: ["--chain", "remote"], code: 1 },
	])("refuses in words what needs it: $args", async ({ args, code }) => {
		const folder = await createFolder(files);
		const result = await runCli(["ask", "--offline", ...args, "Hi"], { folder });
		expect(result).toMatchObject({ code, stdout: "" });
		expect(result.stderr).toContain("needs the network, and --offline allows none.");
	});

	it("asks the Space nothing, and local downloads nothing", async () => {
		const space = await startSpace([]);
		const folder = await createFolder({
			"spaceport.config.json": {
				providers: {
					"qwen-2-72b": { options: { baseUrl: space.baseUrl } },
					local: { options: { hubUrl: space.baseUrl, cacheDir: "./nothing-here", pip: ["false"] } },
				},
			},
		});
		const { code, stdout, stderr } = await runCli(["ask", "--offline", "Hi"], { folder });
		expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
		expect(stderr).toMatch(/offline|network/i);
		expect(space.requests).toEqual([]);
	});
});
