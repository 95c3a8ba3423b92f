import { decodeDataUrl, encodeDataUrl } from "@spaceport/http";
import type { BoundEndpoint } from "../handshake/bind-by-name.ts";
import type { SpaceComponent } from "../handshake/space-config.ts";
import { isDataUrl } from "./data-url.ts";
import { download } from "./download.ts";
import { isAllowedHost } from "./fetch-hosts.ts";
import type { FileTools } from "./file-tools.ts";
import { extensionOf, mediaTypeOf } from "./media-types.ts";
import { addressOf } from "./read-files.ts";
import { type InputFile, isBlob, isInputFile, type SpaceFile } from "./space-file.ts";
import { upload } from "./upload.ts";

/** A file in the form that the server takes. */
type WireFile = unknown;
/** What becomes of a file, by where it stands. */
type Need = "uploaded" | "old-file" | "old-image" | "old-chat";
type Write = (file: InputFile, need: Need) => WireFile;

const atOnce = 4;

/**
 * Puts into a function's inputs, in place of the files in them, what this Gradio and these components take. Files are uploaded first, a few at once; on Gradio 3
 * they travel inside the inputs.
 *
 * @param values - the inputs
 * @param endpoint - what takes them
 * @param given - what uploads
 * @param signal - gives it up
 */
export async function writeInputs(
	values: readonly unknown[],
	endpoint: BoundEndpoint,
	given: FileTools,
	signal: AbortSignal,
): Promise<readonly unknown[]> {
	// Where the Space has no usable config, the function's own prefix is what there is.
	const tools: FileTools = {
		...given,
		reach: () => Promise.resolve(endpoint),
		place: () => ({ ...given.place(), apiPrefix: endpoint.apiPrefix }),
	};
	// Once to see what is needed, and once more with all of it at hand.
	const needed = new Map<InputFile, Map<Need, WireFile>>();
	const form = formOf(endpoint);
	writeAll(values, endpoint, form, (file, need) => {
		const wanted = needed.get(file) ?? new Map<Need, WireFile>();
		needed.set(file, wanted.set(need, undefined));
		return undefined;
	});
	const work = [...needed].flatMap(([file, wanted]) => [...wanted.keys()].map((need) => ({ file, wanted, need })));
	const failed = new AbortController();
	const each = AbortSignal.any([signal, failed.signal]);
	const worker = async (): Promise<void> => {
		for (let item = work.shift(); item !== undefined; item = work.shift()) {
			each.throwIfAborted();
			item.wanted.set(item.need, await prepare(item.file, item.need, tools, each));
		}
	};
	const workers = Array.from({ length: atOnce }, worker);
	try {
		await Promise.all(workers);
	} catch (error) {
		failed.abort(error);
		await Promise.allSettled(workers);
		throw error;
	}
	return writeAll(values, endpoint, form, (file, need) => needed.get(file)?.get(need));
}

/** How a Gradio has files: inside the inputs (3), a video in an object of its own (4, 5), or as all others (6). */
type Form = "old" | "wrapped-video" | "plain";

function formOf({ version, protocol }: BoundEndpoint): Form {
	const major = version === undefined ? (protocol === "websocket" ? 3 : 4) : Number.parseInt(version, 10);
	return major < 4 ? "old" : major < 6 ? "wrapped-video" : "plain";
}

function writeAll(values: readonly unknown[], { inputs, version }: BoundEndpoint, form: Form, write: Write): unknown[] {
	return values.map((value, index) => writeInput(value, inputs?.[index], form, version, write));
}

function writeInput(value: unknown, component: SpaceComponent | undefined, form: Form, version: string | undefined, write: Write): unknown {
	const { type = "", props = {} } = component ?? {};
	const old = form === "old";
	if (type === "chatbot") return writeChat(value, old, Number.parseInt(version ?? "", 10) >= 6, write);
	const need: Need = !old ? "uploaded" : type === "image" ? "old-image" : "old-file";
	const one = (file: InputFile): WireFile => write(file, need);
	if (type === "gallery" && !old) {
		const items = isInputFile(value) ? [value] : value;
		return Array.isArray(items) ? items.map((item) => writeGalleryItem(item, one)) : replace(items, one);
	}
	if (!isInputFile(value)) return replace(value, one);
	const file = one(value);
	const many = props.file_count === "multiple" || props.file_count === "directory";
	if ((type === "file" || type === "uploadbutton") && many) return [file];
	if (type === "multimodaltextbox") return { text: "", files: [file] };
	if (type === "imageeditor") return { background: file, layers: [], composite: file };
	if (type === "video" && form === "wrapped-video") return { video: file, subtitles: null };
	return file;
}

function writeGalleryItem(item: unknown, one: (file: InputFile) => WireFile): unknown {
	const [file, caption] = Array.isArray(item) ? item : [item, null];
	if (!isInputFile(file)) return replace(item, one);
	const isVideo = (isBlob(file) ? file.type : (file.mediaType ?? "")).startsWith("video/");
	return { [isVideo ? "video" : "image"]: one(file), caption: typeof caption === "string" ? caption : null };
}

/** A conversation: pairs, or messages whose content is one thing or (from Gradio 6 on) a list of blocks. */
function writeChat(value: unknown, old: boolean, blocks: boolean, write: Write): unknown {
	const plain = (file: InputFile): WireFile => write(file, old ? "old-chat" : "uploaded");
	const said = (file: InputFile, words: unknown): unknown => {
		const alt_text = typeof words === "string" ? words : null;
		const wire = plain(file);
		if (old) return { ...(wire as object), alt_text };
		return { ...(blocks ? { type: "file" } : {}), file: wire, alt_text };
	};
	/** A file, or as apps write one with words for it, a pair of both. */
	const content = (part: unknown): unknown => {
		if (isInputFile(part)) return said(part, null);
		if (Array.isArray(part) && part.length === 2 && isInputFile(part[0]) && !isInputFile(part[1])) return said(part[0], part[1]);
		return replace(part, plain);
	};
	if (!Array.isArray(value)) return replace(value, plain);
	return value.map((turn: unknown) => {
		if (Array.isArray(turn)) return turn.map(content);
		if (typeof turn !== "object" || turn === null || !("content" in turn)) return replace(turn, plain);
		const { content: parts } = turn;
		if (!Array.isArray(parts)) {
			const written = content(parts);
			return { ...turn, content: blocks && written !== parts ? [written] : written };
		}
		const text = (part: unknown): unknown => (blocks && typeof part === "string" ? { type: "text", text: part } : content(part));
		return { ...turn, content: parts.some(isInputFile) ? parts.map(text) : replace(parts, plain) };
	});
}

/** The same value, with another thing in the place of each file; parts without one stay what they are. */
function replace(value: unknown, one: (file: InputFile) => WireFile): unknown {
	if (typeof value !== "object" || value === null) return value;
	if (isInputFile(value)) return one(value);
	if (Array.isArray(value)) {
		const list = value.map((part) => replace(part, one));
		return list.some((part, index) => part !== value[index]) ? list : value;
	}
	const entries = Object.entries(value).map(([key, part]) => [key, replace(part, one), part] as const);
	return entries.some(([, now, before]) => now !== before) ? Object.fromEntries(entries.map(([key, now]) => [key, now])) : value;
}

async function prepare(file: InputFile, need: Need, tools: FileTools, signal: AbortSignal): Promise<WireFile> {
	if (need === "uploaded") return toFileData(await onServer(file, true, tools, signal));
	if (need === "old-chat") {
		const { path, name, mediaType, size } = await onServer(file, false, tools, signal);
		return { name: path, mime_type: mediaType ?? null, data: null, is_file: true, orig_name: name ?? null, size: size ?? null };
	}
	if (need === "old-file" && !isBlob(file) && file.path !== undefined && isOwn(whereIs(file, tools), tools)) {
		return { name: file.path, data: null, is_file: true, orig_name: file.name ?? null, size: file.size ?? null };
	}
	const { blob, name, mediaType } = await bytesOf(file, tools, signal);
	const data = await encodeDataUrl(blob, mediaType);
	return need === "old-image" ? data : { name, data, size: blob.size, is_file: false, orig_name: name };
}

/** A file that the server has, or (where it may) can fetch by itself. */
async function onServer(file: InputFile, mayFetch: boolean, tools: FileTools, signal: AbortSignal): Promise<SpaceFile> {
	if (isBlob(file)) return upload(file, { signal }, tools);
	const { path, name, mediaType } = file;
	const url = whereIs(file, tools);
	if (path !== undefined && isOwn(url, tools)) return file;
	if (isDataUrl(url) || isAllowedHost(new URL(url), tools.fetchHosts) || !mayFetch) return upload(url, { name, mediaType, signal }, tools);
	return { ...file, url, path: url };
}

/** Where a file is. */
function whereIs(file: SpaceFile, { place, toError }: FileTools): string {
	const address = addressOf(file, place());
	if (address !== undefined) return address;
	throw toError({ kind: "bad-file", path: "data", why: "it has no address", hint: "Give one of space.files(output), or a Blob." });
}

/** A file of another Space has a path that means nothing here. */
function isOwn(url: string, { place }: FileTools): boolean {
	return new URL(url).origin === new URL(place().baseUrl).origin;
}

function toFileData({ path, url, name, mediaType, size }: SpaceFile): WireFile {
	return {
		path,
		...(path === url ? { url } : {}),
		orig_name: name ?? null,
		mime_type: mediaType ?? null,
		size: size ?? null,
		meta: { _type: "gradio.FileData" },
	};
}

async function bytesOf(file: InputFile, tools: FileTools, signal: AbortSignal): Promise<{ blob: Blob; name: string; mediaType: string }> {
	const given = "name" in file && typeof file.name === "string" ? file.name : undefined;
	const blob = isBlob(file) ? file : isDataUrl(file.url) ? decoded(file.url, tools) : await fetched(file, tools, signal);
	const said = isBlob(file) ? undefined : file.mediaType;
	const mediaType = said || blob.type.split(";")[0]?.trim() || mediaTypeOf(given ?? "") || "application/octet-stream";
	return { blob, mediaType, name: given || `file${extensionOf(mediaType)}` };
}

function decoded(url: string, { toError }: FileTools): Blob {
	try {
		return decodeDataUrl(url);
	} catch {
		throw toError({ kind: "bad-file", path: "data", why: "its data URL is no base64", hint: "Give its bytes as a Blob." });
	}
}

async function fetched(file: SpaceFile, tools: FileTools, signal: AbortSignal): Promise<Blob> {
	const url = whereIs(file, tools);
	const { host } = new URL(url);
	if (!isOwn(url, tools) && !isAllowedHost(new URL(url), tools.fetchHosts)) {
		throw tools.toError({
			kind: "bad-file",
			path: "data",
			why: `its host ${host} is not allowed, and this Gradio fetches nothing by itself`,
			hint: `Add "${host}" to the option fetchHosts, or give its bytes.`,
		});
	}
	// An allowed host that sends on to others would reach what is not allowed.
	return (await download(url, { signal }, tools, false)).blob();
}
