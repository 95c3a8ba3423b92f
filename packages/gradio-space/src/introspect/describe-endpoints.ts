import type { SpaceComponent, SpaceConfig, SpaceEndpoint } from "../handshake/space-config.ts";
import type { EndpointInfo, OutputInfo, ParameterInfo } from "./endpoint-info.ts";
import { type SaidEndpoint, type SaidInfo, type SaidValue, textOf } from "./read-info.ts";

/**
 * Describes the functions of a Space that can be called.
 *
 * @param config - its config
 * @param info - what it says at `/info`, if it does
 */
export function describeEndpoints(config: SpaceConfig, info: SaidInfo | undefined): readonly EndpointInfo[] {
	return config.endpoints.filter(({ clientSide }) => clientSide !== true).map((endpoint) => describe(endpoint, info));
}

function describe(endpoint: SpaceEndpoint, info: SaidInfo | undefined): EndpointInfo {
	const { name, fnIndex, undocumented, unqueued, generator, inputs, outputs } = endpoint;
	const said = name === undefined ? info?.unnamed.get(fnIndex) : info?.named.get(name);
	return {
		...(name === undefined ? {} : { name: `/${name}` }),
		fnIndex,
		...(said?.description === undefined ? {} : { description: said.description }),
		...(undocumented ? { undocumented } : {}),
		...(unqueued === true ? { unqueued } : {}),
		...(generator === undefined ? {} : { generator }),
		parameters: describeParameters(inputs, said),
		outputs: pair(outputs, said?.returns).map(([component, value]) => describeValue(component, value, "output")),
		...(inputs === undefined && outputs === undefined && said === undefined ? { opaque: true } : {}),
	};
}

function describeParameters(inputs: readonly SpaceComponent[] | undefined, said: SaidEndpoint | undefined): readonly ParameterInfo[] {
	const taken = new Set<string>();
	return pair(inputs, said?.parameters).map(([component, value], index) => {
		const own = value?.name !== undefined && !taken.has(value.name) ? value.name : undefined;
		if (own !== undefined) taken.add(own);
		const { props } = component;
		return {
			name: own ?? `param_${index}`,
			named: own !== undefined,
			...describeValue(component, value, "input"),
			...readDefault(component, value),
			...readChoices(props.choices),
			...readNumbers(props),
		};
	});
}

function describeValue(component: SpaceComponent, value: SaidValue | undefined, side: "input" | "output"): OutputInfo {
	const label = readLabel(component, value);
	const type = value?.type ?? (side === "output" ? component.outputSchema : undefined) ?? component.schema;
	return {
		component: component.type === "" ? (value?.component ?? "") : component.type,
		...(label === undefined ? {} : { label }),
		...(type === undefined ? {} : { type }),
		...(value?.pythonType === undefined ? {} : { pythonType: value.pythonType }),
		hidden: component.hidden === true,
	};
}

/** Where it is translated on the page, the Space sends what it is translated by; `/info` makes up labels for what has none. */
function readLabel({ type, props }: SpaceComponent, said: SaidValue | undefined): string | undefined {
	const label = textOf(props.label) ?? (type === "" ? said?.label : undefined);
	return label?.startsWith("__i18n__") === true ? undefined : label;
}

/** A Textbox that was given no value has the empty text on some versions, and none on others: it has no default. */
function readDefault({ type, props, hidden }: SpaceComponent, said: SaidValue | undefined): Pick<ParameterInfo, "hasDefault" | "default"> {
	if (hidden === true) return { hasDefault: true, default: null };
	if (said?.hasDefault === false) return { hasDefault: false };
	if (said?.hasDefault === true) return { hasDefault: true, default: said.default ?? null };
	const { value } = props;
	if (value === undefined || value === null || (value === "" && type === "textbox")) return { hasDefault: false };
	return { hasDefault: true, default: value };
}

/** Choices are values, or pairs of what the page shows and the value. */
function readChoices(choices: unknown): { choices?: readonly unknown[] } {
	if (!Array.isArray(choices)) return {};
	return { choices: choices.map((choice: unknown) => (Array.isArray(choice) && choice.length === 2 ? choice[1] : choice)) };
}

function readNumbers(props: SpaceComponent["props"]): Pick<ParameterInfo, "minimum" | "maximum" | "step"> {
	const numbers = ["minimum", "maximum", "step"].filter((name) => typeof props[name] === "number");
	return Object.fromEntries(numbers.map((name) => [name, props[name]]));
}

/** `/info` leaves out what is hidden, which is not the same on all versions: Gradio 3 tells of buttons. */
const listed: readonly ((component: SpaceComponent) => boolean)[] = [
	({ hidden }) => hidden !== true,
	({ type }) => type !== "state" && type !== "variable",
	() => true,
];

/** What the config says about some values beside what `/info` says, where the two agree on how many there are. */
function pair(
	components: readonly SpaceComponent[] | undefined,
	values: readonly SaidValue[] = [],
): readonly (readonly [SpaceComponent, SaidValue | undefined])[] {
	if (components === undefined) return values.map((value) => [{ type: value.component ?? "", props: {} }, value]);
	const rule = listed.find((isListed) => components.filter(isListed).length === values.length);
	const rest = values[Symbol.iterator]();
	return components.map((component) => [component, rule?.(component) === true ? rest.next().value : undefined]);
}
