import { inspect } from "node:util";

import { currentRuntime } from "@spaceport/testkit";
import { describe, expect, test } from "vitest";
import { startServer } from "../../http/test/support/http-server.ts";
import { createSpace, type DownloadProgress, type SpaceFile } from "../src/index.ts";
import { rejection } from "./support/collect.ts";
import { startFileServer } from "./support/file-server.ts";
import { password, startLockedSpace, user } from "./support/locked-space.ts";

const picture = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 256));
const files = { "/srv/cat.png": picture };

describe("a download", () => {
	test("by a file, its address, its path, and a message's file", async () => {
		await using server = await startFileServer(undefined, files);
		const space = createSpace(server.url);
		const url = `${server.url}/gradio_api/file=/srv/cat.png`;
		const sources = [
			space.files({ path: "/srv/cat.png", url: null, size: 5000 })[0] as SpaceFile,
			url,
			new URL(url),
			"/srv/cat.png",
			"/gradio_api/file=/srv/cat.png",
			{ path: "/srv/cat.png", url: "/gradio_api/file=/srv/cat.png" },
			{ path: "/srv/cat.png" },
			{ path: "/srv/cat.png", url: "http://10.1.2.3:7860/gradio_api/file=/srv/cat.png" },
		];
		await space.connect();
		for (const source of sources.slice(1)) {
			const file = await space.download(source);
			expect(file).toMatchObject({ name: "cat.png", mediaType: "image/png", size: picture.length });
			expect(Buffer.compare(await file.bytes(), picture)).toBe(0);
		}
	});

	test("as a stream, as text, as a Blob", async () => {
		await using server = await startFileServer(undefined, { "/srv/a.txt": Buffer.from("h\u00e9llo") });
		const space = createSpace(server.url);
		const path = "/srv/a.txt";
		const parts: Uint8Array[] = [];
		for await (const part of (await space.download(path)).body) parts.push(part);
		expect(Buffer.concat(parts).toString()).toBe("h\u00e9llo");
		expect(await (await space.download(path)).text()).toBe("h\u00e9llo");
		const blob = await (await space.download(path)).blob();
		expect([blob.type, blob.size]).toEqual(["image/png", 6]);
	});

	test("has a name that is no path, whoever says it", async () => {
		await using server = await startFileServer(undefined, files);
		const space = createSpace(server.url);
		const named = async (name: string): Promise<string | undefined> => (await space.download({ path: "/srv/cat.png", name })).name;
		expect(await Promise.all(["../../x.png", "/etc/x.png", "..\\x.png"].map(named))).toEqual(["x.png", "x.png", "x.png"]);
		expect(await named("..")).toBe("cat.png");
	});

	test("is read once", async () => {
		await using server = await startFileServer(undefined, files);
		const file = await createSpace(server.url).download("/srv/cat.png");
		await file.bytes();
		expect(await rejection(file.text())).toMatchObject({ code: "invalid-request" });
	});

	test("of a data URL asks nobody", async () => {
		const file = await createSpace("http://127.0.0.1:1").download("data:text/plain;charset=utf-8;base64,aMOp");
		expect(file).toMatchObject({ mediaType: "text/plain", size: 3 });
		expect(await file.text()).toBe("h\u00e9");
	});

	test("tells how far it is", async () => {
		await using server = await startFileServer(undefined, files);
		const told: DownloadProgress[] = [];
		const file = await createSpace(server.url).download("/srv/cat.png", { onProgress: (progress) => told.push(progress) });
		await file.bytes();
		expect(told.at(-1)).toEqual({ receivedBytes: picture.length, totalBytes: picture.length });
	});

	test("what the server gives as bytes of no kind is what the file says, and its name", async () => {
		await using server = await startFileServer((request, response) => {
			if (!request.url?.includes("file=")) return false;
			response.setHeader("content-type", "application/octet-stream");
			response.setHeader("content-disposition", "attachment; filename*=utf-8''r%C3%A9.svg").end("x");
			return true;
		});
		const space = createSpace(server.url);
		expect(await space.download({ path: "/srv/x", mediaType: "image/svg+xml" })).toMatchObject({
			name: "r\u00e9.svg",
			mediaType: "image/svg+xml",
		});
	});
});

describe("who gets what is secret", () => {
	const secrets = { token: "hf_abcdefghijklmnop", headers: { "x-key": "another-secret" } };

	test("the Space's own address does, and no other", async ({ skip }) => {
		skip(!currentRuntime().sendsAllHeaders, "a browser sends no cookies of its own, and hides where redirects lead");
		await using cdn = await startServer((request, response) => {
			if (request.path === "/moved") response.writeHead(302, { location: "/there" }).end();
			else response.end("cdn");
		});
		await using server = await startLockedSpace((request, response) => {
			if (!request.path.includes("file=") || request.headers.cookie === undefined) return false;
			response.end("own");
			return true;
		});
		const space = createSpace(server.url, { ...secrets, auth: [user, password] });
		expect(await (await space.download("/srv/x")).text()).toBe("own");
		expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: `Bearer ${secrets.token}`, "x-key": "another-secret" });
		expect(await (await space.download(`${cdn.url}/moved`)).text()).toBe("cdn");
		expect(cdn.paths()).toEqual(["GET /moved", "GET /there"]);
		expect(inspect(cdn.requests.map(({ headers }) => headers))).not.toMatch(/hf_abc|another-secret|cookie|authorization/);
	});

	test("an own address that leads elsewhere is not followed", async () => {
		await using cdn = await startServer((_, response) => {
			response.end("x");
		});
		await using server = await startFileServer((request, response) => {
			if (!request.url?.includes("file=")) return false;
			response.writeHead(302, { location: cdn.url }).end();
			return true;
		});
		expect(await rejection(createSpace(server.url, secrets).download("/srv/x"))).toMatchObject({ code: "protocol" });
		expect(cdn.requests).toEqual([]);
	});
});

describe("what goes wrong", () => {
	test.each<[string, unknown]>([
		["nothing", undefined],
		["an empty text", ""],
		["an object without a file", {}],
		["another protocol", "file:///etc/passwd"],
		["an address with a password", "http://a:b@127.0.0.1/x"],
		["a data URL that is no base64", "data:image/png;base64,!!"],
	])("%s is no file", async (_, source) => {
		expect(await rejection(createSpace("http://127.0.0.1:1").download(source as string))).toMatchObject({
			code: "invalid-request",
			path: "file",
		});
	});

	test("a file that is not served says so", async () => {
		await using server = await startFileServer();
		const error = await rejection(createSpace(server.url).download("/srv/gone.png"));
		expect(error).toMatchObject({ code: "invalid-request", path: "file", hint: expect.stringContaining("started again") });
		expect(error.message).toContain("/srv/gone.png");
	});

	test.each([
		[401, "authentication"],
		[403, "authentication"],
		[429, "rate-limited"],
		[502, "network"],
	])("%i", async (status, code) => {
		await using server = await startFileServer((request, response) => {
			if (!request.url?.includes("file=")) return false;
			response.writeHead(status).end("<html>no");
			return true;
		});
		expect(await rejection(createSpace(server.url).download("/srv/x"))).toMatchObject({ code });
	});

	test("too many bytes, announced and not", async () => {
		await using server = await startFileServer((request, response) => {
			if (!request.url?.includes("file=")) return false;
			if (request.url.endsWith("announced")) response.setHeader("content-length", picture.length);
			response.write(picture);
			response.end();
			return true;
		});
		const space = createSpace(server.url);
		expect(await rejection(space.download("/announced", { maxBytes: 4999 }))).toMatchObject({
			code: "protocol",
			hint: expect.stringContaining("maxBytes"),
		});
		const file = await space.download("/other", { maxBytes: 4999 });
		expect(await rejection(file.bytes())).toMatchObject({ code: "protocol" });
		expect(await (await space.download("/other", { maxBytes: 5000 })).bytes()).toHaveLength(5000);
	});

	test("a body that ends early, falls silent, or is left", async () => {
		const closed: Promise<void>[] = [];
		await using server = await startFileServer((request, response) => {
			if (!request.url?.includes("file=")) return false;
			closed.push(new Promise((resolve) => response.once("close", () => resolve())));
			response.setHeader("content-length", picture.length);
			response.write(picture.subarray(0, 100), () => {
				if (request.url?.endsWith("early")) response.destroy();
			});
			return true;
		});
		const space = createSpace(server.url, { idleMs: 100 });
		expect(await rejection((await space.download("/early")).bytes())).toMatchObject({ code: "network", phase: "download" });
		expect(await rejection((await space.download("/silent")).bytes())).toMatchObject({ code: "timeout", phase: "idle", afterMs: 100 });
		const controller = new AbortController();
		const left = rejection((await createSpace(server.url).download("/left", { signal: controller.signal })).bytes());
		controller.abort();
		expect(await left).toMatchObject({ code: "aborted" });
		await (await createSpace(server.url).download("/unread")).body.cancel();
		const late = createSpace(server.url, { totalMs: 100 });
		expect(await rejection(late.download("/total").then((file) => file.bytes()))).toMatchObject({
			code: "timeout",
			phase: "total",
		});
		await Promise.all(closed);
		expect(closed).toHaveLength(5);
	});

	test("a server that answers nothing", async () => {
		await using server = await startFileServer((request) => request.url?.includes("file="));
		expect(await rejection(createSpace(server.url, { connectMs: 100 }).download("/srv/x"))).toMatchObject({
			code: "timeout",
			phase: "connect",
		});
	});
});
