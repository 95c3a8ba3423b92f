/** One word or sign of JSON; the last one of a text may be incomplete. */
const token =
	/[{}[\],:]|"(?:[^"\\\n]|\\(?:["\\/bfnrtu]|$))*(?:"|$)|-?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d*)?)?(?=[\s,\]}]|$)|\b(?:true|false|null)\b|\b[a-z]{1,4}$/y;

/**
 * Whether a text is the beginning of an object or a list in JSON, alone or in a block of code that begins the text, or the whole of it. Prose may begin like it: `[1] see
 * the note`, `[link](…)`, `{name}, hello`. While no more than `[1` or `[t` is there, it is taken for prose.
 *
 * @param text - an answer so far
 */
export function isJsonBeginning(text: string): boolean {
	const [opening = ""] = /^\s*(?:```(?:json|jsonl|json5)?[ \t]*\n\s*)?(?=[{[])/i.exec(text) ?? [];
	const value = text.slice(opening.length).replace(/\s*\n```\s*$/, "");
	if (!/^[{[]/.test(value) || /^\[\s*(?:-?[\d.]+|[tfn]\w*)$/.test(value)) return false;
	return isBeginning(value);
}

function isBeginning(text: string): boolean {
	/** The brackets that are open. */
	const open: string[] = [];
	let expected: "value" | "value-or-end" | "name" | "name-or-end" | "colon" | "comma-or-end" | "next" = "value";
	let at = 0;
	while (true) {
		while (at < text.length && /[ \t\r\n]/.test(text.charAt(at))) at += 1;
		if (at >= text.length) return true;
		// Values in lines: each begins with a bracket.
		if (expected === "next" && !/[{[]/.test(text.charAt(at))) return false;
		token.lastIndex = at;
		const [found = ""] = token.exec(text) ?? [];
		if (found === "") return false;
		at += found.length;
		const kind = found.charAt(0);
		if (kind === "{" || kind === "[") {
			if (!/^(?:value|next)/.test(expected)) return false;
			open.push(kind);
			expected = kind === "{" ? "name-or-end" : "value-or-end";
		} else if (kind === "}" || kind === "]") {
			if (open.pop() !== (kind === "}" ? "{" : "[") || !expected.endsWith("-or-end")) return false;
			expected = open.length === 0 ? "next" : "comma-or-end";
		} else if (kind === ",") {
			if (expected !== "comma-or-end") return false;
			expected = open.at(-1) === "{" ? "name" : "value";
		} else if (kind === ":") {
			if (expected !== "colon") return false;
			expected = "value";
		} else if (/^name/.test(expected)) {
			if (kind !== '"') return false;
			expected = "colon";
		} else {
			const isPartOfWord = /^[a-z]/.test(found) && !["true", "false", "null"].some((word) => word.startsWith(found));
			if (!/^value/.test(expected) || isPartOfWord) return false;
			expected = "comma-or-end";
		}
	}
}
