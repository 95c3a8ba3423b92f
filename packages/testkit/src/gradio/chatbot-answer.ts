/**
 * The text of the last answer in a Chatbot's value, in any of the forms that Gradio sends: pairs, messages whose content is a string, messages whose content
 * is a list of parts.
 *
 * @returns null where the last turn has no answer yet, or there is no turn
 */
export function chatbotAnswer(value: unknown): string | null {
	const last: unknown = Array.isArray(value) ? value.at(-1) : undefined;
	if (Array.isArray(last)) return typeof last[1] === "string" ? last[1] : null;
	if (typeof last !== "object" || last === null || !("content" in last) || !("role" in last)) return null;
	if (last.role !== "assistant") return null;
	if (typeof last.content === "string") return last.content;
	if (!Array.isArray(last.content)) return null;
	return last.content.map((part: { text?: string }) => part.text ?? "").join("");
}
