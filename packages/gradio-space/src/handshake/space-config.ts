import * as v from "valibot";

import { lenient } from "../lenient.ts";
import { parseJson } from "../parse-json.ts";

/** A component of a Space's page, as far as calls need it. */
export interface SpaceComponent {
	/** Gradio's name of its kind in lower case, such as `textbox`, `chatbot` or `state`. Empty where the Space does not say. */
	readonly type: string;
	/** Its properties, as the Space sends them. */
	readonly props: Readonly<Record<string, unknown>>;
	/** Whether callers have nothing to say to it, and null is what it gets: a State, which the server keeps, and a button. Absent means no. */
	readonly hidden?: true;
	/** What it takes, as a JSON schema, where the Space says it. */
	readonly schema?: JsonSchema;
	/** What it gives, where the Space tells that apart. */
	readonly outputSchema?: JsonSchema;
}

/** A JSON schema, as Gradio writes them; it is not checked. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A function of a Space that can be called. */
export interface SpaceEndpoint {
	/** Its name without the slash; absent where it has no public one. */
	readonly name?: string;
	/** Whether its author keeps it out of the page's documentation. It can be called all the same. Absent means no. */
	readonly undocumented?: true;
	/** Whether it is the page's own script, which nobody can call. Absent means no. */
	readonly clientSide?: true;
	/** The number under which Gradio's queue knows it. */
	readonly fnIndex: number;
	/** The component that sets it off on the page. */
	readonly triggerId?: number;
	/** Whether it goes past the queue. */
	readonly unqueued?: boolean;
	/** Whether it gives several values; absent where the Space does not say. */
	readonly generator?: boolean;
	/** What it takes, in order; absent where the Space does not say. */
	readonly inputs?: readonly SpaceComponent[];
	/** What it gives, in order; absent where the Space does not say. */
	readonly outputs?: readonly SpaceComponent[];
}

/** What a Space says about itself in `/config`. */
export interface SpaceConfig {
	/** Version of Gradio, such as `5.50.0`. */
	readonly version?: string;
	/** The protocol of its queue, such as `sse_v3`. Gradio's oldest servers, which speak WebSocket, name their version and no protocol. */
	readonly protocol?: string;
	/** What goes between its address and the paths of its queue: the empty string, or such as `/gradio_api`. */
	readonly apiPrefix: string;
	/** The number that the running app drew when it started, in digits: it is beyond what a JavaScript number can hold. Absent where the Space does not say it. */
	readonly appId?: string;
	readonly endpoints: readonly SpaceEndpoint[];
}

const dependencySchema = v.looseObject({
	// Gradio 4.16 to 4.29 take -1 for the last function, and run that.
	id: lenient(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
	api_name: lenient(v.string()),
	api_visibility: lenient(v.string()),
	show_api: lenient(v.boolean()),
	backend_fn: lenient(v.boolean()),
	queue: lenient(v.boolean()),
	types: lenient(v.looseObject({ generator: lenient(v.boolean()) })),
	targets: lenient(v.array(v.unknown())),
	inputs: lenient(v.array(v.number())),
	outputs: lenient(v.array(v.number())),
});

const componentSchema = v.looseObject({
	id: v.number(),
	type: lenient(v.string()),
	props: lenient(v.record(v.string(), v.unknown())),
	skip_api: lenient(v.boolean()),
	api_info: lenient(v.record(v.string(), v.unknown())),
	api_info_as_input: lenient(v.record(v.string(), v.unknown())),
	api_info_as_output: lenient(v.record(v.string(), v.unknown())),
});

const configSchema = v.looseObject({
	version: lenient(v.string()),
	protocol: lenient(v.string()),
	api_prefix: lenient(v.string()),
	enable_queue: lenient(v.boolean()),
	components: lenient(v.array(v.unknown())),
	// One that is no function keeps its place in the list: a place may be a number.
	dependencies: v.array(lenient(dependencySchema)),
});

/**
 * Reads what came from `/config`.
 *
 * @param text - the body
 * @returns the config, or undefined where it cannot be one
 */
export function parseSpaceConfig(text: string): SpaceConfig | undefined {
	const json = parseJson(text);
	const parsed = v.safeParse(configSchema, json);
	if (!parsed.success || parsed.output.dependencies.every((dependency) => dependency === undefined)) return undefined;
	const { version, protocol, api_prefix, enable_queue, components = [], dependencies } = parsed.output;
	const known = new Map<number, SpaceComponent>();
	for (const component of components) {
		const result = v.safeParse(componentSchema, component);
		if (result.success) known.set(result.output.id, toComponent(result.output));
	}
	const look = (ids: readonly number[]): SpaceComponent[] => ids.map((id) => known.get(id) ?? { type: "", props: {} });
	const appId = readAppId(text, json);
	return {
		...(version === undefined ? {} : { version }),
		...(protocol === undefined ? {} : { protocol }),
		apiPrefix: normalizePrefix(api_prefix),
		...(appId === undefined ? {} : { appId }),
		endpoints: dependencies.flatMap((dependency, index) => {
			if (dependency === undefined) return [];
			const { api_visibility: visibility } = dependency;
			const name = visibility === "private" ? undefined : publicName(dependency.api_name);
			const triggerId = firstTarget(dependency.targets);
			const generator = dependency.types?.generator;
			const queued = dependency.queue ?? enable_queue;
			return [
				{
					...(name === undefined ? {} : { name }),
					...(name !== undefined && (visibility === "undocumented" || dependency.show_api === false) ? { undocumented: true } : {}),
					...(dependency.backend_fn === false ? { clientSide: true } : {}),
					fnIndex: dependency.id ?? index,
					...(triggerId === undefined ? {} : { triggerId }),
					...(queued === false ? { unqueued: true } : {}),
					...(generator === undefined ? {} : { generator }),
					...(dependency.inputs === undefined ? {} : { inputs: look(dependency.inputs) }),
					...(dependency.outputs === undefined ? {} : { outputs: look(dependency.outputs) }),
				} satisfies SpaceEndpoint,
			];
		}),
	};
}

/**
 * The digits of an `app_id`, which parsed JSON has rounded.
 *
 * @param text - JSON that has it at its top
 * @param json - the same, parsed: its rounded number tells it from others of that name further inside
 */
export function readAppId(text: string, json: unknown): string | undefined {
	const rounded: unknown = typeof json === "object" && json !== null && "app_id" in json ? json.app_id : undefined;
	if (typeof rounded === "string") return rounded;
	if (typeof rounded !== "number") return undefined;
	for (const [, digits = ""] of text.matchAll(/"app_id"\s*:\s*(-?\d+)/g)) if (Number(digits) === rounded) return digits;
	return String(rounded);
}

/** Those that say nothing to callers, whichever version says so: a State (`variable` before) is kept by the server, and a button only sets functions off. */
const hiddenTypes: readonly string[] = ["state", "variable", "button"];

function toComponent(component: v.InferOutput<typeof componentSchema>): SpaceComponent {
	const { props = {}, skip_api, api_info, api_info_as_input, api_info_as_output } = component;
	const type = component.type?.toLowerCase() ?? "";
	// Gradio 3 has the schema one level down, where Gradio 4 has its members.
	const inner = api_info?.info;
	const both = typeof inner === "object" && inner !== null ? (inner as JsonSchema) : api_info;
	const schema = api_info_as_input ?? both;
	const outputSchema = api_info_as_output ?? both;
	return {
		type,
		props,
		...(skip_api === true || hiddenTypes.includes(type) ? { hidden: true } : {}),
		...(schema === undefined ? {} : { schema }),
		...(outputSchema === undefined || outputSchema === schema ? {} : { outputSchema }),
	};
}

/** A function without a public name has `false` there, and the text of it where it is private on Gradio 6. */
function publicName(name: string | undefined): string | undefined {
	return name === "false" ? undefined : name?.replace(/^\/+/, "");
}

function normalizePrefix(prefix: string | undefined): string {
	const path = (prefix ?? "").replaceAll(/^\/+|\/+$/g, "");
	return path === "" ? "" : `/${path}`;
}

/** Targets are `[[componentId, "click"], …]`, and plain ids on old servers. */
function firstTarget(targets: readonly unknown[] | undefined): number | undefined {
	const first = targets?.[0];
	const id: unknown = Array.isArray(first) ? first[0] : first;
	return typeof id === "number" ? id : undefined;
}
