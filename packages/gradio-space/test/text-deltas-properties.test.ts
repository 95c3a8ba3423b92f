import type { Chunk } from "@spaceport/core";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";

import type { TextAppend } from "../src/decode/apply-append.ts";
import { createOutputState } from "../src/decode/output-state.ts";
import { createTextDeltas } from "../src/decode/text-deltas.ts";
import { loadTools } from "../src/provider/late-tools.ts";
import { textOf } from "./support/collect.ts";
import { diffLikeGradio } from "./support/diff-like-gradio.ts";
import { text as wellFormed } from "./support/json-arbitraries.ts";

// A page loads what applies differences when they come.
beforeAll(() => loadTools(undefined));

/** Also halves of surrogate pairs, which may meet or not. */
const piece = fc.oneof(wellFormed, fc.constantFrom("\ud83d", "\ude00", "a\ud83d", "\ude00b"));

/** The texts of an answer: most grow, some are written anew, cut, or repeated. */
const texts: fc.Arbitrary<string[]> = fc
	.array(
		fc.oneof(
			{ arbitrary: piece.map((added) => (before: string) => before + added), weight: 6 },
			piece.map((whole) => () => whole),
			fc.nat({ max: 5 }).map((length) => (before: string) => before.slice(0, length)),
			fc.constant((before: string) => before),
		),
		{ maxLength: 12 },
	)
	.map((changes) => {
		let now = "";
		return changes.map((make) => {
			now = make(now);
			return now;
		});
	});

/** What a difference between texts says, right, and of another text. */
function hints(before: string, after: string): TextAppend[] {
	const other = { before: `${before}x`, after: `${before}xy`, piece: "y" };
	return after.startsWith(before) ? [other, { before, after, piece: after.slice(before.length) }] : [other];
}

const numRuns = 2000;

describe("any texts of an answer", () => {
	test("make the last one, in well-formed pieces, with and without what the differences say", () => {
		fc.assert(
			fc.property(texts, (all) => {
				const alone = createTextDeltas();
				const told = createTextDeltas();
				const chunks: Chunk[] = [];
				for (const [index, now] of all.entries()) {
					const step = alone.take(now, []);
					expect(told.take(now, hints(all[index - 1] ?? "", now))).toEqual(step);
					chunks.push(...step);
					expect(textOf(chunks)).toBe(now.toWellFormed());
					expect(alone.text()).toBe(now.toWellFormed());
				}
				for (const chunk of chunks) expect("text" in chunk && chunk.text.isWellFormed()).toBe(true);
			}),
			{ numRuns },
		);
	});

	test("are replaced only where they do not go on, and never without need", () => {
		fc.assert(
			fc.property(fc.array(wellFormed), (all) => {
				const deltas = createTextDeltas();
				let before = "";
				for (const now of all) {
					const expected =
						now === before
							? []
							: now.startsWith(before)
								? [{ type: "text-delta", text: now.slice(before.length) }]
								: [{ type: "text-replace", text: now }];
					expect(deltas.take(now, [])).toEqual(expected);
					before = now;
				}
			}),
			{ numRuns },
		);
	});

	test("are the same whether a server sends them whole or as differences", () => {
		fc.assert(
			fc.property(texts, (all) => {
				const read = (form: "full" | "diff"): Chunk[] => {
					const state = createOutputState(form);
					const deltas = createTextDeltas();
					return all.flatMap((now, index) => {
						const sent = form === "full" || index === 0 ? now : diffLikeGradio(all[index - 1] ?? "", now, "after");
						const { data, appends } = state.generating([sent]);
						return [...deltas.take(data[0] as string, appends)];
					});
				};
				expect(read("diff")).toEqual(read("full"));
			}),
			{ numRuns },
		);
	});

	test("stand beside reasoning, each for itself", () => {
		fc.assert(
			fc.property(texts, fc.array(wellFormed, { maxLength: 12 }), (all, thoughts) => {
				const deltas = createTextDeltas();
				let reasoning = "";
				const chunks = all.flatMap((now, index) => {
					reasoning += thoughts[index] ?? "";
					return deltas.take(
						[
							{ type: "reasoning-delta", text: reasoning },
							{ type: "text-delta", text: now.slice(0, 2) },
							{ type: "text-delta", text: now.slice(2) },
						],
						[],
					);
				});
				expect(textOf(chunks)).toBe((all.at(-1) ?? "").toWellFormed());
				expect(chunks.flatMap((chunk) => (chunk.type === "reasoning-delta" ? [chunk.text] : [])).join("")).toBe(reasoning);
			}),
			{ numRuns },
		);
	});
});
