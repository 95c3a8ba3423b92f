import {
	type ChatMessage,
	type CompileHistoryOptions,
	conversation,
	type MessagePart,
	messageText,
	type ProviderRequest,
} from "@spaceport/core";

import type { SentTurns } from "../decode/read-chatbot.ts";
import type { BoundEndpoint } from "../handshake/bind-by-name.ts";
import { lateTools } from "./late-tools.ts";
import { splitConversation, type Turn } from "./split-conversation.ts";
import { chatbotForm, writeHistory } from "./write-history.ts";

/** How a Space takes a conversation. */
export interface SpaceConversationOptions extends CompileHistoryOptions {
	/** Which input takes the earlier turns. Leave it out where none does. */
	readonly historyIndex?: number;
}

/** A conversation as the inputs of a Space take it. */
export interface SpaceConversation {
	/** The user's new message, with whatever has no place of its own: the system prompt, or the whole conversation. */
	readonly prompt: string;
	/** The earlier turns as the Chatbot takes them; null, which every input takes for nothing, where they stand in the prompt. */
	readonly history: readonly unknown[] | null;
}

/**
 * Writes a conversation for the inputs of a Space. A Chatbot gets the earlier turns; where there is none, or tools speak, for which a Chatbot has no form,
 * they are compiled into the prompt. Where the Space does not say what it takes, an input that is named as the history's is taken for a Chatbot.
 *
 * @param request - what is asked
 * @param endpoint - what the function takes
 * @param options - which input is the history's, and whether the system prompt has a place of its own
 * @param taken - the kinds of parts that go another way
 * @throws InvalidRequestError, UnsupportedError as `compileHistory` does
 */
export function spaceConversation(
	request: ProviderRequest,
	{ inputs, version }: Pick<BoundEndpoint, "inputs" | "version">,
	{ historyIndex, system = "include" }: SpaceConversationOptions = {},
	taken: readonly MessagePart["type"][] = [],
): SpaceConversation {
	const asked = withoutParts(request, taken);
	const written = (what: ProviderRequest): string => {
		const [only, ...more] = what.messages.filter(({ role }) => system === "include" || role !== "system");
		const isAlone = more.length === 0 && (system === "leave-out" || !what.system);
		// Most are one question: that needs nothing to be written.
		return isAlone && only?.role === "user" && !hasTools(only) ? messageText(only) : lateTools().compileHistory(what, { system });
	};
	const input = historyIndex === undefined ? undefined : inputs?.[historyIndex];
	const isChatbot = historyIndex !== undefined && (inputs === undefined || input?.type === "chatbot");
	if (!isChatbot || asked.messages.some(hasTools) || conversation(asked).at(-1)?.role !== "user") {
		const prompt = written(asked);
		sentOf.set(request, { prompt, userTurns: 1 });
		return { prompt, history: isChatbot ? [] : null };
	}
	const { question, history } = splitConversation(asked);
	const systems = asked.messages.filter(({ role }) => role === "system");
	const prompt = written({ ...asked, messages: [...systems, { role: "user", content: question }] });
	sentOf.set(request, toSentTurns(prompt, history));
	return { prompt, history: writeHistory(history, chatbotForm(input, version)) };
}

/** A request without parts of some kinds. */
function withoutParts(request: ProviderRequest, taken: readonly MessagePart["type"][]): ProviderRequest {
	const isTaken = ({ type }: MessagePart): boolean => taken.includes(type);
	if (!request.messages.some(({ content }) => typeof content !== "string" && content.some(isTaken))) return request;
	const messages = request.messages.map((message) => {
		if (typeof message.content === "string") return message;
		const rest = message.content.filter((part) => !isTaken(part));
		return { ...message, content: rest.length === 0 ? "" : rest };
	});
	return { ...request, messages };
}

const sentOf = new WeakMap<ProviderRequest, SentTurns>();

/**
 * What `call.conversation` wrote for a request, for `readChatbot`.
 *
 * @param request - the very object that `toData` got
 * @returns undefined where `toData` did not write the conversation that way
 */
export function sentTurns(request: ProviderRequest): SentTurns | undefined {
	return sentOf.get(request);
}

function toSentTurns(prompt: string, history: readonly Turn[]): SentTurns {
	const earlier = history.filter(({ user }) => user !== "");
	const previous = earlier.at(-1);
	return { prompt, userTurns: earlier.length + 1, ...(previous === undefined ? {} : { previous }) };
}

/** Whether a part is what a tool was asked or said: it has no place in a Chatbot, and can be written as text. */
export function isToolPart({ type }: MessagePart): boolean {
	return type === "tool-call" || type === "tool-result";
}

function hasTools({ role, content }: ChatMessage): boolean {
	return role === "tool" || (typeof content !== "string" && content.some(isToolPart));
}
