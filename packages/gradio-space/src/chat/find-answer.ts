import type { ChatFunction } from "./chat-function.ts";
import { wordsOf } from "./input-roles.ts";
import { answerKind } from "./output-kinds.ts";

/** Where a function's answer stands in its outputs, or why nowhere. */
export type FoundAnswer = { readonly index: number; readonly kind: "chatbot" | "text" } | { readonly why: string };

const isAnswer =
	/\b(?:answer|response|reply|output|result|assistant|bot|ai|completion|generat(?:ed|ion)|chat|message)\b|回答|回复|输出|答え/;

/**
 * Finds the output that carries the answer: a Chatbot, else a text that is none of the inputs again, which functions give to empty them.
 *
 * @param fn - the function
 */
export function findAnswer({ parameters, outputs }: ChatFunction): FoundAnswer {
	const chatbots = outputs.flatMap((output, index) => (answerKind(output) === "chatbot" ? [index] : []));
	if (chatbots.length > 1) return { why: "shows several chats at once" };
	const [chatbot] = chatbots;
	if (chatbot !== undefined) return { index: chatbot, kind: "chatbot" };
	const all = outputs.flatMap((output, index) => (answerKind(output) === "text" ? [{ index, output }] : []));
	const texts = all.length === 1 ? all : all.filter(({ output }) => !parameters.some(({ id }) => id !== undefined && id === output.id));
	if (texts.length === 0) return { why: "gives no text" };
	const named = texts.find(({ output }) => wordsOf({ name: "", ...output }).some((word) => isAnswer.test(word)));
	return { index: (named ?? texts[0])?.index ?? 0, kind: "text" };
}
