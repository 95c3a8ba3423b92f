import type { ChatFunction, ChatParameter } from "./chat-function.ts";
import type { ChatCall, ChatInput } from "./chat-plan.ts";
import { inputRole } from "./input-roles.ts";

/**
 * A call of a function, by its name; by its number where it has none.
 *
 * @param fn - the function
 * @param inputs - what it gets
 */
export function callOf(fn: ChatFunction, inputs: readonly ChatInput[]): ChatCall {
	if (fn.name !== undefined) return { api: fn.name, inputs };
	const parameters = fn.components.map(({ type }) => type);
	return { api: `/${fn.fnIndex}`, fallback: { fnIndex: fn.fnIndex, triggerId: fn.triggerId ?? -1, parameters }, inputs };
}

/**
 * What an input gets that is neither the question nor the history: what a request sets, else what stands on the page.
 *
 * @param parameter - the input
 */
export function otherInput(parameter: ChatParameter): ChatInput {
	const role = inputRole(parameter);
	const value = presetOf(parameter);
	switch (role) {
		case "messages":
		case "system":
		case "random-seed":
			return role === "messages" ? { kind: "messages" } : { kind: role, value };
		case "maxTokens":
		case "temperature":
		case "topP":
		case "seed": {
			const { minimum, maximum, step } = parameter;
			return {
				kind: "setting",
				setting: role,
				value,
				...(minimum === undefined ? {} : { minimum }),
				...(maximum === undefined ? {} : { maximum }),
				...(step === undefined ? {} : { step }),
			};
		}
		case "media":
			if (parameter.component === "image") return { kind: "media", accepts: ["image"] };
			return parameter.component === "file" ? { kind: "media", accepts: ["image", "file"] } : { kind: "value", value: null };
		default:
			return { kind: "value", value };
	}
}

/** What stands in an input when the page is opened. */
export function presetOf({ component, hidden, hasDefault, default: preset, choices = [], minimum, multiple }: ChatParameter): unknown {
	if (hidden) return null;
	if (hasDefault) return preset ?? null;
	switch (component) {
		case "textbox":
		case "textarea":
		case "code":
			return "";
		case "multimodaltextbox":
			return { text: "", files: [] };
		case "checkbox":
			return false;
		case "slider":
			return minimum ?? 0;
		case "checkboxgroup":
			return [];
		case "dropdown":
		case "radio":
			return multiple ? [] : (choices[0] ?? null);
		default:
			return null;
	}
}
