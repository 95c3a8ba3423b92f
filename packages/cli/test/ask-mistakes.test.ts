import { describe, expect, it } from "vitest";
import { createFolder, providerModule, runCli, startCli } from "./support/cli.ts";

const use = { providers: { mine: { use: "./mine.mjs" } }, chains: { default: ["mine"] } };

describe("a configuration's mistake", () => {
	it.each([
		{
			what: "a circle of chains",
			config: { chains: { a: ["b"], b: ["c", "a"], c: ["local"] } },
			says: "chains.a is a member of itself: a → b → a.",
		},
		{
			what: "a chain with a provider's name",
			config: { chains: { local: ["qwen-2-72b"] } },
			says: "chains.local has the name of a provider.",
		},
	])("is told with its place: $what", async ({ config, says }) => {
		const folder = await createFolder({ "spaceport.config.json": config });
		expect(await runCli(["ask", "x"], { folder })).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(says) });
	});

	it("is told where the value cannot be shown as JSON", async () => {
		const folder = await createFolder({ "spaceport.config.mjs": "const a = {}; a.a = a; export default { chains: { default: a } };" });
		const result = await runCli(["ask", "x"], { folder });
		expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining("chains.default must be a list of providers") });
	});

	it("names a factory that throws, and the reason", async () => {
		const folder = await createFolder({
			"spaceport.config.json": use,
			"mine.mjs": 'export default () => { throw new Error("boom"); };',
		});
		const result = await runCli(["ask", "x"], { folder });
		expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('names "./mine.mjs", whose factory failed: boom') });
	});

	it("is told where --config is empty or a folder", async () => {
		const folder = await createFolder({});
		expect(await runCli(["ask", "--config", "", "x"], { folder })).toMatchObject({
			code: 2,
			stderr: expect.stringContaining("--config is empty."),
		});
		expect(await runCli(["ask", "--config", ".", "x"], { folder })).toMatchObject({
			code: 2,
			stderr: expect.stringContaining(`${folder} is a folder.`),
		});
	});
});

describe("a factory that never comes back", () => {
	it("is a failure where nothing goes on any more", async () => {
		const folder = await createFolder({
			"spaceport.config.json": use,
			"mine.mjs": "export default () => new Promise(() => {});",
		});
		const result = await runCli(["ask", "--json", "x"], { folder });
		expect(result).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error: Nothing goes on any more.*\n$/) });
		expect(JSON.parse(result.stdout)).toMatchObject({ type: "error", error: { message: expect.stringContaining("Nothing goes on") } });
	});

	it("is left by the first SIGTERM", async () => {
		const folder = await createFolder({
			"spaceport.config.json": use,
			"mine.mjs": 'export default () => { console.log("making"); setInterval(() => {}, 1000); return new Promise(() => {}); };',
		});
		const cli = await startCli(["ask", "x"], { folder });
		await cli.said("stderr", /making/);
		cli.child.kill("SIGTERM");
		expect(await cli.result).toMatchObject({ code: 143, stdout: "", stderr: "making\nStopped.\n" });
	});
});

describe("stdout", () => {
	it("holds nothing that a provider prints on the console", async () => {
		const folder = await createFolder({
			"spaceport.config.json": use,
			"mine.mjs": providerModule('console.log("noise"); yield "answer";'),
		});
		expect(await runCli(["ask", "x"], { folder })).toMatchObject({ code: 0, stdout: "answer\n", stderr: "noise\n" });
	});

	it.each([
		["--json", "--foo"],
		["--timeout", "1e9", "--json"],
		["-j", "--timeout"],
	])("ends with a line of JSON where the arguments are wrong: %s %s", async (...args) => {
		const result = await runCli(["ask", ...args]);
		expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error: option|^error: unknown option/) });
		expect(JSON.parse(result.stdout)).toMatchObject({ type: "error", error: { code: "invalid-request" } });
	});

	it("holds no JSON where a word after -- only looks like the option", async () => {
		expect(await runCli(["ask", "--foo", "--", "--json"])).toMatchObject({ code: 2, stdout: "" });
	});
});

it("a request that takes longer than --timeout says which option gives it more", async () => {
	const folder = await createFolder({
		"spaceport.config.json": use,
		"mine.mjs": providerModule("await new Promise((resolve) => setTimeout(resolve, 60_000).unref()); yield 1;"),
	});
	const result = await runCli(["ask", "--timeout", "50ms", "x"], { folder });
	expect(result).toMatchObject({ code: 1, stderr: expect.stringContaining("Give it more time with --timeout.") });
});
