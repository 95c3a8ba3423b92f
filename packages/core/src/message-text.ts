import { UnsupportedError } from "./errors/unsupported-error.ts";
import type { ChatMessage, ProviderRequest } from "./message.ts";

/** A request's messages as a list, whatever a direct caller gave: a string is one user message. */
export function messageList(messages: string | readonly ChatMessage[]): readonly ChatMessage[] {
	return typeof messages === "string" ? [{ role: "user", content: messages }] : messages;
}

/**
 * The text of one message: its text parts in order. For a provider that takes text alone.
 *
 * @throws UnsupportedError where the message has an image, a file or a tool's data
 */
export function messageText(message: ChatMessage): string {
	if (typeof message.content === "string") return message.content;
	return message.content
		.map((part) => {
			if (part.type === "text") return part.text;
			throw new UnsupportedError(`This provider takes text alone, and a ${message.role} message has a part of type "${part.type}".`, {
				capability: part.type,
				hint: "Ask a model that takes such parts, or leave the part out.",
			});
		})
		.join("");
}

/** The system prompt of a request: its `system` and its system messages, joined by newlines; the empty string where there is none. */
export function systemPrompt(request: Pick<ProviderRequest, "system"> & { readonly messages: string | readonly ChatMessage[] }): string {
	const prompts = messageList(request.messages)
		.filter((message) => message.role === "system")
		.map(messageText);
	if (request.system !== undefined) prompts.unshift(request.system);
	return prompts.join("\n");
}

/** A request's messages without the system ones. */
export function conversation(request: { readonly messages: string | readonly ChatMessage[] }): readonly ChatMessage[] {
	return messageList(request.messages).filter((message) => message.role !== "system");
}
