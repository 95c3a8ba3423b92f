import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { cacheFolder } from "../../provider-local/src/cache-folder.ts";
import { smolLm2 } from "../../provider-local/src/downloadable-model.ts";
import { chatServerRequirement, startLlamaServer } from "../src/openai/index.ts";

const weights = join(cacheFolder(), smolLm2.fileName);
const { skip } = await chatServerRequirement(["llama"], weights);

test("what is missing is a failure where it is asked for, and says how to make it", async () => {
	const required = process.env.SPACEPORT_REQUIRE;
	try {
		process.env.SPACEPORT_REQUIRE = "model";
		await expect(chatServerRequirement(["llama"], "/nowhere/a.gguf")).rejects.toThrow(/weights are not in the cache.*npm run setup:model/);
	} finally {
		if (required === undefined) delete process.env.SPACEPORT_REQUIRE;
		else process.env.SPACEPORT_REQUIRE = required;
	}
});

describe.skipIf(skip)("llama.cpp's server", () => {
	test("says what it printed where it does not start", async () => {
		const noModel = new URL(import.meta.url).pathname;
		await expect(startLlamaServer({ weights: noModel })).rejects.toThrow(/llama\.cpp's server ended with .*failed to load/s);
	});

	test("ends when the process that started it is killed", async () => {
		const source = `
      import { startLlamaServer } from ${JSON.stringify(new URL("../src/openai/index.ts", import.meta.url).href)};
      const server = await startLlamaServer({ weights: ${JSON.stringify(weights)} });
      process.stdout.write(JSON.stringify(server));
    `;
		const parent = spawn(process.execPath, ["--input-type=module", "--eval", source], { stdio: ["ignore", "pipe", "inherit"] });
		const [said] = (await once(parent.stdout, "data")) as [Buffer];
		const { baseUrl, apiKey, model } = JSON.parse(String(said)) as { baseUrl: string; apiKey: string; model: string };
		// An answer that would take a minute: it breaks off when the server does.
		const answer = await fetch(`${baseUrl}/chat/completions`, {
			method: "POST",
			headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
			body: JSON.stringify({ model, stream: true, ignore_eos: true, messages: [{ role: "user", content: "Count." }] }),
		});
		expect(answer.status).toBe(200);
		parent.kill("SIGKILL");
		await expect(answer.text()).rejects.toThrow();
		await expect(fetch(`${baseUrl}/models`)).rejects.toThrow();
	});
});
