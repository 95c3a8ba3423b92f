import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect } from "vitest";

/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** Texts that often begin with each other, with characters of every length in them. */
export const text: fc.Arbitrary<string> = fc
	.array(fc.constantFrom("a", "b", "é", "北", "😀", "👩‍👧", "\u2028", "\u0085", "\n", '"', "\\", "\0"), { maxLength: 4 })
	.map((parts) => parts.join(""));

const key = fc.constantFrom("a", "b", "0", "1", "__proto__", "constructor", "é");

/**
 * JSON values from a small world, so that two of them have much in common. Python takes 1 and true, 0 and false for the same: there are no such numbers here.
 */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json; list: Json; dict: Json }>((tie) => ({
	value: fc.oneof(
		{ depthSize: "medium", maxDepth: 4 },
		fc.oneof(fc.constantFrom(null, true, false, 2, 3.5, -4), text),
		{ arbitrary: tie("list"), weight: 3 },
		{ arbitrary: tie("dict"), weight: 1 },
	),
	list: fc.array(tie("value"), { maxLength: 5 }),
	dict: fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
})).value;

/** Lists in lists in lists, whose lengths are all that changes. */
export const nestedLists: fc.Arbitrary<Json> = fc.array(
	fc.array(fc.oneof(fc.constant("x"), fc.array(fc.constant("y"), { maxLength: 4 })), { maxLength: 5 }),
	{ maxLength: 5 },
);

/** A Chatbot's value up to Gradio 5. */
export const tuplesChatbot: fc.Arbitrary<Json> = fc.array(
	fc.tuple(fc.option(text), fc.option(text)).map((turn): Json => turn),
	{ maxLength: 6 },
);

/** A Chatbot's value with messages, of all generations. */
export const messagesChatbot: fc.Arbitrary<Json> = fc
	.array(
		fc.record(
			{
				role: fc.constantFrom("user", "assistant"),
				metadata: fc.option(fc.record({ title: text }, { requiredKeys: [] })),
				content: fc.oneof(text, fc.array(fc.record({ text, type: fc.constant("text") }), { maxLength: 3 })),
				options: fc.option(fc.array(fc.record({ value: text }), { maxLength: 3 })),
			},
			{ requiredKeys: ["role", "content"] },
		),
		{ maxLength: 6 },
	)
	// Records of fast-check may have no prototype, which nothing that JSON gives does.
	.map((messages) => JSON.parse(JSON.stringify(messages)) as Json);

/** Freezes a value and all that it holds, so that whoever changes it fails. */
export function freeze<Value>(value: Value): Value {
	if (typeof value === "object" && value !== null) for (const member of Object.values(Object.freeze(value))) freeze(member);
	return value;
}

/** Compares JSON values; vitest's own matchers take a member named `constructor` for the class. */
export function expectSame(actual: unknown, expected: unknown): void {
	if (!isDeepStrictEqual(actual, expected)) expect.fail(`${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`);
}
