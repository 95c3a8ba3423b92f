import { describe, expect, test } from "vitest";

import { fileUrl, readFiles } from "../src/files/read-files.ts";
import { createSpace, type SpaceFile } from "../src/index.ts";

const baseUrl = "https://owner-name.hf.space";
const place = { baseUrl, apiPrefix: "/gradio_api" };
const at = (path: string): string => `${baseUrl}/gradio_api/file=${path}`;
const fileData = (path: string, fields: object = {}): object => ({
	path,
	url: `http://10.0.0.7:7860/gradio_api/file=${path}`,
	size: null,
	orig_name: null,
	mime_type: null,
	is_stream: false,
	meta: { _type: "gradio.FileData" },
	...fields,
});
const pixel = "data:image/png;base64,iVBORw0KGgo=";

describe("the files in outputs", () => {
	test.each<[string, unknown, readonly SpaceFile[]]>([
		[
			"an Image",
			fileData("/srv/g/a/cat.png"),
			[{ path: "/srv/g/a/cat.png", url: at("/srv/g/a/cat.png"), name: "cat.png", mediaType: "image/png" }],
		],
		[
			"a File that says all about itself",
			fileData("/srv/g/x", { orig_name: "r\u00e9ponse.txt", mime_type: "text/plain", size: 7 }),
			[{ path: "/srv/g/x", url: at("/srv/g/x"), name: "r\u00e9ponse.txt", mediaType: "text/plain", size: 7 }],
		],
		[
			"Gradio 4.0, which says no address",
			{ path: "/srv/a.wav", url: null, size: 1, orig_name: "b.wav", mime_type: null },
			[{ path: "/srv/a.wav", url: at("/srv/a.wav"), name: "b.wav", mediaType: "audio/wav", size: 1 }],
		],
		[
			"a Gallery",
			[
				{ image: fileData("/t/1.png"), caption: "one" },
				{ video: fileData("/t/2.mp4"), caption: null },
			],
			[png("/t/1.png"), mp4("/t/2.mp4")],
		],
		[
			"a Video with subtitles",
			{ video: fileData("/t/2.mp4"), subtitles: fileData("/t/s") },
			[mp4("/t/2.mp4"), { path: "/t/s", url: at("/t/s"), name: "s" }],
		],
		["a MultimodalTextbox", { text: "hi", files: [fileData("/t/1.png")] }, [png("/t/1.png")]],
		[
			"an ImageEditor",
			{ background: fileData("/t/1.png"), layers: [], composite: fileData("/t/2.png") },
			[png("/t/1.png"), png("/t/2.png")],
		],
		[
			"a Chatbot of pairs",
			[
				["hi", { file: fileData("/t/1.png"), alt_text: null }],
				[null, "done"],
			],
			[png("/t/1.png")],
		],
		[
			"a Chatbot of messages, blocks and components",
			[
				{ role: "user", content: "hi" },
				{ role: "assistant", content: { file: fileData("/t/1.png"), alt_text: "a cat" } },
				{
					role: "assistant",
					content: [
						{ type: "file", file: fileData("/t/2.png") },
						{ type: "text", text: pixel.slice(5) },
					],
				},
				{ role: "assistant", content: { component: "image", value: fileData("/t/3.png"), constructor_args: {}, props: {} } },
			],
			[png("/t/1.png"), png("/t/2.png"), png("/t/3.png")],
		],
		["an update", { __type__: "update", value: [fileData("/t/1.png")] }, [png("/t/1.png")]],
		["Gradio 3: a file", { name: "/t/1.png", data: null, is_file: true, size: 3 }, [{ ...png("/t/1.png"), size: 3 }]],
		["Gradio 3: a gallery with captions", [[{ name: "/t/1.png", data: null, is_file: true }, "one"]], [png("/t/1.png")]],
		["Gradio 3: bytes in the output", { name: "a.png", data: pixel }, [{ url: pixel, name: "a.png", mediaType: "image/png", size: 8 }]],
		["Gradio 3: an image", pixel, [{ url: pixel, mediaType: "image/png", size: 8 }]],
		["a Plot", { type: "matplotlib", plot: pixel }, [{ url: pixel, mediaType: "image/png", size: 8 }]],
		[
			"a file at another host",
			fileData("https://cdn.example/a.png", { url: "https://cdn.example/a.png" }),
			[{ url: "https://cdn.example/a.png", name: "a.png", mediaType: "image/png" }],
		],
		[
			"an address alone",
			{ url: "https://cdn.example/a.png", meta: { _type: "gradio.FileData" } },
			[{ url: "https://cdn.example/a.png", name: "a.png", mediaType: "image/png" }],
		],
	])("%s", (_, value, expected) => {
		expect(readFiles(value, place)).toEqual(expected);
		expect(readFiles([null, 7, value], place)).toEqual(expected);
	});

	test.each([
		["text"],
		[null],
		[undefined],
		[7],
		[[]],
		[{}],
		["data: not a url"],
		[{ path: "/etc/passwd" }],
		[{ url: "https://x.example" }],
		[{ name: "a", data: "b" }],
		[{ path: 7, url: 8, size: 9 }],
	])("%j is none", (value) => {
		expect(readFiles(value, place)).toEqual([]);
	});

	test("at any depth", () => {
		let value: unknown = fileData("/t/1.png");
		for (let depth = 0; depth < 50_000; depth += 1) value = depth % 2 === 0 ? [value] : { value };
		expect(readFiles(value, place)).toEqual([png("/t/1.png")]);
	});

	test.each(["../../.ssh/authorized_keys", "/etc/passwd", "..\\..\\a\\passwd", "..", ".", "a/..", "https://x.example/..%2f..%2fpasswd"])(
		"under the name %s stays where it is written",
		(orig_name) => {
			const [file] = readFiles(fileData("/t/1.png", { orig_name }), place);
			expect(file?.name).toMatch(/^(?:authorized_keys|passwd|1\.png)$/);
		},
	);

	test("in order", () => {
		const paths = Array.from({ length: 20 }, (_, index) => `/t/${index}.png`);
		expect(
			readFiles(
				paths.map((path, index) => (index % 2 === 0 ? fileData(path) : [[fileData(path)]])),
				place,
			).map(({ path }) => path),
		).toEqual(paths);
	});

	test("of a Space, before its config was read", () => {
		const space = createSpace("http://127.0.0.1:7860/app");
		expect(space.files(fileData("/t/1.png"))[0]?.url).toBe("http://127.0.0.1:7860/app/gradio_api/file=/t/1.png");
		expect(space.files({ path: "/t/1.png", url: null, size: 1 })[0]?.url).toBe("http://127.0.0.1:7860/app/file=/t/1.png");
	});
});

describe("where a file is", () => {
	test.each<[string, string | undefined, string | undefined, string | undefined]>([
		["the server's own idea of its address", "/t/a.png", "http://localhost:7860/gradio_api/file=/t/a.png", at("/t/a.png")],
		["an address that Gradio cut letters off", "/t/a.png", "https://owner-name.h/file=/t/a.png", at("/t/a.png")],
		["a path below the server's root", "/t/a.png", "https://proxy/app/gradio_api/file=/t/a.png", at("/t/a.png")],
		["a path with what an address cannot have", "/t/a #1?%.png", "http://x/gradio_api/file=/t/a #1?%.png", at("/t/a%20%231%3F%25.png")],
		["one that the server escaped", "/t/\u00e9 b.png", "http://x/gradio_api/file=/t/%C3%A9%20b.png", at("/t/%C3%A9%20b.png")],
		["a path of Windows", "C:\\t\\a.png", "http://x/gradio_api/file=C:\\t\\a.png", at("C%3A%5Ct%5Ca.png")],
		["a relative address", undefined, "/gradio_api/file=/t/a.png", at("/t/a.png")],
		["one without the prefix", undefined, "/file=/t/a.png", at("/t/a.png")],
		["a stream", undefined, "http://x/gradio_api/stream/abc/0/1/playlist.m3u8", "http://x/gradio_api/stream/abc/0/1/playlist.m3u8"],
		[
			"a stream, relative",
			undefined,
			"/gradio_api/stream/abc/0/1/playlist.m3u8?x=1",
			`${baseUrl}/gradio_api/stream/abc/0/1/playlist.m3u8?x=1`,
		],
		["another host", "/t/a.png", "https://cdn.example/b.png", "https://cdn.example/b.png"],
		[
			"another host's Gradio",
			"/t/a.png",
			"https://other.hf.space/gradio_api/file=/t/b.png",
			"https://other.hf.space/gradio_api/file=/t/b.png",
		],
		["nothing", undefined, undefined, undefined],
	])("%s", (_, path, url, expected) => {
		expect(fileUrl(path, url, place)).toBe(expected);
	});
});

function png(path: string): SpaceFile {
	return { path, url: at(path), name: path.split("/").at(-1) ?? "", mediaType: "image/png" };
}

function mp4(path: string): SpaceFile {
	return { ...png(path), mediaType: "video/mp4" };
}
