import { type FixedEndpoint, showApi } from "./bind-by-name.ts";
import type { SpaceComponent, SpaceEndpoint } from "./space-config.ts";

/** What was looked for, and what is there, as an error tells it. */
export interface Misfit {
	readonly expected: string;
	readonly found: string;
}

const mostNames = 20;

/**
 * Tells of a function that a Space does not have.
 *
 * @param wanted - the names that were looked for
 * @param fixed - its numbers
 * @param endpoints - what the Space has
 */
export function describeAbsence(wanted: readonly string[], fixed: FixedEndpoint | undefined, endpoints: readonly SpaceEndpoint[]): Misfit {
	const names = endpoints.flatMap(({ name, clientSide }) => (name === undefined || clientSide === true ? [] : [`/${name}`]));
	const atIndex = fixed && endpoints.find(({ fnIndex }) => fnIndex === fixed.fnIndex);
	return {
		expected: showApi([
			...wanted.map((name) => `/${name}`),
			...(fixed ? [`function ${fixed.fnIndex} with (${fixed.parameters.join(", ")})`] : []),
		]),
		found: [
			names.length === 0 ? "no named function" : names.slice(0, mostNames).join(", "),
			...(atIndex ? [`function ${atIndex.fnIndex} with ${describeInputs(atIndex.inputs)}`] : []),
		].join("; "),
	};
}

/** The kinds of some inputs. */
export function describeInputs(inputs: readonly SpaceComponent[] | undefined): string {
	return inputs === undefined ? "inputs that it does not name" : `(${inputs.map(({ type }) => type || "?").join(", ")})`;
}
