/** What was sent, so that an earlier turn's answer is not taken for the new one. */
export interface SentTurns {
	/** How many turns of the user were sent, the new one included. */
	readonly userTurns: number;
	/** The text of the new turn. */
	readonly prompt: string;
	/** The turn before it, where there is one. With it, an answer is only held back where it is known to be that turn's. */
	readonly previous?: { readonly user: string; readonly assistant: string };
}

/**
 * Reads the answer out of a Chatbot's value, in any of the forms that Gradio sends: pairs of user and assistant, messages whose content is a text, messages
 * whose content is a list of blocks, each of them bare or in a `gr.update`. The answer is what the assistant said after the last turn of the user; its
 * thoughts (messages with a title in their metadata) are not part of it.
 *
 * @param value - the Chatbot's output
 * @param sent - what was sent. A Space may show the conversation as it was before it shows the new turn; and it may forget early turns, so fewer turns than
 *   were sent still count where the last one is the new one
 * @param final - whether it is the last value. An answer is held back then only where it is known to be the previous turn's
 * @returns the answer, which is the empty string while it has not begun; undefined where this is no Chatbot's value, or an update that leaves it as it is.
 *   Where the answer is one text of the value, it is that very string
 */
export function readChatbot(value: unknown, sent?: SentTurns, final = false): string | undefined {
	const history = unwrap(value);
	if (history === null) return "";
	if (!Array.isArray(history)) return undefined;
	let start = history.length - 1;
	while (start >= 0 && userTextOf(history[start]) === undefined) start -= 1;
	const texts: string[] = [];
	for (let index = Math.max(start, 0); index < history.length; index += 1) {
		const text = assistantTextOf(history[index]);
		if (text !== undefined && text !== "") texts.push(text);
	}
	const answer = texts.length === 1 ? (texts[0] ?? "") : texts.join("\n\n");
	return sent !== undefined && isStale(history, start, answer, sent, final) ? "" : answer;
}

/** Whether the conversation does not have the new turn yet. */
function isStale(history: readonly unknown[], lastUser: number, answer: string, sent: SentTurns, final: boolean): boolean {
	const { userTurns, prompt, previous } = sent;
	let count = 0;
	for (const turn of history) if (userTextOf(turn) !== undefined) count += 1;
	if (count >= userTurns) return false;
	const last = lastUser < 0 ? undefined : userTextOf(history[lastUser]);
	if (last !== undefined && squeeze(last) === squeeze(prompt)) return false;
	if (final) return previous !== undefined && squeeze(answer) === squeeze(previous.assistant);
	if (last === undefined) return true;
	return previous === undefined || answer === previous.assistant || squeeze(last) === squeeze(previous.user);
}

/** Gradio trims texts and turns tabs into blanks. */
function squeeze(text: string): string {
	return text.replaceAll(/\s+/g, " ").trim();
}

function unwrap(value: unknown): unknown {
	if (!isRecord(value) || value.__type__ !== "update") return value;
	return Object.hasOwn(value, "value") ? value.value : undefined;
}

/** The user's words in a turn; undefined where it is not the user's. In a pair only null says that. */
function userTextOf(turn: unknown): string | undefined {
	if (Array.isArray(turn)) return turn[0] === null || turn[0] === undefined ? undefined : contentText(turn[0]);
	return isRecord(turn) && turn.role === "user" ? contentText(turn.content) : undefined;
}

function assistantTextOf(turn: unknown): string | undefined {
	if (Array.isArray(turn)) return contentText(turn[1]);
	if (!isRecord(turn) || turn.role !== "assistant") return undefined;
	if (isRecord(turn.metadata) && typeof turn.metadata.title === "string") return undefined;
	return contentText(turn.content);
}

/** The text of a content: a text, a block, or a list of blocks. What is no text counts as the empty one. */
function contentText(content: unknown): string {
	if (typeof content === "string") return content;
	if (Array.isArray(content)) {
		const texts = content.map(contentText).filter((text) => text !== "");
		return texts.length === 1 ? (texts[0] ?? "") : texts.join("");
	}
	return isRecord(content) && typeof content.text === "string" ? content.text : "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}
