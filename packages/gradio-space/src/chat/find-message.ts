import type { ChatFunction, ChatParameter } from "./chat-function.ts";
import { inputRole, wordsOf } from "./input-roles.ts";

/** Which input takes the question: its place, or why there is none. */
export type FoundMessage = { readonly index: number; readonly named: boolean } | { readonly why: string };

const exact =
	/^(?:(?:user|chat|your|the|input|current|new|my|text|human|latest|last) )*(?:message|msg|query|question|prompt|input|inputs|inp|text|txt|input text|content|request|instruction|chat|ask|say something|utterance|q|user|you|human)(?: (?:text|input|here|box|string|str))*$/;
const loose =
	/\b(?:message|msg|query|question|prompt|ask|input|chat|talk|say|instruction)\b|消息|问题|提问|输入|質問|メッセージ|입력|질문|сообщение|вопрос|pregunta|frage|mensaje|pergunta/;
/** Texts that a chat takes besides, and texts that other apps take. */
const other =
	/\b(?:name|lang(?:uage)?|model|url|link|stop|context|document|doc|topic|title|email|path|file(?:name)?|style|tone|id|uuid|negative|prefix|suffix|output|response|answer|reply|result|history|label|repo|endpoint|host|date|city|country|source|target|reference|passage|paragraph|article|summary|code|knowledge|persona|role|example|tags?|lyrics|genre)\b/;

/**
 * Finds the input that takes the question. Names and labels decide, then whether it stands empty on the page; where two fit equally, none is taken.
 *
 * @param fn - the function
 */
export function findMessage(fn: ChatFunction): FoundMessage {
	const texts = fn.parameters.flatMap((parameter, index) =>
		inputRole(parameter) === "text" ? [{ index, parameter, score: fitness(parameter) }] : [],
	);
	texts.sort((first, second) => second.score - first.score);
	const [best, second] = texts;
	if (best === undefined) return { why: "takes no message" };
	if (best.score < 0) return { why: `takes ${showWord(best.parameter)}, which is no message` };
	// Beside a Chatbot, the first of several that nobody gave a name or a label is where the page is typed into.
	const byPlace = second !== undefined && isNameless(best.parameter) && isNameless(second.parameter) && takesChat(fn);
	if (second !== undefined && second.score > best.score - 10 && !byPlace) {
		return { why: `has two inputs that could be the message, ${showWord(best.parameter)} and ${showWord(second.parameter)}` };
	}
	return { index: best.index, named: best.score >= 30 };
}

function isNameless({ name, named, label = "" }: ChatParameter): boolean {
	return [named ? name : "", label].every((word) => /^(?:textbox)?(?:_\d+)?$/i.test(word));
}

function takesChat({ parameters }: ChatFunction): boolean {
	return parameters.some(({ component }) => component === "chatbot");
}

function fitness(parameter: ChatParameter): number {
	const { component, hasDefault, default: preset } = parameter;
	const words = wordsOf(parameter.named ? parameter : { ...parameter, name: "" }).filter((word) => word !== "");
	let score = 0;
	if (component === "multimodaltextbox") score += 50;
	// An instruction and an input that goes with it: the first is the question.
	if (words.some((word) => /^instructions?$/.test(word))) score += 50;
	else if (words.some((word) => exact.test(word))) score += 40;
	else if (words.some((word) => loose.test(word))) score += 30;
	if (words.some((word) => other.test(word) && !exact.test(word))) score -= 45;
	if (hasDefault && typeof preset === "string" && preset.trim() !== "") score -= 20;
	return score;
}

function showWord({ name, named, label, component }: ChatParameter): string {
	return `"${(named ? name : (label ?? component)).slice(0, 40)}"`;
}
