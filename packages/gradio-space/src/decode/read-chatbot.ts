import { type ChatbotMessage, chatbotTurns, isUserTurn, messagesOfTurn, paragraphs } from "./chatbot-messages.ts";

/** What was sent, so that an earlier turn's answer is not taken for the new one. */
export interface SentTurns {
	/** How many turns of the user were sent, the new one included. A conversation that was written into the prompt is one turn. */
	readonly userTurns: number;
	/** The text of the new turn. */
	readonly prompt: string;
	/** The turn before it, where there is one. With it, an answer is only held back where it is known to be that turn's. */
	readonly previous?: { readonly user: string; readonly assistant: string };
}

/**
 * Reads the answer out of a Chatbot's value, in any of the forms that Gradio sends (`chatbotMessages` has them). The answer is what the assistant said after
 * the last turn of the user; its thoughts are not part of it. It costs the same however long the texts are.
 *
 * @param value - the Chatbot's output
 * @param sent - what was sent. A Space may show the conversation as it was before it shows the new turn; and it may forget early turns, so fewer turns than
 *   were sent still count where the last one is the new one
 * @param final - whether it is the last value. An answer is held back then only where it is known to be the previous turn's
 * @returns the answer, which is the empty string while it has not begun; undefined where this is no Chatbot's value, or an update that leaves it as it is.
 *   Where the answer is one text of the value, it is that very string
 */
export function readChatbot(value: unknown, sent?: SentTurns, final = false): string | undefined {
	const turns = chatbotTurns(value);
	if (turns === undefined) return undefined;
	const start = Math.max(turns.findLastIndex(isUserTurn), 0);
	const messages = turns.slice(start).flatMap(messagesOfTurn);
	const answer = paragraphs(messages.filter(isAnswer).map(({ text }) => text));
	const question = messages.find(({ role }) => role === "user")?.text;
	return sent !== undefined && isStale(turns, question, answer, sent, final) ? "" : answer;
}

function isAnswer({ role, text, thought }: ChatbotMessage): boolean {
	return role === "assistant" && thought === undefined && text !== "";
}

/** Whether the conversation does not have the new turn yet. */
function isStale(turns: readonly unknown[], question: string | undefined, answer: string, sent: SentTurns, final: boolean): boolean {
	const { userTurns, prompt, previous } = sent;
	let count = 0;
	for (const turn of turns) if (isUserTurn(turn)) count += 1;
	if (count >= userTurns) return false;
	if (question !== undefined && squeeze(question) === squeeze(prompt)) return false;
	if (final) return previous !== undefined && squeeze(answer) === squeeze(previous.assistant);
	if (question === undefined) return true;
	return previous === undefined || answer === previous.assistant || squeeze(question) === squeeze(previous.user);
}

/** Gradio trims texts and turns tabs into blanks. */
function squeeze(text: string): string {
	return text.replaceAll(/\s+/g, " ").trim();
}
