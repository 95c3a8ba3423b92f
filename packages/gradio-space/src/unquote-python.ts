const repr = /^(['"])((?:\\[\s\S]|(?!\1|\\)[\s\S])*)\1$/;
const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/**
 * Undoes Python's `repr` of a string, in which Gradio before 5.50 wraps the words of an error: one pair of quotes, and the escapes inside. Text of
 * another shape stays as it is.
 *
 * @param text - the words as they came
 */
export function unquotePython(text: string): string {
	const inner = repr.exec(text)?.[2];
	if (inner === undefined) return text;
	return inner.replaceAll(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g, (_, code: string) => {
		if (code.length > 1) {
			const point = Number.parseInt(code.slice(1), 16);
			return point <= 0x10ffff ? String.fromCodePoint(point) : `\\${code}`;
		}
		return escapes[code] ?? (/['"\\]/.test(code) ? code : `\\${code}`);
	});
}
