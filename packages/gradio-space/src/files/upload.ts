import { parseJson } from "@spaceport/http";
import { streamsRequests } from "../runtime.ts";
import { isTyped } from "../space-failure.ts";
import { refused } from "../transport/event-stream.ts";
import type { FileTools, UploadProgress } from "./file-tools.ts";
import { writeMultipart } from "./multipart.ts";
import { fileUrl } from "./read-files.ts";
import { asSpaceFile, type SpaceFile } from "./space-file.ts";
import { bytesOfChunk, createUploadBody } from "./upload-body.ts";
import { type OpenSource, prepareSource, type UploadLabels, type UploadSource } from "./upload-source.ts";
import { watchUpload } from "./watch-upload.ts";

/** How a file is uploaded. */
export interface UploadOptions extends UploadLabels {
	/** Gives it up. */
	readonly signal?: AbortSignal | undefined;
	/**
	 * Told how far it has come: at first, after each piece that the connection took, and at the end. Where the runtime cannot send a body while it is made, which is
	 * so in browsers, the pieces are those that the server says to have (Gradio 4 and later). What it throws ends the upload.
	 */
	readonly onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/**
 * Uploads a file.
 *
 * @param source - what
 * @param options - how; the signal has the deadline of all of it
 * @param tools - where to
 */
export async function upload(
	source: UploadSource,
	options: UploadOptions & { readonly signal: AbortSignal },
	tools: FileTools,
): Promise<SpaceFile> {
	const { signal } = options;
	const open = prepareSource(source, options, tools);
	signal.throwIfAborted();
	const { apiPrefix } = await tools.reach(signal);
	const opened = await open(signal);
	try {
		return await send(opened, apiPrefix, options, tools, signal);
	} finally {
		opened.close();
	}
}

async function send(
	source: OpenSource,
	apiPrefix: string,
	{ onProgress }: UploadOptions,
	tools: FileTools,
	caller: AbortSignal,
): Promise<SpaceFile> {
	const { http, toError, limits, login } = tools;
	const form = writeMultipart("files", source);
	const total = source.size === undefined ? {} : { totalBytes: source.size };
	const controller = new AbortController();
	const onAbort = (): void => controller.abort(caller.reason);
	caller.addEventListener("abort", onAbort, { once: true });
	if (caller.aborted) onAbort();
	const { signal } = controller;
	const over = new AbortController();
	const stream = streamsRequests();
	try {
		// A stream cannot be sent twice, so whether there is a session has to be known before.
		if (source.blob === undefined && login !== undefined) await checkLogin(apiPrefix, tools, signal);
		const blob = stream ? undefined : (source.blob ?? (await readAll(source, toError, signal)));
		let sentBytes = 0;
		const tell = (bytes: number): void => {
			sentBytes = bytes;
			onProgress?.({ sentBytes, ...total });
		};
		onProgress?.({ sentBytes: 0, ...total });
		const onFailure = (cause: unknown): void => controller.abort(isTyped(cause) ? cause : toError({ kind: "source-failed", cause }));
		const body = createUploadBody({
			source,
			form,
			idleMs: limits.idleMs,
			onSent: tell,
			onSilent: () => controller.abort(toError({ kind: "silent", phase: "upload", afterMs: limits.idleMs })),
			onFailure,
			signal,
		});
		try {
			const uploadId = blob === undefined || onProgress === undefined ? undefined : crypto.randomUUID().slice(0, 12);
			if (uploadId !== undefined) {
				const onArrived = (bytes: number): void => {
					// As with pieces that are sent, whoever is told may want no more.
					try {
						if (bytes > sentBytes && bytes < (blob?.size ?? 0)) tell(bytes);
					} catch (cause) {
						onFailure(cause);
					}
				};
				void watchUpload(apiPrefix, uploadId, onArrived, tools, over.signal);
			}
			const answer = await http.send({
				method: "POST",
				path: `${apiPrefix}/upload${uploadId === undefined ? "" : `?upload_id=${uploadId}`}`,
				phase: "upload",
				accept: "application/json",
				contentType: form.contentType,
				body: {
					create: () => (blob === undefined ? body.create() : new Blob([form.head, blob, form.tail])),
					repeatable: blob !== undefined || source.blob !== undefined,
				},
				connectMs: Infinity,
				signal,
			});
			if (!answer.response.ok) throw await refused(answer, "upload", toError, signal);
			const { text } = await answer.text({}, signal);
			const paths = parseJson(text);
			const path: unknown = Array.isArray(paths) ? paths[0] : undefined;
			if (typeof path !== "string" || path === "") throw toError({ kind: "unreadable", phase: "upload", body: text });
			const size = blob?.size ?? source.size ?? sentBytes;
			if (sentBytes !== size) tell(size);
			const { baseUrl } = tools.place();
			const url = fileUrl(path, undefined, { baseUrl, apiPrefix }) ?? "";
			return asSpaceFile({ path, url, name: source.name, mediaType: source.mediaType, size });
		} finally {
			over.abort();
			body.end();
		}
	} catch (error) {
		throw signal.aborted ? signal.reason : error;
	} finally {
		caller.removeEventListener("abort", onAbort);
	}
}

/** The bytes of a stream, for a runtime that cannot send it as it comes. */
async function readAll(source: OpenSource, toError: FileTools["toError"], signal: AbortSignal): Promise<Blob> {
	const reader = source.stream().getReader();
	const onAbort = (): void => void reader.cancel(signal.reason).catch(() => {});
	signal.addEventListener("abort", onAbort, { once: true });
	try {
		const parts: BlobPart[] = [];
		for (let next = await reader.read(); !next.done; next = await reader.read()) parts.push(bytesOfChunk(next.value) as BlobPart);
		signal.throwIfAborted();
		return new Blob(parts);
	} catch (cause) {
		throw isTyped(cause) ? cause : toError({ kind: "source-failed", cause });
	} finally {
		signal.removeEventListener("abort", onAbort);
	}
}

/** Any request that wants a login does; this one is small. An app that does not know it has nothing to say against the upload. */
async function checkLogin(apiPrefix: string, { http, limits }: FileTools, signal: AbortSignal): Promise<void> {
	const answer = await http.send({
		method: "GET",
		path: `${apiPrefix}/login_check`,
		phase: "login",
		accept: "application/json",
		connectMs: limits.connectMs,
		signal,
	});
	answer.close();
}
