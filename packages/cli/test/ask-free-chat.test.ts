import { describe, expect, it } from "vitest";
import { startChatServer } from "./support/chat-server.ts";
import { answer, createFolder, providerModule, runCli } from "./support/cli.ts";
import { startProxy } from "./support/proxy.ts";
import { spaceConfig, startSpace } from "./support/space.ts";

const mine = { "mine.mjs": providerModule(answer) };
const local = { local: { use: "./mine.mjs" } };
/** Nobody is reached: each name is looked up at a proxy that takes no connection. */
const noNetwork = { HTTPS_PROXY: "http://127.0.0.1:1" };
const names = (explained: string): readonly string[] => [...explained.matchAll(/^ +\d+\. (\S+)/gm)].map(([, name = ""]) => name);

describe("the chain free-chat", () => {
	it("is asked where nobody is named, and by its name; a configuration's own default wins", async () => {
		const everybody = ["qwen-2-72b", "ovhcloud", "ovhcloud", "local"];
		expect((await runCli(["ask", "--explain"])).stdout).toMatch(/^"free-chat" would be asked in this order:\n/);
		for (const args of [[], ["--chain", "free-chat"], ["--model", "free-chat"], ["--chain", "default"]]) {
			const { code, stdout } = await runCli(["ask", "--explain", ...args]);
			expect({ code, names: names(stdout) }).toEqual({ code: 0, names: everybody });
		}
		const folder = await createFolder({ "spaceport.config.json": { providers: local, chains: { default: ["local"] } }, ...mine });
		expect(names((await runCli(["ask", "--explain"], { folder })).stdout)).toEqual(["local"]);
		expect(names((await runCli(["ask", "--explain", "--chain", "free-chat"], { folder })).stdout)).toEqual(everybody);
	});

	it("is a member of other chains by its name", async () => {
		const folder = await createFolder({
			"spaceport.config.json": { providers: { ...local, first: { use: "./mine.mjs" } }, chains: { default: ["first", "free-chat"] } },
			...mine,
		});
		expect(names((await runCli(["ask", "--explain"], { folder })).stdout)).toEqual([
			"first",
			"qwen-2-72b",
			"ovhcloud",
			"ovhcloud",
			"local",
		]);
	});

	it("has those whose keys are set, after those that need none; keys that are for other things bring in nobody", async () => {
		const env = {
			GROQ_API_KEY: "gsk_0123456789",
			HF_TOKEN: "hf_0123456789",
			CLOUDFLARE_API_TOKEN: "cf",
			MISTRAL_API_KEY: "m",
			OVHCLOUD_API_KEY: "ovh",
		};
		const { stdout, stderr } = await runCli(["ask", "--explain"], { env });
		expect([...new Set(names(stdout))]).toEqual(["qwen-2-72b", "ovhcloud", "groq", "local"]);
		expect(stdout + stderr).not.toContain("gsk_");
		const odd = await runCli(["ask", "--explain"], { env: { GROQ_API_KEY: "two words" } });
		expect([...new Set(names(odd.stdout))]).toEqual(["qwen-2-72b", "ovhcloud", "local"]);
		expect(odd.stderr).toContain("groq is left out: GROQ_API_KEY holds characters that no key has.");
	});

	it("has those whom a configuration names, and lacks those that it or the command leaves out", async () => {
		const folder = await createFolder({
			"spaceport.config.json": { freeChat: { spaces: ["owner/name"], endpoints: ["mistral", "ollama"], without: ["qwen-2-72b"] } },
		});
		const { stdout } = await runCli(["ask", "--explain", "--without", "local"], { folder, env: { MISTRAL_API_KEY: "m" } });
		expect([...new Set(names(stdout))]).toEqual(["owner/name", "ovhcloud", "ollama", "mistral"]);
	});

	it.each([
		{ args: ["--without", "ovh-cloud"], says: 'without has "ovh-cloud", which is nobody who could be asked. Did you mean "ovhcloud"?' },
		{
			args: ["--without", "ovhcloud", "--provider", "local"],
			says: "--without leaves somebody out of the chain free-chat, and that is not asked here.",
		},
		{ args: ["--without", "qwen-2-72b", "--without", "ovhcloud", "--without", "local"], says: "Nobody is left who could be asked." },
	])("refuses $args, exit code 2", async ({ args, says }) => {
		const { code, stdout, stderr } = await runCli(["ask", ...args, "x"]);
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(says);
	});

	it("offline asks the local model alone", async () => {
		const folder = await createFolder({ "spaceport.config.json": { freeChat: { spaces: ["owner/name"], endpoints: ["kilo"] } } });
		const { stdout } = await runCli(["ask", "--explain", "--offline"], { folder, env: { GROQ_API_KEY: "gsk_0123456789" } });
		expect(names(stdout)).toEqual(["local"]);
	});

	it("says who gets the prompt before it goes there: who, as whom, and what becomes of it", async () => {
		const server = await startChatServer();
		const folder = await createFolder({
			"spaceport.config.json": {
				providers: { ovhcloud: { options: { baseUrl: `${server.baseUrl}/v1` } } },
				freeChat: { without: ["qwen-2-72b"] },
			},
		});
		const { code, stdout, stderr } = await runCli(["ask", "Hi"], { folder });
		expect({ code, stdout, stderr }).toEqual({
			code: 0,
			stdout: "Hello from gpt-oss-120b.\n",
			stderr: "Asking ovhcloud (gpt-oss-120b) on this machine\n",
		});
	});

	it("is short about those who cannot be reached, and names nobody else who got nothing", async () => {
		const folder = await createFolder({ "spaceport.config.json": { providers: local }, ...mine });
		const { code, stdout, stderr } = await runCli(["ask", "Hi"], { folder, env: noNetwork });
		expect({ code, stdout }).toEqual({ code: 0, stdout: "Paris is the capital.\n" });
		expect(stderr.split("\n")).toEqual([
			"Sending to the Space Qwen/Qwen2-72B-Instruct, no account; logging unknown",
			"qwen-2-72b is out of reach: the connection was refused",
			"ovhcloud is out of reach: the connection was refused",
			"Asking local (scripted-1), as configured",
			"",
		]);
		for (const line of stderr.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
	});

	it("says where a prompt goes once, in colour where that is wanted, and is silent about it where others are asked", async () => {
		const space = await startSpace(["Hello"]);
		const folder = await createFolder({ "spaceport.config.json": spaceConfig(space.baseUrl) });
		expect(await runCli(["ask", "Hi"], { folder })).toMatchObject({ stdout: "Hello\n", stderr: "" });
		const free = await createFolder({ "spaceport.config.json": { providers: spaceConfig(space.baseUrl).providers } });
		const { stderr } = await runCli(["ask", "Hi"], { folder: free, env: { FORCE_COLOR: "1" } });
		expect(stderr).toBe("\u001b[2mAsking qwen-2-72b (qwen-2-72b) on this machine\u001b[22m\n");
	});

	it("goes through the proxy, with what is looked at as well, and sends no prompt in a look", async () => {
		const server = await startChatServer();
		const proxy = await startProxy(server.baseUrl);
		const folder = await createFolder({
			"spaceport.config.json": { providers: { ...local, ovhcloud: { options: { baseUrl: "http://ovh.example/v1" } } } },
			...mine,
		});
		const { stdout, stderr } = await runCli(["ask", "a secret question"], {
			folder,
			env: { HTTP_PROXY: `http://127.0.0.1:${proxy.port}`, HTTPS_PROXY: "http://127.0.0.1:1" },
		});
		expect(stdout).toBe("Hello from gpt-oss-120b.\n");
		expect(proxy.requests).toEqual(["HEAD http://ovh.example/", "POST http://ovh.example/v1/chat/completions"]);
		expect(stderr).toContain("Asking ovhcloud (gpt-oss-120b), as configured, at ovh.example\n");
	});
});
