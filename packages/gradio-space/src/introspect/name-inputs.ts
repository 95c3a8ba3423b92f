import { didYouMean, InvalidRequestError } from "@spaceport/core";

import type { EndpointContract } from "./check-contract.ts";
import type { ParameterInfo } from "./endpoint-info.ts";

/**
 * Puts inputs that are given by name into their order. What is left out gets its default, and what callers do not see gets null.
 *
 * An input goes by the name of the function's own parameter, by what the page shows beside it (`System prompt`, or `system_prompt`), which is what Gradio before 4.29
 * has to go by, or by its place (`param_0`).
 *
 * @param api - the function, for messages
 * @param parameters - what it takes
 * @param data - the inputs
 * @param contract - the names in it are good as well
 * @throws InvalidRequestError where a name is not known, stands there twice, or one that has no default is missing
 */
export function nameInputs(
	api: string,
	parameters: readonly ParameterInfo[],
	data: Readonly<Record<string, unknown>>,
	contract: EndpointContract | undefined,
): readonly unknown[] {
	const find = createFinder(parameters, contract);
	const given = new Map<ParameterInfo, unknown>();
	const problems: string[] = [];
	const known = parameters.filter(({ hidden }) => !hidden).map(shownName);
	for (const [name, value] of Object.entries(data)) {
		if (value === undefined) continue;
		const parameter = find(name);
		if (parameter === undefined) problems.push(`it has no input ${JSON.stringify(name)}.${didYouMean(name, known)}`);
		else if (given.has(parameter)) problems.push(`${JSON.stringify(name)} is given twice, under two names.`);
		else given.set(parameter, value);
	}
	const missing = parameters.filter((parameter) => !parameter.hasDefault && !given.has(parameter)).map(shownName);
	if (missing.length > 0) problems.push(`${missing.join(", ")} ${missing.length === 1 ? "is" : "are"} missing, without a default.`);
	if (problems.length > 0) {
		throw new InvalidRequestError(`${api} cannot be called with these inputs: ${problems.join(" ")}`, {
			path: "data",
			hint: known.length === 0 ? "It takes none." : `It takes ${known.join(", ")}.`,
		});
	}
	return parameters.map((parameter) => (given.has(parameter) ? given.get(parameter) : (parameter.default ?? null)));
}

/** The name that a caller is told. */
function shownName({ name, named, label }: ParameterInfo): string {
	return named || label === undefined ? name : snake(label) || name;
}

/** The first rule that knows a name wins; a rule that knows it for several inputs does not know it. */
function createFinder(
	parameters: readonly ParameterInfo[],
	contract: EndpointContract | undefined,
): (name: string) => ParameterInfo | undefined {
	const seen = parameters.filter(({ hidden }) => !hidden);
	const rules: readonly ((name: string) => readonly ParameterInfo[])[] = [
		(name) => seen.filter((parameter) => parameter.named && parameter.name === name),
		(name) => seen.filter((_, index) => contract?.inputs[index]?.name === name),
		(name) => parameters.filter(({ hidden }, index) => !hidden && name === `param_${index}`),
		(name) => seen.filter(({ label }) => label === name),
		(name) => seen.filter((parameter) => snake(parameter.label ?? "") === snake(name) && snake(name) !== ""),
	];
	return (name) => {
		for (const rule of rules) {
			const [found, other] = rule(name);
			if (found !== undefined && other === undefined) return found;
		}
		return undefined;
	};
}

function snake(label: string): string {
	return label
		.toLowerCase()
		.replaceAll(/[^\p{L}\p{N}]+/gu, "_")
		.replaceAll(/^_+|_+$/g, "");
}
