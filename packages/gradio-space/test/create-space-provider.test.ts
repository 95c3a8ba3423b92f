import { createSpaceport } from "@spaceport/core";
import { currentRuntime, providerConformance } from "@spaceport/testkit";
import { type EmulatedFunction, type SpaceEmulator, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { gradioVersions } from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";

import { type ChatSpaceOptions, createSpaceProvider } from "../src/index.ts";
import { collect, failure, textOf } from "./support/collect.ts";
import { startFakeSpace } from "./support/fake-space.ts";

const message = { type: "textbox", name: "message", label: "Message" } as const;
const system = { type: "textbox", name: "system_prompt", label: "System prompt", value: "Be kind." } as const;
const slider = (name: string, value: number, minimum: number, maximum: number, step = 0.1): EmulatedFunction["inputs"][number] => ({
	type: "slider",
	name,
	label: name,
	value,
	props: { minimum, maximum, step },
});

/** Says what it was called with. */
const chat: EmulatedFunction = {
	inputs: [
		"chatbot",
		slider("max_tokens", 512, 1, 1024, 1),
		message,
		slider("temperature", 0.7, 0.1, 2),
		system,
		slider("top_k", 40, 1, 100, 1),
	],
	outputs: [message, "chatbot"],
	*run([history, ...rest], { turn }) {
		const earlier = Array.isArray(history) ? history : [];
		const received = JSON.stringify({ history: earlier, rest });
		for (const end of [received.length / 2, received.length]) yield ["", [...earlier, ...turn(String(rest[1]), received.slice(0, end))]];
	},
};
const draw: EmulatedFunction = { inputs: [{ type: "textbox", name: "prompt" }], outputs: ["image"], run: () => [null] };

async function ask(space: SpaceEmulator, request: object, options: ChatSpaceOptions = {}): Promise<{ text: string; said: string[] }> {
	const said: string[] = [];
	const provider = createSpaceProvider(space.baseUrl, options);
	const chunks = await collect(provider.createAsyncGenerator({ messages: "hi", ...request }, { warn: (text) => said.push(text) }));
	return { text: textOf(chunks), said };
}

test("a provider is named after its Space, and does no I/O", async () => {
	expect(createSpaceProvider("Owner/Some-Chat-7B")).toMatchObject({
		name: "some-chat-7b",
		models: [{ id: "some-chat-7b", history: true }],
		url: "https://owner-some-chat-7b.hf.space",
	});
	expect(createSpaceProvider("https://owner-name.hf.space").name).toBe("owner-name");
	expect(createSpaceProvider("https://huggingface.co/spaces/Owner/Name").name).toBe("name");
	expect(createSpaceProvider("http://127.0.0.1:7860").name).toBe("127.0.0.1-7860");
	expect(createSpaceProvider("owner/name", { name: "mine", models: [{ id: "big" }] })).toMatchObject({
		name: "mine",
		models: [{ id: "big" }],
	});
	expect(() => createSpaceProvider("no space")).toThrow(expect.objectContaining({ code: "invalid-request" }));
	await using space = await startSpaceEmulator();
	createSpaceProvider(space.baseUrl);
	expect(space.requests).toEqual([]);
});

describe.each(gradioVersions)("a Space of Gradio %s", (version) => {
	test("is found out and asked, each input with what it is for", async () => {
		await using space = await startSpaceEmulator({ version, functions: { draw, chat } });
		expect(JSON.parse((await ask(space, {})).text)).toEqual({ history: [], rest: [512, "hi", 0.7, "Be kind.", 40] });
		const { text, said } = await ask(space, { system: "Be brief.", temperature: 0, maxTokens: 99.6, topP: 0.5, seed: 7 });
		expect(JSON.parse(text).rest).toEqual([100, "hi", 0.1, "Be brief.", 40]);
		expect(said).toEqual([
			expect.stringMatching(/^topP has no effect/),
			expect.stringMatching(/^seed has no effect/),
			"temperature is 0.1 in place of 0, since it takes 0.1 to 2.",
		]);
	});

	test("is refused what it cannot honour, where the caller wants that, under the name that it is registered by", async () => {
		await using space = await startSpaceEmulator({ version, functions: { chat } });
		const spaceport = createSpaceport({ providers: { mine: createSpaceProvider(space.baseUrl) }, unsupportedParameters: "refuse" });
		const error = (request: object): Promise<unknown> => failure(spaceport.stream({ messages: "hi", ...request }));
		expect(await error({ seed: 7 })).toMatchObject({ code: "unsupported", capability: "seed", provider: "mine" });
		expect(await error({ tools: [{ name: "clock" }] })).toMatchObject({ code: "unsupported", capability: "tools" });
		expect(await error({ temperature: 0 })).toMatchObject({
			code: "unsupported",
			capability: "temperature",
			message: '"mine": temperature is 0.1 in place of 0, since it takes 0.1 to 2.',
		});
		expect(space.jobs).toEqual([]);
		const { warnings } = await spaceport.complete({ messages: "hi", temperature: 0, seed: 7 }, { unsupportedParameters: "drop" });
		expect(warnings).toEqual([
			'seed has no effect: "mine" does not take it.',
			'"mine": temperature is 0.1 in place of 0, since it takes 0.1 to 2.',
		]);
	});

	test("gets the conversation in its own form", async () => {
		await using space = await startSpaceEmulator({ version, functions: { chat } });
		const messages = [
			{ role: "user", content: "q1" },
			{ role: "assistant", content: "a1" },
			{ role: "user", content: "q2" },
		];
		const { history, rest } = JSON.parse((await ask(space, { messages })).text);
		expect(rest[1]).toBe("q2");
		expect(JSON.stringify(history)).toMatch(/"q1".*"a1"/);
		expect(JSON.stringify(history)).not.toContain("q2");
	});

	test("that is no chat is refused, before any of its functions is called", async () => {
		await using space = await startSpaceEmulator({ version, functions: { draw } });
		expect(await failure(createSpaceProvider(space.baseUrl).createAsyncGenerator({ messages: "a cat" }))).toMatchObject({
			code: "unsupported",
			capability: "chat-space",
			message: expect.stringMatching(/^No chat was recognised in http:\/\/127\.0\.0\.1:\d+: \/draw\(\S+: textbox\) makes images\.$/),
			hint: expect.stringContaining("the option api"),
		});
		expect(space.jobs).toEqual([]);
	});
});

test("what was found out is kept while the app runs, and found out anew when it is another one", async ({ skip }) => {
	skip(!currentRuntime().hasNodeModules, "the servers of a runtime without node:http do not cut connections at once");
	await using space = await startSpaceEmulator({ functions: { chat } });
	const provider = createSpaceProvider(space.baseUrl);
	const asked = async (): Promise<string> => textOf(await collect(provider.createAsyncGenerator({ messages: "hi" })));
	await asked();
	const before = space.requests.length;
	await asked();
	expect(space.requests.slice(before).map(({ path }) => path)).toEqual(["/gradio_api/queue/join", "/gradio_api/queue/data"]);
	// The app is asked whether it is still the same after a silence.
	vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
	onTestFinished(() => void vi.useRealTimers());
	const answer: EmulatedFunction = { inputs: ["chatbot", message], outputs: ["textbox"], run: ([, text]) => [`now ${text}`] };
	await space.restart({ functions: { answer } });
	expect(await asked()).toBe("now hi");
});

test("a function that the caller names is taken, and one that is not there is said to be missing", async () => {
	await using space = await startSpaceEmulator({ functions: { chat_small: chat, chat_large: chat } });
	expect(await failure(createSpaceProvider(space.baseUrl).createAsyncGenerator({ messages: "hi" }))).toMatchObject({
		message: expect.stringContaining("several functions fit equally: /chat_small("),
	});
	await ask(space, {}, { api: "/chat_large" });
	expect(space.jobs.map(({ name }) => name)).toEqual(["chat_large"]);
	expect(await failure(createSpaceProvider(space.baseUrl, { api: "chat" }).createAsyncGenerator({ messages: "hi" }))).toMatchObject({
		code: "unsupported",
		message: expect.stringContaining("it has no function /chat. It has /chat_small and /chat_large."),
	});
});

describe("pictures", () => {
	const image = new Uint8Array([1, 2, 3]);
	const messages = [
		{
			role: "user" as const,
			content: [
				{ type: "text" as const, text: "What is it?" },
				{ type: "image" as const, image, mediaType: "image/png" },
			],
		},
	];
	const look: EmulatedFunction["run"] = ([value], { read }) => {
		const { text, files } = value as { text: string; files: unknown[] };
		return [`${text} ${files.map((file) => read(file)?.join()).join(";")}`, null];
	};

	test("of the last message go into a MultimodalTextbox", async () => {
		const functions = {
			chat: { inputs: [{ type: "multimodaltextbox", name: "message" }, "state"], outputs: ["json", "state"], run: look },
		};
		await using space = await startSpaceEmulator({ functions });
		expect(await ask(space, { messages })).toEqual({ text: "What is it? 1,2,3", said: [] });
	});

	test("go into the image that stands beside a message", async () => {
		const functions: Record<string, EmulatedFunction> = {
			chat: {
				inputs: ["image", message, "chatbot"],
				outputs: ["textbox"],
				run: ([file, text], { read }) => [`${text} ${read(file)?.join()}`],
			},
		};
		await using space = await startSpaceEmulator({ functions });
		expect((await ask(space, { messages })).text).toBe("What is it? 1,2,3");
		expect((await ask(space, {})).text).toBe("hi undefined");
	});

	test("are refused where there is no place for them", async () => {
		await using space = await startSpaceEmulator({ functions: { chat } });
		const asked = createSpaceProvider(space.baseUrl).createAsyncGenerator({ messages });
		expect(await failure(asked)).toMatchObject({ code: "unsupported" });
		expect(space.jobs).toEqual([]);
	});

	test("in an answer are chunks of their own, and those that were sent are none", async () => {
		const functions: Record<string, EmulatedFunction> = {
			chat: {
				inputs: [message, "chatbot"],
				outputs: ["chatbot"],
				run: ([text], { turn, file }) => [
					[
						...turn(String(text), "Here it is:"),
						{ role: "user", content: { file: file("old", { name: "old.png" }) } },
						{ role: "assistant", content: "This one:" },
						{ role: "assistant", content: { file: file(image, { name: "new.png", mediaType: "image/png" }) } },
					],
				],
			},
		};
		await using space = await startSpaceEmulator({ functions, chatbot: "messages" });
		const chunks = await collect(createSpaceProvider(space.baseUrl).createAsyncGenerator({ messages: "draw" }));
		expect(chunks.filter(({ type }) => type === "image" || type === "text-delta")).toEqual([
			{ type: "text-delta", text: "This one:" },
			{ type: "image", url: expect.stringContaining("new.png"), mediaType: "image/png" },
		]);
	});
});

test("a Space that cannot be reached is that, and not an unknown shape", async () => {
	await using server = await startFakeSpace({ config: (_, response) => void response.writeHead(401).end("{}") });
	expect(await failure(createSpaceProvider(server.url).createAsyncGenerator({ messages: "hi" }))).toMatchObject({ code: "authentication" });
	const late = createSpaceProvider("http://127.0.0.1:9").createAsyncGenerator({ messages: "hi" });
	expect(await failure(late)).toMatchObject({ code: "network" });
	const controller = new AbortController();
	await using silent = await startFakeSpace({ config: () => controller.abort() });
	const asked = createSpaceProvider(silent.url).createAsyncGenerator({ messages: "hi" }, { signal: controller.signal });
	expect(await failure(asked)).toMatchObject({ code: "aborted" });
});

test("a Space that does not answer takes no longer than an attempt may", async () => {
	await using silent = await startFakeSpace({ config: () => {} });
	const asked = createSpaceProvider(silent.url, { timeouts: { connectMs: 50 } }).createAsyncGenerator({ messages: "hi" });
	expect(await failure(asked)).toMatchObject({ code: "timeout", phase: "connect", afterMs: 50 });
});

describe("the conformance suite", () => {
	let space: SpaceEmulator;
	beforeAll(async () => {
		space = await startSpaceEmulator({ functions: { chat: { ...chat, run: story } } });
	});
	afterAll(() => space.stop());
	const pieces = ["Once", " upon", " a", " time", ", в некотором", " царстве", " 😀"];
	function* story([history]: readonly unknown[], { turn }: { turn(question: string, answer: string): readonly unknown[] }) {
		let text = "";
		for (const piece of pieces) {
			text += piece;
			yield ["", [...(Array.isArray(history) ? history : []), ...turn("q", text)]];
		}
	}
	const subject = {
		create: () => createSpaceProvider(space.baseUrl),
		createBroken: () => createSpaceProvider("http://127.0.0.1:9"),
		expectedText: pieces.join(""),
		countAsked: () => space.requests.length,
	};
	for (const { name, run } of providerConformance(subject)) test(name, run);
});
