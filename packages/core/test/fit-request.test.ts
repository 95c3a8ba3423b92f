import { type ChatMessage, isSpaceportError, type ModelInfo, type ProviderRequest, type SettingName } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";

import { fitRequest } from "../src/chain/fit-request.ts";
import type { Candidate } from "../src/route/candidate.ts";

type Asked = Omit<ProviderRequest, "model">;

const image = { type: "image", image: "data:image/png;base64,AA==" } as const;
const text = { type: "text", text: "What is this?" } as const;
const file = { type: "file", data: "data:text/plain,x", mediaType: "text/plain" } as const;
const tool = { name: "look", parameters: { type: "object" } } as const;
const user = (content: unknown): ChatMessage => ({ role: "user", content }) as ChatMessage;
const turns: readonly ChatMessage[] = [user("Hello"), { role: "assistant", content: "Hi" }, user("How are you?")];

function candidate(info?: Partial<ModelInfo>, parameters?: readonly SettingName[]): Candidate {
	const provider = createScriptedProvider({ name: "p", scripts: [[]], ...(parameters && { parameters }) });
	return { name: "p", model: "m", provider, ...(info && { info: { id: "m", ...info } }) };
}

const fit = (request: Partial<Asked>, to: Candidate, policy: "drop" | "refuse" = "drop") =>
	fitRequest({ messages: [user("Hello")], ...request } as Asked, to, policy);

function refusal(request: Partial<Asked>, to: Candidate, policy: "drop" | "refuse" = "drop") {
	try {
		fit(request, to, policy);
	} catch (error) {
		if (isSpaceportError(error, "unsupported")) return { message: error.message, hint: error.hint, capability: error.capability };
		throw error;
	}
	return undefined;
}

describe("pictures", () => {
	const blind = candidate({ vision: false });

	test.each([
		["a text alone", "Hello", false],
		["parts of text", [text, text], false],
		["a picture alone", [image], true],
		["a picture among text", [text, image, text], true],
	])("%s, for a model without vision", (_, content, isRefused) => {
		const refused = refusal({ messages: [user("Hello"), user(content)] }, blind);
		expect(refused).toEqual(
			isRefused
				? { message: '"p" lacks vision, and the messages have images.', hint: "Ask another provider.", capability: "image" }
				: undefined,
		);
	});

	test("go to whoever has vision, and to whom it is not known of", () => {
		for (const to of [candidate({ vision: true }), candidate({}), candidate()]) {
			expect(refusal({ messages: [user([image])] }, to)).toBeUndefined();
		}
	});
});

describe("what is lacking", () => {
	test("is named all together where it is refused, with what to do about the first", () => {
		const to = candidate({ tools: false }, ["maxTokens"]);
		expect(refusal({ temperature: 1, maxTokens: 5, tools: [tool] }, to, "refuse")).toEqual({
			message: '"p" does not take temperature, and calls no tools.',
			hint: 'Leave temperature out, ask another provider, or set unsupportedParameters to "drop".',
			capability: "temperature",
		});
		expect(refusal({ maxTokens: 5 }, to, "refuse")).toBeUndefined();
	});

	const nothing: readonly SettingName[] = [];
	test.each<[string, Partial<Asked>, readonly string[]]>([
		["a system prompt", { system: "Be brief." }, ["system"]],
		["an empty one", { system: "" }, []],
		["stop strings", { stop: ["", "x"] }, ["stop"]],
		["empty ones", { stop: [""] }, []],
		["a format that is text", { responseFormat: { type: "text" } }, []],
		["JSON", { responseFormat: { type: "json" } }, ["responseFormat"]],
		["a seed of 0", { seed: 0 }, ["seed"]],
		["no tools, which may be called", { tools: [], toolChoice: "auto" }, []],
		["tools that are not to be called", { tools: [tool], toolChoice: "none" }, []],
	])("%s", (_, request, lacking) => {
		const { warnings } = fit(request, candidate(undefined, nothing));
		expect(warnings).toEqual(lacking.map((setting) => `${setting} has no effect: "p" does not take it.`));
	});

	test("a choice among no tools is none to tell of", () => {
		const to = candidate({ tools: true }, ["tools"]);
		expect(fit({ toolChoice: "required" }, to).warnings).toEqual([]);
		expect(fit({ tools: [], toolChoice: "required" }, to).warnings).toEqual([]);
		expect(fit({ tools: [tool], toolChoice: "required" }, to).warnings).toEqual(['toolChoice has no effect: "p" does not take it.']);
	});
});

describe("tools", () => {
	const asked = { tools: [tool], toolChoice: "none" } as const;

	test("that are not to be called go to whoever takes the choice, with the choice", () => {
		expect(fit(asked, candidate()).request).toMatchObject(asked);
		expect(fit({ tools: [tool], toolChoice: "auto" }, candidate({ tools: true })).request).toMatchObject({ toolChoice: "auto" });
	});

	test("and stay away from whoever does not", () => {
		const { request } = fit(asked, candidate({}, ["tools"]));
		expect(request).not.toHaveProperty("tools");
		expect(request).not.toHaveProperty("toolChoice");
		const without = fit({ tools: [tool], toolChoice: "auto" }, candidate({ tools: false })).request;
		expect(without).not.toHaveProperty("tools");
		expect(without).not.toHaveProperty("toolChoice");
	});
});

describe("a conversation", () => {
	test.each<[string, Candidate, readonly ChatMessage[]]>([
		["for a model that takes earlier turns", candidate({ history: true }), turns],
		["for one of which that is not known", candidate({}), turns],
		["for one of which nothing is known", candidate(), turns],
		["of one message", candidate({ history: false }), [user("Hello")]],
		["with a picture", candidate({ history: false }), [user([text, image]), ...turns]],
		["with a file", candidate({ history: false }), [user([text, file]), ...turns]],
	])("%s is left as it is", (_, to, messages) => {
		expect(fit({ messages }, to).request.messages).toBe(messages);
	});

	test.each<[string, readonly ChatMessage[]]>([
		["texts", turns],
		["parts of text", [user([text]), ...turns]],
	])("of %s is one message for a model that takes none, and its system prompt stays beside it", (_, messages) => {
		const { request } = fit({ system: "Be brief.", messages }, candidate({ history: false }));
		expect(request).toMatchObject({ system: "Be brief.", messages: [{ role: "user" }] });
		const { content } = request.messages[0] as { content: string };
		expect(content).toContain("How are you?");
		expect(content).toContain("Hi");
		expect(content).not.toContain("Be brief.");
		expect(fit({ messages }, candidate({ history: false })).request).not.toHaveProperty("system");
	});
});
