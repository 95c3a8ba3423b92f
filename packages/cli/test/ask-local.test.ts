import { describe, expect, it } from "vitest";
import { createFolder, runCli } from "./support/cli.ts";
import { cacheVariables, modelRequirement } from "./support/model.ts";

const model = await modelRequirement();
const question = "What is the capital of France?";
/** The weights may have to be downloaded first. */
const timeoutMs = 600_000;

describe.skipIf(model.skip)("the main job", () => {
	it("answers from the local model where the Space cannot be reached, and names the Space on stderr", { timeout: timeoutMs }, async () => {
		const folder = await createFolder({
			"spaceport.config.json": {
				providers: { "qwen-2-72b": { options: { baseUrl: "http://127.0.0.1:9" } } },
				freeChat: { without: ["ovhcloud"] },
			},
		});
		const { code, stdout, stderr } = await runCli(["ask", question], { folder, env: cacheVariables });
		expect(code).toBe(0);
		expect(stdout).toMatch(/Paris.*\n$/s);
		expect(stderr).toMatch(
			/^Asking qwen-2-72b .*\nqwen-2-72b failed: .*127\.0\.0\.1:9.*\nAsking the local model \(smollm2-135m-instruct\); nothing leaves this machine\n/,
		);
		expect(stderr).not.toContain("asking again");
	});

	it("answers offline, and says so chunk by chunk", { timeout: timeoutMs }, async () => {
		const { code, stdout, stderr } = await runCli(["ask", "--offline", "--json", question], { env: cacheVariables });
		const chunks = stdout
			.trimEnd()
			.split("\n")
			.map((line) => JSON.parse(line) as { type: string; text?: string });
		expect(code).toBe(0);
		expect(chunks.flatMap(({ type, text }) => (type === "text-delta" ? [text] : [])).join("")).toContain("Paris");
		expect(chunks.at(-1)).toEqual({ type: "finish", finishReason: "stop" });
		expect(stderr).toMatch(/^Asking the local model .*; nothing leaves this machine\n/);
		expect(stderr).not.toMatch(/failed|out of reach|Sending/);
	});
});
