import { decodeDataUrl, type HttpResponse, parseJson, readBody } from "@spaceport/http";
import { explained, isTyped } from "../space-failure.ts";
import { refused } from "../transport/event-stream.ts";
import { createWaitSignal } from "../transport/wait-signal.ts";
import { isDataUrl } from "./data-url.ts";
import type { DownloadProgress, FileTools } from "./file-tools.ts";
import { addressOf, baseName, fileUrl } from "./read-files.ts";
import type { SpaceFile } from "./space-file.ts";

/** A file to fetch: one of `space.files`, one of a Chatbot's message, an address, or a path on the server. */
export type DownloadSource = Partial<SpaceFile> | URL | string;

/** How a file is fetched. */
export interface DownloadOptions {
	/** Gives it up, also while its body is read. */
	readonly signal?: AbortSignal | undefined;
	/** The most bytes; more is an error. @default none for `body`, 256 MiB for what is held in memory */
	readonly maxBytes?: number | undefined;
	/** Told how far it has come, at each piece that is read. */
	readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/** A file that comes. Read it in one of the ways, once; or `cancel` its `body`: until then it holds a connection. */
export interface DownloadedFile {
	/** Its bytes as they come. It fails with a SpaceportError where they break off. */
	readonly body: ReadableStream<Uint8Array>;
	/** All of them. */
	bytes(): Promise<Uint8Array<ArrayBuffer>>;
	/** All of them as text, in UTF-8. */
	text(): Promise<string>;
	/** All of them with their media type: it can be given as an input again. */
	blob(): Promise<Blob>;
	/** Its name, without a path, whatever the server says: it can be written under it. */
	readonly name?: string;
	readonly mediaType?: string;
	/** In bytes, where the server says it. */
	readonly size?: number;
}

const mostHeld = 256 * 1024 * 1024;
const mostHops = 5;

/**
 * Fetches a file.
 *
 * @param source - which
 * @param options - how
 * @param tools - where from
 * @param follows - whether another host than the Space's may send on to others
 */
export async function download(
	source: DownloadSource,
	options: DownloadOptions,
	tools: FileTools,
	follows = true,
): Promise<DownloadedFile> {
	const { toError, limits } = tools;
	const { maxBytes = Infinity, onProgress } = options;
	const wait = createWaitSignal({
		caller: options.signal,
		forMs: limits.totalMs,
		late: () => toError({ kind: "too-long", afterMs: limits.totalMs }),
		toError,
	});
	const { signal } = wait;
	try {
		signal.throwIfAborted();
		const { url, path, name, mediaType } = await locate(source, tools, signal);
		const answer = await open(url, path, tools, follows, signal);
		const { response } = answer;
		const size = lengthOf(response);
		const tooLarge = (): Error => toError({ kind: "file-too-large", limit: maxBytes });
		if (size !== undefined && size > maxBytes) {
			answer.close();
			throw tooLarge();
		}
		const pieces = read();
		const body = new ReadableStream<Uint8Array>(
			{
				async pull(controller) {
					try {
						const { done, value } = await pieces.next();
						if (done) controller.close();
						else controller.enqueue(value);
					} catch (error) {
						controller.error(await explained(error));
					}
				},
				async cancel() {
					finish();
					await pieces.return();
				},
			},
			{ highWaterMark: 0 },
		);
		signal.addEventListener("abort", answer.close, { once: true });

		function finish(): void {
			signal.removeEventListener("abort", answer.close);
			answer.close();
			wait.end();
		}

		async function* read(): AsyncGenerator<Uint8Array, void, void> {
			let receivedBytes = 0;
			const silent = (): Error => toError({ kind: "silent", phase: "download", afterMs: limits.idleMs });
			try {
				if (response.body !== null) {
					for await (const [piece] of readBody(response.body, { signal, idleMs: limits.idleMs, silent })) {
						if (piece === undefined) continue;
						receivedBytes += piece.byteLength;
						if (receivedBytes > maxBytes) throw tooLarge();
						onProgress?.({ receivedBytes, ...(size === undefined ? {} : { totalBytes: size }) });
						yield piece;
					}
				}
				// Not every runtime tells that a body is shorter than it was said to be.
				if (size !== undefined && receivedBytes < size) throw new Error(`It ended after ${receivedBytes} of ${size} bytes.`);
			} catch (error) {
				if (signal.aborted) throw signal.reason;
				throw isTyped(error) ? error : toError({ kind: "no-answer", phase: "download", cause: error });
			} finally {
				finish();
			}
		}

		async function collect(): Promise<Blob> {
			if (body.locked) {
				throw await explained(toError({ kind: "bad-file", path: "body", why: "it was read already", hint: "Fetch the file once more." }));
			}
			const parts: BlobPart[] = [];
			let held = 0;
			const reader = body.getReader();
			for (let next = await reader.read(); !next.done; next = await reader.read()) {
				held += next.value.byteLength;
				if (held > mostHeld && options.maxBytes === undefined) {
					await reader.cancel();
					throw await explained(toError({ kind: "file-too-large", limit: mostHeld }));
				}
				parts.push(next.value as BlobPart);
			}
			return new Blob(parts, type === undefined ? {} : { type });
		}

		const said = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
		// Gradio gives what a browser must not show as a stream of bytes, whatever it is.
		const type = said === undefined || said === "" || (said === "application/octet-stream" && mediaType !== undefined) ? mediaType : said;
		const fileName = baseName(name ?? "") ?? dispositionName(response) ?? baseName(path ?? url);
		return {
			body,
			blob: collect,
			bytes: async () => new Uint8Array(await (await collect()).arrayBuffer()),
			text: async () => (await collect()).text(),
			...(fileName === undefined ? {} : { name: fileName }),
			...(type === undefined ? {} : { mediaType: type }),
			...(size === undefined ? {} : { size }),
		};
	} catch (error) {
		const reason = signal.aborted ? signal.reason : error;
		wait.end();
		throw await explained(reason);
	}
}

interface Located {
	readonly url: string;
	readonly path: string | undefined;
	readonly name?: string | undefined;
	readonly mediaType?: string | undefined;
}

/** Where a file is. A path on the server is one only with the prefix of this Gradio, which the config says. */
async function locate(source: DownloadSource, tools: FileTools, signal: AbortSignal): Promise<Located> {
	const bad = (): Error =>
		tools.toError({
			kind: "bad-file",
			path: "file",
			why: "it has neither an address nor a path",
			hint: "Give one of space.files(output).",
		});
	if (typeof source !== "string" && !(source instanceof URL)) {
		if (typeof source !== "object" || source === null) throw bad();
		const { path, url, name, mediaType } = source;
		// The address tells which prefix this Gradio has; a path alone does not.
		const address = url === undefined ? path : addressOf(source, tools.place());
		if (address === undefined) throw bad();
		return { ...(await locate(address, tools, signal)), path, name, mediaType };
	}
	const text = String(source);
	if (isDataUrl(text)) return { url: text, path: undefined };
	if (/^https?:/i.test(text) && URL.canParse(text)) {
		const { username, password } = new URL(text);
		if (username !== "" || password !== "") throw bad();
		return { url: text, path: undefined };
	}
	if (text === "" || /^[a-z][a-z0-9+.-]+:\/?\/?/i.test(text)) throw bad();
	const { apiPrefix } = await tools.reach(signal);
	const place = { ...tools.place(), apiPrefix };
	const isRoute = /^\/?(?:gradio_api\/)?(?:file=|stream\/)/.test(text);
	const url = isRoute ? fileUrl(undefined, text, place) : fileUrl(text, undefined, place);
	if (url === undefined) throw bad();
	return { url, path: isRoute ? undefined : text };
}

/** The response with the file. Only the Space's own origin gets what is the Space's. */
async function open(url: string, path: string | undefined, tools: FileTools, follows: boolean, signal: AbortSignal): Promise<HttpResponse> {
	const { toError, limits } = tools;
	if (isDataUrl(url)) {
		const blob = dataOf(url, toError);
		const response = new Response(blob, { headers: { "content-type": blob.type, "content-length": String(blob.size) } });
		return { response, close: () => {}, text: async () => ({ text: "", end: "whole" }) };
	}
	const request = { method: "GET", phase: "download", accept: "*/*", connectMs: limits.connectMs, signal } as const;
	const own = new URL(tools.place().baseUrl).origin;
	let target = url;
	for (let hops = 0; ; hops += 1) {
		const { origin, href } = new URL(target);
		const isOwn = origin === own && hops === 0;
		const http = isOwn ? tools.http : tools.elsewhere(origin);
		const answer = await http.send({ ...request, path: href.split("#")[0] ?? href, takesRedirects: !isOwn && follows });
		const { response } = answer;
		if (response.ok) return answer;
		const location = response.status >= 300 && response.status < 400 ? (response.headers.get("location") ?? "") : undefined;
		if (!isOwn && location !== undefined && URL.canParse(location, href) && hops < mostHops) {
			answer.close();
			const next = new URL(location, href);
			if (next.protocol === "http:" || next.protocol === "https:") {
				target = next.href;
				continue;
			}
		}
		if (!isOwn || (response.status !== 403 && response.status !== 404)) throw await refused(answer, "download", toError, signal);
		const { text } = await answer.text({}, signal);
		// A proxy that refuses the caller says so in its own way.
		if (response.status === 403 && typeof (parseJson(text) as { detail?: unknown } | undefined)?.detail !== "string") {
			throw toError({ kind: "status", phase: "download", status: 403, body: text });
		}
		throw toError({ kind: "not-served", status: response.status, file: path ?? new URL(url).pathname, body: text });
	}
}

function dataOf(url: string, toError: FileTools["toError"]): Blob {
	try {
		return decodeDataUrl(url);
	} catch {
		throw toError({ kind: "bad-file", path: "file", why: "its data URL is no base64", hint: "Give one of space.files(output)." });
	}
}

function lengthOf({ headers }: Response): number | undefined {
	const length = headers.get("content-length");
	return length === null || !/^\d+$/.test(length) || headers.has("content-encoding") ? undefined : Number(length);
}

function dispositionName({ headers }: Response): string | undefined {
	const line = headers.get("content-disposition") ?? "";
	const [, encoded] = /filename\*=utf-8''([^;]+)/i.exec(line) ?? [];
	const [, plain] = /filename="((?:[^"\\]|\\.)*)"/i.exec(line) ?? [];
	try {
		return baseName(encoded === undefined ? (plain ?? "") : decodeURIComponent(encoded));
	} catch {
		return undefined;
	}
}
