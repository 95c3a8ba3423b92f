import type { SpaceFact } from "../to-spaceport-error.ts";
import { isSpaceProtocol, type SpaceProtocol, type ValueForm, valueForm } from "./protocol.ts";
import type { SpaceComponent, SpaceConfig, SpaceEndpoint } from "./space-config.ts";

/** The numbers of a function as they once were, for a Space without a usable config. */
export interface FixedEndpoint {
	/** The number under which Gradio's queue knows it. */
	readonly fnIndex: number;
	/** The component that sets it off on the page. */
	readonly triggerId: number;
	/** The kinds of its inputs in order, such as `["textbox", "chatbot", "textbox"]`: what is found under the number must fit them. */
	readonly parameters: readonly string[];
}

/** A function of a Space, ready to be called. */
export interface BoundEndpoint {
	/** How it was found: by its name, by its numbers checked against the config, or by its numbers alone. */
	readonly by: "name" | "checked-numbers" | "numbers";
	/** The number under which Gradio's queue knows it. */
	readonly fnIndex: number;
	/** The component that sets it off on the page; null where it is not known. */
	readonly triggerId: number | null;
	/** Its name without the slash, where it has one. */
	readonly name: string | undefined;
	/** How it is called. */
	readonly protocol: SpaceProtocol;
	/** What goes between the Space's address and the paths of its queue: the empty string, or such as `/gradio_api`. */
	readonly apiPrefix: string;
	/** How its values come after the first one. */
	readonly valueForm: ValueForm;
	/** Version of Gradio, where it is known. */
	readonly version: string | undefined;
	/** What it takes; undefined where the Space does not say. */
	readonly inputs: readonly SpaceComponent[] | undefined;
}

/** The name of a function, such as `/chat`, or several of which the first one counts that the Space has: a ChatInterface is `/chat` up to Gradio 5, and `/<function>` on 6. */
export type ApiName = string | readonly string[];

/** The names of a function, as messages have them. */
export function showApi(api: ApiName): string {
	return [api].flat().join(" or ");
}

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
	const wanted = [api].flat().map((name) => name.replace(/^\/+/, ""));
	const byName = (name: string): SpaceEndpoint | undefined =>
		config.endpoints.find((endpoint) => endpoint.name === name && endpoint.clientSide !== true);
	const named = byName(wanted.find(byName) ?? "");
	const endpoint = named ?? (fixed && config.endpoints.find((other) => other.fnIndex === fixed.fnIndex && fits(other, fixed)));
	if (endpoint === undefined) return { kind: "no-function", wanted, fixed, endpoints: config.endpoints };
	const spoken = forced === undefined ? configuredProtocol(config, endpoint) : forcedProtocol(config, forced);
	if (spoken === undefined) return { kind: "unsupported-protocol", protocol: config.protocol, version: config.version };
	return {
		by: named ? "name" : "checked-numbers",
		fnIndex: endpoint.fnIndex,
		triggerId: (named ? (endpoint.triggerId ?? fixed?.triggerId) : fixed?.triggerId) ?? null,
		name: endpoint.name,
		protocol: spoken.protocol,
		apiPrefix: config.apiPrefix,
		valueForm: spoken.form,
		version: config.version,
		inputs: endpoint.inputs,
	};
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
 * or `ws`; every Gradio names its version, so a config without both is that of a stand-in. A function past the queue that gives several values is asked through
 * the queue all the same, which every version allows: `/run` would give the first value alone.
 */
function configuredProtocol(
	{ protocol, version }: SpaceConfig,
	endpoint: SpaceEndpoint,
): { protocol: SpaceProtocol; form: ValueForm } | undefined {
	if (endpoint.unqueued === true && endpoint.generator !== true) return { protocol: "run", form: "full" };
	if (protocol?.startsWith("sse") === true && isSpaceProtocol(protocol)) return { protocol, form: valueForm(protocol) };
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
