import type { ChatFunction } from "../../src/chat/chat-function.ts";

/** An input or output of a function as a test writes it down: `name: kind#component "label" = default`, all but the kind optional. No text in it has a comma and a blank after it. A State is hidden. */
const written = /^(?:(\w+): )?(\w+)(?:#(\d+))?(?: "([^"]*)")?(?: = (.*))?$/;

/** A function as a Space describes it, written down as `"/chat(message: textbox, state) -> (json \"Response\", state)"`. */
export function fn(signature: string, more: Partial<ChatFunction> = {}): ChatFunction {
	const [, name = "", takes = "", gives = ""] = /^(\S*?)\((.*)\) -> \((.*)\)$/.exec(signature) ?? [];
	const read = (list: string) =>
		list
			.split(", ")
			.filter((each) => each !== "")
			.map((each) => {
				const [, own, component = "", id, label, preset] = written.exec(each.trim()) ?? [];
				if (component === "") throw new Error(`"${each}" is no input`);
				return {
					own,
					component,
					id: id === undefined ? undefined : Number(id),
					label,
					preset,
					hidden: component === "state" || component === "button",
				};
			});
	const inputs = read(takes);
	return {
		...(name === "" ? {} : { name }),
		fnIndex: 0,
		parameters: inputs.map(({ own, component, id, label, preset, hidden }, index) => ({
			name: own ?? `param_${index}`,
			named: own !== undefined,
			component,
			id,
			hidden,
			multiple: false,
			...(label === undefined ? {} : { label }),
			hasDefault: hidden || preset !== undefined || component === "chatbot",
			...(hidden
				? { default: null }
				: preset === undefined
					? component === "chatbot"
						? { default: [] }
						: {}
					: { default: JSON.parse(preset) }),
		})),
		outputs: read(gives).map(({ component, id, label, hidden }) => ({ component, id, hidden, ...(label === undefined ? {} : { label }) })),
		components: inputs.map(({ component }) => ({ type: component, props: {} })),
		...more,
	};
}
