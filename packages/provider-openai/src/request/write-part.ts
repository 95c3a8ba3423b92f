import { type FilePart, type ImagePart, InvalidRequestError, type TextPart, UnsupportedError } from "@spaceport/core";
import { encodeDataUrl } from "@spaceport/http";

import type { Quirks } from "../quirks.ts";
import type { WirePart } from "./wire.ts";

/**
 * Writes a text, an image or a file. Bytes go as data URLs, addresses as they are; sound goes as such.
 *
 * @param part - what is sent
 * @param path - where it stands in the request, for messages
 * @param quirks - how the endpoint takes content
 * @throws UnsupportedError where it takes nothing but text, or sound by its address; InvalidRequestError where it is not known what the bytes are
 */
export async function writePart(part: TextPart | ImagePart | FilePart, path: string, quirks: Quirks): Promise<WirePart> {
	if (part.type === "text") return { type: "text", text: part.text };
	if (quirks.content === "text") {
		throw new UnsupportedError(`This endpoint takes text alone, and ${path} is of type "${part.type}".`, {
			capability: part.type,
			hint: "Ask a model that takes such parts, or leave the part out.",
		});
	}
	const { mediaType } = part;
	if (part.type === "image") return imagePart(await addressOf(part.image, mediaType, path));
	if (mediaType?.startsWith("image/")) return imagePart(await addressOf(part.file, mediaType, path));
	const url = await addressOf(part.file, mediaType, path);
	const format = audioFormat(mediaType);
	if (format !== undefined) {
		if (!url.startsWith("data:")) {
			throw new UnsupportedError(`${path} is sound at an address, and is taken as bytes alone.`, {
				capability: "file",
				hint: "Fetch it, and give its bytes.",
			});
		}
		return { type: "input_audio", input_audio: { data: url.slice(url.indexOf(",") + 1), format } };
	}
	return { type: "file", file: { filename: part.name ?? `file.${mediaType?.split(/[/+;]/)[1] ?? "bin"}`, file_data: url } };
}

function imagePart(url: string): WirePart {
	return { type: "image_url", image_url: { url } };
}

async function addressOf(source: string | URL | Uint8Array, mediaType: string | undefined, path: string): Promise<string> {
	if (!(source instanceof Uint8Array)) return String(source);
	const type = mediaType ?? imageType(source);
	if (type === undefined) {
		throw new InvalidRequestError(`${path} has bytes of a kind that is not known.`, {
			path: `${path}.mediaType`,
			hint: "Give its mediaType.",
		});
	}
	return encodeDataUrl(new Blob([source as Uint8Array<ArrayBuffer>]), type);
}

/** What an image says of itself at its beginning. */
function imageType(bytes: Uint8Array): string | undefined {
	const start = String.fromCharCode(...bytes.subarray(0, 12));
	if (start.startsWith("\x89PNG")) return "image/png";
	if (start.startsWith("\xff\xd8\xff")) return "image/jpeg";
	if (start.startsWith("GIF8")) return "image/gif";
	return start.startsWith("RIFF") && start.endsWith("WEBP") ? "image/webp" : undefined;
}

function audioFormat(mediaType = ""): string | undefined {
	const [type, subtype = ""] = mediaType.toLowerCase().replace(/;.*$/s, "").split("/");
	if (type !== "audio") return undefined;
	if (subtype === "mpeg") return "mp3";
	return subtype.replace(/^(?:x-|vnd\.)/, "").replace(/^wave$/, "wav");
}
