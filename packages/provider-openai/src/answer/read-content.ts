import { asFields, asList, asText, type Fields } from "@spaceport/http";

/** What a piece of an answer has in words. */
export interface Content {
	readonly text: string;
	readonly reasoning: string;
}

/**
 * The text of content that is a list, as Mistral's models that reason give it: `{ type: "thinking", thinking: [{ type: "text", text }] }` beside `{ type: "text", text }`.
 *
 * @param content - what stands in `content`
 */
export function readContent(content: unknown): Content {
	let text = "";
	let reasoning = "";
	for (const item of asList(content) ?? [content]) {
		const part = asFields(item);
		if (part === undefined) text += asText(item) ?? "";
		else if (/think|reason/.test(asText(part.type) ?? ""))
			reasoning += wordsOf(part.thinking ?? part.reasoning ?? part.text ?? part.content);
		else text += wordsOf(part.text ?? part.refusal);
	}
	return { text, reasoning };
}

/**
 * The reasoning of a delta or a message that stands in a field of its own, in any spelling. Servers that have it in several say the same in each.
 *
 * @param delta - the piece of the answer
 */
export function readReasoning(delta: Fields): string {
	const { reasoning_content: content, reasoning, thinking, reasoning_text: text } = delta;
	return wordsOf(content) || wordsOf(reasoning) || wordsOf(thinking) || wordsOf(text) || detailsOf(delta.reasoning_details);
}

function detailsOf(details: unknown): string {
	// Most deltas have none, and each comes here.
	if (!details) return "";
	return (asList(details) ?? [])
		.map((item) => {
			const detail = asFields(item);
			// What is encrypted is not for people.
			return wordsOf(detail?.text ?? detail?.summary);
		})
		.join("");
}

/** A text, in whatever lists and objects it stands. */
function wordsOf(value: unknown, depth = 0): string {
	if (typeof value === "string") return value;
	if (depth > 3 || typeof value !== "object" || value === null) return "";
	if (Array.isArray(value)) return value.map((item) => wordsOf(item, depth + 1)).join("");
	const fields = value as Fields;
	return wordsOf(fields.text ?? fields.content ?? fields.value, depth + 1);
}
