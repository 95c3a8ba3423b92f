import { PlainClient } from "@spaceport/testkit/gradio";
import { test } from "vitest";

import type { VersionUnderTest } from "./servers.ts";

const system = "Be brief.";

/** Functions that stream: the endpoint, and what it is asked. */
const streams = {
	"a long answer": ["/model_chat", "long"],
	"a rewritten answer": ["/model_chat", "rewrite"],
	"an answer whose margin changes": ["/model_chat", "indent"],
	"a history of 4 turns that are forgotten": ["/model_chat", "shrink turns=4"],
	"a history of 9 turns that are forgotten": ["/model_chat", "shrink turns=9"],
	"an answer that repeats its steps": ["/model_chat", "same"],
	"an empty answer": ["/model_chat", "blank"],
	"an answer that is pending, and shrinks": ["/model_chat", 'script: [null, "", "Paris", "Paris.", "Paris"]'],
	"margins and tabs": ["/model_chat", 'script: ["  a", "  a\\n b ", "  a\\n b \\n", "  a\\n b \\nc\\t\\td"]'],
	"line separators": ["/model_chat", "echo by=character: one\u2028two\u2029three\u0085four"],
	"a long text": ["/text_stream", "long"],
	"a text of every kind": ["/text_stream", 'script: ["\\ta ", "\\ta b", "", "\\ta b\\n", "\ud83d\ude00\u200d", null, "end"]'],
	"a text with line separators": ["/text_stream", "echo by=character: one\u2028two\u2029three\u0085four"],
	"a chat without a question, rewritten": ["/rewrite_chat", ""],
	"a chat without a question, forgotten": ["/shrink_chat", ""],
} as const;

/** Lists of values that follow each other in a JSON output. */
const valueLists: Readonly<Record<string, readonly unknown[]>> = {
	"values that look like differences": [
		[["append", [], "x"]],
		[
			["append", [], "y"],
			["replace", [], "z"],
		],
		[["delete", [0], null]],
		[],
	],
	"values of every type": [{ a: 1 }, [1], null, 7, 7.5, true, [null], { text: "" }, {}, [], [[]], [{}], 1e300, false, [""]],
	"texts that grow and change": [
		["a"],
		["ab"],
		["abc", "d"],
		["abc", "de"],
		["x", "de"],
		["", "de"],
		["\ud83d\ude00"],
		["\ud83d\ude00\u0301\u2028"],
	],
	"lists that shrink": [[1, 2, 3, 4, 5, 6].map((number) => [number]), [[1], [4]], [[4]], [[4], [5], [6]], [], [[1, 2, 3]], [[3]], [[]]],
	"a list that shrinks beside one that shrinks": [
		{ a: [1, 2, 3], b: [1, 2, 3] },
		{ a: [1], b: [3] },
		{ a: [], b: [] },
	],
	"a list that shrinks within a list that shrinks": [[[1, 2, 3], "x", "y"], [[1]]],
	dictionaries: [
		{ a: { b: [1, 2, 3] }, list: [] },
		{ a: { b: [3] }, c: null },
		{ "": 1, "0": "a", "a.b": [], "\u{1f468}\u200d\u{1f469}": {} },
		{ "": 2, "0": "ab", "a.b": [{}], "\u{1f468}\u200d\u{1f469}": { x: 1 } },
		{ constructor: 1, toString: 2 },
		{ toString: 3 },
	],
	messages: [
		[
			{ role: "user", content: [{ type: "text", text: "a" }] },
			{ role: "assistant", content: "b" },
		],
		[
			{ role: "user", content: [{ type: "text", text: "ab" }] },
			{ role: "assistant", content: "bc", metadata: null },
		],
		[{ role: "assistant", content: "bc", metadata: { title: "x" } }],
	],
	"numbers and truth values": [
		[1, 0, 5],
		[true, false, 5],
		[true, false, 6],
		[1, 0, 6],
	],
};

/**
 * Every step of a stream has the values that the server's function yielded, after Gradio's own cleaning: the server's log has them. Where the version has
 * `/call`, which sends whole values and no differences, they are held against that as well.
 */
export function testValues({ expected, wide }: VersionUnderTest): void {
	test.for(Object.entries(streams))("every step of %s is what the function yielded", async ([name, [api, verb]], { expect }) => {
		const id = name.replaceAll(/\W+/g, "-");
		// After the verb, which is all that stands before the first colon; the endpoints of a verb take what follows it.
		const query = verb.replace(/^[^:]*/, (before) => `${before} id=${id}`.trim());
		const data = api === "/model_chat" ? [query, [], system] : api === "/text_stream" ? [query] : [query, []];
		const steps = await wide.call(api, data);
		const yielded = wide.logOf(id).flatMap((entry) => (entry.event === "yield" ? [entry.data] : []));
		expect(yielded.length).toBeGreaterThan(0);
		expect(steps).toEqual([...yielded, yielded.at(-1)]);
		if (!expected.call) return;
		const whole = await (await PlainClient.connect(wide.server)).call(api.slice(1), data);
		expect(steps).toEqual([...whole.values, whole.final]);
	});

	test("a history that the server sent can be sent back, and every step has it", async ({ expect }) => {
		const before = (await wide.call("/model_chat", ["echo: one", [], system])).at(-1);
		const steps = await wide.call("/model_chat", ["history id=history", before?.[1], system]);
		const yielded = wide.logOf("history").flatMap((entry) => (entry.event === "yield" ? [entry.data] : []));
		expect(steps).toEqual([...yielded, yielded.at(-1)]);
		expect(JSON.stringify(steps.at(-1))).toContain("echo: one");
	});

	test("a generator that yields nothing ends with nothing", async ({ expect }) => {
		expect(await wide.call("/empty_chat", ["id=empty", []])).toEqual([[null]]);
	});

	test("any value may follow any other", async ({ expect }) => {
		// One after the other: an entry of the log about these functions does not say which call it is about.
		for (const [name, values] of Object.entries(valueLists)) {
			// Differences of a gr.JSON replace the whole from 4.44 on; those of lists in a gr.CheckboxGroup go to any depth.
			for (const fn of values.every(Array.isArray) ? ["json_values", "list_values"] : ["json_values"]) {
				const query = JSON.stringify(values);
				const steps = (await wide.call(`/${fn}`, [query])).map(([value]) => value);
				const log = wide.server.readLog().filter((entry) => entry.fn === fn);
				const start = log.findLastIndex((entry) => entry.event === "start" && entry.query === query);
				const yielded = log.slice(start).flatMap((entry) => (entry.event === "yield" ? [entry.data?.[0]] : []));
				const message = `${name}, ${fn}`;
				expect(yielded, message).toEqual(values);
				expect(steps.at(-1), message).toEqual(values.at(-1));
				if (expected.lost.includes(name)) expect(steps.slice(0, -1), message).not.toEqual(values);
				else expect(steps.slice(0, -1), message).toEqual(values);
				if (!expected.call) continue;
				const whole = await (await PlainClient.connect(wide.server)).call(fn, [query]);
				expect(whole, message).toMatchObject({ values: values.map((value) => [value]), final: [values.at(-1)] });
			}
		}
	});
}
