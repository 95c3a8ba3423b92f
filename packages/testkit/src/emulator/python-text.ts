/** Writes a value as Python's `json.dumps` does: only ASCII, and a blank after each comma and colon unless `compact`. */
export function pythonJson(value: unknown, compact: boolean): string {
	return write(value, compact ? "," : ", ", compact ? ":" : ": ");
}

function write(value: unknown, comma: string, colon: string): string {
	if (typeof value === "string") return asciiString(value);
	if (typeof value !== "object" || value === null) return JSON.stringify(value ?? null);
	if (Array.isArray(value)) return `[${value.map((item) => write(item, comma, colon)).join(comma)}]`;
	if ("toJSON" in value && typeof value.toJSON === "function") return write(value.toJSON(), comma, colon);
	const entries = Object.entries(value).filter(([, item]) => item !== undefined);
	return `{${entries.map(([key, item]) => `${asciiString(key)}${colon}${write(item, comma, colon)}`).join(comma)}}`;
}

function asciiString(text: string): string {
	// One escape for each UTF-16 code unit, as Python writes characters outside of the basic plane.
	return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Python's `repr` of a string: in single quotes, or in double ones where it has single ones and no double ones. */
export function pythonRepr(text: string): string {
	const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
	let inner = "";
	for (const character of text) inner += reprCharacter(character, quote);
	return quote + inner + quote;
}

const named: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function reprCharacter(character: string, quote: string): string {
	if (character === quote) return `\\${quote}`;
	const known = named[character];
	if (known !== undefined) return known;
	if (character === " " || !/[\p{C}\p{Z}]/u.test(character)) return character;
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
	return code < 0x10000 ? `\\u${code.toString(16).padStart(4, "0")}` : `\\U${code.toString(16).padStart(8, "0")}`;
}
