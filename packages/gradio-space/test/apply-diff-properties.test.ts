import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import { applyAppend, isDiff, isNoDiff } from "../src/decode/apply-append.ts";
import { applyDiff } from "../src/decode/apply-diff.ts";
import { createOutputState } from "../src/decode/output-state.ts";
import { loadTools } from "../src/provider/late-tools.ts";
import { diffLikeGradio } from "./support/diff-like-gradio.ts";
import { expectSame, freeze, type Json, json, messagesChatbot, nestedLists, text, tuplesChatbot } from "./support/json-arbitraries.ts";

// A page loads what applies differences when they come.
beforeAll(() => loadTools(undefined));

type Path = readonly (string | number)[];

/** A step of the model: the value after it, or undefined where it does not fit. */
type Outcome = { readonly value: Json } | undefined;

/** The value with what a function makes of the member at a path; undefined where there is none, or the function says so. */
function change(value: Json, path: Path, into: (member: Json) => Outcome): Outcome {
	const [key, ...rest] = path;
	if (key === undefined) return into(value);
	const entries = entriesOf(value);
	const index = entries.findIndex(([name]) => name === (Array.isArray(value) ? key : String(key)));
	const changed = entries[index] && change(entries[index][1], rest, into);
	return changed && { value: madeOf(value, entries.with(index, [entries[index]?.[0] as string, changed.value])) };
}

function entriesOf(value: Json): [string | number, Json][] {
	if (Array.isArray(value)) return value.map((item, index) => [index, item]);
	return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function madeOf(kind: Json, entries: [string | number, Json][]): Json {
	return Array.isArray(kind) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function isContainer(value: Json): boolean {
	return typeof value === "object" && value !== null;
}

/** The operations as they are described, one by one, with no thought of speed. Deletes of positions are left to {@link modelOfDeletes}. */
function modelOf(value: Json, [action, path, given]: readonly [string, Path, Json]): Outcome {
	const key = path.at(-1);
	switch (action) {
		case "replace":
			return change(value, path, () => ({ value: given }));
		case "append":
			return change(value, path, (old) => (typeof old === "string" && typeof given === "string" ? { value: old + given } : undefined));
		case "add":
			if (key === undefined) return undefined;
			return change(value, path.slice(0, -1), (parent) => {
				if (!isContainer(parent)) return undefined;
				if (!Array.isArray(parent))
					return { value: madeOf(parent, [...entriesOf(parent).filter(([name]) => name !== String(key)), [key, given]]) };
				return typeof key === "number" && key >= 0 && key <= parent.length
					? { value: [...parent.slice(0, key), given, ...parent.slice(key)] }
					: undefined;
			});
		default:
			return change(value, path.slice(0, -1), (parent) => {
				if (key === undefined || Array.isArray(parent) || !isContainer(parent) || !Object.hasOwn(parent as object, key)) return undefined;
				return {
					value: madeOf(
						parent,
						entriesOf(parent).filter(([name]) => name !== String(key)),
					),
				};
			});
	}
}

/** The deletes of a list: its end where they mean that by either way of writing it down, else those that rise from the last, others one after another. */
function modelOfDeletes(
	list: readonly Json[],
	positions: readonly number[],
	putBack: readonly number[],
): { list: Json[]; misfits: number } {
	const end = list.map((_, index) => index).slice(list.length - positions.length);
	if (positions.length <= list.length && (isDeepStrictEqual(positions, end) || isDeepStrictEqual(putBack, end))) {
		return { list: list.slice(0, list.length - positions.length), misfits: 0 };
	}
	let left = [...list];
	let misfits = 0;
	let waiting: number[] = [];
	for (const [index, position] of positions.entries()) {
		waiting = [position, ...waiting];
		if ((positions[index + 1] ?? -Infinity) > position) continue;
		for (const at of waiting) {
			if (at in left) left = left.filter((_, other) => other !== at);
			else misfits += 1;
		}
		waiting = [];
	}
	return { list: left, misfits };
}

function isOperation(item: unknown): item is [string, Path, Json] {
	if (!Array.isArray(item) || ![2, 3].includes(item.length) || (item.length === 2 && item[0] !== "delete")) return false;
	if (!["replace", "append", "add", "delete"].includes(item[0]) || !Array.isArray(item[1])) return false;
	return item[1].every((key) => typeof key === "string" || (typeof key === "number" && Number.isSafeInteger(key)));
}

const isPositionDelete = (item: unknown): item is [string, (string | number)[], Json] =>
	isOperation(item) && item[0] === "delete" && typeof item[1].at(-1) === "number";

function model(original: Json, diff: readonly unknown[]): { value: Json; misfits: number } {
	let value = original;
	let misfits = 0;
	for (let index = 0; index < diff.length; index += 1) {
		const item = diff[index];
		if (!isOperation(item)) {
			misfits += 1;
			continue;
		}
		const parent = item[1].slice(0, -1);
		const last = diff.findIndex(
			(other, at) => at >= index && !(isPositionDelete(other) && isDeepStrictEqual(other[1].slice(0, -1), parent)),
		);
		const run = isPositionDelete(item) ? diff.slice(index, last === -1 ? undefined : last) : [];
		let isList = false;
		const after = change(value, parent, (list) => {
			if (run.length === 0 || !Array.isArray(list)) return undefined;
			isList = true;
			const positions = run.map((one) => (one as [string, Path])[1].at(-1) as number);
			const putBack = positions.map((position, at) => {
				const path = (run[at] as [string, Path])[1];
				const before = diff.slice(0, index + at).filter(isPositionDelete);
				// For each list around the position: how many deletes were in it, at whatever depth, before this one.
				const levels = path.map((key, depth) =>
					typeof key === "number"
						? before.filter(([, other]) => other.length > depth && isDeepStrictEqual(other.slice(0, depth), path.slice(0, depth))).length
						: 0,
				);
				return levels.reduce((sum, count) => sum + count, position);
			});
			const outcome = modelOfDeletes(list, positions, putBack);
			misfits += outcome.misfits;
			return { value: outcome.list };
		});
		if (after !== undefined) value = after.value;
		if (isList) {
			index += run.length - 1;
			continue;
		}
		const outcome = modelOf(value, item);
		if (outcome === undefined) misfits += 1;
		else value = outcome.value;
	}
	return { value, misfits };
}

const key = fc.oneof(
	fc.integer({ min: 0, max: 3 }),
	fc.constantFrom("a", "b", "0", "1", "__proto__", "constructor", "length", -1, 1e9, 2 ** 53),
);
const path = fc.array(key, { maxLength: 3 });
const operation: fc.Arbitrary<unknown> = fc.tuple(fc.constantFrom("replace", "append", "add", "delete"), path, fc.oneof(json, text));
const deletion: fc.Arbitrary<unknown> = fc.tuple(
	fc.constant("delete"),
	fc.array(fc.integer({ min: -1, max: 4 }), { minLength: 1, maxLength: 2 }),
);
const junk: fc.Arbitrary<unknown> = fc.oneof(
	json,
	fc.constantFrom(
		["explode", [0], 1],
		["replace", "0", 1],
		["replace", [0.5], 1],
		["replace", [null], 1],
		["add", [0]],
		["replace", [0], 1, 2],
		[[], []],
	),
);
const operations = fc.array(fc.oneof({ arbitrary: operation, weight: 4 }, { arbitrary: deletion, weight: 4 }, junk), { maxLength: 8 });
const runs = { numRuns: 3000 };

describe("any operations on any value", () => {
	test("do what the model does, and leave the value before as it was", () => {
		fc.assert(
			fc.property(fc.oneof(json, nestedLists), operations, (value, diff) => {
				const before = structuredClone({ value, diff });
				const { value: after, misfits } = applyDiff(value, diff);
				expectSame({ value, diff }, before);
				expectSame({ value: after, misfits }, model(value, diff));
			}),
			runs,
		);
	});

	test("say of each text that grew what it was, what it is and what was added", () => {
		fc.assert(
			fc.property(json, operations, (value, diff) => {
				for (const { before, after, piece } of applyDiff(value, diff).appends) expect(before + piece).toBe(after);
			}),
			runs,
		);
	});

	test("touch no prototype", () => {
		fc.assert(
			fc.property(json, operations, (value, diff) => {
				const check = (node: unknown): void => {
					if (typeof node !== "object" || node === null) return;
					expect(Object.getPrototypeOf(node)).toBe(Array.isArray(node) ? Array.prototype : Object.prototype);
					for (const name of Object.keys(node)) check(Reflect.get(node, name));
				};
				check(applyDiff(value, diff).value);
				expect(Object.keys(Object.prototype)).toEqual([]);
			}),
			runs,
		);
	});

	test("are only read where they are a list that may be operations", () => {
		fc.assert(
			fc.property(fc.oneof(json, operations as fc.Arbitrary<unknown>), (value) => {
				if (isDiff(value)) expect(applyDiff("x", value).misfits).toBeLessThanOrEqual(value.length);
				if (isDiff(value)) expect(isNoDiff(value)).toBe(false);
			}),
			runs,
		);
	});
});

describe.each(["before", "after"] as const)("differences as Gradio makes them, with the positions of deletes %s others", (positions) => {
	test.each(Object.entries({ json, nestedLists, tuplesChatbot, messagesChatbot, text }))("%s: give the new value", (_, kind) => {
		fc.assert(
			fc.property(kind, kind, (old, now) => {
				const diff = diffLikeGradio(old, now, positions);
				const { value, misfits } = applyDiff(freeze(old), freeze(diff));
				expectSame({ value, misfits }, { value: now, misfits: 0 });
			}),
			{ numRuns: 1000 },
		);
	});

	test("rebuild every step of a job with several outputs", () => {
		const step = fc.tuple(tuplesChatbot, json, text);
		fc.assert(
			fc.property(fc.array(step, { minLength: 1, maxLength: 6 }), (steps) => {
				const state = createOutputState("diff");
				for (const [index, now] of steps.entries()) {
					const before = steps[index - 1];
					const sent = before === undefined ? now : now.map((value, output) => diffLikeGradio(before[output] as Json, value, positions));
					const { data, misfits } = state.generating(freeze(sent));
					expectSame({ data, misfits }, { data: now, misfits: 0 });
				}
				expectSame(state.completed(steps.at(-1) ?? []).data, steps.at(-1));
			}),
			{ numRuns: 500 },
		);
	});
});

describe("the outputs of a job", () => {
	test("survive whatever comes, and end with the last message", () => {
		const anything = fc.array(fc.oneof(operations as fc.Arbitrary<unknown>, json), { maxLength: 3 });
		fc.assert(
			fc.property(
				fc.constantFrom("full", "diff", "unknown" as const),
				fc.array(anything, { maxLength: 6 }),
				anything,
				(form, steps, last) => {
					const state = createOutputState(form);
					for (const sent of steps) {
						const { data, misfits } = state.generating(freeze(sent));
						expect(data.length).toBeGreaterThanOrEqual(sent.length);
						expect(misfits).toBeGreaterThanOrEqual(0);
						if (form === "full") expectSame(data, sent);
					}
					expectSame(state.completed(last), { data: last, misfits: 0, appends: [] });
				},
			),
			runs,
		);
	});

	test("may become more while a job runs, as where an app is loaded anew", () => {
		const state = createOutputState("diff");
		state.generating(["a"]);
		expect(state.generating([[["append", [], "b"]], [["replace", [], "new"]], []])).toMatchObject({
			data: ["ab", "new", null],
			misfits: 0,
		});
		expect(state.generating([[], [["append", [], "er"]]]).data).toEqual(["ab", "newer", null]);
	});
});

describe("the difference that most steps consist of", () => {
	/** Paths into a value that lead to all its members, and some that lead nowhere. */
	function pathsOf(value: Json): Path[] {
		return [
			[],
			...entriesOf(value).flatMap(([key, member]) => pathsOf(member).map((path) => [key, ...path])),
			[0, 1],
			["a", "b"],
			[-1],
			[9],
		];
	}

	test("gives what applyDiff gives, and leaves the value as it was", () => {
		let short = 0;
		fc.assert(
			fc.property(fc.oneof(json, tuplesChatbot, messagesChatbot), text, fc.nat(), (value, piece, choice) => {
				freeze(value);
				const paths = pathsOf(value);
				const operation = ["append", paths[choice % paths.length], piece];
				const grown = applyAppend(value, [operation]);
				if (grown === undefined) return;
				short += 1;
				const { before, after, piece: added, value: next } = grown;
				const slow = applyDiff(value, [operation]);
				expectSame(next as Json, slow.value as Json);
				expect(slow.misfits).toBe(0);
				expect(slow.appends).toEqual([{ before, after, piece: added }]);
			}),
			{ numRuns: 2000 },
		);
		expect(short).toBeGreaterThan(100);
	});

	test("is taken for a Chatbot's answer, in all forms", () => {
		expect(applyAppend([["q", "a"]], [["append", [0, 1], "b"]])?.value).toEqual([["q", "ab"]]);
		const turn = { role: "assistant", content: [{ text: "a", type: "text" }] };
		expect(applyAppend([turn], [["append", [0, "content", 0, "text"], "b"]])?.value).toEqual([
			{ role: "assistant", content: [{ text: "ab", type: "text" }] },
		]);
		expect(applyAppend("a", [["append", [], "b"]])?.value).toBe("ab");
	});

	test.each([
		[
			"two operations",
			"a",
			[
				["append", [], "b"],
				["append", [], "c"],
			],
		],
		["no operation", "a", []],
		["another operation", "a", [["replace", [], "b"]]],
		["a path that leads nowhere", [["q"]], [["append", [0, 1], "b"]]],
		["a member that is no text", [["q", null]], [["append", [0, 1], "b"]]],
		["a piece that is no text", "a", [["append", [], 1]]],
		["a list's name", ["a"], [["append", ["length"], "b"]]],
	] as const)("leaves %s to applyDiff", (_, value, diff) => {
		expect(applyAppend(value, diff)).toBeUndefined();
	});
});
