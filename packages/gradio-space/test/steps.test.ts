import { createChain, createSpaceport, messageText } from "@spaceport/core";
import { type EmulatedFunction, GradioError, startSpaceEmulator } from "@spaceport/testkit/emulator";
import { gradioVersions } from "@spaceport/testkit/gradio";
import { describe, expect, test } from "vitest";

import { chatbotMessages, defineSpaceProvider, type SpaceCall, type SpaceProviderDefinition, type SpaceStep } from "../src/index.ts";
import { collect, failure, textOf } from "./support/collect.ts";

/** A Space whose turn takes three calls, each of which needs what the ones before gave. */
const functions: Record<string, EmulatedFunction> = {
	prepare: {
		inputs: ["textbox"],
		outputs: ["textbox", "number"],
		queue: false,
		run: ([text]) => [`<${text}>`, String(text).length],
	},
	think: {
		inputs: ["textbox", "number"],
		outputs: ["textbox"],
		*run([text, number], { log, progress }) {
			log("let me think");
			progress({ index: 1, length: 2, unit: "thoughts", desc: "thinking" });
			yield [`about ${text}`];
			yield [`about ${text} of ${number}`];
		},
	},
	answer: {
		inputs: ["textbox", "textbox"],
		outputs: ["textbox"],
		*run([thought, text]) {
			yield [`${text}: `];
			yield [`${text}: ${thought}`];
		},
	},
	listen: {
		inputs: ["textbox"],
		outputs: ["textbox"],
		queue: false,
		*run([text]) {
			for (let end = 1; end <= String(text).length; end += 1) yield [String(text).slice(0, end)];
		},
	},
	refuse: {
		inputs: ["textbox"],
		outputs: ["textbox"],
		run([text]) {
			throw new GradioError(`not ${text}`);
		},
	},
	endless: {
		inputs: ["textbox"],
		outputs: ["textbox"],
		async *run(_, { signal }) {
			yield ["…"];
			await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
		},
	},
};

const common = {
	name: "steps",
	space: "somebody/steps",
	models: [{ id: "steps" }],
	fromData: ([text]: readonly unknown[]) => (typeof text === "string" ? text : undefined),
};

const createThinker = defineSpaceProvider({
	...common,
	api: "/answer",
	steps: [
		{ name: "prepare", api: "/prepare", toData: (request, call) => [call.conversation(request).prompt] },
		{ name: "think", api: "/think", toData: (_, call) => call.outputs.prepare ?? [] },
	],
	toData: (_, { outputs }) => [outputs.think[0], outputs.prepare[0]],
});

/** One step before `/answer`. */
function createWith(step: Partial<SpaceStep>): ReturnType<typeof defineSpaceProvider> {
	return defineSpaceProvider<string>({
		...common,
		api: "/answer",
		steps: [{ name: "first", api: "/prepare", toData: () => ["x"], ...step }],
		toData: (request, { outputs }) => [outputs.first?.[0] ?? "nothing", messageText(request.messages[0] ?? { role: "user", content: "" })],
	});
}

test.each(gradioVersions)("steps run one after another, in one session, on Gradio %s", async (version) => {
	await using space = await startSpaceEmulator({ version, functions });
	const chunks = await collect(
		createThinker({ baseUrl: space.baseUrl, createId: () => "session" }).createAsyncGenerator({ messages: "hi" }),
	);
	expect(textOf(chunks)).toBe("<hi>: about <hi> of 2");
	expect(chunks.filter(({ type }) => type !== "text-delta" && type !== "queue-update")).toMatchObject([
		{ type: "progress", stage: "started" },
		{ type: "log", text: "let me think" },
		{ type: "progress", stage: "step", description: "thinking" },
		{ type: "progress", stage: "started" },
		{ type: "finish", finishReason: "stop" },
	]);
	expect(space.jobs.map(({ session }) => session)).toEqual(space.jobs.map(() => "session"));
	await space.waitFor(({ stats }) => stats().openStreams === 0 && stats().openSockets === 0);
});

describe("a step", () => {
	test("past the queue gives all values of a generator: it goes through the queue", async () => {
		await using space = await startSpaceEmulator({ functions });
		const create = createWith({ api: "/listen", toData: () => ["abc"] });
		expect(textOf(await collect(create({ baseUrl: space.baseUrl }).createAsyncGenerator({ messages: "q" })))).toBe("q: abc");
	});

	test("that is not needed is left out, and its outputs are none", async () => {
		await using space = await startSpaceEmulator({ functions });
		const create = createWith({ when: (request) => request.temperature !== undefined });
		const ask = async (more: object): Promise<string> =>
			textOf(await collect(create({ baseUrl: space.baseUrl }).createAsyncGenerator({ messages: "q", ...more }, { warn: () => {} })));
		expect(await ask({})).toBe("q: nothing");
		expect(await ask({ temperature: 1 })).toBe("q: <x>");
	});

	test("may begin the answer", async () => {
		await using space = await startSpaceEmulator({ functions });
		const create = createWith({
			api: "/think",
			toData: () => ["it", 1],
			fromData: ([text]) => [{ type: "reasoning-delta", text: String(text) }],
		});
		const chunks = await collect(create({ baseUrl: space.baseUrl }).createAsyncGenerator({ messages: "q" }));
		expect(chunks.filter(({ type }) => /delta|finish/.test(type))).toEqual([
			{ type: "reasoning-delta", text: "about it" },
			{ type: "reasoning-delta", text: " of 1" },
			{ type: "text-delta", text: "q: " },
			{ type: "text-delta", text: "about it of 1" },
			{ type: "finish", finishReason: "stop" },
		]);
	});

	test("is named by its errors, whichever they are", async () => {
		await using space = await startSpaceEmulator({ functions });
		const ask = (step: Partial<SpaceStep>): Promise<Error> =>
			failure(createWith(step)({ baseUrl: space.baseUrl }).createAsyncGenerator({ messages: "q" }));
		expect(await ask({ name: "first", api: "/refuse" })).toMatchObject({
			code: "generation",
			message: expect.stringMatching(/^In the step "first" \(\/refuse\): .*not x/),
		});
		expect(await ask({ api: "/nothing" })).toMatchObject({
			code: "space-contract",
			message: expect.stringMatching(/^In the step "first" \(\/nothing\): /),
		});
		expect(space.jobs.map(({ name }) => name)).toEqual(["refuse"]);
	});

	test("whose name is another one's is refused at once", () => {
		const steps: SpaceStep[] = [
			{ name: "a", api: "/a", toData: () => [] },
			{ name: "a", api: "/b", toData: () => [] },
		];
		const define = (): unknown => defineSpaceProvider({ ...common, api: "/c", steps, toData: () => [] });
		expect(define).toThrow(expect.objectContaining({ code: "invalid-request", path: "steps[1].name" }));
	});

	test("ends with the turn when that is left, at the server too", async () => {
		await using space = await startSpaceEmulator({ functions });
		const create = createWith({ api: "/endless" });
		const controller = new AbortController();
		const asked = create({ baseUrl: space.baseUrl }).createAsyncGenerator({ messages: "q" }, { signal: controller.signal });
		const reading = failure(asked);
		await space.waitFor(({ jobs }) => jobs.some(({ state }) => state === "running"));
		controller.abort();
		expect(await reading).toMatchObject({ code: "aborted" });
		await space.waitFor(({ jobs, stats }) => jobs.every(({ state }) => state !== "running") && stats().openStreams === 0);
		expect(space.jobs.map(({ name }) => name)).toEqual(["endless"]);
	});

	test("takes from the time of the whole turn", async () => {
		await using space = await startSpaceEmulator({ functions });
		const create = createWith({ api: "/endless" });
		const spaceport = createSpaceport({ providers: [create({ baseUrl: space.baseUrl })], timeouts: { totalMs: 300 } });
		await expect(spaceport.complete({ messages: "q" })).rejects.toMatchObject({ code: "timeout", phase: "total", afterMs: 300 });
		const direct = failure(
			create({ baseUrl: space.baseUrl }).createAsyncGenerator(
				{ messages: "q" },
				{ deadlines: { connectMs: 1e4, firstChunkMs: 1e4, lastFirstChunkMs: 1e4, idleMs: 1e4, queueMs: 1e4, totalMs: 300 } },
			),
		);
		expect(await direct).toMatchObject({ code: "timeout", phase: "total" });
	});

	test("that fails is that attempt's failure: the chain goes on", async () => {
		await using space = await startSpaceEmulator({ functions });
		const spaceport = createSpaceport({
			providers: {
				refusing: createWith({ api: "/refuse" })({ baseUrl: space.baseUrl }),
				thinking: createThinker({ baseUrl: space.baseUrl }),
			},
			chains: [createChain({ name: "default", providers: ["refusing", "thinking"], retry: { retries: 0 } })],
		});
		const { text, attempts } = await spaceport.complete({ messages: "hi" });
		expect(text).toBe("<hi>: about <hi> of 2");
		expect(attempts[0]?.error?.message).toMatch(/^In the step "first" \(\/refuse\)/);
	});
});

test("a definition may stand by itself, and knows its steps by name", () => {
	const toData = (_: unknown, call: SpaceCall): readonly unknown[] => [call.outputs.any?.[0]];
	const alone: SpaceProviderDefinition = { ...common, api: "/a", toData };
	defineSpaceProvider(alone);
	defineSpaceProvider({ ...common, api: "/a", toData });
	defineSpaceProvider({
		...common,
		api: "/a",
		steps: [{ name: "one", api: "/b", toData: () => [] }],
		toData: (_, call) => {
			// @ts-expect-error There is no such step.
			call.outputs.two?.[0];
			return [call.outputs.one[0], chatbotMessages(call.outputs.one[1])];
		},
	});
	defineSpaceProvider({
		...common,
		api: "/a",
		// @ts-expect-error There is no step at all.
		toData: (_, call) => [call.outputs.one[0]],
	});
});
