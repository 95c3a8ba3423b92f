import { type FileHandle, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import pRetry from "p-retry";
import { onAbort, throwIfAborted } from "../abort.ts";
import { inOneLine, SourceError } from "./source-error.ts";
import type { ReportBytes } from "./throttle-progress.ts";

/** What is downloaded, and how. */
export interface Download {
	readonly url: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly fetch: typeof globalThis.fetch;
	/** The file that grows. It stays when the download breaks off, so that the next one goes on from there. */
	readonly partPath: string;
	/** How large the whole is. */
	readonly bytes: number;
	/** How long to wait for the server's answer, in milliseconds. */
	readonly connectMs: number;
	/** How long to wait between two pieces, in milliseconds. */
	readonly idleMs: number;
	readonly signal: AbortSignal;
	readonly report: ReportBytes;
}

/** A retry costs one of these unless the attempt before it brought at least a megabyte. */
const retries = 4;
const worthwhile = 1 << 20;

/**
 * Downloads into a part file until all bytes are there, and goes on where an earlier download ended if the server can do that and still has the
 * same file (`Range` with `If-Range`). A connection that is cut is made again a few times.
 *
 * @throws SourceError that says why it cannot be had; the error of the signal where it aborts
 */
export async function downloadFile(download: Download): Promise<void> {
	let brought = 0;
	await pRetry(
		async () => {
			brought = 0;
			await downloadOnce(download, (count) => {
				brought += count;
			});
		},
		{
			retries,
			minTimeout: 300,
			maxTimeout: 5000,
			randomize: true,
			signal: download.signal,
			shouldRetry: ({ error }) => error instanceof SourceError && error.again,
			shouldConsumeRetry: () => brought < worthwhile,
		},
	).catch((error: unknown) => {
		throwIfAborted(download.signal);
		throw error;
	});
}

/** Forgets what was downloaded so far. */
export async function discardPart(partPath: string): Promise<void> {
	await rm(partPath, { force: true });
	await rm(notePath(partPath), { force: true });
}

async function downloadOnce(download: Download, onBytes: (count: number) => void): Promise<void> {
	throwIfAborted(download.signal);
	const { offset, validator } = await resumePoint(download);
	if (offset === download.bytes) return;
	const watch = watchFor(download.signal);
	let answered = false;
	try {
		watch.expectWithin(download.connectMs, "the server did not answer");
		const response = await request(download, offset, validator, watch.signal);
		answered = true;
		try {
			const start = await acceptAnswer(download, response, offset);
			await writeBody(download, response, start, watch, onBytes);
		} finally {
			await response.body?.cancel().catch(() => {});
		}
	} catch (error) {
		throwIfAborted(download.signal);
		if (error instanceof SourceError) throw error;
		// Who does not answer at all is not asked again: the next source may be there.
		if (watch.late !== undefined) throw new SourceError(watch.late, { again: answered, cause: error });
		throw error;
	} finally {
		watch.end();
	}
}

async function request(download: Download, offset: number, validator: string | undefined, signal: AbortSignal): Promise<Response> {
	const headers: Record<string, string> = { ...download.headers, "accept-encoding": "identity" };
	if (offset > 0 && validator !== undefined) {
		headers.range = `bytes=${offset}-`;
		headers["if-range"] = validator;
	}
	try {
		return await download.fetch(download.url, { headers, signal });
	} catch (error) {
		if (signal.aborted) throw error;
		// No answer at all: most likely there is no network. The next source is asked at once.
		throw new SourceError(inOneLine(error), { cause: error, again: offset > 0 });
	}
}

/** Checks the status, and says where in the file the body belongs. */
async function acceptAnswer(download: Download, response: Response, offset: number): Promise<number> {
	const { status } = response;
	if (status === 206 && offset > 0) {
		const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers.get("content-range") ?? "");
		const fits = range !== null && Number(range[1]) === offset && (range[2] === "*" || Number(range[2]) === download.bytes);
		if (fits) return offset;
		await discardPart(download.partPath);
		throw new SourceError("the server sent another part of the file than was asked for", { again: true });
	}
	if (status === 416) {
		await discardPart(download.partPath);
		throw new SourceError("the server no longer has the file that was begun", { again: true });
	}
	if (status !== 200) {
		const again = status >= 500 || status === 429 || status === 408;
		throw new SourceError(`HTTP status ${status}`, { again });
	}
	const length = response.headers.get("content-length");
	if (length !== null && response.headers.get("content-encoding") === null && Number(length) !== download.bytes) {
		throw new SourceError(`the file there has ${length} bytes instead of ${download.bytes}`);
	}
	await discardPart(download.partPath);
	// The note comes first: a part without one is never resumed, so bytes of one version cannot follow those of another.
	await writeFile(notePath(download.partPath), JSON.stringify({ url: download.url, validator: validatorOf(response.headers) }));
	return 0;
}

async function writeBody(
	download: Download,
	response: Response,
	start: number,
	watch: Watch,
	onBytes: (count: number) => void,
): Promise<void> {
	let at = start;
	download.report(at);
	const file: FileHandle = await open(download.partPath, start === 0 ? "w" : "r+");
	try {
		const reader = response.body?.getReader();
		while (reader !== undefined) {
			watch.expectWithin(download.idleMs, "the server stopped sending");
			const { done, value } = await reader.read().catch((error: unknown) => {
				throw watch.signal.aborted
					? error
					: new SourceError(`the connection was cut after ${at} of ${download.bytes} bytes`, { again: true, cause: error });
			});
			if (done) break;
			if (at + value.length > download.bytes) {
				await discardPart(download.partPath);
				throw new SourceError(`the file there has more than ${download.bytes} bytes`);
			}
			await writeAll(file, value, at);
			at += value.length;
			onBytes(value.length);
			download.report(at);
		}
		if (at < download.bytes) throw new SourceError(`the connection was cut after ${at} of ${download.bytes} bytes`, { again: true });
		await file.sync();
	} finally {
		await file.close();
	}
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
	for (let written = 0; written < bytes.length; ) {
		written += (await file.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
	}
}

/** Where an earlier download of the same address ended: 0 where there is none, or none that can be gone on with. */
async function resumePoint(download: Download): Promise<{ readonly offset: number; readonly validator: string | undefined }> {
	const fresh = { offset: 0, validator: undefined };
	const part = await stat(download.partPath).catch(() => undefined);
	const note = await readFile(notePath(download.partPath), "utf8").catch(() => undefined);
	if (part === undefined || note === undefined || part.size > download.bytes) return fresh;
	let known: { url?: unknown; validator?: unknown };
	try {
		known = JSON.parse(note) as typeof known;
	} catch {
		return fresh;
	}
	if (known.url !== download.url || typeof known.validator !== "string") return fresh;
	return { offset: part.size, validator: known.validator };
}

/** What `If-Range` takes: a strong entity tag, else the date of the last change. */
function validatorOf(headers: Headers): string | undefined {
	const tag = headers.get("etag");
	if (tag?.startsWith('"') === true) return tag;
	return headers.get("last-modified") ?? undefined;
}

function notePath(partPath: string): string {
	return `${partPath}.json`;
}

/** A signal that also aborts when the next sign of life is late. */
interface Watch {
	readonly signal: AbortSignal;
	/** What was late, if anything was. */
	readonly late: string | undefined;
	expectWithin(limitMs: number, late: string): void;
	end(): void;
}

function watchFor(outer: AbortSignal): Watch {
	const controller = new AbortController();
	const stopListening = onAbort(outer, () => controller.abort(outer.reason));
	let timer: NodeJS.Timeout | undefined;
	let late: string | undefined;
	return {
		signal: controller.signal,
		get late() {
			return late;
		},
		expectWithin(limitMs, message) {
			clearTimeout(timer);
			if (!Number.isFinite(limitMs)) return;
			timer = setTimeout(() => {
				late = `${message} within ${limitMs} ms`;
				controller.abort(new Error(late));
			}, limitMs);
		},
		end() {
			clearTimeout(timer);
			stopListening();
		},
	};
}
