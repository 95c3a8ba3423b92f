/** The types of components that the emulator does something about; any other is as good. */
export type ComponentType =
	| "textbox"
	| "chatbot"
	| "json"
	| "state"
	| "file"
	| "image"
	| "gallery"
	| "audio"
	| "multimodaltextbox"
	| (string & {});

/** A component of which more is known than its type. */
export interface EmulatedComponent {
	readonly type: ComponentType;
	/**
	 * The name of the function's parameter, where it is an input.
	 * @default the type, with a number where it comes more than once
	 */
	readonly name?: string;
	/** @default the type with a capital letter */
	readonly label?: string;
	/** The value that it has at first, and with it the default of the parameter. By default none, and `[]` for a Chatbot. */
	readonly value?: unknown;
	/** What a Dropdown, Radio or CheckboxGroup offers. */
	readonly choices?: readonly string[];
	/**
	 * How many files a File takes.
	 * @default "single"
	 */
	readonly fileCount?: "single" | "multiple";
	/** More properties of the component, as they stand in the config. */
	readonly props?: Readonly<Record<string, unknown>>;
}

/** An input or output, as a function declares it. */
export type ComponentLike = ComponentType | EmulatedComponent;

export function componentOf(component: ComponentLike): EmulatedComponent {
	return typeof component === "string" ? { type: component } : component;
}

export function typesOf(components: readonly ComponentLike[]): ComponentType[] {
	return components.map((component) => componentOf(component).type);
}

/** The value that a component has at first; undefined where it has none. */
export function firstValue({ type, value }: EmulatedComponent): unknown {
	return value ?? (type === "chatbot" ? [] : undefined);
}

export function labelOf({ type, label }: EmulatedComponent): string {
	return label ?? type[0]?.toUpperCase() + type.slice(1);
}

/** The names of the parameters of a function. */
export function parameterNames(inputs: readonly ComponentLike[]): string[] {
	const seen = new Map<string, number>();
	return inputs.map((input) => {
		const { type, name = type } = componentOf(input);
		const nth = seen.get(name) ?? 0;
		seen.set(name, nth + 1);
		return nth === 0 ? name : `${name}_${nth}`;
	});
}
