const whole = /^data:([^,]*?)(;base64)?,/i;

/**
 * The bytes of a data URL, and their media type. Not by `fetch`: some runtimes, and a page's policy, refuse that.
 *
 * @param url - a data URL
 * @throws Error where its text is no base64
 */
export function decodeDataUrl(url: string): Blob {
	const [head = "", type = "", base64] = whole.exec(url) ?? [];
	const text = url.slice(head.length);
	// Without a type it is text.
	const options = { type: type === "" || type.startsWith(";") ? `text/plain${type}` : type };
	if (base64 === undefined) return new Blob([percentDecoded(text)], options);
	const binary = atob(text.includes("%") ? decodeURIComponent(text) : text);
	const bytes = new Uint8Array(binary.length);
	for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index);
	return new Blob([bytes], options);
}

/**
 * Bytes as a data URL.
 *
 * @param blob - the bytes
 * @param mediaType - what they are
 */
export async function encodeDataUrl(blob: Blob, mediaType: string): Promise<string> {
	const bytes = new Uint8Array(await blob.arrayBuffer());
	const parts: string[] = [];
	// A multiple of three, so that no piece is padded, and few enough for the arguments of one call.
	const step = 24_576;
	for (let at = 0; at < bytes.length; at += step) parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + step))));
	return `data:${mediaType};base64,${parts.join("")}`;
}

function percentDecoded(text: string): Uint8Array<ArrayBuffer> {
	const bytes: number[] = [];
	const utf8 = new TextEncoder().encode(text);
	for (let at = 0; at < utf8.length; at += 1) {
		const code = utf8[at] === 0x25 ? Number.parseInt(String.fromCharCode(utf8[at + 1] ?? 0, utf8[at + 2] ?? 0), 16) : Number.NaN;
		bytes.push(Number.isNaN(code) ? (utf8[at] ?? 0) : code);
		if (!Number.isNaN(code)) at += 2;
	}
	return new Uint8Array(bytes);
}
