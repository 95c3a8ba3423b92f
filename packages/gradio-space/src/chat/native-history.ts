import { callOf } from "./call-inputs.ts";
import type { ChatFunction } from "./chat-function.ts";
import type { ChatPlan } from "./chat-plan.ts";
import type { PageChat } from "./page-chat.ts";

/**
 * A plan, with a second one for requests with earlier turns where the chat keeps its history in a State. Clients cannot send a State, but the page can fill it:
 * Gradio's own ChatInterface has a function that copies its Chatbot there (5.50, 6), or answers over its Chatbot in a chain of functions (4.44, 5.0).
 *
 * @param fn - the function of the plan
 * @param plan - a chat of a single call
 * @param functions - the Space's functions
 * @param pages - its chats of several functions
 */
export function withNativeHistory(
	fn: ChatFunction,
	plan: ChatPlan,
	functions: readonly ChatFunction[],
	pages: readonly PageChat[],
): ChatPlan {
	if (
		plan.chatbot !== undefined ||
		plan.calls.length > 1 ||
		plan.calls.some(({ inputs }) => inputs.some(({ kind }) => kind === "messages"))
	) {
		return plan;
	}
	const states = fn.parameters.flatMap(({ component, id }) => (component === "state" && id !== undefined ? [id] : []));
	const copier = functions.find((other) => copiesChat(other, states));
	if (copier !== undefined) {
		const chatbot = copier.components[0];
		const calls = [callOf(copier, [{ kind: "history" }]), ...plan.calls];
		return { ...plan, withHistory: { ...plan, calls, ...(chatbot === undefined ? {} : { chatbot }) } };
	}
	const message = fn.parameters.find(({ hidden }) => !hidden)?.id;
	const page = pages.find(
		({ functions: [root], candidate }) =>
			candidate.plan.chatbot !== undefined && message !== undefined && root?.parameters.some(({ id }) => id === message),
	);
	return page === undefined ? plan : { ...plan, withHistory: page.candidate.plan };
}

/** Takes the Chatbot alone, and gives nothing but States, one of which the chat takes. */
function copiesChat({ parameters, outputs }: ChatFunction, states: readonly number[]): boolean {
	return (
		parameters.length === 1 &&
		parameters[0]?.component === "chatbot" &&
		outputs.length > 0 &&
		outputs.every(({ component }) => component === "state") &&
		outputs.some(({ id }) => id !== undefined && states.includes(id))
	);
}
