import { type EmulatedFunction, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { describe, expect, it } from "vitest";
import { runCli } from "./support/cli.ts";

const chat: EmulatedFunction = {
	inputs: [{ type: "textbox", name: "message" }, "chatbot", { type: "textbox", name: "system_prompt", value: "Be kind." }],
	outputs: ["chatbot"],
	run: ([message, , system], { turn }) => [turn(String(message), `${message} (${system})`)],
};
const draw: EmulatedFunction = { inputs: [{ type: "textbox", name: "prompt" }], outputs: ["image"], run: () => [null] };

describe("a Space that no configuration knows", () => {
	it("is asked by its address, the system prompt in its place", async () => {
		await using space = await startSpaceEmulator({ functions: { draw, chat } });
		expect(await runCli(["ask", "--provider", space.baseUrl, "--system", "Be brief.", "Hi"])).toMatchObject({
			code: 0,
			stdout: "Hi (Be brief.)\n",
		});
	});

	it("gets the token, and what it does not take is refused in words", async () => {
		const token = "hf_abcdefghijklmnop";
		await using space = await startSpaceEmulator({ functions: { draw }, token });
		const { code, stdout, stderr } = await runCli(["ask", "-p", space.baseUrl, "Hi"], { env: { HF_TOKEN: token } });
		expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
		expect(stderr).toContain("/draw(prompt: textbox) makes images.");
	});

	it("is not asked where no network is allowed", async () => {
		await using space = await startSpaceEmulator({ functions: { chat } });
		const { code, stderr } = await runCli(["ask", "--offline", "--provider", space.baseUrl, "Hi"]);
		expect(code).toBe(2);
		expect(stderr).toContain("needs the network, and --offline allows none.");
		expect(space.requests).toEqual([]);
	});

	it("is not meant by a name that is none of a Space", async () => {
		const { code, stderr } = await runCli(["ask", "--provider", "lokal", "Hi"]);
		expect(code).toBe(2);
		expect(stderr).toContain('There is no provider "lokal".');
	});
});
