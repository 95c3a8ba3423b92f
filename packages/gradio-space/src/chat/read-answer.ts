import { readChatbot } from "../decode/read-chatbot.ts";

/**
 * Reads an answer that stands in an output by itself: a text, and from a ChatInterface of Gradio 5 or 6 also a message, a list of messages or of what a message has.
 *
 * @param value - the output
 * @returns undefined where there is no answer, or an update that leaves it as it is
 */
export function readAnswer(value: unknown): string | undefined {
	if (typeof value === "string") return value;
	if (typeof value !== "object" || value === null) return undefined;
	if ("__type__" in value && value.__type__ === "update") return "value" in value ? readAnswer(value.value) : undefined;
	const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
	const messages = parts.map((part) =>
		typeof part === "object" && part !== null && "role" in part ? part : { role: "assistant", content: isContent(part) ? part : undefined },
	);
	return readChatbot(messages);
}

function isContent(part: unknown): boolean {
	return typeof part === "string" || (typeof part === "object" && part !== null);
}
