import { type ContractInput, type ContractValue, checkContract, contractForm, type EndpointContract } from "./check-contract.ts";
import type { EndpointInfo } from "./endpoint-info.ts";

/** A kind that is not known. */
const anyKind = "?";

/**
 * The contract of a function.
 *
 * @param endpoint - what it is described as
 */
export function contractOf({ name = anyKind, parameters, outputs }: EndpointInfo): EndpointContract {
	return {
		version: 1,
		name,
		inputs: parameters
			.filter(({ hidden }) => !hidden)
			.map((parameter) => ({ ...(parameter.named ? { name: parameter.name } : {}), component: parameter.component || anyKind })),
		outputs: outputs.filter(({ hidden }) => !hidden).map(({ component }) => ({ component: component || anyKind })),
	};
}

/**
 * Reads a contract that was written as text.
 *
 * @param contract - the text; an object is given back as it is
 * @throws InvalidRequestError where it is not the text of a contract
 */
export function parseContract(contract: EndpointContract | string): EndpointContract {
	checkContract(contract);
	if (typeof contract !== "string") return contract;
	const [, name = "", inputs = "", outputs = ""] = contractForm.exec(contract) ?? [];
	const items = (text: string): string[] => text.split(",").flatMap((item) => item.trim() || []);
	return {
		version: 1,
		name: name.startsWith("/") ? name : `/${name}`,
		inputs: items(inputs).map((item): ContractInput => {
			const [first = "", second] = item.split(":").map((part) => part.trim());
			return second === undefined ? { component: first } : { name: first, component: second };
		}),
		outputs: items(outputs).map((component): ContractValue => ({ component })),
	};
}

/**
 * How a function differs from a contract.
 *
 * Both have to have the same kinds of inputs and outputs in the same order. Where both know a name, it has to stand at the same place; a name that is new does not
 * matter, and neither does that of the function, which may be another one on another version of Gradio.
 *
 * @param pinned - the contract
 * @param found - that of the function
 * @returns the differences in words, none where it fits
 */
export function differences(pinned: EndpointContract, found: EndpointContract): readonly string[] {
	const moved = found.inputs.flatMap(({ name }, index) => {
		const before = name === undefined ? -1 : pinned.inputs.findIndex((input) => input.name === name);
		return before < 0 || before === index ? [] : [`${name} is input ${index + 1}, not ${before + 1}`];
	});
	return [...differentKinds("input", pinned.inputs, found.inputs), ...moved, ...differentKinds("output", pinned.outputs, found.outputs)];
}

function differentKinds(what: string, pinned: readonly ContractInput[], found: readonly ContractInput[]): string[] {
	if (pinned.length !== found.length) return [`${found.length} ${what}${found.length === 1 ? "" : "s"}, not ${pinned.length}`];
	return pinned.flatMap(({ component }, index) => {
		const kind = found[index]?.component ?? anyKind;
		if (component.toLowerCase() === kind || component === anyKind || kind === anyKind) return [];
		return [`${what} ${index + 1} is a ${kind}, not a ${component}`];
	});
}
