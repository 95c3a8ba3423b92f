import { createSpaceport } from "@spaceport/core";
import { createScriptedProvider } from "@spaceport/testkit";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { readRequest } from "../src/read-request.ts";
import { validateRequest } from "../src/validate-request.ts";

/** Anything where a text could stand: mostly texts. */
const member = fc.oneof(
	{ weight: 6, arbitrary: fc.constantFrom("", "a", "user", "assistant") },
	fc.constantFrom<unknown>(undefined, null, 0, [], {}),
);
const message = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ role: member, content: member }, { requiredKeys: [] }) },
	fc.record({ role: fc.constant("user"), content: member, name: member }),
	member,
);
const request = fc.oneof(
	{
		weight: 6,
		arbitrary: fc.record(
			{ model: member, messages: fc.oneof(member, fc.array(message, { maxLength: 3 })), system: member, temperature: fc.constant(1) },
			{ requiredKeys: [] },
		),
	},
	member,
	fc.array(member, { maxLength: 2 }),
);

describe("a request that is taken to be plain", () => {
	test("is one that is right, and that looking at it would not change", () => {
		let plain = 0;
		fc.assert(
			fc.property(request, (value) => {
				const read = readRequest(value);
				if (!read.isPlain) return;
				plain += 1;
				expect(validateRequest(value)).toStrictEqual(read.request);
			}),
			{ numRuns: 8000, seed: 7 },
		);
		expect(plain).toBeGreaterThan(100);
	});

	test.each([
		[{ messages: "Hello?" }],
		[{ model: "m", system: "s", messages: [{ role: "user", content: "" }] }],
		[Object.assign(Object.create(null), { messages: "Hello?" })],
	])("%j is one", (value) => {
		expect(readRequest(value).isPlain).toBe(true);
	});

	test.each<[unknown]>([
		[{ messages: [] }],
		[{ messages: [[]] }],
		[{ messages: [{ role: "user", content: [{ type: "text", text: "a" }] }] }],
		[{ messages: "a", toString: "b" }],
		[JSON.parse('{"messages":"a","__proto__":{"model":"m"}}')],
		[Object.create({ messages: "a" })],
		[
			new (class {
				messages = "a";
			})(),
		],
		["messages"],
		[null],
	])("%j is none", (value) => {
		expect(readRequest(value).isPlain).toBe(false);
	});
});

test("what the caller changes later changes nothing, however deep in the request", async () => {
	const provider = createScriptedProvider({ name: "p", scripts: [["a"]] });
	const tool = { name: "clock", parameters: { type: "object" } };
	const part = { type: "text" as const, text: "before" };
	const asked = { messages: [{ role: "user" as const, content: [part] }], tools: [tool], stop: ["before"], metadata: { mine: 1 } };
	const stream = createSpaceport({ providers: [provider] }).stream(asked);
	part.text = "after";
	tool.name = "after";
	asked.stop[0] = "after";
	await stream.completion;
	expect(provider.calls[0]?.request).toMatchObject({
		messages: [{ content: [{ text: "before" }] }],
		tools: [{ name: "clock" }],
		stop: ["before"],
	});
	expect(provider.calls[0]?.request.metadata).toBe(asked.metadata);
});
