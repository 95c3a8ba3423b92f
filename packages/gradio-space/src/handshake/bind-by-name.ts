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

/** The names of a function without their slashes. */
export function namesOf(api: ApiName): readonly string[] {
	return [api].flat().map((name) => name.replace(/^\/+/, ""));
}

/** The function of a config that has one of the names: the first of them that there is. */
export function namedEndpoint({ endpoints }: SpaceConfig, names: readonly string[]): SpaceEndpoint | undefined {
	const byName = (name: string): SpaceEndpoint | undefined =>
		endpoints.find((endpoint) => endpoint.name === name && endpoint.clientSide !== true);
	return byName(names.find(byName) ?? "");
}

/**
 * A function as it is called, where that is as simple as it mostly is: it is found by its name, and the Space speaks one of the present protocols.
 *
 * @param config - the Space's config
 * @param api - the function's name, with or without the slash, or several
 * @param fixed - its numbers, where the config does not say which component sets it off
 * @returns undefined where `bindEndpoint` has to look
 */
export function bindByName(config: SpaceConfig, api: ApiName, fixed: FixedEndpoint | undefined): BoundEndpoint | undefined {
	const endpoint = namedEndpoint(config, namesOf(api));
	const protocol = endpoint && queueProtocol(config, endpoint);
	return protocol && boundEndpoint("name", config, endpoint, endpoint.triggerId ?? fixed?.triggerId, protocol, valueForm(protocol));
}

/**
 * The protocol of a present Gradio's queue, where a function is called by it. A function past the queue that gives several values is asked through the queue all the
 * same, which every version allows: `/run` would give the first value alone.
 */
export function queueProtocol({ protocol }: SpaceConfig, { unqueued, generator }: SpaceEndpoint): SpaceProtocol | undefined {
	const isQueued = unqueued !== true || generator === true;
	return isQueued && protocol?.startsWith("sse") === true && isSpaceProtocol(protocol) ? protocol : undefined;
}

/** A function of a config, with how it is called. */
export function boundEndpoint(
	by: BoundEndpoint["by"],
	{ apiPrefix, version }: SpaceConfig,
	{ fnIndex, name, inputs }: SpaceEndpoint,
	triggerId: number | undefined,
	protocol: SpaceProtocol,
	form: ValueForm,
): BoundEndpoint {
	return { by, fnIndex, triggerId: triggerId ?? null, name, protocol, apiPrefix, valueForm: form, version, inputs };
}
