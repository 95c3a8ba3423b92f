import type { FilePart, ImagePart, MessagePart, ProviderRequest } from "@spaceport/core";

import { asSpaceFile, type InputFile } from "./space-file.ts";

/** The kinds of parts beside text that a Space can take. */
export type SpacePart = "image" | "file";

/** The images and files of the user's last message. */
export function lastFiles({ messages }: ProviderRequest, parts: readonly SpacePart[], warn: (text: string) => void): readonly InputFile[] {
	const filesOf = ({ content }: (typeof messages)[number]): (ImagePart | FilePart)[] =>
		typeof content === "string" ? [] : content.filter((part) => isTaken(part, parts));
	const at = messages.findLastIndex(({ role }) => role === "user");
	if (messages.some((message, index) => index !== at && filesOf(message).length > 0)) {
		warn("Images and files of earlier messages are not sent to the Space: it takes those of the last one alone.");
	}
	const last = messages[at];
	return last === undefined ? [] : filesOf(last).map(partFile);
}

function isTaken(part: MessagePart, parts: readonly SpacePart[]): part is ImagePart | FilePart {
	return (part.type === "image" || part.type === "file") && parts.includes(part.type);
}

/**
 * What a part of a message is as an input: bytes are uploaded; an address is left to the server, or fetched and uploaded where its host is among `fetchHosts`.
 *
 * @param part - an image or a file
 */
export function partFile(part: ImagePart | FilePart): InputFile {
	const source = part.type === "image" ? part.image : part.file;
	const name = part.type === "file" ? part.name : undefined;
	const { mediaType } = part;
	if (source instanceof Uint8Array) {
		const options = { type: mediaType ?? "" };
		return name === undefined ? new Blob([source as BlobPart], options) : new File([source as BlobPart], name, options);
	}
	return asSpaceFile({
		url: String(source),
		...(name === undefined ? {} : { name }),
		...(mediaType === undefined ? {} : { mediaType }),
	});
}
