import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createLocal } from "@spaceport/provider-local";
import { providerRequirement, type Requirement } from "@spaceport/testkit";
import { type GradioServer, gradioRequirement, startGradioServer } from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

interface ExampleResult {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs an example as its user does. */
function run(example: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ExampleResult> {
	const path = fileURLToPath(new URL(`./${example}.ts`, import.meta.url));
	const child = spawn(process.execPath, ["--conditions=@spaceport/source", path, ...args], {
		env: { ...process.env, ...env },
		stdio: ["ignore", "pipe", "pipe"],
	});
	onTestFinished(() => void child.kill("SIGKILL"));
	const texts = { stdout: "", stderr: "" };
	for (const name of ["stdout", "stderr"] as const) {
		child[name].setEncoding("utf8").on("data", (text: string) => {
			texts[name] += text;
		});
	}
	return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...texts })));
}

/** The local model runs where it answers without a download, or where it is required. */
async function modelRequirement(): Promise<Requirement> {
	await using local = createLocal({ offline: true });
	return await providerRequirement(
		"model",
		local,
		'Ask something once, npm start -- "Hello", or run the tests with SPACEPORT_REQUIRE=model.',
	);
}

const version = "5.50.0";
const gradio = await gradioRequirement([version]);
const model = await modelRequirement();
/** The weights may have to be downloaded first. */
const modelTimeoutMs = 600_000;

describe.skipIf(model.skip)("with the local model", () => {
	it("hello prints an answer", { timeout: modelTimeoutMs }, async () => {
		const { code, stdout, stderr } = await run("hello", []);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toContain("Paris");
	});

	it("free-chat goes on to it where nobody else is reached", { timeout: modelTimeoutMs }, async () => {
		const { code, stdout, stderr } = await run("free-chat", ["--without", "qwen-2-72b"], { ENDPOINT_URL: "http://127.0.0.1:9/v1" });
		expect(code).toBe(0);
		expect(stdout).toContain("Paris");
		expect(stderr).toMatch(
			/the local model \(smollm2-135m-instruct\) is asked\. Nothing leaves this machine\.\nlocal .* has answered\.\n$/,
		);
	});

	it("fallback-chain goes on to it where the Space cannot be reached", { timeout: modelTimeoutMs }, async () => {
		const { code, stdout, stderr } = await run("fallback-chain", [], { SPACE_URL: "http://127.0.0.1:9" });
		expect(code).toBe(0);
		expect(stdout).toContain("Paris");
		expect(stderr).toMatch(/^1\. qwen-2-72b: .*127\.0\.0\.1:9/);
		expect(stderr).toMatch(/\n\d\. local: answered \(\d+ ms\)\nThe answer came from local\.\n$/);
	});
});

describe.skipIf(gradio.skip)(`with Gradio ${version}`, () => {
	let server: GradioServer;
	beforeAll(async () => {
		server = await startGradioServer({ version });
	});
	afterAll(() => server?.stop());

	it("fallback-chain prints the Space's answer", async () => {
		const { code, stdout, stderr } = await run("fallback-chain", ["What is the capital of France?"], { SPACE_URL: server.baseUrl });
		expect({ code, stdout }).toEqual({ code: 0, stdout: "You asked: What is the capital of France?\n" });
		expect(stderr).toMatch(/^1\. qwen-2-72b: answered \(\d+ ms\)\nThe answer came from qwen-2-72b\.\n$/);
	});

	it("any-chat-space finds out how the Space is asked, and remembers what was said", async () => {
		const { code, stdout } = await run("any-chat-space", [server.baseUrl, "echo: one", "history"]);
		const [first, second = ""] = stdout.split("\n");
		expect({ code, first }).toEqual({ code: 0, first: "one" });
		expect(JSON.parse(second)).toMatchObject({ query: "history", history: [["echo: one", "one"]] });
	});

	it("any-chat-space says what a Space has that is no chat", async () => {
		await using image = await startGradioServer({ version, app: "image" });
		const { code, stderr } = await run("any-chat-space", [image.baseUrl]);
		expect(code).toBe(1);
		expect(stderr).toMatch(/^No chat was recognised in .*: \/infer\(.*\) makes images\.\nName the function/);
	});

	it("own-space prints the Space's answer", async () => {
		const { code, stdout } = await run("own-space", [server.baseUrl, "echo: Grüße, 世界 👋🏽"]);
		expect({ code, stdout }).toEqual({ code: 0, stdout: "Grüße, 世界 👋🏽\n" });
	});
});

it("resilient-chat goes on at the other Space where the connection of the first one breaks, and nothing is lost", async () => {
	const whole = await run("resilient-chat", ["--pace-ms", "1"]);
	expect({ code: whole.code, stderr: whole.stderr }).toEqual({
		code: 0,
		stderr: expect.stringMatching(/^1\. ada: answered \(\d+ ms\)\nNot a letter is missing, and none stands there twice\.\n$/),
	});
	const cut = await run("resilient-chat", ["--cut-after", "200", "--pace-ms", "2"]);
	expect({ code: cut.code, stdout: cut.stdout }).toEqual({ code: 0, stdout: whole.stdout });
	expect(cut.stderr).toMatch(/^⟨bram goes on⟩1\. ada: .+\n2\. bram: answered \(\d+ ms\)\nNot a letter is missing/);
});

it("free-chat says who is asked, and prints the endpoint's answer", async () => {
	const server = createServer((request, response) => {
		response.writeHead(200, { "content-type": "text/event-stream" });
		const frame = (delta: object, finish: string | null) =>
			`data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
		response.end(request.method === "POST" ? `${frame({ content: "Paris." }, null)}${frame({}, "stop")}data: [DONE]\n\n` : "");
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => void server.close());
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
	const { code, stdout, stderr } = await run("free-chat", ["--without", "qwen-2-72b", "What is it?"], { ENDPOINT_URL: url });
	expect({ code, stdout }).toEqual({ code: 0, stdout: "Paris.\n" });
	expect(stderr.split("\n")).toEqual([
		"Who may be asked: ovhcloud (gpt-oss-120b), local (smollm2-135m-instruct).",
		"ovhcloud (gpt-oss-120b) is asked. Nothing leaves this machine.",
		"ovhcloud (gpt-oss-120b) has answered.",
		"",
	]);
});

it("own-space says what it needs", async () => {
	const { code, stderr } = await run("own-space", []);
	expect({ code, stderr }).toEqual({ code: 2, stderr: "Say where the Space is: an address, or owner/name.\n" });
});
