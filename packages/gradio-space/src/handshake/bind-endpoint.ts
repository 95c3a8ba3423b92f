import type { SpaceFact } from "../to-spaceport-error.ts";
import {
	type ApiName,
	type BoundEndpoint,
	boundEndpoint,
	type FixedEndpoint,
	namedEndpoint,
	namesOf,
	queueProtocol,
} from "./bind-by-name.ts";
import { isSpaceProtocol, type SpaceProtocol, type ValueForm, valueForm } from "./protocol.ts";
import type { SpaceConfig, SpaceEndpoint } from "./space-config.ts";

/**
 * Finds a function in a Space's config: by its name, else by its fixed numbers where what stands there fits.
 *
 * @param config - the Space's config
 * @param api - the function's name, with or without the slash, or several
 * @param fixed - its numbers
 * @param forced - how it is to be called, whatever the config says
 * @returns the function, or why it cannot be called
 */
export function bindEndpoint(
	config: SpaceConfig,
	api: ApiName,
	fixed: FixedEndpoint | undefined,
	forced: SpaceProtocol | undefined,
): BoundEndpoint | SpaceFact {
	const wanted = namesOf(api);
	const named = namedEndpoint(config, wanted);
	const endpoint = named ?? (fixed && config.endpoints.find((other) => other.fnIndex === fixed.fnIndex && fits(other, fixed)));
	if (endpoint === undefined) return { kind: "no-function", wanted, fixed, endpoints: config.endpoints };
	const spoken = forced === undefined ? configuredProtocol(config, endpoint) : forcedProtocol(config, forced);
	if (spoken === undefined) return { kind: "unsupported-protocol", protocol: config.protocol, version: config.version };
	const triggerId = (named && endpoint.triggerId) ?? fixed?.triggerId;
	return boundEndpoint(named ? "name" : "checked-numbers", config, endpoint, triggerId, spoken.protocol, spoken.form);
}

/**
 * A function by its numbers alone, for a Space without a usable config. The path without prefix that goes with it exists on Gradio 4.16 to 4.44 only.
 *
 * @param fixed - its numbers
 * @param forced - how it is to be called; where nothing is forced, as those versions are
 */
export function bindFixedEndpoint(fixed: FixedEndpoint, forced: SpaceProtocol | undefined): BoundEndpoint {
	return {
		by: "numbers",
		fnIndex: fixed.fnIndex,
		triggerId: fixed.triggerId,
		name: undefined,
		protocol: forced ?? "sse_v3",
		apiPrefix: "",
		valueForm: forced === undefined ? "unknown" : valueForm(forced),
		version: undefined,
		inputs: undefined,
	};
}

/**
 * How a function is called, and how its values come; undefined where its protocol is not one that is spoken here. Gradio 3 names its version and no protocol,
 * or `ws`; every Gradio names its version, so a config without both is that of a stand-in.
 */
function configuredProtocol(config: SpaceConfig, endpoint: SpaceEndpoint): { protocol: SpaceProtocol; form: ValueForm } | undefined {
	const { protocol, version } = config;
	if (endpoint.unqueued === true && endpoint.generator !== true) return { protocol: "run", form: "full" };
	const queued = queueProtocol(config, endpoint);
	if (queued !== undefined) return { protocol: queued, form: valueForm(queued) };
	if (protocol === "ws" || (protocol === undefined && version?.startsWith("3.") === true)) return { protocol: "websocket", form: "full" };
	return protocol === undefined && version === undefined ? { protocol: "sse_v3", form: "unknown" } : undefined;
}

/** The protocols of the queue that are joined by a POST differ in their values alone, and these are the server's own whatever is forced. */
function forcedProtocol({ protocol: configured }: SpaceConfig, forced: SpaceProtocol): { protocol: SpaceProtocol; form: ValueForm } {
	const same = forced.startsWith("sse_") && configured?.startsWith("sse_") === true && isSpaceProtocol(configured);
	return { protocol: forced, form: valueForm(same ? configured : forced) };
}

/** A function that has a name of its own is another one; where nothing is said about the inputs, there is nothing that does not fit. */
function fits({ name, inputs }: SpaceEndpoint, fixed: FixedEndpoint): boolean {
	if (inputs === undefined) return name === undefined;
	if (inputs.length !== fixed.parameters.length) return false;
	return fixed.parameters.every((type, index) => inputs[index]?.type === type.toLowerCase());
}
