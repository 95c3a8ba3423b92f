import fc from "fast-check";
import { describe, expect, test } from "vitest";

import { parseQueueMessage, type QueueMessage, toQueueMessage } from "../src/decode/queue-message.ts";
import { toGradioEvent } from "../src/decode/to-gradio-event.ts";
import { json } from "./support/json-arbitraries.ts";

const types: Record<Exclude<keyof QueueMessage, "msg">, (value: unknown) => boolean> = {
	event_id: (value) => typeof value === "string",
	success: (value) => typeof value === "boolean",
	output: (value) => typeof value === "object",
	title: (value) => typeof value === "string",
	rank: Number.isFinite,
	queue_size: Number.isFinite,
	rank_eta: Number.isFinite,
	eta: Number.isFinite,
	progress_data: Array.isArray,
	log: (value) => typeof value === "string",
	level: (value) => typeof value === "string",
	message: (value) => typeof value === "string",
	session_not_found: (value) => typeof value === "boolean",
};

describe("parseQueueMessage", () => {
	test("reads loosely, and tells apart what is no message", () => {
		expect(parseQueueMessage('{"msg":"estimation","rank":"first","queue_size":3,"event_id":null}')).toMatchObject({
			msg: "estimation",
			queue_size: 3,
		});
		expect(parseQueueMessage('{"msg":"estimation","rank":"first","event_id":null}')?.rank).toBeUndefined();
		expect(parseQueueMessage('{"msg":"x","output":5}')?.output).toBeUndefined();
		for (const bad of ["", "{", '{"msg":', "null", "5", "[]", '{"event_id":"x"}', '{"msg":NaN}', '{"msg":null}', "\ufeff{}", "data"]) {
			expect(parseQueueMessage(bad)).toBeUndefined();
		}
	});

	test("has each field in its type or not at all, whatever is sent", () => {
		const fields = fc.record(Object.fromEntries(Object.keys(types).map((name) => [name, json])), { requiredKeys: [] });
		fc.assert(
			fc.property(fields, json, fc.constantFrom("estimation", "progress", "log", "process_starts", "é"), (sent, data, msg) => {
				const text = JSON.stringify({ ...sent, output: { data, error: data }, more: data, msg });
				for (const one of [text, JSON.stringify({ ...sent, msg })]) {
					const message = parseQueueMessage(one);
					expect(message?.msg).toBe(msg);
					for (const [name, is] of Object.entries(types)) {
						const value = message?.[name as keyof QueueMessage];
						if (value !== undefined) expect(is(value), `${name}: ${JSON.stringify(value)}`).toBe(true);
					}
					if (message?.output?.data !== undefined) expect(Array.isArray(message.output.data)).toBe(true);
					if (message !== undefined) toGradioEvent(message);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	test("takes numbers that are none in JSON, and endless ones, for missing", () => {
		expect(parseQueueMessage('{"msg":"estimation","rank":NaN}')).toBeUndefined();
		expect(parseQueueMessage('{"msg":"estimation","rank":1e999,"rank_eta":-1e999,"queue_size":2}')).toEqual({
			msg: "estimation",
			queue_size: 2,
		});
	});

	test("is not changed by members of the names of an object's own", () => {
		const message = parseQueueMessage('{"msg":"x","__proto__":{"success":false,"rank":1},"constructor":1,"toString":2}');
		expect(message?.success).toBeUndefined();
		expect(message?.rank).toBeUndefined();
		expect(({} as Record<string, unknown>).rank).toBeUndefined();
	});

	test("reads values of any depth", () => {
		const deep = "[".repeat(100_000) + "]".repeat(100_000);
		const message = parseQueueMessage(`{"msg":"process_completed","success":true,"output":{"data":[${deep}]}}`);
		expect(message?.output?.data).toHaveLength(1);
		expect(parseQueueMessage(`{"msg":"x","title":${deep},"progress_data":${deep}}`)).toMatchObject({ title: undefined });
		expect(parseQueueMessage("[".repeat(1_000_000))).toBeUndefined();
	});

	test.each([
		["Gradio 3, over a WebSocket", { msg: "process_generating", output: { data: ["a"], is_generating: true }, success: true }, ["a"]],
		["Gradio 3, the end", { msg: "process_completed", output: { data: ["a"], is_generating: true, duration: 1 }, success: true }, ["a"]],
		["Gradio 4.44, cancelled", { msg: "process_completed", output: {}, success: true }, undefined],
	])("keeps what %s says", (_, sent, data) => {
		const message = parseQueueMessage(JSON.stringify(sent));
		expect(message).toEqual({ msg: sent.msg, success: true, output: { data } });
	});

	test("keeps an error in whatever form it comes", () => {
		for (const error of ["'m'", null, { error: "x" }, 5]) {
			expect(parseQueueMessage(JSON.stringify({ msg: "process_completed", output: { error }, success: false }))?.output?.error).toEqual(
				error,
			);
			expect(toQueueMessage({ msg: "process_completed", output: { error }, success: false }).output?.error).toEqual(error);
		}
	});
});
