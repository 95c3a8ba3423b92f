import * as v from "valibot";

import { lenient } from "../lenient.ts";

/** A component of a Space's page, as far as calls need it. */
export interface SpaceComponent {
	/** Gradio's name of its kind in lower case, such as `textbox`, `chatbot` or `state`. Empty where the Space does not say. */
	readonly type: string;
	/** Its properties, as the Space sends them. */
	readonly props: Readonly<Record<string, unknown>>;
}

/** A function of a Space that can be called. */
export interface SpaceEndpoint {
	/** Its name without the slash; absent where the Space gives it none. */
	readonly name?: string;
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
	readonly endpoints: readonly SpaceEndpoint[];
}

const dependencySchema = v.looseObject({
	// Gradio 4.16 to 4.29 take -1 for the last function, and run that.
	id: lenient(v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
	api_name: lenient(v.string()),
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
});

const configSchema = v.looseObject({
	version: lenient(v.string()),
	protocol: lenient(v.string()),
	api_prefix: lenient(v.string()),
	enable_queue: lenient(v.boolean()),
	components: lenient(v.array(v.unknown())),
	dependencies: v.array(dependencySchema),
});

/**
 * Reads what came from `/config`.
 *
 * @param json - the parsed body
 * @returns the config, or undefined where it cannot be one
 */
export function parseSpaceConfig(json: unknown): SpaceConfig | undefined {
	const parsed = v.safeParse(configSchema, json);
	if (!parsed.success || parsed.output.dependencies.length === 0) return undefined;
	const { version, protocol, api_prefix, enable_queue, components = [], dependencies } = parsed.output;
	const known = new Map<number, SpaceComponent>();
	for (const component of components) {
		const result = v.safeParse(componentSchema, component);
		if (result.success) known.set(result.output.id, { type: result.output.type?.toLowerCase() ?? "", props: result.output.props ?? {} });
	}
	const look = (ids: readonly number[]): SpaceComponent[] => ids.map((id) => known.get(id) ?? { type: "", props: {} });
	return {
		...(version === undefined ? {} : { version }),
		...(protocol === undefined ? {} : { protocol }),
		apiPrefix: normalizePrefix(api_prefix),
		endpoints: dependencies.map((dependency, index) => {
			const name = publicName(dependency.api_name);
			const triggerId = firstTarget(dependency.targets);
			const generator = dependency.types?.generator;
			const queued = dependency.queue ?? enable_queue;
			return {
				...(name === undefined ? {} : { name }),
				fnIndex: dependency.id ?? index,
				...(triggerId === undefined ? {} : { triggerId }),
				...(queued === false ? { unqueued: true } : {}),
				...(generator === undefined ? {} : { generator }),
				...(dependency.inputs === undefined ? {} : { inputs: look(dependency.inputs) }),
				...(dependency.outputs === undefined ? {} : { outputs: look(dependency.outputs) }),
			};
		}),
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
