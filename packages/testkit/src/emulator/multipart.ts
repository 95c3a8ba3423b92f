/** One part of a form. */
export interface FormPart {
	readonly field: string;
	/** Undefined for a field that is no file. */
	readonly fileName: string | undefined;
	readonly bytes: Buffer;
}

/** The parts of a `multipart/form-data` body; undefined where it is none. */
export function parseMultipart(body: Buffer, contentType: string | undefined): FormPart[] | undefined {
	const boundary = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/is.exec(contentType ?? "");
	if (boundary === null) return undefined;
	// The first boundary stands at the very beginning, all others after a line's end.
	const mark = Buffer.from(`\r\n--${boundary[1] ?? boundary[2]}`);
	const whole = Buffer.concat([Buffer.from("\r\n"), body]);
	const parts: FormPart[] = [];
	let start = whole.indexOf(mark);
	while (start !== -1) {
		const next = whole.indexOf(mark, start + mark.length);
		if (next === -1) break;
		const part = parsePart(whole.subarray(start + mark.length, next));
		if (part !== undefined) parts.push(part);
		start = next;
	}
	return parts;
}

function parsePart(part: Buffer): FormPart | undefined {
	const end = part.indexOf("\r\n\r\n");
	if (end === -1) return undefined;
	const disposition = /^content-disposition:(.*)$/im.exec(part.subarray(0, end).toString("utf8"))?.[1] ?? "";
	return {
		field: unescaped(/\bname="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1] ?? ""),
		fileName: namedFile(disposition),
		bytes: part.subarray(end + 4),
	};
}

function namedFile(disposition: string): string | undefined {
	const name = /\bfilename="((?:[^"\\]|\\.)*)"/i.exec(disposition)?.[1];
	return name === undefined ? undefined : unescaped(name);
}

/** As browsers and Node write quotes and line ends in names. */
function unescaped(name: string): string {
	return name.replace(/%22/g, '"').replace(/%0D/gi, "\r").replace(/%0A/gi, "\n").replace(/\\(.)/g, "$1");
}
