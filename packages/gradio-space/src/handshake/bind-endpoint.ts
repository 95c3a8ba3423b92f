import type { SpaceFact } from "../to-spaceport-error.ts";
import { isQueueProtocol, type ValueForm, valueForm } from "./protocol.ts";
import type { SpaceComponent, SpaceConfig, SpaceEndpoint } from "./space-config.ts";

/** The numbers of a function as they once were, for a Space without a usable config. */
export interface FixedEndpoint {
	readonly fnIndex: number;
	readonly triggerId: number;
	/** The kinds of its inputs in order, such as `["textbox", "chatbot", "textbox"]`: what is found under the number must fit them. */
	readonly parameters: readonly string[];
}

/** A function of a Space, ready to be called. */
export interface BoundEndpoint {
	/** How it was found: by its name, by its numbers checked against the config, or by its numbers alone. */
	readonly by: "name" | "checked-numbers" | "numbers";
	readonly fnIndex: number;
	readonly triggerId: number | null;
	readonly apiPrefix: string;
	readonly valueForm: ValueForm;
	/** Version of Gradio, where it is known. */
	readonly version: string | undefined;
	/** What it takes; undefined where the Space does not say. */
	readonly inputs: readonly SpaceComponent[] | undefined;
}

/**
 * Finds a function in a Space's config: by its name, else by its fixed numbers where what stands there fits.
 *
 * @param config - the Space's config
 * @param api - the function's name, with or without the slash
 * @param fixed - its numbers
 * @returns the function, or why it cannot be called
 */
export function bindEndpoint(config: SpaceConfig, api: string, fixed: FixedEndpoint | undefined): BoundEndpoint | SpaceFact {
	const form = configuredForm(config);
	if (form === undefined) return { kind: "unsupported-protocol", protocol: config.protocol, version: config.version };
	const name = api.replace(/^\/+/, "");
	const named = config.endpoints.find((endpoint) => endpoint.name === name);
	const endpoint = named ?? (fixed && config.endpoints.find((other) => other.fnIndex === fixed.fnIndex && fits(other, fixed)));
	if (endpoint === undefined) {
		const names = config.endpoints.flatMap((other) => (other.name === undefined ? [] : [`/${other.name}`]));
		const atIndex = fixed && config.endpoints.find((other) => other.fnIndex === fixed.fnIndex);
		return {
			kind: "contract",
			expected: fixed ? `/${name}, or function ${fixed.fnIndex} with (${fixed.parameters.join(", ")})` : `/${name}`,
			found: [
				names.length === 0 ? "no named function" : names.slice(0, 20).join(", "),
				...(atIndex ? [`function ${atIndex.fnIndex} with ${describeInputs(atIndex.inputs)}`] : []),
			].join("; "),
		};
	}
	return {
		by: named ? "name" : "checked-numbers",
		fnIndex: endpoint.fnIndex,
		triggerId: (named ? (endpoint.triggerId ?? fixed?.triggerId) : fixed?.triggerId) ?? null,
		apiPrefix: config.apiPrefix,
		valueForm: form,
		version: config.version,
		inputs: endpoint.inputs,
	};
}

/**
 * A function by its numbers alone, for a Space without a usable config. The path without prefix that goes with it exists on Gradio 4.16 to 4.44 only.
 *
 * @param fixed - its numbers
 */
export function bindFixedEndpoint(fixed: FixedEndpoint): BoundEndpoint {
	return {
		by: "numbers",
		fnIndex: fixed.fnIndex,
		triggerId: fixed.triggerId,
		apiPrefix: "",
		valueForm: "unknown",
		version: undefined,
		inputs: undefined,
	};
}

/** The kinds of some inputs, as an error shows them. */
export function describeInputs(inputs: readonly SpaceComponent[] | undefined): string {
	return inputs === undefined ? "inputs that it does not name" : `(${inputs.map((input) => input.type || "?").join(", ")})`;
}

/** How values come; undefined where the queue is not one that is spoken here. Every Gradio names its version, so a config without both is that of a stand-in. */
function configuredForm({ protocol, version }: SpaceConfig): ValueForm | undefined {
	if (isQueueProtocol(protocol)) return valueForm(protocol);
	return protocol === undefined && version === undefined ? "unknown" : undefined;
}

/** A function that has a name of its own is another one; where nothing is said about the inputs, there is nothing that does not fit. */
function fits({ name, inputs }: SpaceEndpoint, fixed: FixedEndpoint): boolean {
	if (inputs === undefined) return name === undefined;
	if (inputs.length !== fixed.parameters.length) return false;
	return fixed.parameters.every((type, index) => inputs[index]?.type === type.toLowerCase());
}
