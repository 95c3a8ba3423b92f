import { type ChatMessage, conversation, messageText } from "@spaceport/core";

/** A turn of the user and the answer to it. Either is the empty string where it is missing. */
export interface Turn {
	readonly user: string;
	readonly assistant: string;
}

/** A conversation as Chatbots have it: the new question, and what was said before. */
export interface SplitConversation {
	/** The last words of the user. */
	readonly question: string;
	/** What was said before, oldest first. Messages of one speaker that follow each other are one, with a blank line between them. */
	readonly history: readonly Turn[];
}

/**
 * Splits a request's messages, the system ones left out. The last word is the user's, and no tool speaks.
 *
 * @param request - the messages
 */
export function splitConversation(request: { readonly messages: readonly ChatMessage[] }): SplitConversation {
	const turns: { user: string; assistant: string }[] = [];
	let last: "user" | "assistant" | undefined;
	for (const message of conversation(request)) {
		const text = messageText(message);
		const role = message.role === "assistant" ? "assistant" : "user";
		const turn = turns.at(-1);
		if (turn !== undefined && role === last) turn[role] = `${turn[role]}\n\n${text}`;
		else if (turn !== undefined && role === "assistant") turn.assistant = text;
		else turns.push({ user: "", assistant: "", [role]: text });
		last = role;
	}
	return { question: turns.at(-1)?.user ?? "", history: turns.slice(0, -1) };
}
