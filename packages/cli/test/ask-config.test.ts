import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answer, createFolder, providerModule, runCli } from "./support/cli.ts";

const mine = { providers: { mine: { use: "./mine.mjs" } }, chains: { default: ["mine"] } };
const mineModule = providerModule('yield "mine " + JSON.stringify(options);');
const asked = "mine {}\n";

describe("a configuration", () => {
	it.each([
		{ name: "spaceport.config.json", content: JSON.stringify(mine) },
		{ name: "spaceport.config.mjs", content: `export default ${JSON.stringify(mine)};` },
		{ name: "spaceport.config.js", content: `export default ${JSON.stringify(mine)};` },
		{
			name: "spaceport.config.ts",
			content: `import { defineConfig, type SpaceportConfig } from "spaceport";
enum Names { Mine = "mine" }
const config: SpaceportConfig = { providers: { [Names.Mine]: { use: "./mine.mjs" } }, chains: { default: [Names.Mine] } };
export default defineConfig(config);`,
		},
		{ name: "spaceport.config.mts", content: `export default ${JSON.stringify(mine)} as object;` },
	])("is read from $name", async ({ name, content }) => {
		const folder = await createFolder({ [name]: content, "mine.mjs": mineModule });
		expect(await runCli(["ask", "x"], { folder })).toMatchObject({ code: 0, stdout: asked, stderr: "" });
	});

	it("in a program may hold providers themselves, and import what comes with the command", async () => {
		const folder = await createFolder({
			"spaceport.config.ts": `import { createChain } from "@spaceport/core";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";
const own = { name: "own", models: [{ id: "own-1" }], async *createAsyncGenerator() { yield "own"; } };
const down = createQwen2_72b({ baseUrl: "http://127.0.0.1:9" });
export default { providers: { own, both: createChain({ name: "both", providers: [down, own], retry: { retries: 0 } }) }, chains: { default: ["both"] } };`,
		});
		expect(await runCli(["ask", "x"], { folder })).toMatchObject({ code: 0, stdout: "own\n" });
	});

	it("is looked up in the folders above, up to the root of the repository", async () => {
		const folder = await createFolder({ "spaceport.config.json": mine, "mine.mjs": mineModule });
		const inner = join(folder, "a", "b");
		await mkdir(inner, { recursive: true });
		expect(await runCli(["ask", "--chain", "default", "--provider", "x", "x"], { folder: inner })).toMatchObject({ code: 2 });
		const outside = await runCli(["ask", "--provider", "mine", "x"], { folder: inner });
		expect(outside).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no provider "mine"') });
		await mkdir(join(folder, ".git"));
		expect(await runCli(["ask", "x"], { folder: inner })).toMatchObject({ code: 0, stdout: asked });
		await mkdir(join(inner, ".git"));
		expect(await runCli(["ask", "--provider", "mine", "x"], { folder: inner })).toMatchObject({ code: 2 });
	});

	it("may be named with --config; paths in it are looked up from its folder", async () => {
		const folder = await createFolder({ "other.json": mine, "mine.mjs": mineModule });
		const elsewhere = await createFolder({});
		expect(await runCli(["ask", "--config", join(folder, "other.json"), "x"], { folder: elsewhere })).toMatchObject({ stdout: asked });
	});

	it("finds packages beside it, also those that only `import` can reach, and gives their factory the options as they are", async () => {
		const options = { a: { b: [1, null] } };
		const folder = await createFolder({
			"spaceport.config.json": { providers: { packed: { use: "provider-packed", options } }, chains: { default: ["packed"] } },
		});
		const home = join(folder, "node_modules", "provider-packed");
		await mkdir(home, { recursive: true });
		await writeFile(join(home, "package.json"), '{"name":"provider-packed","type":"module","exports":{".":{"import":"./main.js"}}}');
		await writeFile(
			join(home, "main.js"),
			'export default (o) => ({ name: "p", models: [{ id: "p" }], async *createAsyncGenerator() { yield JSON.stringify(o); } });',
		);
		expect(await runCli(["ask", "x"], { folder })).toMatchObject({ code: 0, stdout: `${JSON.stringify(options)}\n` });
	});

	it("finds the packages that come with the command where they are not installed beside it", async () => {
		const folder = await createFolder({
			"spaceport.config.json": {
				providers: { space: { use: "@spaceport/provider-qwen-2-72b", options: { baseUrl: "http://127.0.0.1:9" } } },
				retry: { retries: 0 },
			},
		});
		const { code, stderr } = await runCli(["ask", "--provider", "space", "x"], { folder });
		expect(code).toBe(1);
		expect(stderr).toContain("error: No answer from http://127.0.0.1:9");
	});

	it("leaves the built-in providers and chain where it does not replace them", async () => {
		const folder = await createFolder({
			"spaceport.config.json": {
				providers: { "qwen-2-72b": { options: { baseUrl: "http://127.0.0.1:9" } }, local: { use: "./mine.mjs" } },
				freeChat: { without: ["ovhcloud"] },
			},
			"mine.mjs": providerModule(answer),
		});
		const { code, stdout, stderr } = await runCli(["ask", "x"], { folder });
		expect({ code, stdout }).toEqual({ code: 0, stdout: "Paris is the capital.\n" });
		expect(stderr).toMatch(
			/^Asking qwen-2-72b \(qwen-2-72b\) on this machine\nqwen-2-72b failed: .*\nAsking local \(scripted-1\), as configured\n$/,
		);
	});

	it("sets what becomes of an answer that breaks off", async () => {
		const folder = await createFolder({
			"spaceport.config.json": {
				providers: { first: { use: "./first.mjs" }, second: { use: "./second.mjs" } },
				chains: { default: ["first", { provider: "second", lastResort: true }] },
				onInterruption: "fail",
			},
			"first.mjs": providerModule('yield "The capital of France "; throw new Error("it broke");'),
			"second.mjs": providerModule('yield "The capital of France is Paris.";'),
		});
		expect(await runCli(["ask", "x"], { folder })).toMatchObject({ code: 1, stdout: "The capital of France\n" });
	});

	it("sets retries and limits for all", async () => {
		const folder = await createFolder({
			"spaceport.config.json": { ...mine, timeouts: { firstChunkMs: 300, lastFirstChunkMs: 300 } },
			"mine.mjs": providerModule('await new Promise((resolve) => context.signal.addEventListener("abort", resolve)); yield "late";'),
		});
		const { code, stderr } = await runCli(["ask", "x"], { folder });
		expect(code).toBe(1);
		expect(stderr).toContain("after 300 ms");
	});
});

describe("a mistake in a configuration is told with file and place, exit code 2:", () => {
	const json = "spaceport.config.json";
	it.each([
		{ content: "{", says: `${json} is no valid JSON` },
		{ content: "[]", says: `${json} must be an object` },
		{ content: { provider: {} }, says: `${json}: provider is not known here. Did you mean "providers"?` },
		{ content: { providers: [] }, says: `${json}: providers must be an object` },
		{ content: { providers: { mine: {} } }, says: `${json}: providers.mine.use is missing.` },
		{ content: { providers: { mine: { use: 5 } } }, says: `${json}: providers.mine.use must be a string (it is 5).` },
		{
			content: { providers: { mine: { use: "./mine.mjs", option: {} } } },
			says: `${json}: providers.mine.option is not known here. Did you mean "options"?`,
		},
		{
			content: { providers: { mine: { use: "./none.mjs" } } },
			says: `${json}: providers.mine.use names "./none.mjs", and there is no file`,
		},
		{
			content: { providers: { mine: { use: "provider-none" } } },
			says: `${json}: providers.mine.use names "provider-none", and there is no such package here.\n  Install it beside the configuration, npm install provider-none`,
		},
		{
			content: { providers: { mine: { use: "./throws.mjs" } } },
			says: `${json}: providers.mine.use names "./throws.mjs", which cannot be run: oh no`,
		},
		{ content: { providers: { mine: { use: "./object.mjs" } } }, says: `names "./object.mjs", which has an object as its default export.` },
		{ content: { providers: { mine: { use: "./named.mjs" } } }, says: `names "./named.mjs", which has no default export.` },
		{
			content: { providers: { mine: { use: "./nothing.mjs" } } },
			says: `${json}: providers.mine.use names "./nothing.mjs", whose factory made no provider.`,
		},
		{
			content: { providers: { "qwen-2-72b": { options: { baseUrl: "not a url" } } } },
			says: `${json}: providers.qwen-2-72b.options`,
		},
		{ content: { chains: { default: [] } }, says: `${json}: chains.default must have at least one provider` },
		{ content: { chains: { default: "local" } }, says: `${json}: chains.default must be a list of providers (it is "local").` },
		{
			content: { chains: { default: ["qwen-2-72b", "locl"] } },
			says: `${json}: chains.default[1] is "locl", which is no provider and no chain. Did you mean "local"?`,
		},
		{
			content: { chains: { default: [{ provider: "local", modle: "x" }] } },
			says: `${json}: chains.default[0].modle is not known here. Did you mean "model"?`,
		},
		{ content: { chains: { local: ["qwen-2-72b"] } }, says: `${json}: chains.local` },
		{ content: { freeChat: { withot: [] } }, says: `${json}: freeChat.withot is not known here. Did you mean "without"?` },
		{ content: { freeChat: { without: ["ovhclod"] } }, says: `which is nobody who could be asked. Did you mean "ovhcloud"?` },
		{
			content: { freeChat: { endpoints: ["mistral"] } },
			says: `${json}: freeChat.endpoints is refused: Mistral answers nobody without a key, and MISTRAL_API_KEY is not set.`,
		},
		{ content: { retry: { retires: 1 } }, says: `${json}: retry.retires is not known here. Did you mean "retries"?` },
		{ content: { retry: { retries: -1 } }, says: `${json}: retry.retries must be at least 0 (it is -1).` },
		{ content: { retry: { retries: 1.5 } }, says: `${json}: retry.retries is refused` },
		{ content: { onInterruption: "resume" }, says: `${json}: onInterruption is refused` },
	])("$says", async ({ content, says }) => {
		const folder = await createFolder({
			[json]: content,
			"throws.mjs": 'throw new Error("oh no");',
			"object.mjs": "export default {};",
			"named.mjs": "export const create = () => {};",
			"nothing.mjs": "export default () => ({});",
		});
		const { code, stdout, stderr } = await runCli(["ask", "x"], { folder });
		expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
		expect(stderr).toContain(says);
	});

	it("a program that cannot be run", async () => {
		const folder = await createFolder({ "spaceport.config.ts": 'throw new Error("broken");' });
		const { code, stderr } = await runCli(["ask", "x"], { folder });
		expect({ code, stderr }).toEqual({ code: 2, stderr: "error: spaceport.config.ts cannot be run: broken\n" });
	});

	it("a program without a default export", async () => {
		const folder = await createFolder({ "spaceport.config.ts": "export const config = {};" });
		const { code, stderr } = await runCli(["ask", "x"], { folder });
		expect(code).toBe(2);
		expect(stderr).toContain("spaceport.config.ts has no default export.");
	});

	it("a file that is not there", async () => {
		const { code, stderr } = await runCli(["ask", "--config", "none.json", "x"]);
		expect(code).toBe(2);
		expect(stderr).toContain("none.json does not exist.");
	});
});
