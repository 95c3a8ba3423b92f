import { chatbotTurns, isRecord, isUserTurn, paragraphs, type Said, saidInTurn, textOfBlocks } from "./chatbot-turns.ts";

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
	const last = lastExchange(turns);
	if (last !== undefined) return sent !== undefined && isStale(turns, last.question, last.answer, sent, final) ? "" : last.answer;
	const start = Math.max(turns.findLastIndex(isUserTurn), 0);
	const said = turns.slice(start).flatMap(saidInTurn);
	const answer = paragraphs(
		said
			.filter(({ role, thought }) => role === "assistant" && thought === undefined)
			.map(({ blocks }) => textOfBlocks(blocks))
			.filter((text) => text !== ""),
	);
	const asked = said.find(({ role }) => role === "user");
	const question = asked && textOfBlocks(asked.blocks);
	return sent !== undefined && isStale(turns, question, answer, sent, final) ? "" : answer;
}

/**
 * The last question and its answer, where both are nothing but texts: as almost always, at each step, so nothing is made for it. Undefined where a look at all
 * that was said after the last question is needed.
 */
function lastExchange(turns: readonly unknown[]): { readonly question: string; readonly answer: string } | undefined {
	const last = turns.at(-1);
	if (Array.isArray(last)) {
		const [question, answer] = last as unknown[];
		return typeof question === "string" && typeof answer === "string" ? { question, answer } : undefined;
	}
	const question = onlyText(turns.at(-2), "user");
	const answer = onlyText(last, "assistant");
	return question === undefined || answer === undefined ? undefined : { question, answer };
}

/** The text of a message that is one text and no thought. */
function onlyText(turn: unknown, role: Said["role"]): string | undefined {
	if (!isRecord(turn) || turn.role !== role || (isRecord(turn.metadata) && turn.metadata.title)) return undefined;
	const { content } = turn;
	if (!Array.isArray(content)) return typeof content === "string" ? content : undefined;
	const [block] = content as unknown[];
	return content.length === 1 && isRecord(block) && typeof block.text === "string" ? block.text : undefined;
}

/** Whether the conversation does not have the new turn yet. */
function isStale(turns: readonly unknown[], question: string | undefined, answer: string, sent: SentTurns, final: boolean): boolean {
	const { userTurns, prompt, previous } = sent;
	let missing = userTurns;
	for (const turn of turns) if (isUserTurn(turn)) missing -= 1;
	if (missing <= 0) return false;
	if (question !== undefined && squeeze(question) === squeeze(prompt)) return false;
	if (final) return previous !== undefined && squeeze(answer) === squeeze(previous.assistant);
	if (question === undefined) return true;
	return previous === undefined || answer === previous.assistant || squeeze(question) === squeeze(previous.user);
}

/** Gradio trims texts and turns tabs into blanks. */
function squeeze(text: string): string {
	return text.replaceAll(/\s+/g, " ").trim();
}
