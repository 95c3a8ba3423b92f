import type { ImageChunk } from "@spaceport/core";

import type { SpaceFile } from "../files/space-file.ts";

/** What `fromData` can use beside the outputs. */
export interface SpaceAnswer {
	/** Every file in an output, at any depth, in order, with an absolute address. */
	files(value: unknown): readonly SpaceFile[];
	/** The pictures among them, as chunks. A private Space gives them to those alone who send its token. */
	images(value: unknown): readonly ImageChunk[];
}

/**
 * Makes what `fromData` can use.
 *
 * @param files - finds files
 */
export function createAnswer(files: SpaceAnswer["files"]): SpaceAnswer {
	return {
		files,
		images: (value) =>
			files(value).flatMap(({ url, mediaType }) => (mediaType?.startsWith("image/") ? [{ type: "image", url, mediaType }] : [])),
	};
}
