import { describeDataUrl, isDataUrl } from "./data-url.ts";
import { asSpaceFile, isMadeHere, type SpaceFile } from "./space-file.ts";

/** Where a Space's files are. */
export interface FilePlace {
	/** The address that this client uses, without a slash at its end. */
	readonly baseUrl: string;
	/** What comes before `/file=`, such as `/gradio_api`; undefined where it is not known yet. */
	readonly apiPrefix: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Every file in an output, at any depth, in order: what Image, File, Gallery, Chatbot, Audio, Video and MultimodalTextbox give, in a `gr.update` too, in the
 * forms of Gradio 3 to 6. It never throws.
 *
 * @param value - an output, or all of them
 * @param place - where the Space is
 */
export function readFiles(value: unknown, place: FilePlace): readonly SpaceFile[] {
	const found: SpaceFile[] = [];
	// A list in place of calls of itself: what a server nests deeply must not fill the stack.
	const rest: unknown[] = [value];
	while (rest.length > 0) {
		const next = rest.pop();
		if (typeof next === "string") {
			if (isDataUrl(next)) found.push(asSpaceFile({ url: next, ...describeDataUrl(next) }));
			continue;
		}
		if (typeof next !== "object" || next === null) continue;
		const file = Array.isArray(next) ? undefined : readFile(next as Fields, place);
		if (file !== undefined) found.push(file);
		else for (const part of Object.values(next).reverse()) rest.push(part);
	}
	return found;
}

/** The file that an object is; undefined where it is none. */
function readFile(value: Fields, place: FilePlace): SpaceFile | undefined {
	// Gradio 3 says name and is_file, and puts what it does not keep as a file into data.
	const old = value.is_file === true;
	const data = textOf(value.data);
	const inline = !old && data !== undefined && isDataUrl(data) ? data : undefined;
	if (inline === undefined && !old && !isFileData(value)) return undefined;
	const path = textOf(old ? value.name : value.path);
	const url = inline ?? fileUrl(path, textOf(old ? value.data : value.url), place);
	if (url === undefined) return undefined;
	const about: { mediaType?: string; size?: number } = isDataUrl(url) ? describeDataUrl(url) : {};
	const name = baseName(textOf(value.orig_name) ?? "") ?? baseName(inline === undefined ? (path ?? url) : (textOf(value.name) ?? ""));
	const mediaType = textOf(value.mime_type) ?? about.mediaType ?? mediaTypeOf(name);
	const size = typeof value.size === "number" ? value.size : about.size;
	return asSpaceFile({
		...(path === undefined || inline !== undefined || isAddress(path) ? {} : { path }),
		url,
		...(name === undefined ? {} : { name }),
		...(mediaType === undefined ? {} : { mediaType }),
		...(size === undefined ? {} : { size }),
	});
}

/** A path alone may be any text: Gradio writes all members of its files. */
function isFileData(value: Fields): boolean {
	if (textOf(value.path) === undefined && textOf(value.url) === undefined) return false;
	const { meta } = value;
	if (typeof meta === "object" && meta !== null && (meta as Fields)._type === "gradio.FileData") return true;
	return "path" in value && ["url", "orig_name", "mime_type", "size"].some((key) => key in value);
}

/** What of an address is Gradio's own: whatever stands before it, its prefix, and the part under which files are. */
const ownRoute = /^.*?(\/gradio_api)?\/(file=|stream\/|proxy=)(.*)$/s;

/**
 * Where a file can be had. A server does not know its own address behind a proxy, so what leads to itself is put on the address that this client uses;
 * what leads elsewhere stays.
 *
 * @param path - on the server, or an address
 * @param url - as the server gives it
 * @param place - where the Space is
 */
export function fileUrl(path: string | undefined, url: string | undefined, { baseUrl, apiPrefix }: FilePlace): string | undefined {
	if (url !== undefined && isDataUrl(url)) return url;
	const elsewhere = url !== undefined && isAddress(url);
	if (path !== undefined && isAddress(path)) return elsewhere ? url : path;
	const [, said, route = "", rest = ""] = ownRoute.exec(url ?? "") ?? [];
	// A server does not escape what stands in its own addresses; others do.
	const leadsHere = route === "file=" && path !== undefined && (rest === path || decoded(rest) === path);
	if (elsewhere && !leadsHere && new URL(url).origin !== new URL(baseUrl).origin) return url;
	const base = `${baseUrl}${apiPrefix ?? said ?? ""}/`;
	if (path !== undefined && (route === "" || route === "file=")) return `${base}file=${encodePath(path)}`;
	if (route !== "") return new URL(base + route + rest).href;
	return elsewhere || url === undefined ? url : `${baseUrl}/${url.replace(/^\/+/, "")}`;
}

/**
 * Where a file can be had that a caller gives.
 *
 * @param file - one of `readFiles`, or one that came from elsewhere, such as a Chatbot's message
 * @param place - where the Space is
 */
export function addressOf(file: Partial<SpaceFile>, place: FilePlace): string | undefined {
	const address = isMadeHere(file) ? file.url : fileUrl(file.path, file.url, place);
	return address !== undefined && (isDataUrl(address) || isAddress(address)) ? address : undefined;
}

function encodePath(path: string): string {
	return path.toWellFormed().split("/").map(encodeURIComponent).join("/");
}

function decoded(text: string): string | undefined {
	try {
		return decodeURIComponent(text);
	} catch {
		return undefined;
	}
}

function isAddress(text: string): boolean {
	return /^https?:\/\//i.test(text) && URL.canParse(text);
}

/** The last part of a path or an address: whatever a server says, what is written under it stays in the folder that was meant. */
export function baseName(path: string): string | undefined {
	const clean = isAddress(path) ? (decoded(new URL(path).pathname) ?? "") : path.startsWith("data:") ? "" : path;
	const last = clean.split(/[\\/]/).at(-1) ?? "";
	return /^\.{0,2}$/.test(last) ? undefined : last;
}

/** A text that says something. */
function textOf(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}

/** Gradio often does not say what its pictures, sounds and films are: their names do. */
function mediaTypeOf(name: string | undefined): string | undefined {
	const [, image, video, audio] = /\.(?:(png|jpe?g|gif|webp|avif|bmp|svg)|(mp4|webm)|(wav|flac|ogg))$/i.exec(name ?? "") ?? [];
	const kind = (image ?? video ?? audio)?.toLowerCase();
	if (kind === undefined) return undefined;
	return `${image ? "image" : video ? "video" : "audio"}/${kind === "jpg" ? "jpeg" : kind === "svg" ? "svg+xml" : kind}`;
}
