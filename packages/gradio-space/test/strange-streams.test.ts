import type { Logger } from "@spaceport/core";
import { describe, expect, test } from "vitest";

import { type CreateSpaceOptions, createSpace, type GradioEvent, type SpaceSocket, type SubmitOptions } from "../src/index.ts";
import {
	breakingStream,
	chatConfig,
	completed,
	event,
	eventId,
	generating,
	message,
	openStream,
	sendJson,
	startFakeSpace,
} from "./support/fake-space.ts";

const foreign = "ffffffffffffffffffffffffffffffff";

interface Outcome {
	readonly events: readonly GradioEvent[];
	/** The first output after each step. */
	readonly values: readonly unknown[];
	readonly error: unknown;
	readonly warnings: readonly { fields: object; text: string | undefined }[];
}

/** What comes of a stream: of messages, or of text as it stands. */
async function run(stream: readonly object[] | string, options: SubmitOptions = {}, end: "end" | "break" = "end"): Promise<Outcome> {
	const text = typeof stream === "string" ? stream : stream.map(event).join("");
	const breaking = breakingStream(text);
	await using server = await startFakeSpace({
		async stream(request, response) {
			if (end === "break") return await breaking.stream(request, response);
			openStream(response);
			response.end(text);
		},
	});
	return await submit(server.url, options, {}, breaking.breakOff);
}

async function submit(
	url: string,
	options: SubmitOptions,
	space: CreateSpaceOptions = {},
	onEvent: () => void = () => {},
): Promise<Outcome> {
	const warnings: Outcome["warnings"][number][] = [];
	const warn = (fields: object | string, text?: string): void => void warnings.push({ fields: fields as object, text });
	const logger = { trace() {}, debug() {}, info() {}, error() {}, warn } as Logger;
	const events: GradioEvent[] = [];
	let error: unknown;
	try {
		const job = createSpace(url, space).submit("/model_chat", ["q", [], ""], { idleMs: 5000, ...options, logger });
		for await (const one of job) {
			events.push(one);
			onEvent();
		}
	} catch (thrown) {
		error = thrown;
	}
	const values = events.flatMap((one) => (one.type === "value" ? [one.data[0]] : []));
	return { events, values, error, warnings };
}

const append = (text: string) => [["append", [], text]];
const done = completed("abc", [], "");

describe("whose job an event is about", () => {
	test("events of another job are not this one's", async () => {
		const other = (one: object): object => ({ ...one, event_id: foreign });
		const { values, error } = await run([
			other(generating("x", [], "")),
			generating("a", [], ""),
			other(generating(append("x"), [], [])),
			other({ msg: "unexpected_error", message: "boom" }),
			other(completed("x", [], "")),
			other({ msg: "process_completed", output: { error: "x" }, success: false }),
			generating(append("b"), [], []),
			done,
		]);
		expect(error).toBeUndefined();
		expect(values).toEqual(["a", "ab", "abc"]);
	});

	test.each([["missing"], [null], [5], [{}]])("an event whose id is %j is this job's: nobody else uses its session", async (id) => {
		const with_ = (one: object): object => ({ ...one, event_id: id === "missing" ? undefined : id });
		const { values, error } = await run([generating("a", [], ""), generating(append("b"), [], []), done].map(with_));
		expect(error).toBeUndefined();
		expect(values).toEqual(["a", "ab", "abc"]);
	});
});

describe("events in another order", () => {
	test("what comes after the end is not looked at", async () => {
		const { values, error } = await run([generating("a", [], ""), done, generating(append("x"), [], []), completed("z", [], ""), done]);
		expect(error).toBeUndefined();
		expect(values).toEqual(["a", "abc"]);
	});

	test("a failure after the end is none", async () => {
		const failed = message("process_completed", { output: { error: "x" }, success: false });
		expect(await run([done, failed])).toMatchObject({ values: ["abc"], error: undefined });
		expect(await run([failed, done])).toMatchObject({ values: [], error: { code: "generation", detail: "x" } });
	});

	test("a difference before the first value is made up for by the end", async () => {
		const { values, error } = await run([generating(append("b"), [], []), generating(append("c"), [], []), done]);
		expect(error).toBeUndefined();
		expect(values).toHaveLength(3);
		expect(values.at(-1)).toBe("abc");
	});

	test("a step that comes twice is made up for by the end", async () => {
		const step = generating(append("b"), [], []);
		const { values, error } = await run([generating("a", [], ""), step, step, done]);
		expect(error).toBeUndefined();
		expect(values).toEqual(["a", "ab", "abb", "abc"]);
	});

	test("the queue may speak at any time", async () => {
		const place = message("estimation", { rank: 0, queue_size: 1, rank_eta: 1 });
		const { events, error } = await run([generating("a", [], ""), place, message("process_starts"), place, done]);
		expect(error).toBeUndefined();
		expect(events.map(({ type }) => type)).toEqual(["value", "queue", "started", "queue", "value"]);
	});

	test("a connection that breaks after the end is not looked at; before it, it is an interruption", async () => {
		expect(await run([generating("a", [], ""), done], {}, "break")).toMatchObject({ values: ["a", "abc"], error: undefined });
		expect(await run([generating("a", [], "")], { textSoFar: () => "a" }, "break")).toMatchObject({
			values: ["a"],
			error: { code: "stream-interrupted", textSoFar: "a" },
		});
	});
});

describe("what is not understood", () => {
	test("is skipped, and told once a kind", async () => {
		const { values, error, warnings } = await run([
			generating("a", [], ""),
			...Array(5).fill(message("process_dreaming")),
			...Array(5).fill({ msg: "weather", event_id: null }),
			message("heartbeat"),
			{ msg: "heartbeat" },
			generating(append("b"), [], []),
			done,
		]);
		expect(error).toBeUndefined();
		expect(values).toEqual(["a", "ab", "abc"]);
		expect(warnings.map(({ fields }) => fields)).toEqual([{ kind: "process_dreaming" }, { kind: "weather" }]);
	});

	test("does not fill the log, however many kinds there are", async () => {
		const kinds = Array.from({ length: 200 }, (_, index) => message(`kind ${index} ${"x".repeat(1000)}`));
		const { values, error, warnings } = await run([...kinds, done]);
		expect(error).toBeUndefined();
		expect(values).toEqual(["abc"]);
		expect(warnings).toHaveLength(20);
		expect(JSON.stringify(warnings).length).toBeLessThan(5000);
	});

	test("is skipped where it is no JSON message", async () => {
		const bad = ["", "{", "null", "5", "[]", '"msg"', '{"msg":5}', '{"event_id":"x"}', "[".repeat(200_000), '{"msg":NaN}', "\0"];
		const stream = [event(generating("a", [], "")), ...bad.map((data) => event(data)), event(done)].join("");
		const { values, error, warnings } = await run(stream);
		expect(error).toBeUndefined();
		expect(values).toEqual(["a", "abc"]);
		expect(warnings).toHaveLength(1);
		expect(warnings[0]?.text).toContain("no JSON message");
		expect(JSON.stringify(warnings)).not.toContain("event_id");
	});

	test("is skipped where a difference does not fit, and told once", async () => {
		const misfit = generating([["append", [7], "x"]], [["explode", []]], []);
		const { values, error, warnings } = await run([generating("a", [], ""), misfit, misfit, generating(append("b"), [], []), misfit, done]);
		expect(error).toBeUndefined();
		expect(values).toEqual(["a", "a", "a", "ab", "ab", "abc"]);
		expect(warnings).toEqual([{ fields: { misfits: 2 }, text: expect.stringContaining("did not fit") }]);
	});

	test("known messages without what they should say are nothing", async () => {
		const kinds = ["estimation", "progress", "log", "process_starts"];
		const empty = kinds.flatMap((msg) => [message(msg), message(msg, { rank: null, progress_data: null, log: null, eta: "soon" })]);
		const { events, error, warnings } = await run([
			...empty,
			message("process_generating"),
			message("process_generating", { output: 5 }),
			done,
		]);
		expect(error).toBeUndefined();
		expect(events.map(({ type }) => type)).toEqual(["started", "started", "value"]);
		expect(warnings).toEqual([]);
	});

	test.each([
		[{ output: {} }],
		[{ output: null, success: true }],
		[{ output: { data: "text" }, success: true }],
		[{ success: "yes", output: [] }],
		[{}],
	])("an end without values, %j, is a typed error", async (fields) => {
		const { error, values } = await run([generating("a", [], ""), message("process_completed", fields)]);
		expect(values).toEqual(["a"]);
		expect(error).toMatchObject({ code: "stream-interrupted" });
	});

	test.each([[null], ["None"], [""], [5], [{}], [[]], [{ error: null }]])("an error that is %j says nothing", async (error) => {
		const outcome = await run([message("process_completed", { output: { error }, success: false })]);
		expect(outcome.error).toMatchObject({ code: "generation", message: expect.stringContaining("without saying why") });
	});
});

describe("other ways to write a stream", () => {
	const stream = [generating("a\u2028\u0085", [], ""), generating(append("é😀"), [], []), done];
	const expected = ["a\u2028\u0085", "a\u2028\u0085é😀", "abc"];

	test.each([
		["a byte order mark", `\ufeff${stream.map(event).join("")}`],
		["carriage returns and line feeds", stream.map(event).join("").replaceAll("\n", "\r\n")],
		["carriage returns", stream.map(event).join("").replaceAll("\n", "\r")],
		["names, ids, comments", stream.map((one, index) => `: hello\nid: ${index}\nevent: message\nretry: 5\n${event(one)}\n\n`).join("")],
		["no blank lines", stream.map((one) => `data: ${JSON.stringify(one)}\n`).join("")],
		["no last line end", stream.map(event).join("").trimEnd()],
	])("%s", async (_, text) => {
		expect(await run(text)).toMatchObject({ values: expected, error: undefined, warnings: [] });
	});

	test("half an event at the end is no end", async () => {
		const text = stream.map(event).join("");
		const { values, error } = await run(text.slice(0, text.length - 20));
		expect(values).toEqual(expected.slice(0, 2));
		expect(error).toMatchObject({ code: "stream-interrupted" });
	});
});

test("values of any depth arrive, and differences deep inside of them", async () => {
	const depth = 50_000;
	const deep = `${"[".repeat(depth)}"a"${"]".repeat(depth)}`;
	const text = (data: string, msg: string): string =>
		event(`{"msg":"${msg}","event_id":"${eventId}","success":true,"output":{"data":[${data},[],""]}}`);
	const path = JSON.stringify(Array(depth).fill(0));
	const stream =
		text(deep, "process_generating") + text(`[["append",${path},"b"]]`, "process_generating") + text(deep, "process_completed");
	const { values, error } = await run(stream);
	expect(error).toBeUndefined();
	const innermost = values.map((value) => {
		let at = value;
		while (Array.isArray(at)) at = at[0];
		return at;
	});
	expect(innermost).toEqual(["a", "ab", "a"]);
});

describe("other protocols", () => {
	const whole = (msg: string, ...data: unknown[]): string => JSON.stringify({ msg, output: { data, is_generating: true }, success: true });
	const texts = [
		"{",
		"5",
		'{"msg":"process_dreaming"}',
		'{"msg":"process_generating","output":5}',
		whole("process_generating", "a", [], ""),
		"",
		"[".repeat(200_000),
		// A list of operations is a value like any other here.
		whole("process_generating", [["append", [], "b"]], [], ""),
		'{"msg":"process_dreaming"}',
		whole("process_completed", "abc", [], ""),
		whole("process_generating", "x", [], ""),
	];
	const expected = {
		error: undefined,
		values: ["a", [["append", [], "b"]], "abc"],
		warnings: [{ text: expect.stringContaining("no JSON message") }, { fields: { kind: "process_dreaming" } }],
	};

	test("sse", async () => {
		await using server = await startFakeSpace({
			config: chatConfig({ version: "4.0.2", protocol: "sse", api_prefix: undefined }),
			join(_, response) {
				openStream(response);
				response.end(texts.map(event).join(""));
			},
		});
		expect(await submit(server.url, {})).toMatchObject(expected);
	});

	test("WebSockets", async () => {
		await using server = await startFakeSpace({ config: chatConfig({ version: "3.50.2", protocol: undefined, api_prefix: undefined }) });
		const heard: string[] = [];
		function webSocket(): SpaceSocket {
			const target = new EventTarget();
			const say = (data: unknown): boolean => target.dispatchEvent(Object.assign(new Event("message"), { data }));
			queueMicrotask(() => {
				say('{"msg":"send_hash"}');
				say(new Uint8Array([1, 2]));
				say('{"msg":"send_data"}');
				for (const text of texts) say(text);
				target.dispatchEvent(Object.assign(new Event("close"), { code: 1000 }));
			});
			const addEventListener = target.addEventListener.bind(target) as SpaceSocket["addEventListener"];
			return { addEventListener, send: (data) => void heard.push(data), close() {} };
		}
		expect(await submit(server.url, {}, { webSocket })).toMatchObject(expected);
		expect(heard.map((text) => Object.keys(JSON.parse(text)))).toEqual([["fn_index", "session_hash"], expect.arrayContaining(["data"])]);
	});

	test("call", async () => {
		const named = (name: string | undefined, data: string): string => `${name === undefined ? "" : `event: ${name}\n`}data: ${data}\n\n`;
		const events = [
			named("heartbeat", "null"),
			named("dreaming", '{"a":1}'),
			named(undefined, '["no name",[],""]'),
			named("generating", "5"),
			named("generating", '["a",[],""]'),
			named("generating", "{"),
			named("generating", JSON.stringify([[["append", [], "b"]], [], ""])),
			named("complete", '["abc",[],""]'),
			named("error", "null"),
		];
		await using server = await startFakeSpace({
			other({ method }, response) {
				if (method === "POST") return sendJson(response, { event_id: eventId });
				openStream(response);
				response.end(events.join(""));
			},
		});
		expect(await submit(server.url, { protocol: "call" })).toMatchObject({ ...expected, warnings: [{}] });
	});

	test.each([["5"], ["null"], ["{"], ['{"data":[]}']])("call: an end that says %s is a typed error", async (data) => {
		await using server = await startFakeSpace({
			other({ method }, response) {
				if (method === "POST") return sendJson(response, { event_id: eventId });
				openStream(response);
				response.end(`event: complete\ndata: ${data}\n\n`);
			},
		});
		expect(await submit(server.url, { protocol: "call" })).toMatchObject({ values: [], error: { code: "stream-interrupted" } });
	});

	test.each([["5"], ["null"], ["{"], ["[]"], ['{"data":5}'], ["[[[["]])("run: an answer %s is a typed error", async (body) => {
		await using server = await startFakeSpace({
			other(_, response) {
				response.writeHead(200, { "content-type": "application/json" }).end(body);
			},
		});
		expect(await submit(server.url, { protocol: "run" })).toMatchObject({ values: [], error: { code: "protocol" } });
	});
});
