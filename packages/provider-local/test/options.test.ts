import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { createSpaceport, defaultTimeouts } from "@spaceport/core";
import { afterEach, describe, expect, test, vi } from "vitest";
import createDefault, { createLocal, type LocalOptions, local, smolLm2 } from "../src/index.ts";
import { completeOptions } from "../src/options.ts";

afterEach(() => {
	vi.unstubAllEnvs();
});

describe("createLocal", () => {
	test("is named local and offers the built-in model", () => {
		expect(createDefault).toBe(createLocal);
		for (const provider of [local, createLocal()]) {
			expect(provider.name).toBe("local");
			expect(provider.models).toEqual([
				expect.objectContaining({
					id: "smollm2-135m-instruct",
					aliases: smolLm2.aliases,
					contextTokens: 4096,
					history: true,
					prefill: true,
				}),
			]);
			expect(provider.timeouts).toMatchObject({ firstChunkMs: 600_000, lastFirstChunkMs: 600_000 });
		}
	});

	test.each<[string, unknown]>([
		["modelPath", ""],
		["threads", 0],
		["threads", 1.5],
		["contextTokens", 63],
		["concurrency", Number.POSITIVE_INFINITY],
		["offline", "yes"],
		["hubUrl", "not a url"],
		["hubUrl", "ftp://host/"],
		["pip", []],
		["fetch", "fetch"],
		["weights", "elsewhere"],
		["model.sha256", { ...smolLm2, sha256: "B179" }],
		["model.fileName", { ...smolLm2, fileName: "../model.gguf" }],
		["model.sources.0.type", { ...smolLm2, sources: [{ type: "ftp" }] }],
	])("refuses a bad %s, and names it", (path, value) => {
		const options = { [path.split(".")[0] ?? ""]: value } as LocalOptions;
		expect(() => createLocal(options)).toThrow(
			expect.objectContaining({ code: "invalid-request", path, message: expect.stringContaining(path) }),
		);
	});

	test("does not show a token that is wrong", () => {
		expect(() => createLocal({ token: 12345 as unknown as string })).toThrow(
			expect.not.objectContaining({ message: expect.stringContaining("12345") }),
		);
	});

	test("names a model after its file, unless the file is the built-in model's", () => {
		expect(createLocal({ modelPath: "folder/Qwen3-0.6B-Q8_0.GGUF" }).models[0]?.id).toBe("qwen3-0.6b-q8_0");
		expect(createLocal({ modelPath: `folder/${smolLm2.fileName}` }).models[0]?.id).toBe(smolLm2.id);
	});
});

describe("the cache folder", () => {
	test("follows XDG_CACHE_HOME where it is an absolute path", () => {
		vi.stubEnv("XDG_CACHE_HOME", "/caches");
		expect(completeOptions({}).cacheDir).toBe("/caches/spaceport/models");
		vi.stubEnv("XDG_CACHE_HOME", "relative");
		const own = process.platform === "darwin" ? ["Library", "Caches"] : [".cache"];
		expect(completeOptions({}).cacheDir).toBe(join(homedir(), ...own, "spaceport", "models"));
		vi.stubEnv("HOME", "");
		expect(completeOptions({}).cacheDir).toBe(join(userInfo().homedir, ...own, "spaceport", "models"));
	});
});

describe("before anything is loaded", () => {
	const provider = createLocal({ loader: () => Promise.reject(new Error("Cannot find package")), offline: true });
	const ask = (request: object) =>
		provider.createAsyncGenerator({ model: "", messages: [{ role: "user", content: "Hi" }], ...request }).next();

	test("tools that must be called and images are not supported", async () => {
		await expect(ask({ tools: [{ name: "clock" }], toolChoice: "required" })).rejects.toMatchObject({
			code: "unsupported",
			capability: "tools",
		});
		const image = { role: "user", content: [{ type: "image", image: "https://example.com/a.png" }] };
		await expect(ask({ messages: [image] })).rejects.toMatchObject({ code: "unsupported", capability: "image" });
		const result = { role: "tool", content: [{ type: "tool-result", id: "1", result: "noon" }] };
		await expect(ask({ messages: [result] })).rejects.toMatchObject({ code: "unsupported", capability: "tools" });
	});

	test("tools that may be called are left out, or refused", async () => {
		const spaceport = createSpaceport({ providers: [provider] });
		const request = { messages: "Hi", tools: [{ name: "clock" }] };
		const refused = spaceport.complete(request, { unsupportedParameters: "refuse" });
		await expect(refused).rejects.toMatchObject({ code: "unsupported", capability: "tools" });
		await expect(spaceport.complete(request)).rejects.toMatchObject({ code: "local-unavailable" });
		const said: string[] = [];
		const unsupported = (parameter: string): void => void said.push(parameter);
		const context = { unsupported, deadlines: defaultTimeouts };
		const messages = [{ role: "user", content: "Hi" }] as const;
		await expect(provider.createAsyncGenerator({ model: "", ...request, messages }, context).next()).rejects.toThrow();
		expect(said).toEqual(["tools"]);
	});

	test("an unknown model and an empty conversation are refused", async () => {
		await expect(ask({ model: "gpt" })).rejects.toMatchObject({ code: "no-such-model", known: expect.arrayContaining([smolLm2.id]) });
		await expect(ask({ messages: [] })).rejects.toMatchObject({ code: "invalid-request", path: "messages" });
	});

	test("an engine that is missing is told, with the command that installs it", async () => {
		await expect(ask({})).rejects.toMatchObject({
			code: "local-unavailable",
			needed: "node-llama-cpp",
			hint: expect.stringContaining("npm install node-llama-cpp"),
		});
	});

	test("an engine that does not run here is told", async () => {
		const getLlama = () => Promise.reject(new Error("NoBinaryFoundError"));
		const other = createLocal({ loader: async () => ({ getLlama }), offline: true });
		const asked = other.createAsyncGenerator({ model: "", messages: [{ role: "user", content: "Hi" }] }).next();
		await expect(asked).rejects.toMatchObject({ code: "local-unavailable", available: expect.stringContaining(process.arch) });
	});

	test("an aborted request starts nothing", async () => {
		const asked = provider.createAsyncGenerator({ model: "", messages: [] }, { signal: AbortSignal.abort("gone") }).next();
		await expect(asked).rejects.toMatchObject({ code: "aborted", reason: "gone" });
	});
});
