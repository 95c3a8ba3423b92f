import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { inspect } from "node:util";

import { isSpaceportError } from "@spaceport/core";
import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";
import { type SeenRequest, startServer } from "../../http/test/support/http-server.ts";
import { type CreateSpaceOptions, createSpace } from "../src/index.ts";
import { toSpaceportError } from "../src/to-spaceport-error.ts";
import { unquotePython } from "../src/unquote-python.ts";
import { parseZeroGpuRefusal } from "../src/zero-gpu-quota.ts";
import { collect, failure } from "./support/collect.ts";
import {
	breakingStream,
	chatConfig,
	completed,
	event,
	type FakeSpaceOptions,
	generating,
	message,
	openStream,
	sendHtml,
	sendJson,
	startFakeSpace,
	unendingStream,
} from "./support/fake-space.ts";

type Handler = (request: SeenRequest, response: ServerResponse) => void;

const runtime = currentRuntime();
const data = ["q", [], ""];
const json =
	(status: number, body: unknown, headers?: Record<string, string>): Handler =>
	(_, response) =>
		sendJson(response, body, status, headers);
const html =
	(status: number, body: string): Handler =>
	(_, response) =>
		sendHtml(response, `<!DOCTYPE html><html><body>${body}</body></html>`, status);
const text =
	(status: number, body: string): Handler =>
	(_, response) => {
		response.writeHead(status, { "content-type": "text/plain" }).end(body);
	};

async function ask(space: FakeSpaceOptions, options: CreateSpaceOptions = {}): Promise<Record<string, unknown> & Error> {
	await using server = await startFakeSpace(space);
	return await failure(createSpace(server.url, options).submit("/model_chat", data));
}

describe("the config", () => {
	test.each<[string, Handler, object]>([
		["401", json(401, { detail: "Not authenticated" }), { code: "authentication", status: 401 }],
		["403", json(403, {}), { code: "authentication", status: 403 }],
		["404", json(404, { detail: "Not Found" }), { code: "space-unavailable", stage: "gone" }],
		["the hub's 404 page", html(404, "Sorry, we can't find the page"), { code: "space-unavailable", stage: "gone" }],
		["a sleep page", html(200, "<h1>This Space is sleeping due to inactivity</h1>"), { code: "space-unavailable", stage: "sleeping" }],
		["a sleep page with 503", html(503, "Preparing Space"), { code: "space-unavailable", stage: "sleeping" }],
		["a paused Space", html(200, "This Space has been paused by its owner."), { code: "space-unavailable", stage: "paused" }],
		["a building Space", html(503, "Space is building"), { code: "space-unavailable", stage: "building" }],
		["another page", html(200, "Welcome to nginx!"), { code: "protocol", sample: expect.stringContaining("Welcome to nginx") }],
		["JSON that is no config", json(200, { hello: 1 }), { code: "protocol" }],
		["429 with seconds", json(429, {}, { "retry-after": "7" }), { code: "rate-limited", retryAfterMs: 7000 }],
		["502", html(502, "Bad Gateway"), { code: "network", phase: "config" }],
		["500", text(500, "Internal Server Error"), { code: "space-unavailable", stage: "error" }],
	])("%s", async (_, config, expected) => {
		expect(await ask({ config })).toMatchObject(expected);
	});

	test("Retry-After as a date", async () => {
		const error = await ask({ config: json(429, {}, { "retry-after": new Date(Date.now() + 3_600_000).toUTCString() }) });
		expect(error.retryAfterMs).toBeGreaterThan(3_000_000);
		expect(error.retryAfterMs).toBeLessThanOrEqual(3_600_000);
	});

	test.each([
		["a Gradio 4 without a protocol", undefined, "unknown"],
		["a later protocol", "sse_v9", "sse_v9"],
	])("%s is unsupported, in plain words", async (_, protocol, capability) => {
		const error = await ask({ config: chatConfig({ version: "4.0.2", protocol }) });
		expect(error).toMatchObject({ code: "unsupported", capability: `gradio-protocol:${capability}` });
		expect(error.message).toContain("4.0.2");
	});
});

describe("the join", () => {
	test.each<[string, Handler, object]>([
		["a full queue", json(503, { detail: "Queue is full. Max size is 10 and size is 12." }), { code: "queue-full", queueSize: 12 }],
		[
			"a full queue that says when",
			json(503, { detail: "Queue is full. Max size is 10 and size is 12." }, { "retry-after": "4" }),
			{ code: "queue-full", retryAfterMs: 4000 },
		],
		["503 that says when", json(503, {}, { "retry-after": "17" }), { code: "network", phase: "join", retryAfterMs: 17_000 }],
		["503 of a proxy", html(503, "Service Unavailable"), { code: "network", phase: "join" }],
		["504", text(504, ""), { code: "network", phase: "join" }],
		["401", json(401, { detail: { error: "Not authenticated", auth_message: null } }), { code: "authentication", status: 401 }],
		["404", json(404, { detail: "Not Found" }), { code: "space-contract", found: "404: Not Found" }],
		["405", json(405, { detail: "Method Not Allowed" }), { code: "space-contract" }],
		[
			"422",
			json(422, { detail: [{ loc: ["body", "data"], msg: "Field required", input: "what was said" }] }),
			{ code: "space-contract", found: "422: body.data: Field required" },
		],
		["429", json(429, {}, { "retry-after": "1.5" }), { code: "rate-limited", retryAfterMs: 1500 }],
		["429 in the hub's words", json(429, {}, { ratelimit: '"api";r=0;t=55' }), { code: "rate-limited", retryAfterMs: 55_000 }],
		["429 in milliseconds", json(429, {}, { "retry-after-ms": "850" }), { code: "rate-limited", retryAfterMs: 850 }],
		[
			"429 that says it in its body",
			json(429, { detail: "Limit 20 requests. Please try again in 2m59.56s." }),
			{ code: "rate-limited", retryAfterMs: 179_560, message: expect.stringContaining("Please try again in") },
		],
		["429 that says it in a field", json(429, { retry_after: 12 }), { code: "rate-limited", retryAfterMs: 12_000 }],
		[
			"a quota that says it in a header",
			json(429, { detail: "You have exceeded your GPU quota" }, { "retry-after": "40" }),
			{ code: "quota-exceeded", retryAfterMs: 40_000 },
		],
		["500", text(500, "IndexError: list index out of range"), { code: "generation", detail: "IndexError: list index out of range" }],
		["a page in place of JSON", html(200, "Please log in to the Wi-Fi"), { code: "protocol" }],
		["JSON without an id", json(200, { ok: true }), { code: "protocol" }],
		["a quota", json(403, { detail: "x" }), { code: "authentication" }],
	])("%s", async (_, join, expected) => {
		expect(await ask({ join })).toMatchObject(expected);
	});

	test("429 that says nothing of when", async () => {
		const error = await ask({ join: json(429, { detail: "Limit 20 requests" }) });
		expect(error).toMatchObject({ code: "rate-limited" });
		expect(error.retryAfterMs).toBeUndefined();
	});
});

describe("the stream", () => {
	const failed = (error: unknown, fields: object = {}): object =>
		message("process_completed", { output: { error }, success: false, ...fields });

	test.each<[string, unknown, object]>([
		["Python's quotes", "'The model\\'s \"worker\" is gone'", { detail: 'The model\'s "worker" is gone' }],
		["Python's double quotes", '"it\'s C:\\\\temp"', { detail: "it's C:\\temp" }],
		["plain words", "The model's worker is gone", { detail: "The model's worker is gone" }],
	])("a failure with %s", async (_, error, expected) => {
		const got = await ask({ stream: [failed(error, { title: "Error" })] });
		expect(got).toMatchObject({ code: "generation", title: "Error", ...expected });
	});

	test.each([null, "None", undefined])("a failure that says %s has no detail", async (error) => {
		const got = await ask({ stream: [failed(error)] });
		expect(got.code).toBe("generation");
		expect(got.detail).toBeUndefined();
		expect(got.message).toContain("without saying why");
	});

	test("a used up GPU quota", async () => {
		const words = "'You have exceeded your GPU quota (60s requested vs. 56s left). Try again in 1:00:56'";
		expect(await ask({ stream: [failed(words)] })).toMatchObject({
			code: "quota-exceeded",
			requestedS: 60,
			leftS: 56,
			retryAfterMs: 3_656_000,
		});
	});

	test.each([
		["Rate limit reached for the model. Please try again in 17s.", 17_000],
		["Error code: 429 - Too Many Requests", undefined],
	])("what an API that the app asks says of its limits: %s", async (words, retryAfterMs) => {
		const got = await ask({ stream: [failed(words)] });
		const known = retryAfterMs === undefined ? {} : { retryAfterMs };
		expect(got).toMatchObject({ code: "rate-limited", message: expect.stringContaining(words), ...known });
	});

	test("a lost session, also where the connection is cut behind it", async () => {
		const lost = { msg: "unexpected_error", event_id: null, message: "404: Session not found.", success: false };
		const { stream, breakOff } = breakingStream(event(generating("", [["q", "part"]], "")) + event(lost));
		await using server = await startFakeSpace({ stream });
		expect(await failure(createSpace(server.url).submit("/model_chat", data), breakOff)).toMatchObject({
			code: "stream-interrupted",
			message: expect.stringContaining("Session not found"),
		});
	});

	test("an unexpected error of another kind", async () => {
		const stream = [{ msg: "unexpected_error", event_id: null, message: "Worker died", success: false }];
		expect(await ask({ stream })).toMatchObject({ code: "generation", detail: "Worker died" });
	});

	test("a job that somebody else cancelled", async () => {
		const stream = [generating("", [["q", "part"]], ""), message("process_completed", { output: {}, success: true })];
		expect(await ask({ stream })).toMatchObject({ code: "stream-interrupted", message: expect.stringContaining("cancelled") });
	});

	test("an end without process_completed", async () => {
		expect(await ask({ stream: [generating("", [["q", "part"]], "")] })).toMatchObject({
			code: "stream-interrupted",
			textSoFar: "",
			hint: expect.stringContaining("Ask again"),
		});
	});

	test("a cut connection keeps its cause", async () => {
		const { stream, breakOff } = breakingStream(event(generating("", [["q", "part"]], "")));
		await using server = await startFakeSpace({ stream });
		const error = await failure(createSpace(server.url).submit("/model_chat", data), breakOff);
		expect(error.code).toBe("stream-interrupted");
		expect(error.cause).toBeInstanceOf(Error);
	});

	test("a page in place of events", async () => {
		expect(await ask({ stream: html(200, "Welcome to nginx!") })).toMatchObject({ code: "protocol" });
	});

	test("an error without data is a failure, also where success is not spoken of", async () => {
		expect(await ask({ stream: [message("process_completed", { output: { error: "out of memory" } })] })).toMatchObject({
			code: "generation",
			detail: "out of memory",
		});
	});

	test("a whole value where a difference belongs is taken as it is", async () => {
		const stream = [generating("", [["q", "Par"]], ""), generating("", [["q", "Paris"]], ""), completed("", [["q", "Paris."]], "")];
		await using server = await startFakeSpace({ stream });
		const events = await collect(createSpace(server.url).submit("/model_chat", data));
		expect(events.map((one) => one.type === "value" && one.data[1])).toEqual([[["q", "Par"]], [["q", "Paris"]], [["q", "Paris."]]]);
	});
});

describe("the network", () => {
	test("nobody listens", async () => {
		const probe = createServer().listen(0, "127.0.0.1");
		await once(probe, "listening");
		const { port } = probe.address() as AddressInfo;
		probe.close();
		await once(probe, "close");
		const error = await failure(createSpace(`http://127.0.0.1:${port}`).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "network", phase: "config" });
		const said = `No answer from http://127.0.0.1:${port} (config): `;
		// What it says comes from the runtime.
		if (runtime.name === "node") expect(error.message).toBe(`${said}fetch failed: connect ECONNREFUSED 127.0.0.1:${port}`);
		else expect(error.message.slice(0, said.length)).toBe(said);
	});

	test.each(["config", "join", "stream"] as const)("nobody answers the %s request", async (phase) => {
		const silent: Handler = () => {};
		const error = await ask({ [phase]: silent }, { connectMs: 500 });
		expect(error).toMatchObject({ code: "timeout", phase: "connect", afterMs: 500, message: expect.stringContaining(phase) });
	});

	test("an answer of the queue that breaks off is no answer", async () => {
		const half: Handler = (_, response) => {
			response.writeHead(200, { "content-type": "application/json", "content-length": "60" }).write('{"event_id":');
			setImmediate(() => response.destroy());
		};
		expect(await ask({ join: half })).toMatchObject({ code: "network", phase: "join" });
	});

	test.each([
		["nothing", undefined],
		["an object without words", Object.create(null)],
		["an error whose message is none", Object.assign(new Error(), { message: { toString: null } })],
	])("a fetch that throws %s is no answer", async (_, thrown) => {
		const fetch = (): Promise<Response> => Promise.reject(thrown);
		const error = await failure(createSpace("http://127.0.0.1:1", { fetch }).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "network", phase: "config", message: "No answer from http://127.0.0.1:1 (config)" });
	});

	test("a fetch that gives one response twice, which can be read once, is told so", async () => {
		for (const options of [{}, { protocol: "run" }] as const) {
			const config = Response.json(chatConfig());
			const answer = Response.json({ data: ["", [], ""] });
			await answer.text();
			const fetch = async (input: string | URL | Request): Promise<Response> =>
				(input as Request).url.endsWith("/config") ? config : answer;
			const space = createSpace("http://127.0.0.1:1", { fetch, ...options });
			const phase = "protocol" in options ? "run" : "join";
			expect(await failure(space.submit("/model_chat", data))).toMatchObject({ code: "network", phase });
			const other = createSpace("http://127.0.0.1:1", { fetch });
			expect(await failure(other.submit("/model_chat", data))).toMatchObject({ code: "network", phase: "config" });
		}
	});

	test("an error's body without end holds nobody", async () => {
		const endless: Handler = (_, response) => {
			response.writeHead(500, { "content-type": "text/plain" });
			const more = (): boolean => response.write("x".repeat(16_384));
			response.on("drain", more);
			while (more());
		};
		const error = await ask({ join: endless });
		expect(error).toMatchObject({ code: "generation" });
		expect(error.message.length).toBeLessThan(1000);
	});
});

describe("the token", () => {
	const token = "my very.own-secret".replace(/ /g, "_");
	const options = { token, headers: { "X-Api-Key": "another-secret", cookie: "session=c00kie-value; a=b" } };

	test("goes with every request, the stream and the cancel included", async () => {
		await using server = await startFakeSpace({ stream: unendingStream });
		for await (const one of createSpace(server.url, options).submit("/model_chat", data)) if (one.type === "value") break;
		await server.waitFor(({ path }) => path.endsWith("/cancel"));
		const paths = new Set(server.requests.map(({ path }) => path.replace("/gradio_api", "")));
		expect([...paths]).toEqual(["/config", "/queue/join", "/queue/data", "/cancel"]);
		for (const { headers } of server.requests) expect(headers.authorization).toBe(`Bearer ${token}`);
	});

	test("is never in an error, even where the server says it", async () => {
		// Not as headers, whose shape alone gives them away. A browser sends no cookie that it was given.
		const spoken = ({ headers }: SeenRequest): string =>
			`I saw ${headers.authorization?.slice("Bearer ".length)} and ${headers["x-api-key"]} and ${headers.cookie?.split(/[=;]/)[1]}`;
		const echo: Handler = (request, response) => sendJson(response, { detail: spoken(request) }, 500);
		const page: Handler = (request, response) => sendHtml(response, `<html>${spoken(request)}</html>`);
		const said = (request: SeenRequest): object => message("process_completed", { output: { error: spoken(request) }, success: false });
		const stream: Handler = (request, response) => {
			openStream(response);
			response.end(event(said(request)));
		};
		for (const space of [{ config: page }, { join: echo }, { join: page }, { stream }] as FakeSpaceOptions[]) {
			const error = await ask(space, options);
			expect(isSpaceportError(error)).toBe(true);
			const shown = `${JSON.stringify(error)}${error.message}${error.stack}${String(error.cause)}`;
			for (const secret of [token, "another-secret", "c00kie-value"]) expect(shown).not.toContain(secret);
			expect(shown).toContain("[redacted]");
		}
	});

	test("is not there by half where the words are cut", async () => {
		for (const before of [490, 495]) {
			const echo: Handler = ({ headers }, response) =>
				sendJson(response, { detail: `${"-".repeat(before)}${headers["x-api-key"]}, and so on` }, 500);
			const error = await ask({ join: echo }, options);
			expect(error.message).toContain("----[red");
			expect(error.message).not.toContain("anoth");
		}
	});

	test("is not in what is said about a config, nor in the log", async () => {
		for (const config of [chatConfig({ protocol: token }), chatConfig({ protocol: "sse_v9", version: token })]) {
			const error = await ask({ config }, options);
			expect(error).toMatchObject({ code: "unsupported" });
			expect(inspect(error)).toContain("[redacted]");
			expect(inspect(error)).not.toContain(token);
		}
		const lines: unknown[] = [];
		const keep = (...line: unknown[]): void => void lines.push(line);
		const logger = { trace: keep, debug: keep, info: keep, warn: keep, error: keep };
		await ask({ stream: [message(`dreams of ${token}`)] }, { ...options, logger });
		expect(lines).toEqual([[{ kind: "dreams of [redacted]" }, expect.any(String)]]);
	});

	test("is not in what a broken fetch throws", async () => {
		const fetch = async (input: string | URL | Request): Promise<Response> => {
			const { headers } = input as Request;
			throw new TypeError("fetch failed", { cause: new Error(`could not send ${headers.get("authorization")?.slice("Bearer ".length)}`) });
		};
		const error = await failure(createSpace("a/b", { ...options, fetch }).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "network", phase: "config" });
		let shown = JSON.stringify(error);
		for (let at: unknown = error; at instanceof Error; at = at.cause) shown += `${at.message}${at.stack}`;
		expect(shown).toContain("could not send [redacted]");
		expect(shown).not.toContain(token);
	});

	test("is not in the error of a connection that fails, however it is printed", async () => {
		await using server = await startServer((_, response) => void response.socket?.resetAndDestroy());
		const broken = async (input: string | URL | Request): Promise<Response> => {
			throw Object.assign(new Error("down"), { code: "EDOWN", request: input, config: { headers: { authorization: `Bearer ${token}` } } });
		};
		for (const fetch of [globalThis.fetch, broken]) {
			const error = await failure(createSpace(server.url, { ...options, fetch }).submit("/model_chat", data));
			expect(error).toMatchObject({ code: "network" });
			expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(token);
			if (fetch === broken) expect(error.cause).toMatchObject({ message: "down", code: "EDOWN" });
		}
	});

	test("does not follow a redirect to another host", async () => {
		await using thief = await startServer((_, response) => sendJson(response, chatConfig()));
		for (const phase of ["config", "join", "stream"] as const) {
			const redirect: Handler = (request, response) => {
				response.writeHead(307, { location: `${thief.url}${request.url}` }).end();
			};
			const told = runtime.seesRedirects ? thief.url : "another place";
			expect(await ask({ [phase]: redirect }, options)).toMatchObject({ code: "protocol", message: expect.stringContaining(told) });
		}
		expect(thief.requests).toEqual([]);
	});

	test("follows a redirect to itself", async () => {
		const config: Handler = (request, response) => {
			if (request.url.includes("moved")) sendJson(response, chatConfig());
			else response.writeHead(302, { location: "/config?moved" }).end();
		};
		await using server = await startFakeSpace({ config });
		const submitted = collect(createSpace(server.url, options).submit("/model_chat", data));
		if (runtime.seesRedirects) expect(await submitted).toHaveLength(1);
		// A browser does not tell where it leads, and could take the headers there.
		else await expect(submitted).rejects.toMatchObject({ code: "protocol", message: expect.stringContaining("another place") });
	});

	test("is not sent on where a redirect does not say where it leads, as in browsers", async () => {
		const config: Handler = (_, response) => {
			response.writeHead(307, { location: "http://[bad" }).end();
		};
		// A browser refuses such an answer itself.
		if (runtime.seesRedirects) {
			expect(await ask({ config }, options)).toMatchObject({ code: "protocol", message: expect.stringContaining("to another place") });
		} else expect(await ask({ config }, options)).toMatchObject({ code: "network" });
	});

	test("is authentication where a redirect leads to a login", async () => {
		const config: Handler = (_, response) => {
			response.writeHead(302, { location: "http://127.0.0.1:1/login?next=x" }).end();
		};
		expect(await ask({ config })).toMatchObject({ code: runtime.seesRedirects ? "authentication" : "protocol" });
	});
});

describe("words", () => {
	test.each([
		["'m'", "m"],
		[`"it's"`, "it's"],
		["'it\\'s \\\\ \\n \\x41 \\u0416 \\U0001f600'", "it's \\ \n A Ж 😀"],
		["it's", "it's"],
		["'a' and 'b'", "'a' and 'b'"],
		["''", ""],
		["'", "'"],
		["'half", "'half"],
		["'\\d'", "\\d"],
	])("%s without Python's quotes is %s", (given, expected) => {
		expect(unquotePython(given)).toBe(expected);
	});

	test.each([
		["You have exceeded your free GPU quota. Please retry in 2 hours", 7_200_000],
		["You have exceeded your free GPU quota (60s requested vs. 0s left). Create a free account", undefined],
	])("a quota that is used up says when it comes back, in whatever words: %s", (said, retryAfterMs) => {
		const error = toSpaceportError({ kind: "failed", error: said, title: undefined }, "https://a.hf.space", {
			values: [],
			headers: {},
		});
		expect(error).toMatchObject({ code: "quota-exceeded" });
		expect((error as { retryAfterMs?: number }).retryAfterMs).toBe(retryAfterMs);
	});

	test("ZeroGPU's refusals are read", () => {
		expect(parseZeroGpuRefusal("You have exceeded your free GPU quota (180s requested vs. -3s left).")).toEqual({
			requestedS: 180,
			leftS: -3,
			retryAfterMs: undefined,
		});
		expect(parseZeroGpuRefusal("You have exceeded your daily GPU quota. Try again in 1 day, 2:03:04")).toMatchObject({
			retryAfterMs: ((26 * 60 + 3) * 60 + 4) * 1000,
		});
		expect(parseZeroGpuRefusal("You have exceeded your ZeroGPU runs limit")).toBeDefined();
		expect(parseZeroGpuRefusal("Space app has reached its GPU limit")).toBeDefined();
		expect(parseZeroGpuRefusal("GPU task aborted")).toBeUndefined();
		expect(parseZeroGpuRefusal("ZeroGPU quota exceeded No GPU was available after 60s")).toBeUndefined();
	});
});
