import { callOf, otherInput } from "./call-inputs.ts";
import type { ChatFunction } from "./chat-function.ts";
import type { ChatInput, ChatPlan } from "./chat-plan.ts";
import { findAnswer } from "./find-answer.ts";
import { type FoundMessage, findMessage } from "./find-message.ts";
import { inputRole, wordsOf } from "./input-roles.ts";
import { whatItMakes } from "./output-kinds.ts";

/** A way to chat, and how likely it is one. */
export interface Candidate {
	readonly plan: ChatPlan;
	/** The higher, the likelier. What is equal cannot be told apart. */
	readonly score: number;
}

/** Or why it is none. */
export type Judgement = Candidate | { readonly why: string };

/** What an author's other functions are called. */
export const housekeeping: RegExp =
	/^(?:clear|reset|undo|retry|regenerate|delete|remove|edit|like|vote|upvote|downvote|flag|feedback|save|load|upload|download|export|import|stop|cancel|toggle|update|change|set|get|show|hide|select|switch|refresh|example|login|logout|count|new|init|start_new|disable|enable|log|modify)(?:_|$)/i;
/** What other functions of text to text are called. */
const elsewhere =
	/translat|summar|classif|sentiment|detect|token[iz]|embed|transcrib|caption|search|retriev|count|encod|decod|convert|correct|grammar|paraphras|extract|recogn|similar|check|validat|format|greet|reverse|upper|lower|hello|analy|scrap|crawl|fetch|parse|lookup|calculat|process_(?:url|file|pdf)|render|tts|speech|speak/i;
/** What the texts are called that other functions of text to text give: of one text they make another, whatever was asked. */
const otherTexts =
	/\b(?:prompts?|results|stor(?:y|ies)|poems?|lyrics|essay|e ?mail|sql|keywords|hash ?tags|titles?|headlines?|recipe|transcript(?:ion)?)\b/;
const chatty =
	/chat|respond|reply|answer|ask|bot|convers|message|talk|assistant|query|llm|gpt|instruct|generate|complet|infer|predict|generat|run|submit|send|main|fn|interact|prompt|say/i;

const question =
	/\b(?:message|msg|query|question|prompt|instruction|chat|ask)\b|消息|问题|提问|质问|質問|メッセージ|질문|вопрос|pregunta|frage|pergunta/;

/**
 * Whether a function by itself is a chat: a message in, and a Chatbot or a text out.
 *
 * @param fn - the function
 * @param isNamed - whether the caller has named it: its shape alone decides then
 */
export function directChat(fn: ChatFunction, isNamed: boolean): Judgement {
	if (fn.opaque === true) return { why: "does not say what it takes and gives" };
	const { parameters, outputs, name = "", generator, undocumented } = fn;
	const roles = parameters.map(inputRole);
	const answer = findAnswer(fn);
	if ("why" in answer) return { why: whatItMakes(outputs) ?? answer.why };
	if (answer.kind === "text" && whatItMakes(outputs) !== undefined && !isNamed) return { why: whatItMakes(outputs) as string };
	if (roles.filter((role) => role === "history").length > 1) return { why: "takes several chats at once" };
	const messages = roles.indexOf("messages");
	const message = messages === -1 ? findMessage(fn) : { index: messages, named: true };
	if ("why" in message) return message;
	const secret = parameters[roles.indexOf("secret")];
	if (secret !== undefined) return { why: `wants a secret of yours (${secret.label ?? secret.name})` };
	const base = name.replace(/^\/+/, "");
	if (!isNamed && housekeeping.test(base)) return { why: "does something else by its name" };
	const history = roles.indexOf("history");
	const kept = parameters.some(({ component }) => component === "state") && outputs.some(({ component }) => component === "state");
	let score: number;
	let reason: string;
	if (messages !== -1 && history === -1) {
		score = 70;
		reason = "a list of messages in, an answer out";
	} else if (answer.kind === "chatbot") {
		score = history === -1 ? 80 : 90;
		reason = history === -1 ? "a message in, a chat out" : "a message and a chat in, the chat out";
	} else if (history !== -1) {
		score = 85;
		reason = "a message and a chat in, the answer as a text out";
	} else if (kept && message.named && chatty.test(base) && !elsewhere.test(base)) {
		score = 82;
		reason = "a chat that keeps its history itself, as Gradio's ChatInterface does";
	} else {
		const why = isNamed ? undefined : whyNoPlainText(fn, base, message);
		if (why !== undefined) return { why };
		score = 40;
		reason = "a text in, a text out";
	}
	if (roles.includes("media")) score -= 10;
	if (generator === true) score += 5;
	if (undocumented === true) score -= 40;
	if (fn.name === undefined) score -= 5;
	if (base === "chat") score += 2;
	const inputs = parameters.map((parameter, index): ChatInput => {
		if (index !== message.index && !roles.includes("system") && isInstruction(parameter))
			return { kind: "system", value: parameter.default };
		if (index === message.index)
			return messages === -1 ? { kind: "message", multimodal: parameter.component === "multimodaltextbox" } : { kind: "messages" };
		return index === history ? { kind: "history" } : otherInput(parameter);
	});
	const chatbot = fn.components[history];
	// Of two chats the one that can be told more is the one that the app is for.
	if (inputs.some(({ kind }) => kind === "system")) score += 3;
	score += Math.min(inputs.filter(({ kind }) => kind === "setting").length, 3) / 2;
	return {
		score,
		plan: { reason, calls: [callOf(fn, inputs)], answer, ...(chatbot === undefined ? {} : { chatbot }) },
	};
}

/** A text that the page already has, for the model to keep to. */
function isInstruction(parameter: ChatFunction["parameters"][number]): boolean {
	const { hasDefault, default: preset } = parameter;
	return (
		inputRole(parameter) === "text" &&
		hasDefault &&
		typeof preset === "string" &&
		preset.trim() !== "" &&
		(wordsOf(parameter).some((word) => /^instructions?$/.test(word)) || /^\s*(?:you are|you're|act as|answer as)\b/i.test(preset))
	);
}

/** Many an app takes a text and gives a text. Taking one for a chat needs a sign that it is one, and none of another. */
function whyNoPlainText(fn: ChatFunction, base: string, message: Exclude<FoundMessage, { readonly why: string }>): string | undefined {
	const { parameters, outputs, generator } = fn;
	const parameter = parameters[message.index] as ChatFunction["parameters"][number];
	const seen = outputs.filter(({ hidden }) => !hidden);
	const says = (pattern: RegExp, { name, label }: { name?: string; label?: string }): boolean =>
		wordsOf({ name: name ?? "", ...(label === undefined ? {} : { label }) }).some((word) => pattern.test(word));
	if (elsewhere.test(base) || seen.some((output) => says(elsewhere, output) || says(otherTexts, output)))
		return "takes a text and gives a text, and is something else by its name";
	if (parameters.some((each) => inputRole(each) === "media")) return "is asked about an image, a sound or a file";
	if (seen.length > 1) return "takes a text and gives several values";
	if (seen.every(({ component }) => component === "json")) return "takes a text and gives data";
	// Gradio 3 tells neither the parameter's name nor, in an Interface, a label.
	const isNameless = !parameter.named && parameter.label === undefined;
	const isQuestion = says(question, parameter.named ? parameter : { ...parameter, name: "" });
	if (!isQuestion && !message.named && !isNameless) return "takes a text that is no message by its name";
	const isAlone = parameters.every((each, index) => index === message.index || each.hidden || inputRole(each) !== "control");
	if (!isQuestion && !isAlone) return "takes a text and gives a text, and nothing says that it is a chat";
	if (!chatty.test(base) && !(isQuestion && generator === true)) return "takes a text and gives a text, and nothing says that it is a chat";
	return undefined;
}
