const mediaTypes: Readonly<Record<string, string>> = {
	gif: "image/gif",
	jpeg: "image/jpeg",
	jpg: "image/jpeg",
	json: "application/json",
	mp3: "audio/mpeg",
	mp4: "video/mp4",
	pdf: "application/pdf",
	png: "image/png",
	txt: "text/plain; charset=utf-8",
	wav: "audio/x-wav",
	webp: "image/webp",
};

/** What a server says of a file by the end of its name. */
export function mediaTypeOf(name: string): string {
	return mediaTypes[name.slice(name.lastIndexOf(".") + 1).toLowerCase()] ?? "application/octet-stream";
}
