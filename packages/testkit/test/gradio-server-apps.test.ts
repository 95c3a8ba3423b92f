import { createHash } from "node:crypto";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { chatbotAnswer, type GradioServer, gradioRequirement, gradioVersions, startGradioServer } from "../src/gradio/index.ts";
import { AppClient } from "./support/app-client.ts";

/** What is known of a file among the outputs, on every version. */
interface OutputFile {
	readonly path?: string;
	readonly name?: string;
	readonly url?: string | null;
	readonly data?: string | null;
}

async function bytesOf(client: AppClient, file: unknown): Promise<Buffer> {
	if (typeof file === "string") return Buffer.from(file.slice(file.indexOf(",") + 1), "base64");
	const { path, name } = file as OutputFile;
	const response = await fetch(client.url(`/file=${path ?? name}`));
	expect(response.status).toBe(200);
	return Buffer.from(await response.arrayBuffer());
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe.each(gradioVersions)("the apps on Gradio %s", { timeout: 120_000 }, async (version) => {
	const gradio = await gradioRequirement([version]);
	if (gradio.skip) return test.skip("do what they say");
	const multimodal = ["4.29.0", "4.44.1", "5.0.2", "5.50.0", "6.31.0"].includes(version);

	describe("toolbox", () => {
		let server: GradioServer;
		let client: AppClient;
		beforeAll(async () => {
			server = await startGradioServer({ version, app: "toolbox" });
			client = await AppClient.connect(server);
		});
		afterAll(() => server.stop());

		test("gives a picture whose bytes are known", async () => {
			const { data } = await client.call("draw", ["a cat", 7]);
			const bytes = await bytesOf(client, data?.[0]);
			expect(JSON.parse(String(data?.[1]))).toEqual({ size: bytes.length, sha256: sha256(bytes) });
			expect(sha256(bytes)).toBe("860fca5fd43303c29da717fdd8e4b6662380e77a9eaef05de76b3de8ef373cde");
		});

		test("tells what arrived, and keeps what it is told", async () => {
			const every = ["t", "l", 1, 2, true, ["b"], "red", ["green"], "right", { a: 1 }, "p"];
			expect(JSON.parse(String((await client.call("every_input", every)).data?.[0]))).toEqual(every);
			await client.call("remember", ["one", null], "a session");
			expect((await client.call("whoami", ["x"])).data).toEqual(['{"user": null, "text": "x"}']);
			expect((await client.call("update_steps", ["a b"])).data).toEqual([{ __type__: "update", value: "a b" }]);
			const { messages } = await client.call("notices", ["n"]);
			expect(messages.filter(({ msg }) => msg === "log").map(({ log }) => log)).toEqual(["info: n", "warning: n"]);
			expect(server.readLog().find(({ fn, event }) => fn === "remember" && event === "start")?.received).toEqual(["one", []]);
		});
	});

	test("recipe answers from a state that an un-queued step filled", async () => {
		await using server = await startGradioServer({ version, app: "recipe" });
		const client = await AppClient.connect(server);
		const message = multimodal ? { text: "hello there", files: [] } : "hello there";
		const [history] = await client.run("add_text", [message, [], null], "mine");
		expect(chatbotAnswer((await client.call("agent_run", [history, null, 0], "mine")).data?.[0])).toBe("You asked: hello there");
		expect((await client.call("agent_run", [history, null, 0], "another")).output.error).toContain("There is no question");
		const [handed] = await client.run("add_message", [[], message, null], "third");
		expect(chatbotAnswer((await client.call("respond", [handed, null], "fourth")).data?.[0])).toBe("You asked: hello there");
		const [, turned] = await client.run("user", ["hello", []], "fifth");
		expect(chatbotAnswer((await client.call("bot", [turned], "sixth")).data?.[0])).toBe("You asked: hello");
	});

	test("contract is another app after a restart", async () => {
		await using before = await startGradioServer({ version, app: "contract" });
		expect((await AppClient.connect(before)).shape("model_chat")).toBe("textbox,chatbot,textbox -> textbox,chatbot,textbox");
		await using after = await before.restart({ variant: "gone" });
		expect(after.baseUrl).toBe(before.baseUrl);
		const client = await AppClient.connect(after);
		expect(client.shape("model_chat")).toBe("absent");
		expect(client.shape("delete_all")).toBe("textbox,chatbot,textbox -> textbox,chatbot,textbox");
		await using longer = await after.restart({ variant: "longer" });
		expect((await AppClient.connect(longer)).shape("model_chat")).toBe("textbox,chatbot,textbox,slider -> textbox,chatbot,textbox");
	});

	test("chats that were not written for a provider answer", async () => {
		await using chat = await startGradioServer({ version, app: "chat-interface", variant: "inputs" });
		const named = version === "6.31.0" ? "respond" : "chat";
		const client = await AppClient.connect(chat);
		const fits = client.shape(named).split(" -> ")[0] ?? "";
		const inputs = fits.includes("state") ? ["received", null, "sys", 1, 2] : ["received", [], "sys", 1, 2];
		const { data } = await client.call(named, inputs);
		const answer = typeof data?.[0] === "string" ? data[0] : chatbotAnswer(data?.[0]);
		expect(JSON.parse(String(answer))).toMatchObject({ message: "received", system: "sys", temperature: 1, max_tokens: 2 });
		await using blocks = await startGradioServer({ version, app: "blocks-chat" });
		const sliders = await (await AppClient.connect(blocks)).call("generate", [[], 1, "received", 1, 0.5, 3]);
		expect(JSON.parse(chatbotAnswer(sliders.data?.[0]) ?? "")).toMatchObject({ message: "received", max_tokens: 1, top_p: 0.5, top_k: 3 });
		await using image = await startGradioServer({ version, app: "image" });
		expect((await AppClient.connect(image)).shape("infer")).toBe("textbox,slider,checkbox,slider,slider,slider -> image,slider");
	});
});

test("an app that is not there is named", async () => {
	await expect(startGradioServer({ version: "5.50.0", app: "tool-box" })).rejects.toThrow(
		'There is no app "tool-box". There are: twin, toolbox',
	);
});
