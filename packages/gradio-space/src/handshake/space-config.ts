import { asFields, asFlag, asList, asNumber, asText, defined, type Fields, parseJson } from "@spaceport/http";

/** A component of a Space's page, as far as calls need it. */
export interface SpaceComponent {
	/** Gradio's name of its kind in lower case, such as `textbox`, `chatbot` or `state`. Empty where the Space does not say. */
	readonly type: string;
	/** Its properties, as the Space sends them. */
	readonly props: Readonly<Record<string, unknown>>;
	/** Its number on the page: where it is the same, two functions share the component. Absent where the Space does not describe it. */
	readonly id?: number;
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
	/** The number of the function that the page calls before it, where one is. */
	readonly after?: number;
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

/**
 * Reads what came from `/config`.
 *
 * @param text - the body
 * @returns the config, or undefined where it cannot be one
 */
export function parseSpaceConfig(text: string): SpaceConfig | undefined {
	const json = asFields(parseJson(text));
	// One that is no function keeps its place in the list: a place may be a number.
	const dependencies = asList(json?.dependencies)?.map(asFields);
	if (json === undefined || dependencies?.some((dependency) => dependency !== undefined) !== true) return undefined;
	const known = new Map<unknown, SpaceComponent>();
	for (const component of (asList(json.components) ?? []).map(asFields)) {
		if (typeof component?.id === "number") known.set(component.id, toComponent(component));
	}
	const look = (value: unknown): SpaceComponent[] | undefined => {
		const ids = asList(value);
		return ids?.every((id) => typeof id === "number") === true ? ids.map((id) => known.get(id) ?? { type: "", props: {} }) : undefined;
	};
	return defined({
		version: asText(json.version),
		protocol: asText(json.protocol),
		apiPrefix: normalizePrefix(asText(json.api_prefix)),
		appId: readAppId(text, json),
		endpoints: dependencies.flatMap((dependency, index) => {
			if (dependency === undefined) return [];
			const { id, api_visibility: visibility } = dependency;
			const name = visibility === "private" ? undefined : publicName(asText(dependency.api_name));
			const queued = asFlag(dependency.queue) ?? json.enable_queue;
			return [
				defined({
					name,
					undocumented: name !== undefined && (visibility === "undocumented" || dependency.show_api === false) ? true : undefined,
					clientSide: dependency.backend_fn === false ? true : undefined,
					// Gradio 4.16 to 4.29 take -1 for the last function, and run that.
					fnIndex: Number.isSafeInteger(id) && (id as number) >= 0 ? (id as number) : index,
					triggerId: firstTarget(asList(dependency.targets)),
					unqueued: queued === false ? true : undefined,
					generator: asFlag(asFields(dependency.types)?.generator),
					after: asNumber(dependency.trigger_after),
					inputs: look(dependency.inputs),
					outputs: look(dependency.outputs),
				}),
			];
		}),
	});
}

/**
 * The digits of an `app_id`, which parsed JSON has rounded.
 *
 * @param text - JSON that has it at its top
 * @param json - the same, parsed: its rounded number tells it from others of that name further inside
 */
export function readAppId(text: string, json: unknown): string | undefined {
	const rounded = asFields(json)?.app_id;
	if (typeof rounded === "string") return rounded;
	if (typeof rounded !== "number") return undefined;
	for (const [, digits = ""] of text.matchAll(/"app_id"\s*:\s*(-?\d+)/g)) if (Number(digits) === rounded) return digits;
	return String(rounded);
}

/** Those that say nothing to callers, whichever version says so: a State (`variable` before) is kept by the server, and a button only sets functions off. */
const hiddenTypes: readonly string[] = ["state", "variable", "button"];

function toComponent(component: Fields): SpaceComponent {
	const type = asText(component.type)?.toLowerCase() ?? "";
	const info = asFields(component.api_info);
	// Gradio 3 has the schema one level down, where Gradio 4 has its members.
	const both = asFields(info?.info) ?? info;
	const schema = asFields(component.api_info_as_input) ?? both;
	const outputSchema = asFields(component.api_info_as_output) ?? both;
	return defined({
		type,
		props: asFields(component.props) ?? {},
		id: asNumber(component.id),
		hidden: component.skip_api === true || hiddenTypes.includes(type) ? true : undefined,
		schema,
		outputSchema: outputSchema === schema ? undefined : outputSchema,
	});
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
	return asNumber(Array.isArray(first) ? first[0] : first);
}
