import { inspect } from "node:util";

import { currentRuntime } from "@spaceport/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startServer, type TestServer } from "../../http/test/support/http-server.ts";
import { type CreateSpaceOptions, createSpace, type Space } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
import { chatConfig, sendJson } from "./support/fake-space.ts";
import { password, startLockedSpace, user } from "./support/locked-space.ts";

const token = "hf_abcdefghijklmnop";

function jwt(claims: object, count = 1): string {
	const part = (value: object): string => btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
	return `${part({ alg: "EdDSA" })}.${part({ count, ...claims })}.c2lnbmF0dXJl`;
}

const hour = (): object => ({ iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 3600 });

/** A hub, and the Space that it knows at one address. */
async function startHub(claims: () => object = hour, answer?: { status: number; json: unknown }): Promise<TestServer & { jwts(): number }> {
	let jwts = 0;
	const server = await startServer((request, response) => {
		if (request.path.endsWith("/host")) sendJson(response, { host: server.url });
		else if (request.path.endsWith("/jwt")) {
			jwts += 1;
			if (answer === undefined) sendJson(response, { token: jwt(claims(), jwts) });
			else sendJson(response, answer.json, answer.status);
		} else if (request.path.includes("by-subdomain")) sendJson(response, { id: "Ada/My_Space", runtime: { stage: "RUNNING" } });
		else if (request.path === "/config") sendJson(response, chatConfig({ version: "3.50.2", protocol: undefined, api_prefix: undefined }));
		else sendJson(response, { detail: "Not Found" }, 404);
	});
	return Object.assign(server, { jwts: () => jwts });
}

function privateSpace(hub: { url: string }, options: CreateSpaceOptions = {}): Space {
	return createSpace("Ada/My_Space", { hubUrl: hub.url, token, ...options });
}

const file = { path: "/srv/a b.png", url: null, size: 3 };

afterEach(() => {
	vi.unstubAllGlobals();
});

describe("the signed address of a file", () => {
	test("has the hub's signature, which is asked for once for all", async () => {
		await using hub = await startHub();
		const space = privateSpace(hub);
		await space.connect();
		const [found] = space.files(file);
		const all = await Promise.all(Array.from({ length: 10 }, () => space.signedUrl(found ?? "")));
		all.push(await space.signedUrl(`${hub.url}/file=/srv/b.png?x=1`));
		expect(hub.jwts()).toBe(1);
		const asked = hub.requests.find(({ path }) => path.endsWith("/jwt"));
		expect(asked?.path).toBe("/api/spaces/Ada/My_Space/jwt");
		expect(asked?.headers.authorization).toBe(`Bearer ${token}`);
		const sign = new URL(all[0] ?? "").searchParams.get("__sign");
		expect(sign).toMatch(/^eyJ.+\..+\..+$/);
		expect(new URL(all.at(-1) ?? "").search).toBe(`?x=1&__sign=${sign}`);
		expect(new Set(all.slice(0, 10)).size).toBe(1);
	});

	test("is on the address that the hub tells", async () => {
		await using hub = await startHub();
		const space = privateSpace(hub);
		const url = await space.signedUrl({ path: "/srv/x.png", url: "/file=/srv/x.png" });
		expect(url.startsWith(`${hub.url}/file=/srv/x.png?__sign=eyJ`)).toBe(true);
	});

	test("the signature is kept as long as it is good, by its own clock", async () => {
		const asked = async (claims: object): Promise<number> => {
			await using hub = await startHub(() => claims);
			const space = privateSpace(hub);
			for (let count = 0; count < 3; count += 1) await space.signedUrl(`${hub.url}/file=/srv/b.png`);
			return hub.jwts();
		};
		// This machine may think that it is over, and the hub that it is good for ten minutes.
		expect(await asked({ iat: 1_000_000, exp: 1_000_600 })).toBe(1);
		expect(await asked({})).toBe(1);
		expect(await asked({ iat: 1_000_000, exp: 1_000_000 })).toBe(3);
		expect(await asked({ exp: 1_000_000 })).toBe(3);
	});

	test("of a Space given by its address at the hub's domain, whose name the hub tells", async () => {
		await using hub = await startHub();
		const space = createSpace("https://ada-my-space.hf.space", { hubUrl: hub.url, token });
		const url = await space.signedUrl("https://ada-my-space.hf.space/file=/srv/x.png");
		expect(url).toContain("__sign=eyJ");
		expect(hub.paths()).toEqual(["GET /api/spaces/by-subdomain/ada-my-space", "GET /api/spaces/Ada/My_Space/jwt"]);
	});

	test("nobody else's address is signed, nor a public Space's", async () => {
		await using hub = await startHub();
		expect(await privateSpace(hub).signedUrl("https://cdn.example/a.png")).toBe("https://cdn.example/a.png");
		expect(await privateSpace(hub).signedUrl("data:text/plain,x")).toBe("data:text/plain,x");
		expect(await privateSpace(hub, { token: "" }).signedUrl(`${hub.url}/file=/x`)).toBe(`${hub.url}/file=/x`);
		expect(hub.jwts()).toBe(0);
	});

	test("what nobody can sign is unsupported", async () => {
		const own = createSpace("http://127.0.0.1:9", { token });
		await expect(own.signedUrl("http://127.0.0.1:9/file=/x")).rejects.toMatchObject({ code: "unsupported", capability: "signed-url" });
		await expect(own.signedUrl(undefined as never)).rejects.toMatchObject({ code: "invalid-request", path: "file" });
		await expect(own.signedUrl("")).rejects.toMatchObject({ code: "invalid-request", path: "file" });
	});

	test("an app with a login is a cookie's matter", async ({ skip }) => {
		skip(!currentRuntime().sendsAllHeaders, "a browser lets no program send a cookie");
		await using locked = await startLockedSpace();
		const space = createSpace(locked.url, { auth: [user, password] });
		await space.connect();
		await expect(space.signedUrl(`${locked.url}/file=/x`)).rejects.toMatchObject({ code: "unsupported", capability: "signed-url" });
	});

	test.each([
		[401, { error: "no" }, { code: "authentication", status: 401 }],
		[404, { error: "no" }, { code: "space-unavailable", stage: "gone" }],
		[429, {}, { code: "rate-limited" }],
		[200, {}, { code: "protocol" }],
		[200, { token: 7 }, { code: "protocol" }],
	])("the hub answers %i %j", async (status, json, expected) => {
		await using hub = await startHub(hour, { status, json });
		const error = await privateSpace(hub)
			.signedUrl(`${hub.url}/file=/x`)
			.catch((reason: unknown) => reason);
		expect(error).toMatchObject(expected);
		expect(inspect(error, { depth: 9 })).not.toContain(token);
	});

	test("a deadline and a signal", async () => {
		await using hub = await startServer((request, response) => {
			if (request.path.endsWith("/host")) sendJson(response, { host: hub.url });
		});
		await expect(privateSpace(hub, { connectMs: 100 }).signedUrl(`${hub.url}/file=/x`)).rejects.toMatchObject({ code: "timeout" });
		const controller = new AbortController();
		const left = privateSpace(hub).signedUrl(`${hub.url}/file=/x`, controller.signal);
		await hub.waitFor(({ path }) => path.endsWith("/jwt"));
		controller.abort();
		await expect(left).rejects.toMatchObject({ code: "aborted" });
	});
});

describe("a WebSocket that sends no headers", () => {
	/** What Deno, browsers and workers have. */
	function stubSocket(outcome: "answers" | "refuses"): string[] {
		const urls: string[] = [];
		vi.stubGlobal("Deno", {});
		vi.stubGlobal(
			"WebSocket",
			class extends EventTarget {
				constructor(url: string, options?: unknown) {
					super();
					if (options !== undefined) throw new TypeError("headers are not taken");
					urls.push(url);
					setTimeout(() => {
						const data = JSON.stringify({ msg: "process_completed", output: { data: ["x"] }, success: true });
						if (outcome === "answers") this.dispatchEvent(Object.assign(new Event("message"), { data }));
						else
							this.dispatchEvent(
								Object.assign(new Event("error"), {
									message: `cannot connect to ${url}, as ${new URL(url).searchParams.get("__sign")} is over`,
								}),
							);
					});
				}
				send(): void {}
				close(): void {}
			},
		);
		return urls;
	}

	test("goes to a signed address, and the signature is shared with the next", async () => {
		await using hub = await startHub();
		const urls = stubSocket("answers");
		const space = privateSpace(hub);
		for (let call = 0; call < 2; call += 1) {
			expect((await collect(space.submit("/model_chat", ["q", [], ""]))).at(-1)).toMatchObject({ data: ["x"], final: true });
		}
		expect(urls).toHaveLength(2);
		expect(urls[0]).toMatch(/^ws:\/\/127\.0\.0\.1:\d+\/queue\/join\?__sign=eyJ/);
		expect(hub.jwts()).toBe(1);
	});

	test("the signature is in no error", async () => {
		await using hub = await startHub(hour, { status: 200, json: { token: "opaque-signature" } });
		const urls = stubSocket("refuses");
		const error = await failure(privateSpace(hub).submit("/model_chat", ["q", [], ""]));
		expect(error).toMatchObject({ code: "network" });
		const signature = new URL(urls[0] ?? "").searchParams.get("__sign") ?? "";
		expect(signature).toBe("opaque-signature");
		expect(inspect(error, { depth: 9 }) + JSON.stringify(error)).not.toContain(signature);
	});

	test("what the hub refuses is the call's error", async () => {
		await using hub = await startHub(hour, { status: 403, json: {} });
		stubSocket("answers");
		expect(await failure(privateSpace(hub).submit("/model_chat", ["q", [], ""]))).toMatchObject({ code: "authentication", status: 403 });
	});

	test("other headers cannot go that way", async () => {
		await using hub = await startHub();
		const urls = stubSocket("answers");
		const error = await failure(privateSpace(hub, { headers: { "x-key": "secret-value" } }).submit("/model_chat", ["q", [], ""]));
		expect(error).toMatchObject({ code: "unsupported", capability: "web-socket-headers" });
		expect(urls).toEqual([]);
	});

	test("a call that is left while its address is signed opens nothing", async () => {
		await using hub = await startServer((request, response) => {
			if (request.path.endsWith("/host")) sendJson(response, { host: hub.url });
			else if (request.path === "/config")
				sendJson(response, chatConfig({ version: "3.50.2", protocol: undefined, api_prefix: undefined }));
		});
		const urls = stubSocket("answers");
		const controller = new AbortController();
		const left = failure(privateSpace(hub).submit("/model_chat", ["q", [], ""], { signal: controller.signal }));
		const asked = await hub.waitFor(({ path }) => path.endsWith("/jwt"));
		controller.abort();
		expect(await left).toMatchObject({ code: "aborted" });
		await asked.closed;
		expect(urls).toEqual([]);
	});
});
