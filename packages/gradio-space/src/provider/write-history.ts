import type { SpaceComponent } from "../handshake/space-config.ts";
import type { Turn } from "./split-conversation.ts";

/** The form in which a Chatbot takes a conversation: pairs, messages whose content is a text, messages whose content is a list of blocks. */
export type ChatbotForm = "pairs" | "messages" | "blocks";

/**
 * Which form a Chatbot takes: blocks from Gradio 6 on; before that pairs, unless it says `type: "messages"`.
 *
 * @param chatbot - the component
 * @param version - Gradio's version; where it is not known, what the component says decides alone
 */
export function chatbotForm(chatbot: SpaceComponent | undefined, version: string | undefined): ChatbotForm {
	if (version !== undefined && Number.parseInt(version, 10) >= 6) return "blocks";
	return chatbot?.props.type === "messages" ? "messages" : "pairs";
}

/**
 * Writes a conversation in a form that a Chatbot takes. In pairs, a turn that begins with the assistant has null in place of the user, as Gradio's own
 * greetings have.
 *
 * @param history - what was said
 * @param form - the form
 */
export function writeHistory(history: readonly Turn[], form: ChatbotForm): readonly unknown[] {
	if (form === "pairs") return history.map(({ user, assistant }) => [user === "" ? null : user, assistant]);
	const content = (text: string): unknown => (form === "blocks" ? [{ type: "text", text }] : text);
	return history.flatMap(({ user, assistant }) => [
		...(user === "" ? [] : [{ role: "user", content: content(user) }]),
		...(assistant === "" ? [] : [{ role: "assistant", content: content(assistant) }]),
	]);
}
