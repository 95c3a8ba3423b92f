import { describe, expect, test } from "vitest";

import { parseQueueMessage } from "../src/decode/queue-message.ts";
import { EventTooLargeError, readEventData } from "../src/decode/read-messages.ts";
import { collect } from "./support/collect.ts";

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

const parse = (all: readonly string[]): unknown[] => all.map((data) => JSON.parse(data));

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
					readEventData(
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
					readEventData(
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
						readEventData(
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
					readEventData(
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
		for await (const data of readEventData(broken(), 1000)) got.push(data);
	};
	await expect(reading()).rejects.toThrow("terminated");
	expect(got).toEqual(['{"msg":"a"}', '{"msg":"b"}']);
});

test("refuses an event that never ends, after the events before it", async () => {
	let asked = 0;
	async function* endless(): AsyncGenerator<Uint8Array> {
		yield new TextEncoder().encode('data: {"msg":"a"}\n\ndata: ');
		while (true) {
			asked += 1;
			yield new TextEncoder().encode("x".repeat(100));
		}
	}
	const got: string[] = [];
	const reading = async (): Promise<void> => {
		for await (const data of readEventData(endless(), 1000)) got.push(data);
	};
	await expect(reading()).rejects.toThrow(EventTooLargeError);
	expect(got).toEqual(['{"msg":"a"}']);
	expect(asked).toBeLessThan(20);
});

test("messages are read loosely, and what is none is told apart", () => {
	expect(parseQueueMessage('{"msg":"estimation","rank":"first","queue_size":3,"event_id":null}')).toMatchObject({
		msg: "estimation",
		queue_size: 3,
	});
	expect(parseQueueMessage('{"msg":"estimation","rank":"first","event_id":null}')?.rank).toBeUndefined();
	expect(parseQueueMessage('{"msg":"x","output":5}')?.output).toBeUndefined();
	for (const bad of ["", "{", '{"msg":', "null", "5", "[]", '{"event_id":"x"}']) expect(parseQueueMessage(bad)).toBeUndefined();
});

test("events without blank lines between them are one a line", async () => {
	const bytes = new TextEncoder().encode(messages.map((one) => `data: ${JSON.stringify(one)}\n`).join(""));
	expect(
		parse(
			await collect(
				readEventData(
					pieces(bytes, () => 7),
					1e6,
				),
			),
		),
	).toEqual(messages);
});
