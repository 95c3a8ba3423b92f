import { describe, expect, test } from "vitest";

import { isDiff } from "../src/decode/apply-append.ts";
import { applyDiff } from "../src/decode/apply-diff.ts";

const apply = (value: unknown, ...operations: unknown[]): unknown => applyDiff(value, operations).value;

describe("applyDiff", () => {
	test("replaces, appends, adds and deletes in lists and dicts", () => {
		expect(apply([["q", "a"]], ["replace", [0, 1], "b"])).toEqual([["q", "b"]]);
		expect(apply([["q", "a"]], ["append", [0, 1], "bc"])).toEqual([["q", "abc"]]);
		expect(apply([1, 3], ["add", [1], 2])).toEqual([1, 2, 3]);
		expect(apply([1], ["add", [1], 2])).toEqual([1, 2]);
		expect(apply({ a: 1 }, ["add", ["b"], 2])).toEqual({ a: 1, b: 2 });
		expect(apply({ a: 1, b: 2 }, ["delete", ["a"]])).toEqual({ b: 2 });
		expect(apply({ a: [{ text: "x" }] }, ["append", ["a", 0, "text"], "y"])).toEqual({ a: [{ text: "xy" }] });
	});

	test("takes the empty path as the whole value", () => {
		expect(apply("ab", ["append", [], "c"])).toBe("abc");
		expect(apply("ab", ["replace", [], { c: 1 }])).toEqual({ c: 1 });
		expect(apply("ab")).toBe("ab");
	});

	test("applies deletes that name positions before the deletes (Gradio 4.19 to 5.29)", () => {
		expect(apply(["a", "b", "c", "d"], ["delete", [1], null], ["delete", [2], null])).toEqual(["a", "d"]);
		expect(apply([["x", ["a", "b", "c"]]], ["delete", [0, 1, 1]], ["delete", [0, 1, 2]])).toEqual([["x", ["a"]]]);
	});

	test("applies deletes one after another (Gradio 5.50 and later)", () => {
		expect(apply(["a", "b", "c", "d"], ["delete", [2], null], ["delete", [2], null])).toEqual(["a", "b"]);
		expect(apply(["a", "b", "c", "d"], ["delete", [3]], ["delete", [2]])).toEqual(["a", "b"]);
	});

	test("puts back what Gradio 5.50 and later take from positions more than once", () => {
		const old = [["a", "b"], ["c", "d"], 1, 2, 3, 4];
		const sent = [[0, 0], [0, -1], [1, -1], [0], [0], [0]].map((path) => ["delete", path, null]);
		expect(applyDiff(old, sent)).toEqual({ value: [[], ["c"], 1], misfits: 0, appends: [] });
		// In dicts nothing is counted, but in the lists around them.
		const messages = [{ content: ["a", "b"] }, { content: ["c"] }, { content: [] }];
		const lost = [[0, "content", 0], [0, "content", -1], [0]].map((path) => ["delete", path, null]);
		expect(applyDiff(messages, lost).value).toEqual([{ content: [] }, { content: ["c"] }]);
	});

	test("turns around only runs under one parent", () => {
		const value = [
			["a", "b"],
			["c", "d", "e"],
		];
		expect(apply(value, ["delete", [0, 1]], ["delete", [1, 1]], ["delete", [1, 2]])).toEqual([["a"], ["c"]]);
		expect(apply(["a", "b", "c"], ["delete", [0]], ["replace", [0], "B"], ["delete", [1]])).toEqual(["B"]);
	});

	test("skips and counts what does not fit, and goes on", () => {
		const misfits = [
			["replace", [5], "x"],
			["append", [0], "x"],
			["append", [1], 5],
			["add", [9], "x"],
			["delete", [2]],
			["replace", ["key"], "x"],
			["replace", [1, 0], "x"],
			["delete", []],
			["add", [], 1],
			["explode", [0], 1],
			["replace", "0", 1],
			["replace", [-1], 1],
			["replace", [0.5], 1],
			"replace",
			null,
		];
		const result = applyDiff([1, "two"], [...misfits, ["append", [1], "!"]]);
		expect(result).toEqual({ value: [1, "two!"], misfits: misfits.length, appends: [{ before: "two", after: "two!", piece: "!" }] });
	});

	test("leaves the value before as it was, and shares what did not change", () => {
		const before = [
			{ role: "user", content: [{ text: "q" }] },
			{ role: "assistant", content: [{ text: "a" }] },
		];
		const copy = structuredClone(before);
		const after = apply(before, ["append", [1, "content", 0, "text"], "b"]) as typeof before;
		expect(before).toEqual(copy);
		expect(after[1]?.content).toEqual([{ text: "ab" }]);
		expect(after[0]).toBe(before[0]);
	});

	test("joins the appends to one text", () => {
		const { appends } = applyDiff(
			["a", "x"],
			[
				["append", [0], "b"],
				["append", [0], "c"],
				["append", [1], "y"],
			],
		);
		expect(appends).toEqual([
			{ before: "a", after: "abc", piece: "bc" },
			{ before: "x", after: "xy", piece: "y" },
		]);
	});

	test("takes paths and values of any depth", () => {
		const depth = 100_000;
		const deep = JSON.parse(`${"[".repeat(depth)}"a"${"]".repeat(depth)}`);
		const path = Array(depth).fill(0);
		let inner = apply(deep, ["append", path, "b"]);
		for (let level = 0; level < depth; level += 1) inner = (inner as unknown[])[0];
		expect(inner).toBe("ab");
		expect(applyDiff(deep, [["append", [...path, 0], "b"]]).misfits).toBe(1);
		expect(
			applyDiff(
				[1],
				[
					["delete", [...path, 0]],
					["replace", Array(depth).fill("__proto__"), 1],
					["add", path, 1],
				],
			),
		).toMatchObject({
			value: [1],
			misfits: 3,
		});
	});

	test("takes any number of operations", () => {
		const count = 100_000;
		const numbers = Array.from({ length: count }, (_, index) => index);
		expect(apply(numbers, ...numbers.map((at) => ["replace", [at], "x"]))).toEqual(numbers.map(() => "x"));
		expect(apply([], ...numbers.map((at) => ["add", [at], at]))).toEqual(numbers);
		expect(apply(numbers, ...numbers.slice(1).map((at) => ["delete", [at]]))).toEqual([0]);
		expect(apply(numbers, ...numbers.slice(1).map(() => ["delete", [1]]))).toEqual([0]);
		expect(apply(["a"], ...numbers.map(() => ["append", [0], "b"]))).toEqual([`a${"b".repeat(count)}`]);
	});

	test("takes -0 for 0", () => {
		const value = [["a", "b", "c"], "d"];
		expect(apply(value, ["delete", [0, 1]], ["delete", [-0, 2]])).toEqual([["a"], "d"]);
		expect(apply(value, ["replace", [-0], "x"])).toEqual(["x", "d"]);
	});

	test("leaves out positions that no list has", () => {
		const positions = [-1, 3, 4294967295, 2 ** 53, 1e300, 0.5];
		for (const action of ["replace", "append", "add", "delete"]) {
			const result = applyDiff(
				["a", "b"],
				positions.map((at) => [action, [at], "x"]),
			);
			expect(result).toEqual({ value: ["a", "b"], misfits: positions.length, appends: [] });
		}
		expect(applyDiff({ a: 1 }, JSON.parse('[["replace",[1e999],1],["replace",[null],1],["delete",[-0]]]')).misfits).toBe(3);
	});

	test("does not touch prototypes", () => {
		const value = apply(JSON.parse('{"a":1}'), ["add", ["__proto__"], { polluted: true }], ["replace", ["constructor"], 1]) as object;
		expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect(Object.keys(value)).toEqual(["a", "__proto__"]);
		const deeper = applyDiff({}, [
			["add", ["__proto__", "polluted"], true],
			["replace", ["constructor", "prototype", "polluted"], true],
			["append", ["toString", "name"], "x"],
			["delete", ["hasOwnProperty"]],
		]);
		expect(deeper).toEqual({ value: {}, misfits: 4, appends: [] });
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});
});

test("isDiff knows lists of operations by their shape", () => {
	expect(isDiff([])).toBe(true);
	expect(isDiff([["append", [0, 1], "x"]])).toBe(true);
	expect(isDiff([["delete", [0]]])).toBe(true);
	expect(isDiff([["q", "a"]])).toBe(false);
	expect(isDiff([["append", "x", "y"]])).toBe(false);
	expect(isDiff("append")).toBe(false);
	expect(isDiff([{ role: "user" }])).toBe(false);
});
