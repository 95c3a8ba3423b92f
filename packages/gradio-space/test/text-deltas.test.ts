import type { Chunk } from "@spaceport/core";
import { beforeAll, describe, expect, test } from "vitest";

import { createOutputState } from "../src/decode/output-state.ts";
import { createTextDeltas, type OutputReading } from "../src/decode/text-deltas.ts";
import { loadTools } from "../src/provider/late-tools.ts";
import { textOf } from "./support/collect.ts";

// A page loads what applies differences when they come.
beforeAll(() => loadTools(undefined));

const run = (...readings: OutputReading[]): Chunk[] => {
	const deltas = createTextDeltas();
	return readings.flatMap((reading) => deltas.take(reading, []));
};

describe("createTextDeltas", () => {
	test("gives what is new", () => {
		expect(run(undefined, "", "Pa", "Paris", "Paris", null, "Paris.")).toEqual([
			{ type: "text-delta", text: "Pa" },
			{ type: "text-delta", text: "ris" },
			{ type: "text-delta", text: "." },
		]);
	});

	test("replaces where earlier text changed", () => {
		expect(run("def f():\nreturn", "def f():\n    return 1", "x", "")).toEqual([
			{ type: "text-delta", text: "def f():\nreturn" },
			{ type: "text-replace", text: "def f():\n    return 1" },
			{ type: "text-replace", text: "x" },
			{ type: "text-replace", text: "" },
		]);
	});

	test("takes the piece from the difference", () => {
		const deltas = createTextDeltas();
		const state = createOutputState("diff");
		state.generating(["a"]);
		deltas.take("a", []);
		const step = state.generating([[["append", [], "bc"]]]);
		// The reading and the piece are told apart on purpose: the piece shows where the delta came from.
		const marked = step.appends.map((append) => ({ ...append, piece: "(bc)" }));
		expect(deltas.take(step.data[0] as string, marked)).toEqual([{ type: "text-delta", text: "(bc)" }]);
	});

	test("does not take the piece of another text", () => {
		const deltas = createTextDeltas();
		deltas.take("ab", []);
		expect(deltas.take("abc", [{ before: "xy", after: "xyz", piece: "z" }])).toEqual([{ type: "text-delta", text: "c" }]);
		expect(deltas.take("zbcd", [{ before: "abc", after: "abcd", piece: "d" }])).toEqual([{ type: "text-replace", text: "zbcd" }]);
	});

	test("reads chunks so far: texts joined, others once", () => {
		const image: Chunk = { type: "image", url: "http://127.0.0.1/a.png" };
		expect(
			run(
				[{ type: "reasoning-delta", text: "Hm" }],
				[
					{ type: "reasoning-delta", text: "Hmm" },
					{ type: "text-delta", text: "4" },
				],
				[{ type: "reasoning-delta", text: "Hmm" }, { type: "text-delta", text: "4" }, image, { type: "text-delta", text: "2" }],
				[{ type: "reasoning-delta", text: "other" }, { type: "text-delta", text: "4" }, image, { type: "text-delta", text: "2" }],
			),
		).toEqual([
			{ type: "reasoning-delta", text: "Hm" },
			{ type: "reasoning-delta", text: "m" },
			{ type: "text-delta", text: "4" },
			{ type: "text-delta", text: "2" },
			image,
		]);
	});

	test("never gives half a character, and is right where two halves meet", () => {
		const chunks = run("a\ud83d", "a\ud83d\ude00", "a\ud83d\ude00!", "a\ud83d\ude00!\udc00");
		for (const chunk of chunks) expect("text" in chunk && chunk.text.isWellFormed()).toBe(true);
		expect(textOf(chunks)).toBe("a😀!\ufffd");
	});
});

describe("createOutputState", () => {
	const operations = [["append", [], "b"]];

	test("takes every step as whole where the protocol says so", () => {
		const state = createOutputState("full");
		state.generating(["a"]);
		expect(state.generating([operations]).data).toEqual([operations]);
	});

	test("takes the first step as whole and later ones as differences", () => {
		const state = createOutputState("diff");
		expect(state.generating([operations]).data).toEqual([operations]);
		expect(state.generating([[["add", [1], "x"]]]).data).toEqual([[["append", [], "b"], "x"]]);
		expect(state.completed([operations]).data).toEqual([operations]);
	});

	test("counts what does not fit, and keeps the rest", () => {
		const state = createOutputState("diff");
		state.generating(["a", ["x"]]);
		expect(state.generating([[...operations, ["delete", [0]]], "text"])).toMatchObject({ data: ["ab", "text"], misfits: 1 });
	});

	test("asks the shape where the protocol is not known", () => {
		const state = createOutputState("unknown");
		state.generating(["", [["q", "a"]], "s"]);
		expect(state.generating([[], [["append", [0, 1], "b"]], []]).data).toEqual(["", [["q", "ab"]], "s"]);
		expect(state.generating(["", [["q", "abc"]], "s"]).data).toEqual(["", [["q", "abc"]], "s"]);
		expect(state.generating([[], [], []]).data).toEqual(["", [["q", "abc"]], "s"]);
		// It looks like operations, but they do not fit: it is a value.
		const odd = [[["append", [9], "b"]], [], []];
		expect(state.generating(odd)).toEqual({ data: odd, appends: [], misfits: 0 });
	});
});
