import { decodeDataUrl } from "@spaceport/http";
import { refused } from "../transport/event-stream.ts";
import { isDataUrl } from "./data-url.ts";
import { isAllowedHost } from "./fetch-hosts.ts";
import type { FileTools } from "./file-tools.ts";
import { extensionOf, mediaTypeOf } from "./media-types.ts";
import { baseName } from "./read-files.ts";
import { isBlob } from "./space-file.ts";

/**
 * What can be uploaded: bytes of any kind, a stream of bytes, or an address: a data URL, or one of `http:` or `https:` whose host is among the option
 * `fetchHosts`. A text is an address.
 */
export type UploadSource = Blob | Uint8Array | ArrayBuffer | ReadableStream<Uint8Array> | URL | string;

/** What is said about it. */
export interface UploadLabels {
	/** @default that of a `File` or an address, else `file` with the end that goes with the media type */
	readonly name?: string | undefined;
	/** @default that of a `Blob` or an address, else the one that goes with the name's end */
	readonly mediaType?: string | undefined;
}

/** A source whose bytes can be read. */
export interface OpenSource {
	readonly name: string;
	readonly mediaType: string;
	/** In bytes, where it is known. */
	readonly size: number | undefined;
	/** Its bytes, where they are at hand: they can be read again. A stream can be read once. */
	readonly blob: Blob | undefined;
	/** Its bytes. */
	stream(): ReadableStream<Uint8Array>;
	/** Gives it back where it is not read. */
	close(): void;
}

/** A source that was looked at: nothing was fetched yet. */
export type PreparedSource = (signal: AbortSignal) => Promise<OpenSource>;

/** The most bytes that are fetched from an address. */
const largestFetch = 1024 ** 3;
const mediaTypePattern = /^[\w.+-]+\/[\w.+-]+(?:\s*;[\x20-\x7e]*)?$/;

/**
 * Looks at a source.
 *
 * @param source - what is uploaded
 * @param labels - what is said about it
 * @param tools - what fetches, and from where it may
 * @throws SpaceportError with code `invalid-request` where it is nothing that can be uploaded, or may not be fetched
 */
export function prepareSource(source: UploadSource, labels: UploadLabels, tools: FileTools): PreparedSource {
	const { toError } = tools;
	const bad = (why: string, hint: string): Error => toError({ kind: "bad-file", path: "source", why, hint });

	function named(name: string | undefined, mediaType: string | undefined): { name: string; mediaType: string } {
		const given = labels.name ?? name;
		// Bun adds a charset to the types of Blobs.
		const type = labels.mediaType || mediaType?.split(";")[0]?.trim() || mediaTypeOf(given ?? "") || "application/octet-stream";
		if (!mediaTypePattern.test(type)) throw bad(`its mediaType ${JSON.stringify(type)} is none`, "Give one such as image/png.");
		return { name: given || `file${extensionOf(type)}`, mediaType: type };
	}

	function fromBlob(blob: Blob, name: string | undefined): PreparedSource {
		const opened = { ...named(name, blob.type), size: blob.size, blob, stream: () => blob.stream(), close: () => {} };
		return () => Promise.resolve(opened);
	}

	function fromAddress(text: string): PreparedSource {
		if (isDataUrl(text)) {
			try {
				return fromBlob(decodeDataUrl(text), undefined);
			} catch {
				throw bad("its data URL is no base64", "Give its bytes as a Blob.");
			}
		}
		if (!URL.canParse(text)) throw bad("its text is no address", "Give bytes as a Blob, and text as new Blob([text]).");
		const url = new URL(text);
		if ((url.protocol !== "http:" && url.protocol !== "https:") || url.username !== "" || url.password !== "") {
			throw bad("its address is not a plain one of http: or https:", "Give bytes, or a plain address.");
		}
		if (!isAllowedHost(url, tools.fetchHosts)) {
			throw bad(
				`its host ${url.host} is not allowed`,
				`Add "${url.host}" to the option fetchHosts, or fetch it yourself and give its bytes.`,
			);
		}
		named(undefined, undefined);
		return (signal) => fetchSource(url, signal);
	}

	async function fetchSource(url: URL, signal: AbortSignal): Promise<OpenSource> {
		const answer = await tools.elsewhere(url.origin).send({
			method: "GET",
			path: url.href.split("#")[0] ?? "",
			phase: "fetch",
			accept: "*/*",
			connectMs: tools.limits.connectMs,
			signal,
		});
		const { response } = answer;
		if (!response.ok) throw await refused(answer, "fetch", toError, signal);
		const length = response.headers.has("content-encoding") ? null : response.headers.get("content-length");
		const size = length === null || !/^\d+$/.test(length) ? undefined : Number(length);
		if (size !== undefined && size > largestFetch) {
			answer.close();
			throw bad(`it has ${size} bytes, and at most ${largestFetch} are fetched`, "Fetch it yourself, and give its stream.");
		}
		const type = response.headers.get("content-type")?.split(";")[0]?.trim();
		return {
			...named(baseName(url.href), type !== undefined && mediaTypePattern.test(type) ? type : undefined),
			size,
			blob: undefined,
			stream: () => response.body?.pipeThrough(limitBytes(largestFetch)) ?? new Blob().stream(),
			close: answer.close,
		};
	}

	if (isBlob(source)) return fromBlob(source, "name" in source && typeof source.name === "string" ? source.name : undefined);
	if (ArrayBuffer.isView(source) || source instanceof ArrayBuffer) return fromBlob(new Blob([source as BlobPart]), undefined);
	if (source instanceof ReadableStream) {
		if (source.locked) throw bad("its stream is being read by somebody else", "Give a stream that nobody has read.");
		const close = (): void => {
			if (!source.locked) source.cancel().catch(() => {});
		};
		const opened = { ...named(undefined, undefined), size: undefined, blob: undefined, stream: () => source, close };
		return () => Promise.resolve(opened);
	}
	if (source instanceof URL || typeof source === "string") return fromAddress(String(source));
	throw bad("it is nothing that can be uploaded", "Give a Blob, a File, bytes, a ReadableStream of bytes, or an address.");
}

function limitBytes(most: number): TransformStream<Uint8Array, Uint8Array> {
	let bytes = 0;
	return new TransformStream({
		transform(chunk, controller) {
			bytes += chunk.byteLength;
			if (bytes > most) throw new RangeError(`It has more than ${most} bytes.`);
			controller.enqueue(chunk);
		},
	});
}
