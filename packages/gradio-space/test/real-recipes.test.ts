import type { ChatMessage } from "@spaceport/core";
import { type GradioServer, type GradioVersion, gradioRequirement, gradioVersions, startGradioServer } from "@spaceport/testkit/gradio";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { defineSpaceProvider, readChatbot, sentTurns } from "../src/index.ts";
import { collect, failure, textOf } from "./support/collect.ts";

/** The shape of Qwen/Qwen2.5-1M-Demo: what is said goes past the queue into the session's state, then the answer streams. */
const createQwen1m = defineSpaceProvider({
	name: "qwen-2.5-1m",
	space: "Qwen/Qwen2.5-1M-Demo",
	api: "/agent_run",
	models: [{ id: "qwen-2.5-1m" }],
	steps: [
		{
			name: "said",
			api: "/add_text",
			toData(request, call) {
				const { prompt, history } = call.conversation(request, { historyIndex: 1 });
				return [call.inputs?.[0]?.type === "multimodaltextbox" ? { text: prompt, files: [] } : prompt, history, null];
			},
		},
	],
	toData: (_, call) => [call.outputs.said[0], null, 0],
	fromData: (data, request, final) => readChatbot(data[0], sentTurns(request), final),
});

/** The shape of microsoft/phi-4-multimodal: a step makes the history, the next one gives it back with the answer. */
const createPhi4 = defineSpaceProvider({
	name: "phi-4",
	space: "microsoft/phi-4-multimodal",
	api: "/respond",
	models: [{ id: "phi-4", history: true }],
	steps: [
		{
			name: "add",
			api: "/add_message",
			toData(request, call) {
				const { prompt, history } = call.conversation(request, { historyIndex: 0 });
				return [history, call.inputs?.[1]?.type === "multimodaltextbox" ? { text: prompt, files: [] } : prompt, null];
			},
		},
	],
	toData: (_, call) => [call.outputs.add[0], null],
	fromData: (data, request, final) => readChatbot(data[0], sentTurns(request), final),
});

const createThreeSteps = defineSpaceProvider({
	name: "three-steps",
	space: "somebody/three-steps",
	api: "/tell",
	models: [{ id: "three-steps" }],
	steps: [
		{ name: "prepare", api: "/prepare", toData: (request, call) => [call.conversation(request).prompt, null] },
		{ name: "polish", api: "/polish", toData: () => ["short", null] },
	],
	toData: () => [null],
	fromData: ([text]) => (typeof text === "string" ? text : undefined),
});

const createForgetful = defineSpaceProvider({
	name: "forgetful",
	space: "somebody/three-steps",
	api: "/tell",
	models: [{ id: "forgetful" }],
	steps: [{ name: "polish", api: "/polish", toData: () => ["short", null] }],
	toData: () => [null],
	fromData: ([text]) => (typeof text === "string" ? text : undefined),
});

function asking(question: string): readonly ChatMessage[] {
	return [
		{ role: "user", content: "My name is Ada." },
		{ role: "assistant", content: "Hello, Ada." },
		{ role: "user", content: question },
	];
}

for (const version of gradioVersions) {
	const gradio = await gradioRequirement([version]);
	describe.skipIf(gradio.skip)(`recipes on Gradio ${version}`, () => testRecipes(version));
}

function testRecipes(version: GradioVersion): void {
	let server: GradioServer;
	beforeAll(async () => {
		server = await startGradioServer({ version, app: "recipe" });
	});
	afterAll(() => server?.stop());
	/** The history has all that was said. */
	const expectAll = (history: unknown): void => {
		for (const { content } of asking("received")) expect(JSON.stringify(history)).toContain(content);
	};
	const ask = async (create: typeof createQwen1m, messages: string | readonly ChatMessage[]): Promise<string> =>
		textOf(await collect(create({ baseUrl: server.baseUrl }).createAsyncGenerator({ messages })));

	test("a call past the queue, then one that streams what the session keeps", async () => {
		expect(await ask(createQwen1m, "a b")).toBe("You asked: a b");
		const received = JSON.parse(await ask(createQwen1m, asking("received")));
		expect(received).toMatchObject({ task: { question: "received" }, start: 0 });
		expectAll(received.history);
	});

	test("a call whose outputs the next one takes", async () => {
		expect(await ask(createPhi4, "a b")).toBe("You asked: a b");
		const received = JSON.parse(await ask(createPhi4, asking("received")));
		expect(received.history).toHaveLength(version.startsWith("6.") ? 3 : 2);
		expectAll(received.history);
	});

	test("three calls of the queue", async () => {
		expect(JSON.parse(await ask(createThreeSteps, "received"))).toEqual({
			kept: { question: "received", style: "short", steps: ["prepare", "polish"] },
		});
	});

	test("many turns at once do not meet", async () => {
		const questions = Array.from({ length: 12 }, (_, index) => `question ${index}`);
		const answers = await Promise.all(questions.map((question) => ask(createThreeSteps, question)));
		expect(answers).toEqual(questions.map((question) => `You asked: ${question}`));
	});

	test("the failure of a step names it", async () => {
		expect(await failure(createForgetful({ baseUrl: server.baseUrl }).createAsyncGenerator({ messages: "x" }))).toMatchObject({
			code: "generation",
			message: expect.stringMatching(/^In the step "polish" \(\/polish\): .*Call prepare first/s),
		});
	});
}
