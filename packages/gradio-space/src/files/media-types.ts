/** Gradio's components look at the ends of names, and apps at media types; where a caller gave one of the two, the other is here. */
const types: Readonly<Record<string, string>> = {
	png: "image/png",
	jpg: "image/jpeg",
	jpeg: "image/jpeg",
	gif: "image/gif",
	webp: "image/webp",
	svg: "image/svg+xml",
	bmp: "image/bmp",
	tiff: "image/tiff",
	mp3: "audio/mpeg",
	wav: "audio/wav",
	ogg: "audio/ogg",
	flac: "audio/flac",
	m4a: "audio/mp4",
	mp4: "video/mp4",
	webm: "video/webm",
	mov: "video/quicktime",
	pdf: "application/pdf",
	json: "application/json",
	zip: "application/zip",
	txt: "text/plain",
	md: "text/markdown",
	csv: "text/csv",
	html: "text/html",
};

/** The media type that goes with a name; undefined where its end is not known. */
export function mediaTypeOf(name: string): string | undefined {
	const extension = /\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? "";
	return Object.hasOwn(types, extension) ? types[extension] : undefined;
}

/** The end of a name that goes with a media type, with its dot; empty where there is none. */
export function extensionOf(mediaType: string): string {
	// `audio/x-wav` and the like are what was not registered yet.
	const bare = mediaType.split(";")[0]?.trim().toLowerCase().replace("/x-", "/") ?? "";
	const known = Object.keys(types).find((extension) => types[extension] === bare);
	const extension = known ?? /\/([a-z\d]{2,5})$/.exec(bare)?.[1];
	return extension === undefined ? "" : `.${extension}`;
}
