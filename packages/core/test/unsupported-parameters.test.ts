import {
	type AsyncGeneratorProvider,
	type ChatSettings,
	createChain,
	createSpaceport,
	isSpaceportError,
	type ModelInfo,
	type ProviderRequest,
	type SettingName,
	UnsupportedError,
} from "@spaceport/core";
import { createScriptedProvider, type ScriptedProvider } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

import { mayLack } from "../src/chain/may-lack.ts";

const clock = { name: "clock" };
const image = { role: "user", content: [{ type: "image", image: "https://example.com/a.png" }] } as const;
const turns = [
	{ role: "user", content: "My name is Ada." },
	{ role: "assistant", content: "Hello Ada." },
	{ role: "user", content: "What is my name?" },
] as const;

function scripted(name: string, options: { parameters?: readonly SettingName[]; info?: Partial<ModelInfo> } = {}) {
	const { parameters, info } = options;
	return createScriptedProvider({
		name,
		scripts: [[`from ${name}`]],
		...(info && { models: [{ id: name, ...info }] }),
		...(parameters && { parameters }),
	});
}

function askedOf({ calls }: ScriptedProvider): ProviderRequest {
	const [call] = calls;
	if (call === undefined) throw new Error("It was not asked.");
	return call.request;
}

/** What came to a provider that lacks something, in a Spaceport in which it is the only one. */
async function drop(settings: ChatSettings & { messages?: ProviderRequest["messages"] }, options: Parameters<typeof scripted>[1]) {
	const provider = scripted("lacking", options);
	const { warnings } = await createSpaceport({ providers: [provider] }).complete({ messages: "?", ...settings });
	const { model: _, ...asked } = askedOf(provider);
	return { asked, warnings };
}

function refuse(settings: ChatSettings & { messages?: ProviderRequest["messages"] }, options: Parameters<typeof scripted>[1]) {
	const provider = scripted("lacking", options);
	const spaceport = createSpaceport({ providers: [provider], unsupportedParameters: "refuse" });
	return spaceport.complete({ messages: "?", ...settings }).then(
		() => ({ asked: provider.calls.length, error: undefined }),
		(error: unknown) => ({ asked: provider.calls.length, error }),
	);
}

const all = {
	system: "Be brief.",
	temperature: 0.5,
	topP: 0.9,
	maxTokens: 5,
	stop: ["x"],
	seed: 1,
	tools: [clock],
	toolChoice: "auto",
	responseFormat: { type: "json" },
} as const satisfies ChatSettings;
const user = [{ role: "user", content: "?" }];

describe("settings that a provider lacks are dropped", () => {
	test("each with one warning that names it and the provider", async () => {
		const { asked, warnings } = await drop({ ...all, metadata: { mine: 1 }, providerOptions: { lacking: { a: 1 } } }, { parameters: [] });
		expect(asked).toEqual({ messages: user, metadata: { mine: 1 }, providerOptions: { lacking: { a: 1 } } });
		const told = ["system", "temperature", "topP", "maxTokens", "stop", "seed", "tools", "responseFormat"];
		expect(warnings.map((warning) => warning.split(" ")[0])).toEqual(told);
		for (const warning of warnings) expect(warning).toMatch(/^\w+ ha(?:s|ve) no effect: "lacking" does not .+\.$/);
	});

	test("and those that it has come to it", async () => {
		const { asked, warnings } = await drop(all, { parameters: ["system", "temperature", "seed"] });
		expect(asked).toEqual({ messages: user, system: "Be brief.", temperature: 0.5, seed: 1 });
		expect(warnings).toHaveLength(5);
	});

	test("where nothing is known of it, all come to it", async () => {
		const { asked, warnings } = await drop(all, {});
		expect(asked).toEqual({ messages: user, ...all });
		expect(warnings).toEqual([]);
	});

	test("a model's own list wins over the provider's", async () => {
		expect((await drop({ temperature: 1, topP: 1 }, { parameters: ["topP"], info: { parameters: ["temperature"] } })).asked).toEqual({
			messages: user,
			temperature: 1,
		});
		expect((await drop({ temperature: 1 }, { parameters: ["temperature"], info: { parameters: [] } })).asked).toEqual({ messages: user });
	});

	test("under the name that it is registered by, once, however often it is asked", async () => {
		const fail = { fail: new UnsupportedError("no", { capability: "none" }) };
		const broken = createScriptedProvider({ name: "broken", parameters: [], scripts: [[fail]] });
		const { text, warnings } = await createSpaceport({
			providers: { mine: scripted("a", { parameters: [] }), broken },
			chains: { default: ["mine", "mine"] },
		}).complete({ messages: "?", temperature: 1 });
		expect([text, warnings]).toEqual(["from a", ['temperature has no effect: "mine" does not take it.']]);
	});

	test("in a chain in a chain", async () => {
		const inner = createChain({ name: "inner", providers: [scripted("a", { parameters: [] })] });
		const outer = createChain({ name: "default", providers: [inner] });
		const { warnings } = await createSpaceport({ chains: [outer] }).complete({ messages: "?", seed: 4 });
		expect(warnings).toEqual(['seed has no effect: "a" does not take it.']);
	});

	test.each<[string, ChatSettings]>([
		["tools that are not to be called", { tools: [clock], toolChoice: "none" }],
		["no tools", { tools: [], toolChoice: "auto" }],
		["a format that is text", { responseFormat: { type: "text" } }],
		["stop strings that stop nothing", { stop: ["", ""] }],
		["no stop strings", { stop: [] }],
		["an empty system prompt", { system: "" }],
	])("in silence where nothing is asked for: %s", async (_, settings) => {
		expect(await drop(settings, { parameters: [] })).toEqual({ asked: { messages: user }, warnings: [] });
		expect(await refuse(settings, { parameters: [] })).toEqual({ asked: 1, error: undefined });
	});

	test("tools are those that a model says it calls", async () => {
		const settings = { tools: [clock], toolChoice: "auto", temperature: 1 } as const;
		const { asked, warnings } = await drop(settings, { info: { tools: false } });
		expect(asked).toEqual({ messages: user, temperature: 1 });
		expect(warnings).toEqual(['tools have no effect: "lacking" does not call any, and answers in text.']);
		expect((await drop(settings, { parameters: [], info: { tools: true } })).asked).toEqual({ messages: user, tools: [clock] });
	});

	test("a choice that is not taken: tools that are not to be called go with it, one that must be is told of", async () => {
		const options = { parameters: ["tools"] as const };
		expect(await drop({ tools: [clock], toolChoice: "none" }, options)).toEqual({ asked: { messages: user }, warnings: [] });
		expect(await drop({ tools: [clock], toolChoice: "required" }, options)).toEqual({
			asked: { messages: user, tools: [clock] },
			warnings: ['toolChoice has no effect: "lacking" does not take it.'],
		});
	});
});

describe("settings that a provider lacks are refused", () => {
	test("in an error that names them, before it is asked", async () => {
		const { asked, error } = await refuse(all, { parameters: ["system", "topP", "maxTokens", "stop", "tools", "toolChoice"] });
		expect(asked).toBe(0);
		expect(error).toMatchObject({
			code: "unsupported",
			capability: "temperature",
			provider: "lacking",
			message: '"lacking" does not take temperature, and does not take seed, and does not take responseFormat.',
			hint: expect.stringContaining("unsupportedParameters"),
		});
	});

	test("and the chain goes on with the next", async () => {
		const chain = [scripted("a", { parameters: [] }), scripted("b", { parameters: ["temperature"] })] as const;
		const spaceport = createSpaceport({ chains: [createChain({ name: "default", providers: chain, unsupportedParameters: "refuse" })] });
		const { text, warnings, attempts } = await spaceport.complete({ messages: "?", temperature: 1 });
		expect([text, warnings, chain[0].calls.length]).toEqual(["from b", [], 0]);
		expect(attempts).toMatchObject([
			{ provider: "a", decision: "fallback", error: { code: "unsupported", capability: "temperature" } },
			{ provider: "b", decision: "answered" },
		]);
		const dropped = await spaceport.complete({ messages: "?", temperature: 1 }, { unsupportedParameters: "drop" });
		expect([dropped.text, dropped.warnings]).toEqual(["from a", ['temperature has no effect: "a" does not take it.']]);
	});
});

describe("what cannot be dropped is refused in any case", () => {
	test.each<[string, ProviderRequest["messages"], ChatSettings, Parameters<typeof scripted>[1], string]>([
		["images", [image, ...turns.slice(1)], {}, { info: { vision: false } }, "image"],
		["tools that must be called", turns, { tools: [clock], toolChoice: "required" }, { parameters: [] }, "tools"],
		["one that must be", turns, { tools: [clock], toolChoice: clock }, { info: { tools: false } }, "tools"],
		["an answer that is begun, for a model without history", turns.slice(0, 2), {}, { info: { history: false } }, "prefill"],
	])("%s", async (_, messages, settings, options, capability) => {
		const lacking = scripted("lacking", options);
		const spaceport = createSpaceport({ providers: [lacking, scripted("able")], chains: { default: ["lacking", "able"] } });
		const { text, attempts } = await spaceport.complete({ messages, ...settings });
		expect([text, lacking.calls.length]).toEqual(["from able", 0]);
		expect(attempts[0]).toMatchObject({ provider: "lacking", error: { code: "unsupported", capability, provider: "lacking" } });
		await expect(spaceport.complete({ model: "lacking", messages, ...settings })).rejects.toMatchObject({
			code: "unsupported",
			capability,
		});
	});
});

describe("a model that takes no earlier turns", () => {
	test.each(["drop", "refuse"] as const)("gets the conversation as one message: %s", async (unsupportedParameters) => {
		const provider = scripted("a", { info: { history: false } });
		const spaceport = createSpaceport({ providers: [provider], unsupportedParameters });
		const { warnings } = await spaceport.complete({ system: "Be brief.", messages: turns });
		expect(warnings).toEqual([]);
		expect(askedOf(provider)).toMatchObject({ system: "Be brief.", messages: [{ role: "user" }] });
		const content = askedOf(provider).messages[0]?.content;
		expect(content).toContain("My name is Ada.");
		expect(content).toMatch(/What is my name\?$/);
		expect(content).not.toContain("Be brief.");
	});

	test("gets one message as it is, and pictures are left to it", async () => {
		const info = { history: false } as const;
		expect((await drop({ messages: [turns[0]] }, { info })).asked.messages).toEqual([turns[0]]);
		const withImage = [turns[0], turns[1], image];
		expect((await drop({ messages: withImage }, { info })).asked.messages).toEqual(withImage);
	});
});

describe("the look beforehand", () => {
	const image = [{ type: "image", image: "https://example.com/a.png" }] as const;
	const one = [{ role: "user", content: "?" }] as const;

	test.each<[boolean, Partial<ProviderRequest>, Parameters<typeof scripted>[1]]>([
		[false, { temperature: 1, tools: [clock], responseFormat: { type: "json" } }, {}],
		[false, { temperature: 1 }, { info: { history: true, vision: true, tools: true } }],
		[false, {}, { parameters: [] }],
		[false, { metadata: {}, providerOptions: {} }, { parameters: [] }],
		[false, { system: "Be brief.", seed: 1 }, { parameters: ["seed", "system"] }],
		[true, { system: "Be brief.", seed: 1 }, { parameters: ["seed"] }],
		[true, { seed: 1 }, { parameters: ["seed"], info: { parameters: [] } }],
		[false, { seed: 1 }, { parameters: [], info: { parameters: ["seed"] } }],
		[true, { tools: [clock] }, { info: { tools: false } }],
		[true, { toolChoice: "required" }, { info: { tools: false } }],
		[false, { seed: 1 }, { info: { tools: false } }],
		[true, { messages: turns }, { info: { history: false } }],
		[false, { messages: one }, { info: { history: false } }],
		[true, { messages: [{ role: "user", content: image }] }, { info: { vision: false } }],
		[false, { messages: turns }, { info: { vision: false } }],
		[false, { messages: [{ role: "user", content: image }] }, { info: { vision: true } }],
	])("says %s of %j for %j", (expected, request, options) => {
		const provider = scripted("a", options);
		const candidate = { name: "a", provider, model: "a", ...(options?.info && { info: { id: "a", ...options?.info } }) };
		expect(mayLack({ messages: one, ...request }, candidate)).toBe(expected);
	});
});

describe("a provider that finds out itself what it lacks", () => {
	const provider: AsyncGeneratorProvider = {
		name: "own",
		models: [],
		async *createAsyncGenerator(_, { unsupported }) {
			unsupported("seed");
			unsupported("temperature", "temperature is 1 in place of 5,\n since it takes 0 to 1.");
			yield "answer";
		},
	};

	test("warns where settings are dropped, under its registered name", async () => {
		const { warnings } = await createSpaceport({ providers: { mine: provider } }).complete({ messages: "?", seed: 1, temperature: 5 });
		expect(warnings).toEqual([
			'seed has no effect: "mine" does not take it.',
			'"mine": temperature is 1 in place of 5, since it takes 0 to 1.',
		]);
	});

	test("is not asked to the end where they are refused", async () => {
		const spaceport = createSpaceport({ chains: { default: [provider, scripted("b")] }, unsupportedParameters: "refuse" });
		const { text, attempts } = await spaceport.complete({ messages: "?", seed: 1 });
		expect(text).toBe("from b");
		expect(attempts[0]?.error).toMatchObject({ code: "unsupported", capability: "seed", provider: "own" });
		expect(isSpaceportError(attempts[0]?.error, "unsupported")).toBe(true);
	});
});
