import type { ChatFunction } from "./chat-function.ts";

const mostParameters = 6;

/** How errors name a function: by its name, or by its number where it has none. */
export function nameOf({ name, fnIndex }: Pick<ChatFunction, "name" | "fnIndex">): string {
	return name ?? `function ${fnIndex}`;
}

/**
 * A function as an error shows it, such as `/infer(prompt: textbox, seed: slider, …)`.
 *
 * @param fn - the function
 */
export function describeFunction(fn: ChatFunction): string {
	const seen = fn.parameters.filter(({ hidden }) => !hidden);
	const shown = seen.slice(0, mostParameters).map(({ name, named, label, component }) => {
		const word = named ? name : label;
		return word === undefined ? component : `${word.slice(0, 40)}: ${component}`;
	});
	return `${nameOf(fn)}(${[...shown, ...(seen.length > mostParameters ? ["…"] : [])].join(", ")})`;
}
