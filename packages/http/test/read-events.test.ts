import { describe, expect, test } from "vitest";

import { parseJson } from "../src/parse-json.ts";
import { EventTooLargeError, type StreamEvent } from "../src/read-events.ts";
import { collect } from "./support/collect.ts";
import { readEvents } from "./support/read-events.ts";

/** What the streams of Gradio have. */
const largestEvent = 50 * 1024 * 1024;

const texts = [
	"Paris, Москва, 北京, 👩‍👩‍👧‍👦 é",
	"line\u2028separator \u2029 next\u0085line",
	"data: event: id:",
	'quote " back\\slash \n',
];
const messages = texts.map((text) => ({ msg: "process_generating", text }));

async function* pieces(bytes: Uint8Array, size: (at: number) => number): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < bytes.length; ) {
		const end = at + Math.max(1, size(at));
		yield bytes.subarray(at, end);
		at = end;
	}
}

const msgOf = (data: string): unknown => (parseJson(data) as { readonly msg?: unknown } | undefined)?.msg;
const parse = (all: readonly StreamEvent[]): unknown[] => all.map(({ data }) => JSON.parse(data));

describe.each([
	["\\n", "\n"],
	["\\r\\n", "\r\n"],
])("event streams with %s", (_, newline) => {
	const stream = messages.map((one) => `data: ${JSON.stringify(one)}${newline}${newline}`).join("");
	const bytes = new TextEncoder().encode(`: a comment${newline}${newline}${stream}`);

	test("whole", async () => {
		expect(
			parse(
				await collect(
					readEvents(
						pieces(bytes, () => bytes.length),
						1e6,
					),
				),
			),
		).toEqual(messages);
	});

	test("byte by byte", async () => {
		expect(
			parse(
				await collect(
					readEvents(
						pieces(bytes, () => 1),
						1e6,
					),
				),
			),
		).toEqual(messages);
	});

	test("cut once at every place: inside of characters, and of line ends", async () => {
		for (let cut = 1; cut < bytes.length; cut += 1) {
			expect(
				parse(
					await collect(
						readEvents(
							pieces(bytes, (at) => (at === 0 ? cut : bytes.length)),
							1e6,
						),
					),
				),
			).toEqual(messages);
		}
	});

	test("in uneven pieces, without the last blank line", async () => {
		const sizes = [7, 1, 2, 13, 3, 64];
		const short = bytes.subarray(0, bytes.length - newline.length);
		expect(
			parse(
				await collect(
					readEvents(
						pieces(short, (at) => sizes[at % sizes.length] ?? 1),
						1e6,
					),
				),
			),
		).toEqual(messages);
	});
});

test("gives all events before a broken connection", async () => {
	async function* broken(): AsyncGenerator<Uint8Array> {
		yield new TextEncoder().encode('data: {"msg":"a"}\n\ndata: {"msg":"b"}\n\ndata: {"ms');
		throw new TypeError("terminated");
	}
	const got: string[] = [];
	const reading = async (): Promise<void> => {
		for await (const { data } of readEvents(broken(), 1000)) got.push(data);
	};
	await expect(reading()).rejects.toThrow("terminated");
	expect(got).toEqual(['{"msg":"a"}', '{"msg":"b"}']);
});

/** What comes before the failure, the failure, and how many pieces were asked for. */
async function readUntilTooLarge(bytes: Iterable<Uint8Array>, limit: number): Promise<{ got: string[]; error: unknown; asked: number }> {
	let asked = 0;
	async function* count(): AsyncGenerator<Uint8Array> {
		for (const piece of bytes) {
			asked += 1;
			yield piece;
		}
	}
	const got: string[] = [];
	try {
		for await (const { data } of readEvents(count(), limit)) got.push(data);
	} catch (error) {
		return { got, error, asked };
	}
	expect.fail("nothing was refused");
}

describe("an event that never ends is refused, after the events before it", () => {
	const encode = (all: string): Uint8Array => new TextEncoder().encode(all);
	function* endless(piece: string): Generator<Uint8Array> {
		yield encode('data: {"msg":"a"}\n\ndata: ');
		while (true) yield encode(piece);
	}

	test.each([
		["in one line", "x".repeat(100)],
		["in many lines", `${"x".repeat(93)}\ndata: `],
		["in many lines of nothing", "\ndata:\ndata: ".repeat(8)],
	])("%s", async (_, piece) => {
		const { got, error, asked } = await readUntilTooLarge(endless(piece), 1000);
		expect(error).toBeInstanceOf(EventTooLargeError);
		expect(error).toMatchObject({ limit: 1000 });
		expect(got).toEqual(['{"msg":"a"}']);
		expect(asked).toBeLessThan(70);
	});

	test("at once, and not when the next piece comes", async () => {
		const { asked } = await readUntilTooLarge(endless("x".repeat(1001)), 1000);
		expect(asked).toBe(2);
	});

	test("at the limit that streams have", async () => {
		const piece = encode("x".repeat(1024 * 1024));
		function* pieces(): Generator<Uint8Array> {
			yield encode('data: {"msg":"a"}\n\ndata: ');
			for (let count = 0; count < 60; count += 1) yield piece;
		}
		const { got, error, asked } = await readUntilTooLarge(pieces(), largestEvent);
		expect(error).toMatchObject({ name: "EventTooLargeError", limit: 50 * 1024 * 1024 });
		expect(got).toHaveLength(1);
		expect(asked).toBe(51);
	});
});

test("an event just below the limit that streams have is read", async () => {
	const part = "é".repeat(1024 * 1024);
	async function* bytes(): AsyncGenerator<Uint8Array> {
		const encoder = new TextEncoder();
		yield encoder.encode('data: {"msg":"');
		for (let count = 0; count < 49; count += 1) {
			const all = encoder.encode(part);
			yield all.subarray(0, 1_000_001);
			yield all.subarray(1_000_001);
		}
		yield encoder.encode('"}\n\n');
	}
	const events = await collect(readEvents(bytes(), largestEvent));
	expect(events).toHaveLength(1);
	expect(msgOf(events[0]?.data ?? "")).toHaveLength(49 * 1024 * 1024);
});

test("events without blank lines between them are one a line", async () => {
	const bytes = new TextEncoder().encode(messages.map((one) => `data: ${JSON.stringify(one)}\n`).join(""));
	expect(
		parse(
			await collect(
				readEvents(
					pieces(bytes, () => 7),
					1e6,
				),
			),
		),
	).toEqual(messages);
});

test("bytes that are no text, and characters that end lines elsewhere, end no line and lose no event", async () => {
	const encoder = new TextEncoder();
	const bytes = new Uint8Array([
		...encoder.encode('data: {"msg":"a\\u0000\u0085\u2028\u2029\u000b\u000c'),
		0xff,
		0xc3,
		...encoder.encode('"}\n\ndata: {"msg":"\0"}\n\ndata: {"msg":"b"}\n\n'),
		0xe2,
		0x82,
	]);
	const events = await collect(
		readEvents(
			pieces(bytes, () => 3),
			1000,
		),
	);
	expect(events.map(({ data }) => data)).toEqual(['{"msg":"a\\u0000\u0085\u2028\u2029\v\f\ufffd\ufffd"}', '{"msg":"\0"}', '{"msg":"b"}']);
	// A raw NUL is no JSON.
	expect(events.map(({ data }) => msgOf(data))).toEqual([undefined, undefined, "b"]);
});
