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

/** The text of a contract, such as `/model_chat(query: textbox, history: chatbot) -> (textbox, chatbot)`. Authors may name a function anything, also `run (fast)`. */
export const contractForm: RegExp = new RegExp(
	`^\\s*(/?[^\\s(].{0,200}?)\\s*${list(`(?:${kind}\\s*:\\s*)?${kind}`)}\\s*->\\s*${list(kind)}\\s*$`,
);

/**
 * A contract as one line, such as `/model_chat(query: textbox, history: chatbot, system: textbox) -> (textbox, chatbot, textbox)`.
 *
 * @param contract - the contract
 *
 * @example
 * ```ts
 * import { contractText, createSpace } from "@spaceport/gradio-space";
 *
 * console.log(contractText(await createSpace("http://127.0.0.1:7860").contract("/model_chat")));
 * ```
 */
export function contractText({ name, inputs, outputs }: EndpointContract): string {
	const show = (values: readonly ContractInput[]): string =>
		values.map((value) => (value.name === undefined ? "" : `${value.name}: `) + value.component).join(", ");
	return `${name}(${show(inputs)}) -> (${show(outputs)})`;
}

/**
 * Looks at a contract that is pinned.
 *
 * @param contract - the object, or its text
 * @throws InvalidRequestError where it is neither
 */
export function checkContract(contract: EndpointContract | string): void {
	let text: string | undefined;
	try {
		text = typeof contract === "string" ? contract : contract.version === 1 ? contractText(contract) : undefined;
	} catch {
		// It has not the members of one.
	}
	if (text !== undefined && contractForm.test(text)) return;
	throw new InvalidRequestError(`The contract is no contract: ${text ?? typeof contract}`, {
		path: "contract",
		hint: "Give what space.contract(api) gives, or its text, such as /chat(message: textbox, history: chatbot) -> (chatbot).",
	});
}
