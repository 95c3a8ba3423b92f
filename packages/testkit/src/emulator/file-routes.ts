import type { ServerResponse } from "node:http";

import { type FileStore, fileFolder } from "./file-store.ts";
import { Refusal, send, sendJson } from "./http-answers.ts";
import { mediaTypeOf } from "./media-type.ts";
import { parseMultipart } from "./multipart.ts";
import { pythonJson } from "./python-text.ts";
import { clearRealTimeout, realTimeout } from "./real-time.ts";
import { type Exchange, missingFromQuery, type Route } from "./route.ts";
import type { UploadProgress } from "./upload-progress.ts";
import type { VersionProfile } from "./version-profile.ts";

/** What uploads and downloads need. */
export interface FileSetting {
	readonly profile: VersionProfile;
	readonly store: FileStore;
	readonly progress: UploadProgress;
	/** The largest file that is taken; undefined for any. Gradio 3 and 4.0 to 4.21 have no such limit. */
	readonly maxFileSize: number | undefined;
	/** Sends a file, with the faults that strike it. */
	readonly sendFile: (response: ServerResponse, headers: Readonly<Record<string, string>>, bytes: Uint8Array) => void;
}

/** How long `/upload_progress` waits for an upload that has not begun, where it waits. */
const progressWaitMs = 3_000;

/** `/upload`, `/upload_progress`, `/file=`. */
export function fileRoutes(setting: FileSetting): Route[] {
	const { profile } = setting;
	const routes: Route[] = [
		{ method: "POST", path: "/upload", point: "upload", answer: (exchange) => upload(setting, exchange) },
		...["/file=*", "/file/*"].map(
			(path): Route => ({ method: "GET", path, point: "file", answer: (exchange) => download(setting, exchange) }),
		),
	];
	if (profile.uploadProgress !== "absent") {
		routes.push({
			method: "GET",
			path: "/upload_progress",
			open: profile.uploadProgress !== "with-login",
			answer: (exchange) => watchUpload(setting, exchange),
		});
	}
	return routes;
}

function upload({ profile, store, progress, maxFileSize }: FileSetting, { request, bytes, response }: Exchange): void {
	const parts = parseMultipart(bytes, String(request.headers["content-type"] ?? ""));
	const old = profile.fileForm === "name";
	if (parts === undefined && !old) throw new Refusal(400, "Invalid content type.");
	const files = (parts ?? []).filter(({ field, fileName }) => field === "files" && fileName !== undefined);
	if (old && files.length === 0) {
		throw new Refusal(422, [{ type: "missing", loc: ["body", "files"], msg: "Field required", input: null }]);
	}
	const limit = profile.limitsUploads ? maxFileSize : undefined;
	if (limit !== undefined && files.some(({ bytes: each }) => each.length > limit)) {
		send(response, 413, "text/plain; charset=utf-8", `File size exceeded maximum allowed size of ${limit} bytes.`);
		return;
	}
	const id = request.query.get("upload_id");
	if (id !== null) progress.finish(id);
	// A buffer of its own for each: a part of the whole body would keep all of it.
	sendJson(
		response,
		200,
		files.map(({ fileName = "", bytes: each }) => store.add(fileName, Uint8Array.from(each)).path),
	);
}

function download({ profile, store, sendFile }: FileSetting, { response, parameters }: Exchange): void {
	// `/file/` leaves the first slash to the path.
	const asked = parameters["*"] ?? "";
	const path = asked.startsWith(fileFolder.slice(1)) ? `/${asked}` : asked;
	const ofTheWeb = /^https?:\/\//.test(path);
	if (ofTheWeb && profile.webAddress === 302) {
		send(response, 302, "text/plain", "", { location: path });
		return;
	}
	const file = store.get(path);
	if (file === undefined) {
		const isMissing = ofTheWeb ? profile.webAddress === 404 : path.startsWith(`${fileFolder}/`) && profile.missingFile === 404;
		throw isMissing ? new Refusal(404, `File not found: ${path}.`) : new Refusal(403, `File not allowed: ${path}.`);
	}
	sendFile(
		response,
		{
			"content-type": mediaTypeOf(file.name),
			"accept-ranges": "bytes",
			...(profile.fileDisposition && { "content-disposition": `inline; filename*=utf-8''${encodeURIComponent(file.name)}` }),
		},
		file.bytes,
	);
}

function watchUpload({ profile, progress }: FileSetting, { request, response }: Exchange): void {
	const id = request.query.get("upload_id");
	if (id === null) throw missingFromQuery("upload_id");
	const start = (): void => {
		response.writeHead(200, { server: "uvicorn", "content-type": "text/event-stream; charset=utf-8" });
		response.flushHeaders();
		progress.watch(response, () => {
			const news = progress.take(id);
			for (const message of news?.messages ?? []) response.write(`data: ${pythonJson(message, false)}\n\n`);
			if (news !== undefined && !news.done) return false;
			response.end();
			return true;
		});
	};
	if (profile.uploadProgress === "at-once" || progress.has(id)) {
		start();
		return;
	}
	const timer = realTimeout(() => send(response, 404, "text/plain; charset=utf-8", "Upload not found"), progressWaitMs);
	response.once("close", () => clearRealTimeout(timer));
	progress.watch(response, () => {
		if (response.headersSent) return true;
		if (!progress.has(id)) return false;
		clearRealTimeout(timer);
		start();
		return true;
	});
}
