/**
 * The value of an output that may be a `gr.update(…)`, which the app sends where it changes more than the value, or something else than that. For `fromData`.
 *
 * @param output - one of the outputs
 * @returns the value; undefined for an update that leaves it as it is
 *
 * @example
 * ```ts
 * import { outputValue } from "@spaceport/gradio-space";
 *
 * console.log(outputValue({ __type__: "update", visible: true, value: "Hello" }), outputValue("Hello"));
 * ```
 */
export function outputValue(output: unknown): unknown {
	if (typeof output !== "object" || output === null || !("__type__" in output) || output.__type__ !== "update") return output;
	return "value" in output ? output.value : undefined;
}
