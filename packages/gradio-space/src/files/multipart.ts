/** A form with one file, as its bytes around the file's. */
export interface Multipart {
	readonly contentType: string;
	readonly head: Uint8Array<ArrayBuffer>;
	readonly tail: Uint8Array<ArrayBuffer>;
}

/**
 * Writes a form with one file in it, so that the file's bytes can come from anywhere.
 *
 * @param field - the form's field
 * @param file - its name, and its media type, which has no line break
 */
export function writeMultipart(field: string, { name, mediaType }: { readonly name: string; readonly mediaType: string }): Multipart {
	const boundary = `----spaceport-${crypto.randomUUID().replaceAll("-", "")}`;
	const encoder = new TextEncoder();
	const head = [
		`--${boundary}`,
		`content-disposition: form-data; name="${escaped(field)}"; filename="${escaped(name)}"`,
		`content-type: ${mediaType}`,
		"",
		"",
	];
	return {
		contentType: `multipart/form-data; boundary=${boundary}`,
		head: encoder.encode(head.join("\r\n")),
		tail: encoder.encode(`\r\n--${boundary}--\r\n`),
	};
}

/** As browsers do, where a quote or a line break would end the name. A backslash would hide what comes after it; a name has none that means anything. */
function escaped(text: string): string {
	const replacements: Readonly<Record<string, string>> = { '"': "%22", "\r": "%0D", "\n": "%0A", "\\": "%5C", "\0": "%00" };
	return text.toWellFormed().replaceAll(/["\r\n\\\0]/g, (character) => replacements[character] ?? "");
}
