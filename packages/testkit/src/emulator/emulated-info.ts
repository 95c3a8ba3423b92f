import type { ChatForm } from "./chat-forms.ts";
import { type ComponentLike, componentOf, firstValue, labelOf, parameterNames } from "./component.ts";
import { apiInfo } from "./component-schema.ts";
import type { EmulatedFunction } from "./emulated-function.ts";
import type { VersionProfile } from "./version-profile.ts";

/** The value of `/info`: the functions that their authors show, by name, without what a client does not see. */
export function emulatedInfo(
	profile: VersionProfile,
	chatForm: ChatForm,
	functions: readonly (readonly [name: string, definition: EmulatedFunction])[],
): object {
	const shown = functions.filter(
		([, { visibility = "public" }]) => visibility === "public" || (visibility === "undocumented" && !profile.eventIds),
	);
	const named = shown.map(([name, { inputs, outputs }]) => {
		const names = parameterNames(inputs);
		return [
			`/${name}`,
			{
				parameters: inputs.flatMap((input, index) => parameter(profile, chatForm, input, names[index] ?? "")),
				returns: outputs.flatMap((output) => returned(profile, chatForm, output)),
				...(profile.infoVisibility === "show_api" && { show_api: true }),
				...(profile.infoVisibility === "api_visibility" && { api_visibility: "public" }),
				...(profile.infoDescription && { description: "" }),
			},
		] as const;
	});
	return { named_endpoints: Object.fromEntries(named), unnamed_endpoints: {} };
}

function parameter(profile: VersionProfile, chatForm: ChatForm, input: ComponentLike, name: string): object[] {
	const component = componentOf(input);
	const value = firstValue(component);
	return returned(profile, chatForm, component).map(({ label, ...rest }) => ({
		label,
		...(profile.parameterNames && {
			parameter_name: name,
			parameter_has_default: value !== undefined,
			parameter_default: value ?? null,
		}),
		...rest,
		example_input: null,
	}));
}

function returned(profile: VersionProfile, chatForm: ChatForm, output: ComponentLike): { label: string; [field: string]: unknown }[] {
	const component = componentOf(output);
	const { type } = component;
	if (type === "state") return [];
	return [
		{
			label: labelOf(component),
			type: apiInfo(profile, chatForm, component),
			python_type: { type: pythonTypes[type] ?? "Any", description: "" },
			component: type[0]?.toUpperCase() + type.slice(1),
			...(profile.protocol === "websocket" && { serializer: "SimpleSerializable" }),
		},
	];
}

const pythonTypes: Readonly<Record<string, string>> = {
	textbox: "str",
	slider: "float",
	number: "float",
	checkbox: "bool",
	file: "filepath",
	audio: "filepath",
};
