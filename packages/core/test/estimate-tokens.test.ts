import type { ProviderRequest } from "@spaceport/core";
import { expect, test } from "vitest";

import { createTokenEstimator } from "../src/chain/limits/estimate-tokens.ts";

const circle: Record<string, unknown> = {};
circle.self = circle;
const ask = (content: unknown, more: object = {}) =>
	createTokenEstimator().estimate({ model: "m", messages: [{ role: "user", content }], ...more } as unknown as ProviderRequest).inputTokens;

test.each<[what: string, content: unknown, more: object, tokens: number]>([
	["nothing", "", {}, 0],
	["a quarter of its characters", "x".repeat(40), {}, 10],
	["rounded up", "x".repeat(41), {}, 11],
	["one for each character of a script with many signs", "⺀天地", {}, 3],
	["the sign before the first of those", "\u2e7f\u2e7f\u2e7f\u2e7f", {}, 1],
	["with a system prompt", "x".repeat(4), { system: "x".repeat(8) }, 3],
	["with tools, as JSON", "", { tools: [] }, 1],
	["with tools that are no JSON", "xxxx", { tools: circle }, 1],
	["with tools that have no words", "xxxx", { tools: () => 1 }, 1],
	[
		"parts of text",
		[
			{ type: "text", text: "xxxx" },
			{ type: "text", text: "xxxxxxxx" },
		],
		{},
		3,
	],
	["a call", [{ type: "tool-call", name: "xxxx", arguments: "x".repeat(16) }], {}, 5],
	["a result", [{ type: "tool-result", result: "x".repeat(12), text: "y".repeat(400) }], {}, 3],
	["an image", [{ type: "image" }], {}, 1000],
	["a file and a text", [{ type: "file" }, { type: "text", text: "xxxx" }], {}, 1001],
])("a prompt: %s", (_, content, more, tokens) => {
	expect(ask(content, more)).toBe(tokens);
});

test("an answer is as long as it may be, else as long as the last ones were", () => {
	const estimator = createTokenEstimator();
	const guess = (maxTokens?: number) =>
		estimator.estimate({ model: "m", messages: [], maxTokens } as unknown as ProviderRequest).outputTokens;
	expect(guess()).toBe(0);
	expect(guess(50)).toBe(50);
	estimator.learn(80);
	expect(guess()).toBe(80);
	estimator.learn(160);
	expect(guess()).toBe(90);
	estimator.learn(10);
	expect(guess()).toBe(80);
	estimator.learn(0);
	expect(guess()).toBe(70);
	estimator.learn(71);
	expect(guess()).toBe(71);
});
