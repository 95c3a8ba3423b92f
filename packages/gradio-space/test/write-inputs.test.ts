import { currentRuntime } from "@spaceport/testkit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type SeenRequest, startServer, type TestServer } from "../../http/test/support/http-server.ts";
import { createSpace } from "../src/index.ts";
import { collect, failure } from "./support/collect.ts";
import { chatConfig, completed, event, eventId, openStream, sendJson } from "./support/fake-space.ts";

afterEach(() => {
	vi.restoreAllMocks();
});

/** A Space with one function over these components. Uploads get the paths `/up/1`, `/up/2`, … */
async function startSpace(
	version: string,
	components: readonly [type: string, props?: object][],
	onUpload: (request: SeenRequest, count: number) => Promise<void> | void = () => {},
): Promise<TestServer & { sent(): unknown[] }> {
	let uploads = 0;
	const old = version.startsWith("3");
	const server = await startServer(async (request, response) => {
		const path = request.path.replace(/^\/gradio_api/, "");
		if (path === "/config") {
			sendJson(
				response,
				chatConfig({
					version,
					protocol: old ? undefined : "sse_v3",
					api_prefix: version >= "5" ? "/gradio_api" : undefined,
					components: components.map(([type, props = {}], id) => ({ id, type, props })),
					dependencies: [{ id: 0, api_name: "f", inputs: components.map((_, id) => id), outputs: [], queue: !old }],
				}),
			);
		} else if (path === "/upload") {
			uploads += 1;
			const count = uploads;
			await onUpload(request, count);
			const name = /filename="([^"]*)"/.exec(request.body)?.[1];
			sendJson(response, [`/up/${name}`]);
		} else if (path === "/queue/join") sendJson(response, { event_id: eventId });
		else if (path === "/queue/data") {
			openStream(response);
			response.end(event(completed("done")));
		} else if (path === "/run/f") sendJson(response, { data: ["done"], is_generating: false });
		else if (path.startsWith("/file=")) response.writeHead(200, { "content-type": "image/png" }).end("PNG");
		else sendJson(response, {}, 404);
	});
	return Object.assign(server, {
		sent: () =>
			(
				JSON.parse(server.requests.find(({ path }) => path.endsWith("/queue/join") || path.endsWith("/run/f"))?.body ?? "{}") as {
					data: unknown[];
				}
			).data,
	});
}

const txt = (name = "a.txt"): File => new File(["hello"], name, { type: "text/plain" });
const sent = (name = "a.txt", fields: object = {}): object => ({
	path: `/up/${name}`,
	orig_name: name,
	mime_type: "text/plain",
	size: 5,
	meta: { _type: "gradio.FileData" },
	...fields,
});
const inline = { name: "a.txt", data: "data:text/plain;base64,aGVsbG8=", size: 5, is_file: false, orig_name: "a.txt" };
const block = (fields: object): object => ({ type: "file", alt_text: null, ...fields });

describe("a file in the inputs becomes what a component takes", () => {
	test.each<[string, string, object, unknown, unknown]>([
		["5.50.0", "file", {}, txt(), sent()],
		["5.50.0", "image", {}, txt(), sent()],
		["5.50.0", "file", { file_count: "multiple" }, txt(), [sent()]],
		["5.50.0", "file", { file_count: "directory" }, [txt(), txt("b.txt")], [sent(), sent("b.txt")]],
		["5.50.0", "gallery", {}, txt(), [{ image: sent(), caption: null }]],
		[
			"5.50.0",
			"gallery",
			{},
			[txt(), [txt("b.txt"), "words"], new File(["v"], "c.mp4", { type: "video/mp4" })],
			[
				{ image: sent(), caption: null },
				{ image: sent("b.txt"), caption: "words" },
				{ video: sent("c.mp4", { mime_type: "video/mp4", size: 1 }), caption: null },
			],
		],
		["5.50.0", "gallery", {}, [{ image: txt(), caption: "mine" }], [{ image: sent(), caption: "mine" }]],
		["5.50.0", "multimodaltextbox", {}, txt(), { text: "", files: [sent()] }],
		["5.50.0", "multimodaltextbox", {}, { text: "hi", files: [txt()] }, { text: "hi", files: [sent()] }],
		["5.50.0", "imageeditor", {}, txt(), { background: sent(), layers: [], composite: sent() }],
		["4.44.1", "video", {}, txt(), { video: sent(), subtitles: null }],
		["5.50.0", "video", {}, txt(), { video: sent(), subtitles: null }],
		["6.31.0", "video", {}, txt(), sent()],
		["4.44.1", "json", {}, { deep: [{ file: txt() }] }, { deep: [{ file: sent() }] }],
		[
			"4.44.1",
			"chatbot",
			{ type: "tuples" },
			[
				["hi", null],
				[txt(), "seen"],
			],
			[
				["hi", null],
				[{ file: sent(), alt_text: null }, "seen"],
			],
		],
		["4.44.1", "chatbot", { type: "tuples" }, [[[txt(), "words"], null]], [[{ file: sent(), alt_text: "words" }, null]]],
		[
			"5.50.0",
			"chatbot",
			{ type: "messages" },
			[{ role: "user", content: txt() }],
			[{ role: "user", content: { file: sent(), alt_text: null } }],
		],
		["6.31.0", "chatbot", {}, [{ role: "user", content: txt() }], [{ role: "user", content: [block({ file: sent() })] }]],
		["6.31.0", "chatbot", {}, [{ role: "user", content: "hi" }], [{ role: "user", content: "hi" }]],
		[
			"6.31.0",
			"chatbot",
			{},
			[{ role: "user", content: ["look", txt(), { type: "file", file: txt("b.txt") }] }],
			[{ role: "user", content: [{ type: "text", text: "look" }, block({ file: sent() }), { type: "file", file: sent("b.txt") }] }],
		],
		["3.50.2", "file", {}, txt(), inline],
		["3.50.2", "audio", {}, txt(), inline],
		["3.50.2", "file", { file_count: "multiple" }, txt(), [inline]],
		["3.50.2", "image", {}, txt(), "data:text/plain;base64,aGVsbG8="],
		[
			"3.50.2",
			"chatbot",
			{},
			[[txt(), null]],
			[[{ name: "/up/a.txt", mime_type: "text/plain", data: null, is_file: true, orig_name: "a.txt", size: 5, alt_text: null }, null]],
		],
	])("Gradio %s: %s %j", async (version, type, props, value, expected) => {
		await using server = await startSpace(version, [[type, props]]);
		await collect(createSpace(server.url).submit("/f", [value]));
		expect(server.sent()).toEqual([expected]);
	});

	test("the caller's own values stay as they are", async () => {
		await using server = await startSpace("5.50.0", [["json"], ["textbox"]]);
		const value = Object.freeze({ files: Object.freeze([txt()]), plain: Object.freeze({ a: 1 }) });
		await collect(createSpace(server.url).submit("/f", [value, "hi"]));
		expect(server.sent()).toEqual([{ files: [sent()], plain: { a: 1 } }, "hi"]);
		expect(value.files[0]).toBeInstanceOf(File);
	});
});

describe("a file that the Space has already", () => {
	test("is passed on, and not uploaded again", async () => {
		await using server = await startSpace("5.50.0", [["image"], ["image"], ["image"]]);
		const space = createSpace(server.url);
		await space.connect();
		const [file] = space.files({ path: "/srv/cat.png", url: "http://elsewhere/gradio_api/file=/srv/cat.png", size: 3, orig_name: null });
		const stored: unknown = JSON.parse(JSON.stringify(file));
		const foreign = { path: "/srv/cat.png", url: "http://elsewhere/gradio_api/file=/srv/cat.png" };
		await collect(space.submit("/f", [file, stored, foreign]));
		const wire = { path: "/srv/cat.png", orig_name: "cat.png", mime_type: "image/png", size: 3, meta: { _type: "gradio.FileData" } };
		expect(server.sent()).toEqual([wire, wire, { ...wire, orig_name: null, mime_type: null, size: null }]);
		expect(server.paths().filter((path) => path.includes("upload"))).toEqual([]);
	});

	test("of another Space is an address, which the server may fetch", async () => {
		await using server = await startSpace("5.50.0", [["image"]]);
		const [file] = createSpace("https://other.example").files({ path: "/srv/cat.png", url: null, size: 3 });
		await collect(createSpace(server.url).submit("/f", [file]));
		const url = "https://other.example/file=/srv/cat.png";
		expect(server.sent()).toMatchObject([{ path: url, url, orig_name: "cat.png", meta: { _type: "gradio.FileData" } }]);
	});

	test("of an allowed host is fetched and uploaded", async () => {
		await using host = await startServer((_, response) => {
			response.writeHead(200, { "content-type": "image/png" }).end("PNG");
		});
		await using server = await startSpace("5.50.0", [["image"]]);
		const [file] = createSpace(host.url).files({ path: "/srv/cat.png", url: null, size: 3 });
		await collect(createSpace(server.url, { fetchHosts: ["127.0.0.1"] }).submit("/f", [file]));
		expect(server.sent()).toMatchObject([{ path: "/up/cat.png", size: 3 }]);
		expect(host.requests).toHaveLength(1);
	});

	test("Gradio 3: by its path where it takes one, else as what is in it; nothing of another host", async () => {
		await using server = await startSpace("3.50.2", [["file"], ["image"], ["image"]]);
		const space = createSpace(server.url);
		const [file] = space.files({ name: "/srv/cat.png", is_file: true, data: null });
		await collect(space.submit("/f", [file, file, space.files("data:image/png;base64,UE5H")[0]]));
		const png = "data:image/png;base64,UE5H";
		expect(server.sent()).toEqual([{ name: "/srv/cat.png", data: null, is_file: true, orig_name: "cat.png", size: null }, png, png]);
		const [other] = createSpace("https://other.example").files({ name: "/srv/cat.png", is_file: true, data: null });
		expect(await failure(space.submit("/f", [null, other, null]))).toMatchObject({
			code: "invalid-request",
			hint: expect.stringContaining("fetchHosts"),
		});
	});

	test("Gradio 3: an allowed host that sends on to another one is not followed", async ({ skip }) => {
		skip(!currentRuntime().seesRedirects, "a browser does not tell where a redirect leads");
		await using inside = await startServer((_, response) => {
			response.end("what only this machine may see");
		});
		await using host = await startServer((_, response) => {
			response.writeHead(302, { location: inside.url.replace("127.0.0.1", "localhost") }).end();
		});
		await using server = await startSpace("3.50.2", [["image"]]);
		const [file] = createSpace(host.url).files({ name: "/srv/cat.png", is_file: true, data: null });
		const error = await failure(createSpace(server.url, { fetchHosts: ["127.0.0.1"] }).submit("/f", [file]));
		expect(error).toMatchObject({ code: "protocol" });
		expect(inside.requests).toEqual([]);
		expect(server.paths().filter((path) => path.includes("run"))).toEqual([]);
	});
});

test.each([
	["3.50.2", "image"],
	["3.50.2", "file"],
	["5.50.0", "image"],
])("a data URL that is none: Gradio %s, %s", async (version, component) => {
	await using server = await startSpace(version, [[component]]);
	const space = createSpace(server.url);
	const error = await failure(space.submit("/f", space.files("data:image/png;base64,!!!!")));
	expect(error).toMatchObject({ code: "invalid-request", message: expect.stringContaining("no base64") });
});

describe("the uploads of a call", () => {
	test("are at once, and not too many; the same file is sent once", async () => {
		let running = 0;
		let most = 0;
		const full = Promise.withResolvers<void>();
		await using server = await startSpace("5.50.0", [["json"]], async () => {
			running += 1;
			most = Math.max(most, running);
			if (running === 4) full.resolve();
			await full.promise;
			running -= 1;
		});
		const files = Array.from({ length: 12 }, (_, index) => txt(`${index}.txt`));
		await collect(createSpace(server.url).submit("/f", [[...files, ...files]]));
		expect(most).toBe(4);
		expect(server.paths().filter((path) => path.endsWith("/upload"))).toHaveLength(12);
		expect(server.sent()).toEqual([[...files, ...files].map(({ name }) => sent(name))]);
		expect(server.paths().at(-2)).toBe("POST /gradio_api/queue/join");
	});

	test("one that fails fails the call, and ends the others; nothing is joined", async () => {
		const hanging: Promise<void>[] = [];
		await using server = await startServer(async (request, response) => {
			if (request.path === "/config") sendJson(response, chatConfig());
			else if (request.body.includes('filename="bad.txt"')) sendJson(response, { detail: "too large" }, 413);
			else hanging.push(request.closed);
		});
		const error = await failure(createSpace(server.url).submit("/model_chat", [txt("1.txt"), [], txt("bad.txt")]));
		expect(error).toMatchObject({ code: "unsupported", capability: "request-size" });
		await Promise.all(hanging);
		expect(server.paths()).not.toContain("POST /gradio_api/queue/join");
	});

	test("end with the call's signal", async () => {
		await using server = await startServer((request, response) => {
			if (request.path === "/config") sendJson(response, chatConfig());
		});
		const controller = new AbortController();
		const left = failure(createSpace(server.url).submit("/model_chat", [txt(), [], ""], { signal: controller.signal }));
		const upload = await server.waitFor(({ path }) => path.endsWith("/upload"));
		controller.abort();
		expect(await left).toMatchObject({ code: "aborted" });
		await upload.closed;
	});

	test("inputs in a circle are no JSON, as ever", async () => {
		await using server = await startSpace("5.50.0", [["json"]]);
		const circle: unknown[] = [];
		circle.push(circle, circle);
		expect(await failure(createSpace(server.url).submit("/f", [circle]))).toMatchObject({ code: "invalid-request", path: "data" });
	});
});
