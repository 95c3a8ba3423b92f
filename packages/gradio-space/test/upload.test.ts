import type { ServerResponse } from "node:http";
import { inspect } from "node:util";

import { currentRuntime } from "@spaceport/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { startServer } from "../../http/test/support/http-server.ts";
import { createSpace, type UploadProgress, type UploadSource } from "../src/index.ts";
import { rejection } from "./support/collect.ts";
import { countedSource } from "./support/counted-source.ts";
import { startFileServer } from "./support/file-server.ts";
import { password, startLockedSpace, user } from "./support/locked-space.ts";
import { onlyWhere } from "./support/only-where.ts";

const { sendsAllHeaders, seesRedirects } = currentRuntime();
const noCookies = "a browser lets no program send a cookie: there it is unsupported, which is tested";
const noStreams = "a browser sends no stream over HTTP/1.1: it is read into a Blob first";
const bytes = new Uint8Array([0, 1, 2, 255, 254, 13, 10, 45, 45]);

afterEach(() => {
	vi.unstubAllGlobals();
});

describe("what can be uploaded", () => {
	test("a file whose name ends like a member of every object", async () => {
		await using server = await startFileServer();
		const { mediaType } = await createSpace(server.url).upload(new File(["x"], "a.constructor"));
		expect(mediaType).toBe("application/octet-stream");
	});

	const sources: [string, () => UploadSource][] = [
		["a Blob", () => new Blob([bytes])],
		["a File", () => new File([bytes], "x.bin")],
		["bytes", () => bytes],
		["a part of a buffer", () => new Uint8Array([9, ...bytes, 9]).subarray(1, bytes.length + 1)],
		["an ArrayBuffer", () => bytes.slice().buffer],
		["a stream", () => new Blob([bytes]).stream()],
		["a data URL", () => `data:application/x-thing;base64,${Buffer.from(bytes).toString("base64")}`],
		["a data URL as a URL", () => new URL(`data:application/x-thing;base64,${Buffer.from(bytes).toString("base64")}`)],
	];
	test.each(sources)("%s arrives byte for byte", async (_, make) => {
		await using server = await startFileServer();
		const file = await createSpace(server.url).upload(make(), { name: "a.bin", mediaType: "application/x-thing" });
		expect(Buffer.compare(server.uploads[0]?.bytes ?? Buffer.of(), bytes)).toBe(0);
		expect(file).toEqual({
			path: "/srv/gradio/1/stored",
			url: `${server.url}/gradio_api/file=/srv/gradio/1/stored`,
			name: "a.bin",
			mediaType: "application/x-thing",
			size: bytes.length,
		});
	});

	test("names and media types, said and found out", async () => {
		await using server = await startFileServer();
		const space = createSpace(server.url, { headers: { "content-type": "text/evil" } });
		const heads: [UploadSource, object, string, string][] = [
			[new File(["x"], "caf\u00e9 \u732b.png", { type: "image/png" }), {}, "caf\u00e9 \u732b.png", "image/png"],
			[new File(["x"], "a.jpg"), {}, "a.jpg", "image/jpeg"],
			[new Blob(["x"], { type: "image/webp" }), {}, "file.webp", "image/webp"],
			[bytes, {}, "file", "application/octet-stream"],
			[bytes, { name: "notes.md" }, "notes.md", "text/markdown"],
			[bytes, { name: 'a"; filename="b\r\nx: y\\' }, "a%22; filename=%22b%0D%0Ax: y%5C", "application/octet-stream"],
			["data:,hello%20there", {}, "file.txt", "text/plain"],
		];
		for (const [given, options, name, mediaType] of heads) {
			await space.upload(given, options);
			expect(server.uploads.at(-1)?.head.split("\r\n").slice(1)).toEqual([
				`content-disposition: form-data; name="files"; filename="${name}"`,
				`content-type: ${mediaType}`,
			]);
		}
		expect(server.uploads.at(-1)?.bytes.toString()).toBe("hello there");
		const boundaries = new Set(server.uploads.map(({ headers }) => headers["content-type"]));
		expect(boundaries.size).toBe(heads.length);
	});

	test.each<[string, unknown, object]>([
		["nothing", undefined, {}],
		["a number", 7, {}],
		["text that is no address", "hello", {}],
		["a file's path", "file:///etc/passwd", {}],
		["a stream that is read elsewhere", lockedStream(), {}],
		["a data URL that is no base64", "data:image/png;base64,!!!", {}],
		["a media type with a line break", bytes, { mediaType: "a/b\r\nx: y" }],
		["an address with a password", "http://a:b@example.org/x", {}],
	])("%s cannot, and nothing is sent", async (_, given, options) => {
		await using server = await startFileServer();
		expect(await rejection(createSpace(server.url).upload(given as UploadSource, options))).toMatchObject({
			code: "invalid-request",
			path: "source",
		});
		expect(server.seen).toEqual([]);
	});

	test("an older Gradio has no prefix", async () => {
		await using server = await startFileServer((request, response) => {
			if (request.url === "/config")
				response.end(JSON.stringify({ version: "4.44.1", protocol: "sse_v3", dependencies: [{ api_name: "x" }] }));
			if (request.url === "/upload") response.end('["/srv/x"]');
			return request.url === "/config" || request.url === "/upload";
		});
		expect(await createSpace(server.url).upload(bytes)).toMatchObject({ path: "/srv/x", url: `${server.url}/file=/srv/x` });
	});
});

describe("addresses", () => {
	test("of an allowed host are fetched, and nothing of the Space goes there", async ({ skip }) => {
		skip(!sendsAllHeaders, noCookies);
		await using host = await startServer((_, response) => {
			response.writeHead(200, { "content-type": "image/png" }).end(Buffer.from(bytes));
		});
		await using server = await startLockedSpace((request, response) => {
			if (request.path !== "/gradio_api/upload") return false;
			response.end('["/srv/x"]');
			return true;
		});
		const options = {
			token: "hf_abcdefghijklmnop",
			auth: [user, password] as const,
			headers: { "x-secret": "s" },
			fetchHosts: ["127.0.0.1"],
		};
		const file = await createSpace(server.url, options).upload(new URL(`${host.url}/pictures/cat.png?size=1#part`));
		expect(file).toMatchObject({ name: "cat.png", mediaType: "image/png", size: bytes.length });
		expect(host.requests).toHaveLength(1);
		expect(host.requests[0]?.url).toBe("/pictures/cat.png?size=1");
		expect(Object.keys(host.requests[0]?.headers ?? {})).not.toEqual(expect.arrayContaining(["authorization"]));
		expect(inspect(host.requests[0]?.headers)).not.toMatch(/cookie|x-secret|hf_abc/);
	});

	test("of other hosts are refused", async () => {
		await using host = await startServer((_, response) => {
			response.end("x");
		});
		await using server = await startFileServer();
		for (const fetchHosts of [undefined, [], ["example.org"], ["*.127.0.0.1"], ["127.0.0.1:1"]]) {
			const error = await rejection(createSpace(server.url, { fetchHosts }).upload(host.url));
			expect(error).toMatchObject({ code: "invalid-request", hint: expect.stringContaining("fetchHosts") });
		}
		expect(host.requests).toEqual([]);
		expect(server.seen).toEqual([]);
	});

	test("that lead to another host are not followed", async () => {
		await using elsewhere = await startServer((_, response) => {
			response.end("x");
		});
		await using host = await startServer((_, response) => {
			response.writeHead(302, { location: elsewhere.url.replace("127.0.0.1", "localhost") }).end();
		});
		await using server = await startFileServer();
		const error = await rejection(createSpace(server.url, { fetchHosts: ["127.0.0.1"] }).upload(host.url));
		expect(error).toMatchObject({ code: "protocol" });
		expect(elsewhere.requests).toEqual([]);
	});

	test.each([
		[404, "protocol"],
		[503, "network"],
		[403, "authentication"],
	])("that answer %i", async (status, code) => {
		await using host = await startServer((_, response) => {
			response.writeHead(status).end();
		});
		await using server = await startFileServer();
		expect(await rejection(createSpace(server.url, { fetchHosts: ["127.0.0.1"] }).upload(host.url))).toMatchObject({ code });
	});

	test.each<[unknown]>([["example.org"], [["http://example.org"]], [["*"]], [[7]], [["a/b"]], [{}]])(
		"%j is no list of hosts",
		(fetchHosts) => {
			expect(() => createSpace("http://127.0.0.1:1", { fetchHosts: fetchHosts as never })).toThrow(
				expect.objectContaining({ code: "invalid-request", path: "fetchHosts" }),
			);
		},
	);
});

describe("progress", () => {
	test("is told piece by piece, where the size is known and where it is not", async ({ skip }) => {
		skip(!sendsAllHeaders, noStreams);
		await using server = await startFileServer();
		const space = createSpace(server.url);
		const size = 300_000;
		for (const [given, totals] of [
			[new Uint8Array(size), { totalBytes: size }],
			[new Blob([new Uint8Array(size)]).stream(), {}],
		] as const) {
			const told: UploadProgress[] = [];
			await space.upload(given, { onProgress: (progress) => told.push(progress) });
			expect(told[0]).toEqual({ sentBytes: 0, ...totals });
			expect(told.at(-1)).toEqual({ sentBytes: size, ...totals });
			expect(told.length).toBeGreaterThan(4);
			expect(told.map(({ sentBytes }) => sentBytes)).toEqual([...new Set(told.map(({ sentBytes }) => sentBytes))].sort((a, b) => a - b));
		}
	});

	test("what it throws ends the upload", async ({ skip }) => {
		skip(!sendsAllHeaders, noStreams);
		await using server = await startFileServer();
		const boom = new Error("no more");
		const { stream, cancelled } = countedSource(100, 70_000);
		const error = await rejection(
			createSpace(server.url).upload(stream, {
				onProgress: ({ sentBytes }) => {
					if (sentBytes > 100_000) throw boom;
				},
			}),
		);
		expect(error.cause).toBe(boom);
		await cancelled;
		expect(server.uploads).toEqual([]);
	});

	test("where no stream can be sent, it is told at first and at the end", async () => {
		await using server = await startFileServer();
		stubBrowser();
		const told: UploadProgress[] = [];
		const space = createSpace(server.url);
		await space.upload(new Blob([new Uint8Array(200_000)]), { onProgress: (progress) => told.push(progress) });
		expect(told).toEqual([
			{ sentBytes: 0, totalBytes: 200_000 },
			{ sentBytes: 200_000, totalBytes: 200_000 },
		]);
		await space.upload(new Blob([bytes]).stream(), { onProgress: (progress) => told.push(progress) });
		expect(server.uploads[1]?.bytes).toHaveLength(bytes.length);
		expect(server.uploads[1]?.headers["content-length"]).toBeDefined();
		expect(told.at(-1)).toMatchObject({ sentBytes: bytes.length });
	});
});

describe("leaving in the midst of it", () => {
	test("a server that takes all of it and says nothing is a timeout too", async ({ skip }) => {
		skip(!sendsAllHeaders, "a browser does not tell what was sent: the limit is that of the whole upload");
		await using server = await startFileServer((request) => {
			if (request.url !== "/gradio_api/upload") return false;
			request.resume();
			return true;
		});
		const error = await rejection(createSpace(server.url, { idleMs: 150 }).upload(bytes));
		expect(error).toMatchObject({ code: "timeout", phase: "idle" });
	});

	test("a signal that aborts at once gives the stream back", async () => {
		const controller = new AbortController();
		const cancelled = Promise.withResolvers<unknown>();
		const stream = new ReadableStream<Uint8Array>({
			pull: () => {
				controller.abort();
				return new Promise(() => {});
			},
			cancel: cancelled.resolve,
		});
		expect(await rejection(createSpace("http://127.0.0.1:1").upload(stream, { signal: controller.signal }))).toMatchObject({
			code: "aborted",
		});
		await cancelled.promise;
	});

	test("the time of all of it", async () => {
		await using server = await startFileServer();
		const never = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
		const error = await rejection(createSpace(server.url, { totalMs: 200, idleMs: 50 }).upload(never));
		expect(error).toMatchObject({ code: "timeout", phase: "total" });
	});

	test("a signal that has aborted before: nothing is sent, and the stream is given back", async () => {
		await using server = await startFileServer();
		const { stream, cancelled } = countedSource(1, 1);
		expect(await rejection(createSpace(server.url).upload(stream, { signal: AbortSignal.abort() }))).toMatchObject({ code: "aborted" });
		await cancelled;
		expect(server.seen).toEqual([]);
	});

	test("a source that fails is the cause", async () => {
		await using server = await startFileServer();
		const boom = new Error("the disk is gone");
		let piece = 0;
		const stream = new ReadableStream<Uint8Array>({
			pull(controller) {
				if (piece++ < 3) controller.enqueue(new Uint8Array(1000));
				else controller.error(boom);
			},
		});
		const error = await rejection(createSpace(server.url).upload(stream));
		expect(error).toMatchObject({ code: "invalid-request", path: "source", message: expect.stringContaining("the disk is gone") });
		expect(error.cause).toBe(boom);
		expect(server.uploads).toEqual([]);
	});

	test("so it is where the stream is read before", async () => {
		await using server = await startFileServer();
		stubBrowser();
		const boom = new Error("the disk is gone");
		const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(boom) });
		const error = await rejection(createSpace(server.url).upload(broken));
		expect(error).toMatchObject({ code: "invalid-request", path: "source", cause: boom });
		const controller = new AbortController();
		const cancelled = Promise.withResolvers<unknown>();
		let pieces = 0;
		const endless = new ReadableStream<Uint8Array>({
			pull(streamController) {
				pieces += 1;
				if (pieces === 5) controller.abort();
				streamController.enqueue(new Uint8Array(10));
			},
			cancel: cancelled.resolve,
		});
		expect(await rejection(createSpace(server.url).upload(endless, { signal: controller.signal }))).toMatchObject({ code: "aborted" });
		await cancelled.promise;
		expect(server.uploads).toEqual([]);
	});

	test("a stream of something else", async () => {
		await using server = await startFileServer();
		const stream = new ReadableStream({
			start(controller) {
				controller.enqueue("text");
				controller.close();
			},
		});
		expect(await rejection(createSpace(server.url).upload(stream as never))).toMatchObject({ code: "invalid-request", path: "source" });
	});
});

describe("what the server answers", () => {
	const upload = (answer: (response: ServerResponse) => void) =>
		startFileServer((request, response) => {
			if (request.url !== "/gradio_api/upload") return false;
			request.resume();
			request.once("end", () => answer(response));
			return true;
		});
	test.each<[string, (response: ServerResponse) => void, object]>([
		[
			"413",
			(response) => response.writeHead(413).end("File size exceeded maximum allowed size"),
			{ code: "unsupported", capability: "request-size" },
		],
		["401", (response) => response.writeHead(401).end("{}"), { code: "authentication", status: 401 }],
		["403", (response) => response.writeHead(403).end("{}"), { code: "authentication", status: 403 }],
		["404", (response) => response.writeHead(404).end("{}"), { code: "protocol" }],
		["429", (response) => response.writeHead(429, { "retry-after": "3" }).end(), { code: "rate-limited", retryAfterMs: 3000 }],
		["500", (response) => response.writeHead(500).end("Internal Server Error"), { code: "generation" }],
		["a page", (response) => response.end("<!doctype html><p>Hello"), { code: "protocol" }],
		[
			"a sleep page",
			(response) => response.writeHead(503).end("<html>This Space is sleeping"),
			{ code: "space-unavailable", stage: "sleeping" },
		],
		["no list", (response) => response.end('{"path":"/srv/x"}'), { code: "protocol" }],
		["an empty list", (response) => response.end("[]"), { code: "protocol" }],
		["nothing, and closes", (response) => response.destroy(), { code: "network", phase: "upload" }],
	])("%s", async (_, answer, expected) => {
		await using server = await upload(answer);
		for (const given of [bytes, new Blob([bytes]).stream()]) {
			expect(await rejection(createSpace(server.url).upload(given))).toMatchObject(expected);
		}
	});

	test("before it has read all of it", async ({ skip }) => {
		skip(!sendsAllHeaders, noStreams);
		await using server = await startFileServer((request, response) => {
			if (request.url !== "/gradio_api/upload") return false;
			request.once("data", () => response.writeHead(413, { connection: "close" }).end("File size exceeded"));
			return true;
		});
		const { stream, cancelled } = countedSource(10_000, 65_536);
		const error = await rejection(createSpace(server.url).upload(stream));
		expect(["unsupported", "network"]).toContain(error.code);
		await cancelled;
	});

	test("a redirect: bytes follow it, a stream cannot", async ({ skip }) => {
		skip(!seesRedirects, "a browser does not tell where a redirect leads");
		await using server = await startFileServer((request, response) => {
			if (request.url !== "/gradio_api/upload") {
				if (request.url === "/gradio_api/upload?again") response.end('["/srv/x"]');
				return request.url === "/gradio_api/upload?again";
			}
			response.writeHead(307, { location: "/gradio_api/upload?again" }).end();
			return true;
		});
		expect(await rejection(createSpace(server.url).upload(new Blob([bytes]).stream()))).toMatchObject({ code: "protocol" });
		expect(await createSpace(server.url).upload(bytes)).toMatchObject({ path: "/srv/x" });
		expect(server.seen.filter((line) => line.includes("upload?"))).toHaveLength(1);
	});
});

describe("with a login", () => {
	onlyWhere(sendsAllHeaders, noCookies);

	test("a stream, which cannot be sent twice, asks for the session first", async () => {
		await using server = await startLockedSpace((request, response) => {
			if (request.path !== "/gradio_api/upload" || request.headers.cookie === undefined || !request.headers.cookie.includes(`-${run}=`))
				return false;
			response.end('["/srv/x"]');
			return true;
		});
		let run = 1;
		const space = createSpace(server.url, { auth: [user, password] });
		await space.upload(new Blob([bytes]).stream());
		run = 2;
		server.restart();
		expect(await space.upload(new Blob([bytes]).stream())).toMatchObject({ path: "/srv/x" });
		server.restart();
		run = 3;
		expect(await space.upload(bytes)).toMatchObject({ path: "/srv/x" });
		expect(server.logins()).toBe(3);
	});
});

/** What a browser does: it drops the header `cookie`. */
function stubBrowser(): void {
	vi.stubGlobal(
		"Request",
		class extends Request {
			constructor(input: string | URL | Request, init?: RequestInit) {
				super(input, init);
				this.headers.delete("cookie");
			}
		},
	);
}

function lockedStream(): ReadableStream {
	const stream = new ReadableStream();
	stream.getReader();
	return stream;
}
