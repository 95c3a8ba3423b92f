import { inspect } from "node:util";

import { currentRuntime } from "@spaceport/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startServer } from "../../http/test/support/http-server.ts";
import { type CreateSpaceOptions, createSpace, defineSpaceProvider } from "../src/index.ts";
import { collect, failure, textOf } from "./support/collect.ts";
import { chatConfig, sendJson, startFakeSpace } from "./support/fake-space.ts";
import { type LockedSpace, password, startLockedSpace, user } from "./support/locked-space.ts";
import { onlyWhere } from "./support/only-where.ts";

const auth = [user, password] as const;
const { sendsAllHeaders } = currentRuntime();
const noCookies = "a browser lets no program send a cookie or read one: there it is unsupported, which is tested";
const data = ["q", [], ""];

async function ask(server: { url: string }, options: CreateSpaceOptions = { auth }): Promise<unknown> {
	return (await collect(createSpace(server.url, options).submit("/model_chat", data))).at(-1);
}

afterEach(() => {
	vi.unstubAllGlobals();
});

describe("an app with a login", () => {
	onlyWhere(sendsAllHeaders, noCookies);

	test("is logged in to when it asks, once, and every request has the cookie", async () => {
		await using server = await startLockedSpace();
		expect(await ask(server)).toMatchObject({ type: "value", final: true });
		expect(server.paths()).toEqual([
			"GET /config",
			"POST /login",
			"GET /config",
			"POST /gradio_api/queue/join",
			"GET /gradio_api/queue/data",
		]);
		const login = server.requests[1];
		expect(login?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
		for (const { headers } of server.requests.slice(2)) {
			expect(headers.cookie).toBe("access-token-1=session-value-1-1; access-token-unsecure-1=session-value-1-1");
		}
	});

	test("a provider takes the same option", async () => {
		await using server = await startLockedSpace();
		const create = defineSpaceProvider({
			name: "locked",
			space: "nobody/nowhere",
			api: "/model_chat",
			models: [{ id: "m" }],
			toData: () => data,
			fromData: (values) => (values[1] as string[][])[0]?.[1],
		});
		const provider = create({ baseUrl: server.url, auth });
		expect(textOf(await collect(provider.createAsyncGenerator({ messages: "q" })))).toBe("a");
		expect(inspect(provider, { depth: 9 })).not.toContain(password);
	});

	test("twenty calls at once share one login", async () => {
		await using server = await startLockedSpace();
		const space = createSpace(server.url, { auth });
		const calls = await Promise.all(Array.from({ length: 20 }, () => collect(space.submit("/model_chat", data))));
		expect(calls).toHaveLength(20);
		expect(server.logins()).toBe(1);
	});

	test("two Space objects have each their own session", async () => {
		await using server = await startLockedSpace();
		await ask(server);
		await ask(server);
		expect(server.logins()).toBe(2);
		expect(await failure(createSpace(server.url).submit("/model_chat", data))).toMatchObject({ code: "authentication", status: 401 });
	});

	test("a session that the server does not know any more is renewed, once for all calls", async () => {
		await using server = await startLockedSpace();
		const space = createSpace(server.url, { auth });
		await collect(space.submit("/model_chat", data));
		server.restart();
		await Promise.all(Array.from({ length: 5 }, () => collect(space.submit("/model_chat", data))));
		expect(server.logins()).toBe(2);
		expect(server.requests.at(-1)?.headers.cookie).toContain("access-token-unsecure-2=session-value-2-2");
	});

	test("a server that refuses the fresh session too ends in authentication", async () => {
		await using server = await startLockedSpace((request, response) => {
			if (request.path === "/login") return false;
			sendJson(response, { detail: "Not authenticated" }, 401);
			return true;
		});
		expect(await failure(createSpace(server.url, { auth }).submit("/model_chat", data))).toMatchObject({
			code: "authentication",
			status: 401,
		});
		expect(server.logins()).toBe(1);
	});

	test("wrong credentials name the user, and not the password", async () => {
		await using server = await startLockedSpace();
		const secret = "not-the-pass w\u00f6rd";
		const error = await failure(createSpace(server.url, { auth: [user, secret] }).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "authentication", status: 400 });
		expect(error.message).toContain('"ada"');
		expect(error.message).toContain("Incorrect credentials.");
		expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain(secret);
	});

	test.each([302, 404, 405, 422])("an app with another kind of login says so (%i)", async (status) => {
		await using server = await startLockedSpace((request, response) => {
			if (request.path !== "/login") return false;
			response.writeHead(status, { location: "/" }).end("{}");
			return true;
		});
		const error = await failure(createSpace(server.url, { auth }).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "authentication", status, message: expect.stringContaining("no user and password") });
		expect(server.logins()).toBe(1);
	});

	test("a login that is limited or fails is what it is", async () => {
		const answers: [number, string][] = [
			[429, "rate-limited"],
			[503, "network"],
			[500, "generation"],
		];
		for (const [status, code] of answers) {
			await using server = await startLockedSpace((request, response) => {
				if (request.path !== "/login") return false;
				response.writeHead(status).end();
				return true;
			});
			expect(await failure(createSpace(server.url, { auth }).submit("/model_chat", data))).toMatchObject({ code });
		}
	});

	test("the caller's own cookies go along, and win", async () => {
		await using server = await startLockedSpace();
		await ask(server, { auth, headers: { Cookie: "theme=dark; access-token-1=mine" } });
		expect(server.requests[0]?.headers.cookie).toBe("theme=dark; access-token-1=mine");
		expect(server.requests.at(-1)?.headers.cookie).toBe("theme=dark; access-token-1=mine; access-token-unsecure-1=session-value-1-1");
	});

	test("a cookie that a later answer sets is kept", async () => {
		await using server = await startLockedSpace((request, response) => {
			if (request.path === "/config" && request.headers.cookie !== undefined) response.setHeader("set-cookie", "sticky=7; Path=/");
			return false;
		});
		await ask(server);
		expect(server.requests.at(-1)?.headers.cookie).toContain("sticky=7");
	});
});

test("a Space that asks for nothing gets no password", async () => {
	await using server = await startFakeSpace();
	expect(await ask(server)).toMatchObject({ final: true });
	expect(server.paths()).not.toContain("POST /login");
});

describe("the limits of a login", () => {
	onlyWhere(sendsAllHeaders, noCookies);

	const hanging = (): Promise<LockedSpace> => startLockedSpace(({ path }) => path === "/login");

	test("a deadline", async () => {
		await using server = await hanging();
		const error = await failure(createSpace(server.url, { auth, connectMs: 80 }).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "timeout", phase: "connect" });
	});

	test("a signal, which leaves the others alone", async () => {
		const answered = Promise.withResolvers<void>();
		await using server = await startLockedSpace(async ({ path }) => {
			if (path === "/login") await answered.promise;
			return false;
		});
		const space = createSpace(server.url, { auth });
		const controller = new AbortController();
		const left = failure(space.submit("/model_chat", data, { signal: controller.signal }));
		const stays = collect(space.submit("/model_chat", data));
		await server.waitFor(({ path }) => path === "/login");
		controller.abort();
		expect(await left).toMatchObject({ code: "aborted" });
		answered.resolve();
		expect((await stays).at(-1)).toMatchObject({ final: true });
		expect(server.logins()).toBe(1);
	});

	test("nobody waits any more: the request is given up", async () => {
		await using server = await hanging();
		const controller = new AbortController();
		const left = failure(createSpace(server.url, { auth }).submit("/model_chat", data, { signal: controller.signal }));
		const login = await server.waitFor(({ path }) => path === "/login");
		controller.abort();
		expect(await left).toMatchObject({ code: "aborted" });
		await login.closed;
	});
});

describe("what must not be seen", () => {
	onlyWhere(sendsAllHeaders, noCookies);

	test.each<[string, unknown]>([
		["no pair", ["ada"]],
		["three", ["ada", "secret-value", "x"]],
		["a text", "ada:secret-value"],
		["a number", ["ada", 77_777]],
		["an empty password", ["secret-value", ""]],
		["null", null],
		["an object", { user: "ada", password: "secret-value" }],
	])("a bad option: %s", (_, value) => {
		const make = (): unknown => createSpace("http://127.0.0.1:1", { auth: value as never });
		expect(make).toThrow(expect.objectContaining({ code: "invalid-request", path: "auth" }));
		try {
			make();
		} catch (error) {
			expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toMatch(/secret-value|77777/);
		}
	});

	test("password and cookies, wherever the server repeats them", async () => {
		const logs: unknown[] = [];
		const logger = { debug: log, info: log, warn: log, error: log, child: () => logger } as never;
		function log(...all: unknown[]): void {
			logs.push(...all);
		}
		let seen = "";
		await using server = await startLockedSpace((request, response) => {
			if (!request.path.endsWith("/queue/join")) return false;
			seen = `${password} ${encodeURIComponent(password)} ${request.headers.cookie}`;
			sendJson(response, { detail: `I saw ${seen}` }, 500);
			return true;
		});
		const space = createSpace(server.url, { auth, logger });
		const error = await failure(space.submit("/model_chat", data));
		expect(error.message).toContain("I saw");
		expect(seen).toContain("session-value-1-1");
		const shown = inspect([error, logs, space], { depth: 9 }) + JSON.stringify([error, logs, space]) + String(error.stack);
		for (const secret of [password, encodeURIComponent(password), "session-value"]) expect(shown).not.toContain(secret);
	});

	test("cookies go to no other host", async () => {
		await using elsewhere = await startServer((_, response) => {
			response.end("{}");
		});
		await using server = await startLockedSpace((request, response) => {
			if (!request.path.endsWith("/queue/join")) return false;
			response.writeHead(307, { location: `${elsewhere.url}/join` }).end();
			return true;
		});
		expect(await failure(createSpace(server.url, { auth }).submit("/model_chat", data))).toMatchObject({ code: "protocol" });
		expect(elsewhere.requests).toEqual([]);
	});
});

describe("a runtime that sends no cookies", () => {
	test("is told by what it does with one, and is unsupported before the password is sent", async () => {
		await using server = await startLockedSpace();
		vi.stubGlobal(
			"Request",
			class extends Request {
				constructor(input: string | URL | Request, init?: RequestInit) {
					super(input, init);
					this.headers.delete("cookie");
				}
			},
		);
		const error = await failure(createSpace(server.url, { auth }).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "unsupported", capability: "login-cookies" });
		expect(server.logins()).toBe(0);
	});

	test("or shows none", async ({ skip }) => {
		if (!sendsAllHeaders) return skip(noCookies);
		await using server = await startLockedSpace();
		const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
			const response = await globalThis.fetch(input, init);
			const headers = new Headers(response.headers);
			headers.delete("set-cookie");
			return new Response(response.body, { status: response.status, headers });
		};
		const error = await failure(createSpace(server.url, { auth, fetch }).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "unsupported", capability: "login-cookies", hint: expect.stringContaining("Set-Cookie") });
	});
});

describe("Gradio 3, whose queue is a WebSocket", () => {
	onlyWhere(sendsAllHeaders, noCookies);

	const config = chatConfig({ version: "3.50.2", protocol: undefined, api_prefix: undefined });
	const open = (request: { path: string; headers: { cookie?: string | undefined } }): boolean =>
		request.path === "/config" && request.headers.cookie?.includes("session-value") === true;

	/** A socket that is refused without a cookie of the present run, and answers otherwise. */
	function createSockets(run: () => number): { headers: string[]; webSocket: NonNullable<CreateSpaceOptions["webSocket"]> } {
		const headers: string[] = [];
		return {
			headers,
			webSocket: (_, { headers: { cookie = "" } }) => {
				headers.push(cookie);
				const target = new EventTarget();
				const emit = (type: string, fields: object): void => {
					queueMicrotask(() => target.dispatchEvent(Object.assign(new Event(type), fields)));
				};
				if (!cookie.includes(`access-token-unsecure-${run()}=`)) {
					emit("error", { message: "non-101 status code" });
					emit("close", { code: 1006, reason: "" });
				} else {
					emit("message", { data: JSON.stringify({ msg: "process_completed", output: { data: ["x"] }, success: true }) });
				}
				return {
					send: () => {},
					close: () => {},
					addEventListener: target.addEventListener.bind(target) as never,
				};
			},
		};
	}

	test("the handshake has the cookies, and a session that is over is renewed", async () => {
		let run = 1;
		await using server = await startLockedSpace((request, response) => {
			if (!open(request)) return false;
			sendJson(response, config);
			return true;
		});
		const { headers, webSocket } = createSockets(() => run);
		const space = createSpace(server.url, { auth, webSocket });
		expect((await collect(space.submit("/model_chat", data))).at(-1)).toMatchObject({ data: ["x"], final: true });
		expect(headers).toEqual(["access-token-1=session-value-1-1; access-token-unsecure-1=session-value-1-1"]);
		server.restart();
		run = 2;
		expect((await collect(space.submit("/model_chat", data))).at(-1)).toMatchObject({ data: ["x"], final: true });
		expect(server.logins()).toBe(2);
		expect(headers).toHaveLength(3);
	});

	test("a refusal that has nothing to do with the login stays one", async () => {
		await using server = await startLockedSpace((request, response) => {
			if (!open(request)) return false;
			sendJson(response, config);
			return true;
		});
		const { headers, webSocket } = createSockets(() => 99);
		expect(await failure(createSpace(server.url, { auth, webSocket }).submit("/model_chat", data))).toMatchObject({ code: "network" });
		expect(headers).toHaveLength(1);
		expect(server.logins()).toBe(1);
	});

	test("a WebSocket that takes no headers cannot have a cookie", async () => {
		await using server = await startLockedSpace((request, response) => {
			if (!open(request)) return false;
			sendJson(response, config);
			return true;
		});
		vi.stubGlobal("Deno", {});
		const error = await failure(createSpace(server.url, { auth }).submit("/model_chat", data));
		expect(error).toMatchObject({ code: "unsupported", capability: "login-cookies" });
	});
});
