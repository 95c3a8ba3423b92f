import { types } from "node:util";

import type { ChatForm } from "./chat-forms.ts";
import { type ComponentLike, componentOf, type EmulatedComponent, firstValue, labelOf } from "./component.ts";
import { apiInfo } from "./component-schema.ts";
import type { EmulatedFunction } from "./emulated-function.ts";
import type { VersionProfile } from "./version-profile.ts";

/** What stands in the config besides the functions. */
export interface ConfigFacts {
	/** The app's id, in digits: it is larger than a JSON parser keeps exactly. */
	readonly appId: string;
	/** What the server takes for its own address. */
	readonly root: string;
	/** Who has logged in. */
	readonly user?: string | undefined;
	readonly maxFileSize?: number | undefined;
}

/**
 * The text of `/config`: the fields that clients read, in the version's form, and some more of its own. Every place of a function has a component of its own.
 */
export function emulatedConfig(
	profile: VersionProfile,
	chatForm: ChatForm,
	functions: readonly (readonly [name: string, definition: EmulatedFunction])[],
	{ appId, root, user, maxFileSize }: ConfigFacts,
): string {
	const components: object[] = [];
	const add = (like: ComponentLike): number => {
		const id = components.length + 1;
		components.push(componentEntry(profile, chatForm, componentOf(like), id));
		return id;
	};
	const dependencies = functions.map(([name, definition], index) => {
		const button = add("button");
		return dependency(
			profile,
			name,
			definition,
			index,
			button,
			definition.inputs.map((each) => add(each)),
			definition.outputs.map((each) => add(each)),
		);
	});
	const config = {
		version: profile.version,
		...(profile.prefix !== "" && { api_prefix: profile.prefix }),
		mode: "blocks",
		app_id: 0,
		dev_mode: false,
		analytics_enabled: false,
		components,
		css: null,
		...(profile.hasHeartbeatRoute && { connect_heartbeat: components.some((each) => "type" in each && each.type === "state") }),
		title: "Gradio",
		space_id: null,
		enable_queue: true,
		show_error: false,
		is_colab: false,
		...(profile.limitsUploads && { max_file_size: maxFileSize ?? null }),
		...(profile.protocol !== "websocket" && { protocol: profile.protocol }),
		layout: { id: 0, children: components.map((_, index) => ({ id: index + 1 })) },
		dependencies,
		...(profile.renderConfig && { username: user ?? null }),
		root: profile.diffs ? root : "",
	};
	return JSON.stringify(config).replace('"app_id":0', `"app_id":${appId}`);
}

function componentEntry(profile: VersionProfile, chatForm: ChatForm, component: EmulatedComponent, id: number): object {
	const { type, choices, fileCount = "single", props } = component;
	const input = type !== "button" && type !== "state";
	const value = firstValue(component);
	const info = apiInfo(profile, chatForm, component);
	return {
		id,
		type,
		props: {
			name: type,
			visible: true,
			...(input && { label: labelOf(component) }),
			...(input && value !== undefined && { value }),
			...(choices !== undefined && { choices: choices.map((choice) => [choice, choice]) }),
			...(type === "file" && { file_count: fileCount }),
			...(type === "chatbot" && profile.chatbotTypeProp && { type: chatForm }),
			...(type === "textbox" && { type: "text", lines: 1 }),
			...props,
		},
		...(profile.protocol !== "websocket" && { skip_api: !input }),
		...(input && { api_info: profile.protocol === "websocket" ? { info, serialized_info: false } : info }),
	};
}

function dependency(
	profile: VersionProfile,
	name: string,
	definition: EmulatedFunction,
	index: number,
	button: number,
	inputs: readonly number[],
	outputs: readonly number[],
): object {
	const generator = types.isGeneratorFunction(definition.run);
	const { visibility = "public" } = definition;
	const later = profile.dependencyIds;
	return {
		...(later && { id: index }),
		targets: [[button, "click"]],
		inputs,
		outputs,
		backend_fn: true,
		js: null,
		queue: definition.queue === false ? false : later ? true : null,
		api_name: visibility === "private" ? (profile.usedCache ? "false" : false) : name,
		scroll_to_output: false,
		show_progress: "full",
		batch: false,
		max_batch_size: 4,
		cancels: [],
		types: later ? { generator, cancel: false } : { continuous: false, generator },
		collects_event_data: false,
		trigger_after: null,
		trigger_only_on_success: false,
		...(profile.prefix !== "" && { connection: "sse", time_limit: null, stream_every: 0.5 }),
		...(profile.usedCache ? { api_visibility: visibility } : profile.eventIds && { show_api: visibility === "public" }),
	};
}
