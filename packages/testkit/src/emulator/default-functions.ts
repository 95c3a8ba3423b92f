import type { CallContext, EmulatedFunction } from "./emulated-function.ts";
import { GrowingText } from "./growing-text.ts";

/** The texts that answer a question: `count 5` is "1 2 3 4 5" in five steps, anything else comes back by words. */
function* pieces(question: string): Generator<string, void, void> {
	const count = /^count (\d+)$/.exec(question)?.[1];
	if (count === undefined) {
		yield* question.match(/\s*\S+|\s+$/g) ?? [];
		return;
	}
	for (let number = 1; number <= Number(count); number++) yield number === 1 ? "1" : ` ${number}`;
}

function textOf(value: unknown): string {
	return typeof value === "string" ? value : "";
}

function* chat([query, history, system]: readonly unknown[], context: CallContext): Generator<readonly unknown[], void, void> {
	const answer = new GrowingText();
	const question = textOf(query);
	const values = ["", [...(Array.isArray(history) ? history : []), ...context.turn(question, answer)], system];
	for (const piece of pieces(question)) {
		answer.append(piece);
		yield values;
	}
}

function* stream([query]: readonly unknown[]): Generator<readonly unknown[], void, void> {
	const answer = new GrowingText();
	for (const piece of pieces(textOf(query))) yield [answer.append(piece)];
}

const plain: EmulatedFunction = {
	inputs: ["textbox"],
	outputs: ["textbox"],
	run: ([text]) => [`plain: ${textOf(text)}`],
};

/** What a Space offers where no functions are given. */
export const defaultFunctions: Readonly<Record<string, EmulatedFunction>> = {
	model_chat: { inputs: ["textbox", "chatbot", "textbox"], outputs: ["textbox", "chatbot", "textbox"], run: chat },
	text_stream: { inputs: ["textbox"], outputs: ["textbox"], run: stream },
	plain,
	unqueued: { ...plain, queue: false },
};
