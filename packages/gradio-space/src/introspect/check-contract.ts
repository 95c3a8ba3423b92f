import { InvalidRequestError } from "@spaceport/core";

/** A value that goes into a function, or comes out of it. */
export interface ContractValue {
	/** Gradio's name of the component's kind in lower case, such as `textbox`. `?` is any. */
	readonly component: string;
}

/** A value that goes into a function. */
export interface ContractInput extends ContractValue {
	/** The name of the function's own parameter, where the Space said it. */
	readonly name?: string;
}

/**
 * What a function of a Space takes and gives, as far as its callers see it: plain JSON that stays the same over restarts of the app, over its copies, and over versions
 * of Gradio. There is nothing in it that those change: no numbers, addresses, labels, defaults and choices, and no `gr.State`, which callers do not see.
 */
export interface EndpointContract {
	/** The version of this form. */
	readonly version: 1;
	/** The function's name, such as `/model_chat`. */
	readonly name: string;
	/** What it takes, in order. */
	readonly inputs: readonly ContractInput[];
	/** What it gives, in order. */
	readonly outputs: readonly ContractValue[];
}

const kind = "[^\\s,:()]+";
const list = (item: string): string => `\\(\\s*((?:${item}\\s*(?:,\\s*${item}\\s*)*)?)\\)`;

/** The text of a contract, such as `/model_chat(query: textbox, history: chatbot) -> (textbox, chatbot)`. */
export const contractForm: RegExp = new RegExp(`^\\s*(/?[^\\s()]+)\\s*${list(`(?:${kind}\\s*:\\s*)?${kind}`)}\\s*->\\s*${list(kind)}\\s*$`);

/**
 * Looks at a contract that is pinned.
 *
 * @param contract - the object, or its text
 * @throws InvalidRequestError where it is neither
 */
export function checkContract(contract: unknown): void {
	if (typeof contract === "string" ? contractForm.test(contract) : isContract(contract)) return;
	const shown = typeof contract === "string" ? JSON.stringify(contract) : "an object of another form";
	throw new InvalidRequestError(`The contract is ${shown}.`, {
		path: "contract",
		hint: "Give what space.contract(api) gives, or its text, such as /chat(message: textbox, history: chatbot) -> (chatbot).",
	});
}

function isContract(value: unknown): boolean {
	const { version, name, inputs, outputs } = (value ?? {}) as { readonly [Name in keyof EndpointContract]?: unknown };
	const isText = (text: unknown, form: RegExp): boolean => typeof text === "string" && form.test(text);
	const areValues = (values: unknown): boolean =>
		Array.isArray(values) &&
		values.every(
			(one: Partial<ContractInput> | null) => isText(one?.component, /^[^\s,:()]+$/) && isText(one?.name ?? "x", /^[^\s,:()]+$/),
		);
	return version === 1 && isText(name, /^\/?[^\s()]+$/) && areValues(inputs) && areValues(outputs);
}
