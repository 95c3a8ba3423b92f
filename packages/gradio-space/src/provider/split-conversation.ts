import { type ChatMessage, conversation, InvalidRequestError, messageText, UnsupportedError } from "@spaceport/core";

/** A turn of the user and the answer to it. Either is the empty string where it is missing. */
export interface Turn {
	readonly user: string;
	readonly assistant: string;
}

/** A conversation as Spaces take it: the new question, and what was said before. */
export interface SplitConversation {
	/** The last words of the user. */
	readonly prompt: string;
	/** What was said before, oldest first. Messages of one speaker that follow each other are one, with a blank line between them. */
	readonly history: readonly Turn[];
}

/**
 * Splits a request's messages, the system ones left out.
 *
 * @param request - the messages; a string is one message of the user
 * @throws InvalidRequestError where the user says nothing
 * @throws UnsupportedError where the last word is the assistant's, or a message has more than text
 */
export function splitConversation(request: { readonly messages: string | readonly ChatMessage[] }): SplitConversation {
	const history: { user: string; assistant: string }[] = [];
	let last: "user" | "assistant" | undefined;
	for (const message of conversation(request)) {
		const text = messageText(message);
		if (message.role === "tool") {
			throw new UnsupportedError("This Space takes no results of tools.", { capability: "tools", hint: "Ask a model that calls tools." });
		}
		const role = message.role === "assistant" ? "assistant" : "user";
		const turn = history.at(-1);
		if (turn !== undefined && role === last) turn[role] = `${turn[role]}\n\n${text}`;
		else if (turn !== undefined && role === "assistant") turn.assistant = text;
		else history.push({ user: "", assistant: "", [role]: text });
		last = role;
	}
	if (last === undefined) {
		throw new InvalidRequestError("There is no message of the user.", {
			path: "messages",
			hint: 'Add one: { role: "user", content: "…" }.',
		});
	}
	if (last === "assistant") {
		throw new UnsupportedError("This Space cannot go on from the beginning of an answer: the last message is the assistant's.", {
			capability: "prefill",
			hint: "End the messages with one of the user.",
		});
	}
	return { prompt: history.at(-1)?.user ?? "", history: history.slice(0, -1) };
}
