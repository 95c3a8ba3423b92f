import fc from "fast-check";
import { expect, test } from "vitest";

import { createEventParser } from "../src/parse-events.ts";
import type { StreamEvent } from "../src/read-events.ts";
import { collect } from "./support/collect.ts";
import { readEvents } from "./support/read-events.ts";

/** Any JSON, with characters of every length in it. */
const json = fc.jsonValue({ stringUnit: "binary" });

/** Lines that change nothing, wherever between the lines of an event they stand. */
const noise = fc.constantFrom(
	": a comment",
	":",
	"id: 7",
	"id",
	"retry: 10",
	"retry: soon",
	"unknown: field",
	"a line without a colon",
	" data: x",
);

const name = fc.option(fc.constantFrom("generating", "complete", "error", "heartbeat", "é"), { nil: undefined });

interface MadeEvent {
	readonly event: StreamEvent;
	readonly lines: readonly string[];
}

/** An event, and the lines that say it: with its JSON in one line or in many. */
const madeEvent: fc.Arbitrary<MadeEvent> = fc
	.record({
		name,
		value: json,
		indent: fc.constantFrom(undefined, "\t"),
		prefix: fc.constantFrom("data: ", "data:"),
		around: fc.array(noise, { maxLength: 3 }),
		blank: fc.integer({ min: 1, max: 3 }),
	})
	.map(({ name, value, indent, prefix, around, blank }) => {
		const data = JSON.stringify({ msg: "x", value }, null, indent);
		const lines = data.split("\n").flatMap((line, index) => [prefix + line, ...around.slice(index, index + 1)]);
		const named = name === undefined ? lines : [`event: ${name}`, ...lines];
		return { event: { name, data }, lines: [...around.slice(0, 1), ...named, ...Array(blank).fill("")] };
	});

const stream = fc.record({
	events: fc.array(madeEvent, { maxLength: 6 }),
	lineEnd: fc.constantFrom("\n", "\r\n", "\r"),
	mark: fc.boolean(),
	complete: fc.boolean(),
	cuts: fc.array(fc.nat(), { maxLength: 20 }),
});

async function* cutAt(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
	const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
	for (const [index, end] of [...places, bytes.length].entries()) yield bytes.subarray(places[index - 1] ?? 0, end);
}

test("any events, written in any way and cut anywhere, are read as they were", async () => {
	await fc.assert(
		fc.asyncProperty(stream, async ({ events, lineEnd, mark, complete, cuts }) => {
			const lines = events.flatMap((event) => event.lines);
			// The last blank line may be missing.
			const all = lines.map((line) => line + lineEnd).join("");
			const text = (mark ? "\ufeff" : "") + (complete ? all : all.replace(/[\r\n]+$/, ""));
			const bytes = new TextEncoder().encode(text);
			const expected = events.map(({ event }) => event);
			expect(await collect(readEvents(cutAt(bytes, cuts), 100_000))).toEqual(expected);
			expect(
				await collect(
					readEvents(
						cutAt(
							bytes,
							Array.from({ length: bytes.length }, (_, at) => at),
						),
						100_000,
					),
				),
			).toEqual(expected);
		}),
		{ numRuns: 500 },
	);
});

test("streams that are plain at first, and then anything, are read as by the parser alone", async () => {
	const plain = fc.constantFrom('data: {"msg":"x"}\n\n', "data:\n\n", "data:  two blanks\n\n", "data: : event: id:\n\n");
	const odd = fc.constantFrom(
		"\n",
		"\r",
		"\r\n",
		"data",
		"data: x",
		"dat",
		"a: x\n",
		": ping\n\n",
		"event: e\n",
		"\ufeff",
		"\ufeffdata: y\n\n",
		"id: 1\n",
	);
	const text = fc.tuple(fc.array(plain, { maxLength: 4 }), fc.array(fc.oneof(plain, odd), { maxLength: 6 }));
	await fc.assert(
		fc.asyncProperty(text, fc.array(fc.nat(), { maxLength: 8 }), async ([first, then], cuts) => {
			const bytes = new TextEncoder().encode([...first, ...then].join(""));
			const expected = createEventParser(1000).feed(`${new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes)}\n\n`);
			expect(await collect(readEvents(cutAt(bytes, cuts), 1000))).toEqual(expected);
		}),
		{ numRuns: 2000 },
	);
});

test("any bytes are read without an error", async () => {
	await fc.assert(
		fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.array(fc.nat(), { maxLength: 5 }), async (bytes, cuts) => {
			for (const { data } of await collect(readEvents(cutAt(bytes, cuts), 1000))) expect(data.isWellFormed()).toBe(true);
		}),
		{ numRuns: 500 },
	);
});
