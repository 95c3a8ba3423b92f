import { once } from "node:events";
import { request } from "node:http";

import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";

import { type EmulatedFunction, type FaultPoint, GrowingText, type SpaceEmulator, startSpaceEmulator } from "../src/emulator/index.ts";
import { gradioVersions, type PlainConfig, type PlainMessage } from "../src/gradio/index.ts";
import { ask, callByQueue, openStream, type Wire, type WireAnswer } from "./support/wire-client.ts";

async function configOf(space: SpaceEmulator): Promise<PlainConfig> {
	return JSON.parse((await ask(`${space.baseUrl}/config`)).chunks.join("")) as PlainConfig;
}

/** Calls a function of a space through its queue; the call must have been taken. */
async function call(space: SpaceEmulator, endpoint: string, data: readonly unknown[], session = `s${Math.random()}`): Promise<Wire> {
	const config = await configOf(space);
	const index = config.dependencies.findIndex(({ api_name }) => api_name === endpoint);
	const talk = await callByQueue(space.baseUrl, config, index, session, data);
	if (!("messages" in talk)) throw new Error(`not taken: ${JSON.stringify(talk)}`);
	return talk;
}

const parsed = (wire: Wire): PlainMessage[] => wire.messages.map((text) => JSON.parse(text) as PlainMessage);
const kinds = (wire: Wire): string[] => parsed(wire).map(({ msg }) => msg);
const final = (wire: Wire): unknown => parsed(wire).find(({ msg }) => msg === "process_completed")?.output?.data;

/** Yields one step and then waits until the Space loses interest. */
function waiting(happened: string[] = []): EmulatedFunction {
	return {
		inputs: ["textbox"],
		outputs: ["textbox"],
		run: async function* (_, { signal }) {
			try {
				yield ["started"];
				await new Promise((resolve) => signal.addEventListener("abort", resolve));
				happened.push("abort");
				yield ["never sent"];
			} finally {
				happened.push("finally");
			}
		},
	};
}

/** Yields "step 1", "step 2" and so on, until it is closed. */
function ticking(happened: string[] = []): EmulatedFunction {
	return {
		inputs: ["textbox"],
		outputs: ["textbox"],
		run: async function* () {
			try {
				for (let step = 1; ; step++) {
					yield [`step ${step}`];
					await new Promise((resolve) => setTimeout(resolve, 5));
				}
			} finally {
				happened.push("finally");
			}
		},
	};
}

describe.each(gradioVersions)("an emulated Gradio %s", (version) => {
	test("answers without any set-up", async () => {
		await using space = await startSpaceEmulator({ version });
		const echo = await call(space, "model_chat", ["to be or not", [], "system"]);
		await echo.done;
		const turns =
			version === "6.31.0"
				? [
						{ role: "user", metadata: null, content: [{ type: "text", text: "to be or not" }], options: null },
						{ role: "assistant", metadata: null, content: [{ type: "text", text: "to be or not" }], options: null },
					]
				: [["to be or not", "to be or not"]];
		expect(final(echo)).toEqual(["", turns, "system"]);
		expect(kinds(echo).filter((kind) => kind === "process_generating")).toHaveLength(4);
		const counted = await call(space, "text_stream", ["count 12"]);
		await counted.done;
		expect(final(counted)).toEqual(["1 2 3 4 5 6 7 8 9 10 11 12"]);
		const plain = await call(space, "plain", ["x"]);
		await plain.done;
		expect(final(plain)).toEqual(["plain: x"]);
		await space.waitFor(({ stats }) => stats().openStreams === 0 && stats().openSockets === 0);
		expect(space.stats()).toMatchObject({ completedJobs: 3, runningJobs: 0, queuedJobs: 0 });
		expect(space.jobs.map(({ name, state, steps }) => [name, state, steps])).toEqual([
			["model_chat", "completed", 4],
			["text_stream", "completed", 12],
			["plain", "completed", 0],
		]);
	});

	test("asks for its token everywhere", async () => {
		await using space = await startSpaceEmulator({ version, token: "secret" });
		expect((await ask(`${space.baseUrl}/config`)).status).toBe(401);
		const headers = { authorization: "Bearer secret" };
		const config = JSON.parse((await ask(`${space.baseUrl}/config`, { headers })).chunks.join("")) as PlainConfig;
		const prefix = space.baseUrl + (config.api_prefix ?? "");
		const handshake = (options: object): Promise<unknown> =>
			new Promise((resolve) => {
				const socket = new WebSocket(`${space.baseUrl.replace("http", "ws")}/queue/join`, options);
				socket.on("error", (error) => resolve(error.message));
				socket.on("message", (bytes) => {
					socket.terminate();
					resolve(String(bytes));
				});
			});
		if (version === "3.50.2") {
			expect(await handshake({})).toContain("403");
			expect(await handshake({ headers })).toBe('{"msg":"send_hash"}');
		} else if (version === "4.0.2") {
			expect((await ask(`${prefix}/queue/join?fn_index=0&session_hash=s`)).status).toBe(401);
		} else {
			const body = { data: ["x"], fn_index: 2, session_hash: "s" };
			expect((await ask(`${prefix}/queue/join`, { body })).status).toBe(401);
			expect((await ask(`${prefix}/queue/join`, { body, headers })).status).toBe(200);
			expect((await ask(`${prefix}/queue/data?session_hash=s`)).status).toBe(401);
			expect((await ask(`${prefix}/queue/data?session_hash=s`, { headers })).chunks.join("")).toContain("plain: x");
		}
		expect(space.stats().seenTokens).toEqual(["", "Bearer secret"]);
	});

	test("beats its heart as the version does", async () => {
		const most = { "3.50.2": 0, "4.0.2": 1 }[version as string];
		await using space = await startSpaceEmulator({ version, heartbeatMs: 5, functions: { ticking: ticking() } });
		const wire = await call(space, "ticking", [""]);
		if (most !== 0) await wire.waitFor("heartbeat", most ?? 3);
		// Each step is as long as the time between two heartbeats.
		await wire.waitFor("process_generating", 6);
		const beats = kinds(wire).filter((kind) => kind === "heartbeat").length;
		if (most === undefined) expect(beats).toBeGreaterThanOrEqual(3);
		else expect(beats).toBe(most);
		wire.leave();
	});

	test("does with a dropped call what the version does", async () => {
		const happened: string[] = [];
		await using space = await startSpaceEmulator({ version, functions: { waiting: waiting(happened) } });
		const wire = await call(space, "waiting", [""]);
		await wire.waitFor("process_generating");
		wire.leave();
		await space.waitFor(({ stats }) => stats().openStreams === 0 && stats().openSockets === 0);
		if (["4.0.2", "4.19.2", "4.21.0"].includes(version)) {
			expect(space.stats()).toMatchObject({ runningJobs: 1, abortedJobs: 0 });
			expect(happened).toEqual([]);
		} else {
			await space.waitFor(({ stats }) => stats().abortedJobs === 1);
			expect(happened).toEqual(["abort", "finally"]);
		}
		await space.stop();
		expect(space.stats()).toMatchObject({ openConnections: 0, openStreams: 0, openSockets: 0 });
	});

	// Where a job waits for inputs, which its client does not know, or was not made. It comes to its end otherwise.
	const deafJob: Readonly<Record<string, Readonly<Partial<Record<FaultPoint, "none" | "running">>>>> = {
		"3.50.2": { "stream-open": "none", send_hash: "running", estimation: "running" },
		"4.0.2": { stream: "none", "stream-open": "running", estimation: "running" },
	};

	// One point of each kind that the version has; `config` and the messages are everywhere.
	const points: FaultPoint[] = [
		"config",
		"config-body",
		"stream-open",
		"estimation",
		"process_starts",
		"process_generating",
		"process_completed",
	];
	if (version === "3.50.2") points.push("handshake", "send_hash", "send_data");
	else points.push("stream");
	if (version === "4.0.2") points.push("send_data", "data");
	if (version !== "3.50.2" && version !== "4.0.2") points.push("join", "join-body");

	test.each(points)("falls silent at %s, and lets go when the client leaves", async (at) => {
		await using space = await startSpaceEmulator({ version, heartbeatMs: 5 });
		const config = await configOf(space);
		space.setFaults([{ kind: "silent", at, times: 1 }]);
		if (at === "config" || at === "config-body") {
			const heard: string[] = [];
			const sent = request(`${space.baseUrl}/config`, { agent: false }, (response) => {
				heard.push("headers");
				response.on("error", () => undefined);
				response.on("end", () => heard.push("end")).resume();
			});
			sent.on("error", () => undefined);
			sent.end();
			await space.waitFor(({ stats }) => stats().requests["GET /config"] === 2);
			if (at === "config-body") await once(sent, "response");
			await configOf(space);
			expect(heard).toEqual(at === "config" ? [] : ["headers"]);
			sent.destroy();
		} else if (at === "join" || at === "join-body" || at === "handshake") {
			let talk: Wire | WireAnswer | undefined;
			const taken = callByQueue(space.baseUrl, config, 0, "s", ["a b c", [], ""]).then((value) => {
				talk = value;
			});
			taken.catch(() => undefined);
			await space.waitFor(({ stats }) => Object.keys(stats().requests).some((key) => key.endsWith("/queue/join")));
			await configOf(space);
			expect(at === "handshake" ? (talk as Wire | undefined)?.messages[0] : talk).toBeUndefined();
			await space.stop();
		} else {
			const wire = (await callByQueue(space.baseUrl, config, 0, "s", ["a b c", [], ""])) as Wire;
			if (at === "data") {
				await space.waitFor(({ stats }) => stats().requests["POST /queue/data"] === 1);
				await configOf(space);
				expect(space.stats().runningJobs).toBe(1);
				await space.stop();
			} else {
				// The job goes as far as it can with a client that hears no more. Whatever the Space said has arrived when a later request is answered.
				await space.waitFor(({ stats }) => stats().openRequests + stats().openSockets === 1);
				const reached = deafJob[version]?.[at] ?? "completed";
				if (reached !== "none") await space.waitFor(({ jobs }) => jobs[0]?.state === reached);
				await configOf(space);
				if (at === "stream" || at === "stream-open") expect(wire.messages).toEqual([]);
				else expect(kinds(wire).at(-1)).toBe(at);
				expect(space.stats().openRequests + space.stats().openSockets).toBe(1);
			}
			wire.leave();
		}
		await space.waitFor(({ stats }) => stats().openConnections === 0 && stats().openStreams === 0 && stats().openSockets === 0);
	});

	test.each(["reset", "close", "end"] as const)("cuts the connection by a %s, after what was said", async (how) => {
		await using space = await startSpaceEmulator({ version, faults: [{ kind: "cut", at: "process_generating", after: 2, how }] });
		const wire = await call(space, "text_stream", ["a b c"]);
		const ended = await wire.done;
		const proper = version === "3.50.2" ? "close 1000" : "end";
		expect(ended).toBe(how === "end" ? proper : version === "3.50.2" ? "close 1006" : "cut");
		expect(kinds(wire).slice(-2)).toEqual(["process_generating", "process_generating"]);
	});
});

describe("a fault", () => {
	const body = { data: ["a b"], fn_index: 1, session_hash: "s" };

	test("of status, redirect or page stands in the place of an answer, as often as it is told, in the order in which they are told", async () => {
		await using space = await startSpaceEmulator({
			faults: [
				{ kind: "status", at: "join", status: 429, headers: { "retry-after": "7" }, body: { detail: "slow down" }, times: 1 },
				{ kind: "redirect", at: "join", location: "http://elsewhere.invalid/", times: 1 },
				{ kind: "html-page", at: "join", html: "<html>asleep</html>", times: 1 },
				{ kind: "cut", at: "join", times: 1 },
			],
		});
		const join = (): Promise<WireAnswer> => ask(`${space.baseUrl}/gradio_api/queue/join`, { body });
		expect(await join()).toMatchObject({ status: 429, type: "application/json", chunks: ['{"detail":"slow down"}'] });
		expect(await join()).toMatchObject({ status: 307 });
		expect(await join()).toMatchObject({ status: 200, type: "text/html; charset=utf-8", chunks: ["<html>asleep</html>"] });
		await expect(join()).rejects.toThrow("ECONNRESET");
		expect(await join()).toMatchObject({ status: 200, type: "application/json" });
	});

	test("stands in the place of a handshake", async () => {
		await using space = await startSpaceEmulator({ version: "3.50.2", faults: [{ kind: "status", at: "handshake", status: 502 }] });
		const socket = new WebSocket(`${space.baseUrl.replace("http", "ws")}/queue/join`);
		const [error] = (await once(socket, "error")) as [Error];
		expect(error.message).toContain("502");
	});

	test("puts things into the stream, twice, out of order, or where they do not belong", async () => {
		const said = async (...faults: Parameters<SpaceEmulator["setFaults"]>[0]): Promise<string[]> => {
			await using space = await startSpaceEmulator({ faults });
			const wire = await call(space, "text_stream", ["a b"]);
			await wire.done;
			return wire.messages.map((text) => (text.startsWith("{") ? (JSON.parse(text) as PlainMessage).msg : text));
		};
		const rest = ["process_starts", "process_generating", "process_generating", "process_completed", "close_stream"];
		expect(await said()).toEqual(["estimation", ...rest]);
		expect(await said({ kind: "garbage", before: 1, bytes: "data: broken\n\n" })).toEqual(["estimation", "broken", ...rest]);
		expect(await said({ kind: "duplicate", message: 0 })).toEqual(["estimation", "estimation", ...rest]);
		expect(await said({ kind: "reorder", message: 0 })).toEqual(["process_starts", "estimation", ...rest.slice(1)]);
		expect(await said({ kind: "unknown-message", before: 5 })).toEqual([
			"estimation",
			...rest.slice(0, 4),
			"weather_report",
			"close_stream",
		]);
		expect(await said({ kind: "unknown-message", before: 0, message: { msg: "mine" } })).toEqual(["mine", "estimation", ...rest]);
		// A stream that ends while a message is held back gives it first.
		expect(await said({ kind: "reorder", message: 5 })).toEqual(["estimation", ...rest]);
	});

	test("makes a body come byte by byte, and does not change it", async () => {
		await using space = await startSpaceEmulator({
			faults: [
				{ kind: "slow", at: "stream" },
				{ kind: "slow", at: "config", bytes: 100 },
			],
		});
		const config = await ask(`${space.baseUrl}/config`);
		expect(config.chunks.length).toBeGreaterThan(10);
		expect(JSON.parse(config.chunks.join(""))).toMatchObject({ version: "5.50.0" });
		await ask(`${space.baseUrl}/gradio_api/queue/join`, { body: { ...body, data: ["é 你"] } });
		const stream = await ask(`${space.baseUrl}/gradio_api/queue/data?session_hash=s`);
		expect(stream.ended).toBe("end");
		expect(stream.chunks.length).toBeGreaterThan(500);
	});

	test("silences /run and /call", async () => {
		await using space = await startSpaceEmulator({
			faults: [
				{ kind: "cut", at: "run-body" },
				{ kind: "cut", at: "call-body", how: "close" },
			],
		});
		const run = await ask(`${space.baseUrl}/gradio_api/run/unqueued`, { body: { data: ["x"] } });
		expect(run).toMatchObject({ status: 200, ended: "cut" });
		expect(() => JSON.parse(run.chunks.join(""))).toThrow();
		expect(await ask(`${space.baseUrl}/gradio_api/call/plain`, { body: { data: ["x"] } })).toMatchObject({ status: 200, ended: "cut" });
	});
});

describe("what clients may ask for besides", () => {
	const versionsWithCancel = ["4.44.1", "5.0.2", "5.50.0", "6.31.0"] as const;

	test.each(versionsWithCancel)("a cancel ends the stream, and the generator where %s closes it", async (version) => {
		const happened: string[] = [];
		await using space = await startSpaceEmulator({ version, functions: { waiting: waiting(happened) } });
		const prefix = `${space.baseUrl}${(await configOf(space)).api_prefix ?? ""}`;
		const wire = await call(space, "waiting", [""], "s");
		await wire.waitFor("process_generating");
		const event_id = space.jobs[0]?.id;
		await ask(`${prefix}/cancel`, { body: { session_hash: "s", fn_index: 0, event_id } });
		expect(await wire.done).toBe("end");
		expect(parsed(wire).at(-2)).toMatchObject({ msg: "process_completed", success: true, output: {} });
		await space.waitFor(({ stats }) => stats().abortedJobs === 1);
		expect(happened).toEqual(version.startsWith("5.5") || version.startsWith("6") ? ["abort", "finally"] : ["abort"]);
	});

	test.each(versionsWithCancel)("a cancel during the first step of %s", async (version) => {
		const happened: string[] = [];
		const late: EmulatedFunction = {
			inputs: [],
			outputs: ["textbox"],
			run: async function* (_, { signal }) {
				try {
					await new Promise((resolve) => signal.addEventListener("abort", resolve));
					happened.push("abort");
					yield ["too late"];
				} finally {
					happened.push("finally");
				}
			},
		};
		await using space = await startSpaceEmulator({ version, functions: { late } });
		const prefix = `${space.baseUrl}${(await configOf(space)).api_prefix ?? ""}`;
		const wire = await call(space, "late", [], "s");
		await wire.waitFor("process_starts");
		await ask(`${prefix}/cancel`, { body: { session_hash: "s", fn_index: 0, event_id: space.jobs[0]?.id } });
		expect(await wire.done).toBe("end");
		await space.waitFor(({ stats }) => stats().abortedJobs === 1);
		expect(happened).toEqual(version === "6.31.0" ? ["abort", "finally"] : ["abort"]);
	});

	test.each(["5.50.0", "6.31.0"] as const)("a cancel in the queue of %s", async (version) => {
		const ran: unknown[] = [];
		const both: EmulatedFunction = {
			...waiting(),
			run: (inputs, context) => {
				if (inputs[0] === "wait") return waiting().run(inputs, context);
				ran.push(inputs[0]);
				return inputs;
			},
		};
		await using one = await startSpaceEmulator({ version, functions: { both }, queue: { concurrency: 1 } });
		const first = await call(one, "both", ["wait"], "first");
		await first.waitFor("process_generating");
		const second = await call(one, "both", ["second"], "second");
		await second.waitFor("estimation");
		await ask(`${one.baseUrl}/gradio_api/cancel`, { body: { session_hash: "second", fn_index: 0, event_id: one.jobs[1]?.id } });
		await second.done;
		first.leave();
		const third = await call(one, "both", ["third"], "third");
		await third.done;
		// Up to 5.50 the job stays in the queue, and runs although nobody wants it.
		expect(ran).toEqual(version === "5.50.0" ? ["second", "third"] : ["third"]);
	});

	test("a reset: again, an early end, silence, or nothing", async () => {
		const reset = async (
			version: (typeof gradioVersions)[number],
		): Promise<{ space: SpaceEmulator; wire: Wire; answer: string; happened: string[] }> => {
			const happened: string[] = [];
			const space = await startSpaceEmulator({ version, functions: { ticking: ticking(happened) } });
			const prefix = `${space.baseUrl}${(await configOf(space)).api_prefix ?? ""}`;
			const wire = await call(space, "ticking", [""], "s");
			await wire.waitFor("process_generating", 3);
			const answer = await ask(`${prefix}/reset`, { body: { session_hash: "s", fn_index: 0, event_id: space.jobs[0]?.id } });
			return { space, wire, answer: answer.chunks.join(""), happened };
		};
		const old = await reset("3.50.2");
		await old.wire.waitFor("step 1", 2);
		await old.space.stop();

		const first = await reset("4.0.2");
		expect(await first.wire.done).toBe("end");
		expect(kinds(first.wire)).not.toContain("process_completed");
		await first.space.waitFor(({ stats }) => stats().abortedJobs === 1);
		await first.space.stop();

		const silent = await reset("4.29.0");
		expect(silent.answer).toBe('{"success":true}');
		await silent.space.waitFor(({ stats }) => stats().abortedJobs === 1);
		expect(silent.space.stats().openStreams).toBe(1);
		await silent.space.stop();

		const none = await reset("5.50.0");
		const steps = kinds(none.wire).length;
		await none.wire.waitFor("process_generating", steps + 3);
		expect(none.happened).toEqual([]);
		await none.space.stop();
	});

	test("a session: read later, in two streams at once, and again after a drop", async () => {
		const plain: EmulatedFunction = { inputs: [], outputs: [], run: () => [] };
		await using space = await startSpaceEmulator({ functions: { waiting: waiting(), plain, ticking: ticking() } });
		const api = `${space.baseUrl}/gradio_api`;
		const join = (fn_index: number, session_hash: string): Promise<WireAnswer> =>
			ask(`${api}/queue/join`, { body: { data: [""], fn_index, session_hash } });
		await join(1, "late");
		await space.waitFor(({ stats }) => stats().completedJobs === 1);
		const late = openStream(`${api}/queue/data?session_hash=late`);
		expect(await late.done).toBe("end");
		expect(kinds(late)).toEqual(["estimation", "process_starts", "process_completed", "close_stream"]);
		// It is known from then on, and has nothing to say.
		const again = openStream(`${api}/queue/data?session_hash=late`);
		await space.waitFor(({ stats }) => stats().openStreams === 1);
		again.leave();

		const none = openStream(`${api}/queue/data?session_hash=none`);
		expect(await none.done).toBe("cut");
		expect(parsed(none)).toEqual([expect.objectContaining({ msg: "unexpected_error", session_not_found: true })]);

		// Two streams of one session have each a part of its messages.
		await join(2, "shared");
		const [one, two] = [openStream(`${api}/queue/data?session_hash=shared`), openStream(`${api}/queue/data?session_hash=shared`)];
		await one.waitFor("process_generating", 2);
		await two.waitFor("process_generating", 2);
		expect(one.messages.filter((message) => two.messages.includes(message))).toEqual([]);
		one.leave();
		two.leave();
		await space.waitFor(({ stats }) => stats().abortedJobs === 1);

		// A dropped job stays counted in its session: the next stream of that session does not end.
		await join(0, "dropped");
		const dropped = openStream(`${api}/queue/data?session_hash=dropped`);
		await dropped.waitFor("process_generating");
		dropped.leave();
		await space.waitFor(({ stats }) => stats().abortedJobs === 2);
		await join(1, "dropped");
		const next = openStream(`${api}/queue/data?session_hash=dropped`);
		await next.waitFor("process_completed");
		expect(space.stats().openStreams).toBe(1);
		expect(kinds(next).at(-1)).toBe("process_completed");
		next.leave();
	});

	test.each(gradioVersions)("a history in the form that the Chatbot of %s does not take fails", async (version) => {
		const takes = async (history: unknown, chatbot?: "messages"): Promise<boolean> => {
			await using space = await startSpaceEmulator({ version, ...(chatbot && { chatbot }) });
			const wire = await call(space, "model_chat", ["q", history, ""]);
			await wire.done;
			return final(wire) !== undefined;
		};
		const pairs = [["q", "a"]];
		const text = [{ role: "user", content: "q" }];
		const parts = [{ role: "user", content: [{ type: "text", text: "q" }] }];
		const six = version === "6.31.0";
		expect([await takes([]), await takes(null), await takes(pairs), await takes(text), await takes(parts)]).toEqual([
			true,
			true,
			!six,
			false,
			six,
		]);
		if (["4.44.1", "5.0.2", "5.50.0"].includes(version)) {
			const withNull = [{ role: "user", content: "q", metadata: null }];
			expect([
				await takes(pairs, "messages"),
				await takes(text, "messages"),
				await takes(parts, "messages"),
				await takes(withNull, "messages"),
			]).toEqual([false, true, false, version === "5.50.0"]);
		} else {
			await expect(startSpaceEmulator({ version, chatbot: six ? "tuples" : "messages" })).rejects.toThrow("no Chatbot of type");
		}
	});
});

describe("GrowingText", () => {
	test("is sent as appends, whatever the steps share with what is around them", async () => {
		const grown: EmulatedFunction = {
			inputs: [],
			outputs: ["textbox", "json"],
			run: function* () {
				const text = new GrowingText();
				yield [text.append("a"), { deep: [text] }];
				yield [text, { deep: [text] }];
				text.append("é");
				text.append("😀");
				yield [text, { deep: [text] }];
				yield ["a plain text", { deep: [] }];
				yield [text, { deep: [text.append("!")] }];
				text.append(" not yielded any more");
			},
		};
		await using space = await startSpaceEmulator({ version: "4.29.0", functions: { grown } });
		const wire = await call(space, "grown", []);
		await wire.done;
		const data = parsed(wire)
			.filter(({ msg }) => msg === "process_generating")
			.map(({ output }) => output?.data);
		expect(data).toEqual([
			["a", { deep: ["a"] }],
			[[], []],
			[[["append", [], "é😀"]], [["append", ["deep", 0], "é😀"]]],
			[[["replace", [], "a plain text"]], [["delete", ["deep", 0], null]]],
			[[["replace", [], "aé😀!"]], [["add", ["deep", 0], "aé😀!"]]],
		]);
		expect(final(wire)).toEqual(["aé😀!", { deep: ["aé😀!"] }]);
	});
});

test("an emulator keeps nothing of thousands of calls but the last", async () => {
	await using space = await startSpaceEmulator();
	const api = `${space.baseUrl}/gradio_api`;
	const one = async (index: number): Promise<void> => {
		await fetch(`${api}/queue/join`, {
			method: "POST",
			headers: { "content-type": "application/json" },
			body: JSON.stringify({ data: ["x"], fn_index: 2, session_hash: `s${index}` }),
		}).then((response) => response.text());
		// Every second one is never read.
		if (index % 2 === 0) await fetch(`${api}/queue/data?session_hash=s${index}`).then((response) => response.text());
	};
	for (let index = 0; index < 3000; index += 20) await Promise.all(Array.from({ length: 20 }, (_, offset) => one(index + offset)));
	await space.waitFor(({ stats }) => stats().completedJobs === 3000 && stats().openStreams === 0);
	expect(space.jobs.length).toBeLessThan(2000);
	expect(space.requests.length).toBeLessThan(2000);
	// The first of those that nobody read is forgotten, the last is not.
	expect(
		await fetch(`${api}/queue/data?session_hash=s1`)
			.then((response) => response.text())
			.catch(() => "cut"),
	).not.toContain("plain: x");
	expect(await fetch(`${api}/queue/data?session_hash=s2999`).then((response) => response.text())).toContain("plain: x");
});

test("an address that begins with two slashes names no host", async () => {
	await using space = await startSpaceEmulator();
	expect(await ask(`${space.baseUrl}//`)).toMatchObject({ status: 404 });
	expect(space.requests.map(({ path }) => path)).toEqual(["//"]);
});

test("waitFor tells what the emulator is like where it does not become so", async () => {
	await using space = await startSpaceEmulator();
	await expect(space.waitFor(({ stats }) => stats().completedJobs === 1, { timeoutMs: 10 })).rejects.toThrow('"completedJobs":0');
	await expect(
		space.waitFor(() => {
			throw new Error("mine");
		}),
	).rejects.toThrow("mine");
});
