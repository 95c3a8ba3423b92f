import { callOf, otherInput } from "./call-inputs.ts";
import type { ChatFunction } from "./chat-function.ts";
import type { ChatInput, ChatPlan } from "./chat-plan.ts";
import { housekeeping, type Judgement } from "./direct-chat.ts";
import { findMessage } from "./find-message.ts";
import { inputRole } from "./input-roles.ts";
import { answerKind } from "./output-kinds.ts";

/** A chat that takes several functions, which the page calls one after another. */
export interface PageChat {
	/** The functions in order: the first one takes the message, the last one answers. */
	readonly functions: readonly ChatFunction[];
	readonly last: ChatFunction;
	readonly candidate: Exclude<Judgement, { readonly why: string }>;
}

const longestChain = 4;
const firstNames = /^(?:user|add|append|submit|send|post|put|handle_user|on_submit)(?:_|$)/i;

/**
 * Finds the chats in which a first function puts the message into the Chatbot, or keeps it, and a later one answers. Which function follows which stands in the
 * config; where it does not, a single pair that fits by its looks is taken. The calls are those of the page: what a component shows goes on to whichever function takes it.
 *
 * @param functions - the Space's functions
 */
export function pageChats(functions: readonly ChatFunction[]): readonly PageChat[] {
	const answering = functions.filter(answersInChatbot);
	const pair = pairByLooks(functions, answering);
	const chats = answering.flatMap((last) => {
		const chain = chainTo(last, functions, pair);
		const plan = chain && planOf(chain);
		if (chain === undefined || plan === undefined) return [];
		const hidden = chain.some(({ undocumented }) => undocumented === true);
		return [{ functions: chain, last, candidate: { plan, score: 75 + (last.generator === true ? 5 : 0) - (hidden ? 40 : 0) } }];
	});
	// What a later function of the same chain answers is not answered yet, unless that one only tidies up behind a stream.
	return chats.filter(
		({ last, functions: { length } }) =>
			!chats.some(
				(other) =>
					other.functions.length > length && other.functions.includes(last) && (last.generator !== true || other.last.generator === true),
			),
	);
}

/** Takes the Chatbot as it is and gives it back, without a message of its own. */
function answersInChatbot(fn: ChatFunction): boolean {
	if (housekeeping.test(fn.name?.replace(/^\/+/, "") ?? "")) return false;
	const chatbots = fn.outputs.filter((output) => answerKind(output) === "chatbot");
	return (
		chatbots.length === 1 &&
		fn.parameters.filter(({ component }) => component === "chatbot").length === 1 &&
		fn.parameters.every((parameter) => !["text", "messages", "secret"].includes(inputRole(parameter)) || hasPreset(parameter.default))
	);
}

function hasPreset(value: unknown): boolean {
	return typeof value === "string" && value.trim() !== "";
}

function chainTo(
	last: ChatFunction,
	functions: readonly ChatFunction[],
	pair: readonly ChatFunction[] | undefined,
): readonly ChatFunction[] | undefined {
	const chain = [last];
	for (let first = last; chain.length <= longestChain; ) {
		const before = first.after === undefined ? undefined : functions.find(({ fnIndex }) => fnIndex === first.after);
		if (before === undefined) break;
		chain.unshift(before);
		first = before;
		if (takesMessage(first)) return chain;
	}
	return chain.length === 1 && pair?.[1] === last ? pair : undefined;
}

/** The only two functions of which one could be first and the other one answer, where the Space does not say what follows. */
function pairByLooks(functions: readonly ChatFunction[], answering: readonly ChatFunction[]): readonly ChatFunction[] | undefined {
	const [last, other] = answering.filter(({ unqueued }) => unqueued !== true);
	if (last === undefined || other !== undefined) return undefined;
	const [first, second] = functions.filter((fn) => fn !== last && isFirstByLooks(fn));
	return first === undefined || second !== undefined ? undefined : [first, last];
}

function takesMessage(fn: ChatFunction): boolean {
	return "index" in findMessage(fn) && fn.generator !== true;
}

/** Where the Space does not say what follows. */
function isFirstByLooks(fn: ChatFunction): boolean {
	if (!takesMessage(fn) || fn.after !== undefined) return false;
	const hasChatbot = (values: readonly { readonly component: string }[]): boolean =>
		values.some(({ component }) => component === "chatbot");
	const base = fn.name?.replace(/^\/+/, "") ?? "";
	return hasChatbot(fn.parameters) && hasChatbot(fn.outputs) && (fn.unqueued === true || firstNames.test(base));
}

/** The calls, each input with what its component shows by then. */
function planOf(chain: readonly ChatFunction[]): ChatPlan | undefined {
	const shown = new Map<number | string, { readonly call: number; readonly index: number }>();
	const [root] = chain;
	const last = chain.at(-1) as ChatFunction;
	const message = root && findMessage(root);
	if (message === undefined || "why" in message) return undefined;
	const keyOf = ({ id, component }: ChatFunction["outputs"][number]): number | string => id ?? component;
	let chatbot: ChatPlan["chatbot"];
	const calls = chain.map((fn, call) => {
		const inputs = fn.parameters.map((parameter, index): ChatInput => {
			const before = shown.get(keyOf(parameter));
			if (call === 0 && index === message.index) return { kind: "message", multimodal: parameter.component === "multimodaltextbox" };
			if (before !== undefined && !parameter.hidden) return { kind: "output", ...before };
			if (parameter.component !== "chatbot") return otherInput(parameter);
			chatbot ??= fn.components[index];
			return { kind: "history" };
		});
		for (const [index, output] of fn.outputs.entries()) if (!output.hidden) shown.set(keyOf(output), { call, index });
		return callOf(fn, inputs);
	});
	const index = last.outputs.findIndex((output) => answerKind(output) === "chatbot");
	return {
		reason: "one function takes the message, and another one answers",
		calls,
		answer: { index, kind: "chatbot" },
		...(chatbot === undefined ? {} : { chatbot }),
	};
}
