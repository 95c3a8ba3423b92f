import { createHash } from "node:crypto";

import { startGradioServer } from "@spaceport/testkit/gradio";
import { test } from "vitest";

import { createSpace, type DownloadedFile, type SpaceFile } from "../../src/index.ts";
import { collect } from "../support/collect.ts";
import { outputsOf, type VersionUnderTest } from "./servers.ts";

/** What the app tells of a file that arrived. */
interface Described {
	readonly name: string;
	readonly size: number;
	readonly sha256: string;
	readonly pixel?: readonly number[];
}

/** Files in and out. */
export function testFiles({ version, toolbox }: VersionUnderTest): void {
	const major = Number.parseInt(version, 10);
	const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

	async function last(api: string, data: readonly unknown[], space = toolbox.space): Promise<readonly unknown[]> {
		return outputsOf(await collect(space.submit(api, data))).at(-1) ?? [];
	}

	async function described(api: string, data: readonly unknown[], space = toolbox.space): Promise<Described[]> {
		return JSON.parse(String((await last(api, data, space))[0])) as Described[];
	}

	function only(value: unknown, space = toolbox.space): SpaceFile {
		const files = space.files(value);
		if (files.length !== 1) throw new Error(`There are ${files.length} files in ${JSON.stringify(value).slice(0, 500)}`);
		return files[0] as SpaceFile;
	}

	const fetched = async (file: SpaceFile): Promise<{ file: DownloadedFile; bytes: Uint8Array }> => {
		const download = await toolbox.space.download(file);
		return { file: download, bytes: await download.bytes() };
	};

	test("a picture comes out byte for byte", async ({ expect }) => {
		const output = await last("/draw", ["a cat", 7]);
		const { file, bytes } = await fetched(only(output));
		expect(JSON.parse(String(output[1]))).toEqual({ size: bytes.length, sha256: sha256(bytes) });
		expect(file.mediaType).toBe("image/png");
	});

	test("every step of a picture has its own", async ({ expect }) => {
		const steps = outputsOf(await collect(toolbox.space.submit("/draw_steps", ["a dog", 1])));
		for (const output of steps) {
			const { bytes } = await fetched(only(output));
			expect(JSON.parse(String(output[1]))).toEqual({ size: bytes.length, sha256: sha256(bytes) });
		}
		expect(new Set(steps.map((output) => output[1])).size).toBe(3);
	});

	test("galleries, documents with names of every kind, sounds, pictures in a chat", async ({ expect }) => {
		const gallery = await last("/gallery", ["a bird"]);
		const files = toolbox.space.files(gallery);
		expect(files).toHaveLength(2);
		for (const file of files) expect((await fetched(file)).bytes.subarray(1, 4)).toEqual(new TextEncoder().encode("PNG"));
		const document = await last("/document", ["h\u00e9llo"]);
		expect(new TextDecoder().decode((await fetched(only(document))).bytes)).toBe("h\u00e9llo");
		expect(toolbox.space.files(await last("/documents", ["x"])).map(({ name }) => name)).toEqual(["one.txt", "two.txt"]);
		expect((await fetched(only(await last("/speech", ["x"])))).file).toMatchObject({ mediaType: expect.stringContaining("wav") });
		const chat = await last("/chat_picture", ["a fish", []]);
		expect((await fetched(only(chat))).file.mediaType).toBe("image/png");
	});

	test("bytes, Blobs, streams and data URLs arrive as they are", async ({ expect }) => {
		const bytes = crypto.getRandomValues(new Uint8Array(50_000));
		const facts = { size: bytes.length, sha256: sha256(bytes) };
		expect(await described("/describe_file", [new File([bytes], "caf\u00e9 1.bin")])).toMatchObject([
			{ ...facts, name: "caf\u00e9 1.bin" },
		]);
		const sources = [
			bytes,
			new Blob([bytes]),
			new Blob([bytes]).stream(),
			`data:application/x-a;base64,${Buffer.from(bytes).toString("base64")}`,
		];
		for (const source of sources) {
			const file = await toolbox.space.upload(source, { name: "a.bin" });
			expect(file).toMatchObject({ name: "a.bin", size: bytes.length, path: expect.stringContaining("a.bin") });
			expect(await described("/describe_file", [file])).toMatchObject([facts]);
		}
	});

	test("several files, and files among other inputs", async ({ expect }) => {
		const files = ["one", "two", "three"].map((text) => new File([text], `${text}.txt`, { type: "text/plain" }));
		const arrived = await described("/describe_files", [files]);
		expect(arrived.map(({ name, sha256: digest }) => [name, digest])).toEqual(
			["one", "two", "three"].map((text) => [`${text}.txt`, sha256(text)]),
		);
		expect(await described("/describe_files", [files[0]])).toMatchObject([{ name: "one.txt" }]);
		expect(await described("/describe_mixed", ["text", files[1], 3])).toMatchObject({ text: "text", file: { name: "two.txt" }, number: 3 });
	});

	test("a picture and a sound go in, and what came out goes in again", async ({ expect }) => {
		const picture = only(await last("/draw", ["a cat", 7]));
		const { file, bytes } = await fetched(picture);
		const pixel = [...bytes.subarray(bytes.length - 12 - 4 - 4 - 3, bytes.length - 12 - 4 - 4)];
		for (const input of [picture, new Blob([bytes as BlobPart], { type: file.mediaType ?? "" })]) {
			const [arrived] = await described("/describe_image", [input]);
			expect(arrived?.pixel).toEqual(pixel);
			// Older versions write the picture anew.
			if (major > 4) expect(arrived?.sha256).toBe(sha256(bytes));
		}
		const sound = only(await last("/speech", ["x"]));
		const { bytes: wave } = await fetched(sound);
		for (const input of [sound, new Blob([wave as BlobPart], { type: "audio/x-wav" })]) {
			expect(await described("/describe_audio", [input])).toMatchObject([{ sha256: sha256(wave) }]);
		}
	});

	test("pictures in a message and in a history", async ({ expect }) => {
		const { endpoints } = await toolbox.space.connect();
		const txt = new File(["hello"], "a.txt", { type: "text/plain" });
		if (endpoints.some(({ name }) => name === "describe_message")) {
			expect(await described("/describe_message", [{ text: "look", files: [txt, txt] }])).toMatchObject({
				text: "look",
				files: [{ name: "a.txt" }, { sha256: sha256("hello") }],
			});
		}
		const history = major < 6 ? [[txt, "seen"]] : [{ role: "user", content: txt }];
		const chat = await last("/chat_picture", ["and now?", history]);
		const [first] = toolbox.space.files(chat);
		expect(new TextDecoder().decode((await fetched(first as SpaceFile)).bytes)).toBe("hello");
	});

	test("20 MB go up as a stream and come down again", async ({ expect }) => {
		const piece = crypto.getRandomValues(new Uint8Array(65_536));
		const hash = createHash("sha256");
		let pieces = 320;
		const stream = new ReadableStream<Uint8Array>(
			{
				pull(controller) {
					if (pieces-- === 0) return controller.close();
					const one = piece.slice();
					one[0] = pieces % 251;
					hash.update(one);
					controller.enqueue(one);
				},
			},
			{ highWaterMark: 0 },
		);
		const file = await toolbox.space.upload(stream, { name: "large.bin" });
		const digest = hash.digest("hex");
		expect(file.size).toBe(320 * 65_536);
		expect(await described("/describe_file", [file])).toMatchObject([{ size: 320 * 65_536, sha256: digest }]);
		const back = createHash("sha256");
		for await (const part of (await toolbox.space.download(file)).body) back.update(part);
		expect(back.digest("hex")).toBe(digest);
	});

	test("an upload that is left in its midst leaves the server as it was", async ({ expect }) => {
		const controller = new AbortController();
		let pieces = 0;
		const cancelled = Promise.withResolvers<void>();
		const endless = new ReadableStream<Uint8Array>({
			pull(streamController) {
				pieces += 1;
				if (pieces === 40) controller.abort();
				streamController.enqueue(new Uint8Array(65_536));
			},
			cancel: () => cancelled.resolve(),
		});
		await expect(toolbox.space.upload(endless, { signal: controller.signal })).rejects.toMatchObject({ code: "aborted" });
		await cancelled.promise;
		expect(await described("/describe_file", [new File(["x"], "after.txt")])).toMatchObject([{ name: "after.txt" }]);
	});

	test("a file that is not served, and one that is gone with the app", { timeout: 120_000 }, async ({ expect }) => {
		await expect(toolbox.space.download("/etc/passwd")).rejects.toMatchObject({ code: "invalid-request", path: "file" });
		const { bytes } = await fetched(only(await last("/draw", ["a cat", 7])));
		await using before = await startGradioServer({ version, app: "toolbox", auth: { user: "ada", password: "s3cret" } });
		const space = createSpace(before.baseUrl, { auth: ["ada", "s3cret"] });
		const file = await space.upload(bytes, { name: "cat.png" });
		expect(await (await space.download(file)).bytes()).toEqual(bytes);
		expect(await described("/describe_file", [file], space)).toMatchObject([{ sha256: sha256(bytes) }]);
		await using _ = await before.restart();
		await expect(space.download(file)).rejects.toMatchObject({ code: "invalid-request", hint: expect.stringContaining("started again") });
		const again = await space.upload(new Blob([bytes as BlobPart]).stream(), { name: "cat.png" });
		expect(await described("/describe_file", [again], space)).toMatchObject([{ sha256: sha256(bytes) }]);
	});
}
