import type { SpaceComponent, SpaceConfig } from "../handshake/space-config.ts";
import type { EndpointInfo, OutputInfo, ParameterInfo } from "../introspect/endpoint-info.ts";

/** An input of a function, and the component of the page that it is. */
export interface ChatParameter extends ParameterInfo {
	/** Two functions whose inputs and outputs have the same number share the component. */
	readonly id?: number | undefined;
	readonly multiple: boolean;
}

/** An output of a function, and the component of the page that it is. */
export interface ChatOutput extends OutputInfo {
	readonly id?: number | undefined;
}

/** A function of a Space, as far as it matters for a chat. */
export interface ChatFunction extends EndpointInfo {
	readonly parameters: readonly ChatParameter[];
	readonly outputs: readonly ChatOutput[];
	/** The number of the function that the page calls before it. */
	readonly after?: number | undefined;
	readonly triggerId?: number | undefined;
	/** Its inputs as the config has them: the form of a history depends on them. */
	readonly components: readonly SpaceComponent[];
}

/**
 * Puts together what a Space says about its functions in two places.
 *
 * @param endpoints - the functions as they describe themselves
 * @param config - which components of the page they share, and which follows which
 */
export function chatFunctions(endpoints: readonly EndpointInfo[], config?: SpaceConfig): readonly ChatFunction[] {
	const known = new Map(config?.endpoints.map((endpoint) => [endpoint.fnIndex, endpoint]));
	return endpoints.map((endpoint) => {
		const { inputs = [], outputs = [], after, triggerId } = known.get(endpoint.fnIndex) ?? {};
		return {
			...endpoint,
			parameters: endpoint.parameters.map((parameter, index) => ({
				...parameter,
				id: inputs[index]?.id,
				multiple: inputs[index]?.props.multiselect === true,
			})),
			outputs: endpoint.outputs.map((output, index) => ({ ...output, id: outputs[index]?.id })),
			after,
			triggerId,
			components: inputs,
		};
	});
}
