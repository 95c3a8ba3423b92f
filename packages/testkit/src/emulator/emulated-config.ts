import { types } from "node:util";

import type { ChatForm } from "./chat-forms.ts";
import type { ComponentType, EmulatedFunction } from "./emulated-function.ts";
import type { VersionProfile } from "./version-profile.ts";

/** An app's id is larger than a JSON parser keeps exactly; written by hand for that reason. */
const appId = "17462384912650481733";

/**
 * The text of `/config`: the fields that clients read, in the version's form, and some more of its own. Every place of a function has a component of its own.
 *
 * @param root what the server takes for its own address
 */
export function emulatedConfig(
	profile: VersionProfile,
	chatForm: ChatForm,
	functions: readonly (readonly [name: string, definition: EmulatedFunction])[],
	root: string,
): string {
	const components: object[] = [];
	const add = (type: ComponentType): number => {
		const id = components.length + 1;
		components.push(component(profile, chatForm, type, id));
		return id;
	};
	const dependencies = functions.map(([name, definition], index) => {
		const button = add("button");
		return dependency(profile, name, definition, index, button, definition.inputs.map(add), definition.outputs.map(add));
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
		...(profile.protocol !== "websocket" && { protocol: profile.protocol }),
		layout: { id: 0, children: components.map((_, index) => ({ id: index + 1 })) },
		dependencies,
		...(profile.renderConfig && { username: null }),
		root: profile.diffs ? root : "",
	};
	return JSON.stringify(config).replace('"app_id":0', `"app_id":${appId}`);
}

function component(profile: VersionProfile, chatForm: ChatForm, type: ComponentType, id: number): object {
	const input = type !== "button" && type !== "state";
	return {
		id,
		type,
		props: {
			name: type,
			visible: true,
			...(type === "chatbot" && { value: [] }),
			...(type === "chatbot" && profile.chatbotTypeProp && { type: chatForm }),
			...(type === "textbox" && { type: "text", lines: 1 }),
		},
		...(profile.protocol !== "websocket" && { skip_api: !input }),
		...(input && { api_info: apiInfo(profile, chatForm, type) }),
	};
}

function apiInfo(profile: VersionProfile, chatForm: ChatForm, type: ComponentType): object {
	if (profile.protocol === "websocket") return { info: type === "textbox" ? { type: "string" } : { type: {} }, serialized_info: false };
	if (type === "textbox") return { type: "string" };
	if (type !== "chatbot") return { type: {}, description: "any valid json" };
	if (chatForm === "messages") return { items: { type: "object" }, title: "ChatbotDataMessages", type: "array" };
	return {
		items: { maxItems: 2, minItems: 2, type: "array" },
		title: profile.chatMessages === "absent" ? "ChatbotData" : "ChatbotDataTuples",
		type: "array",
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
	const later = profile.dependencyIds;
	return {
		...(later && { id: index }),
		targets: [[button, "click"]],
		inputs,
		outputs,
		backend_fn: true,
		js: null,
		queue: definition.queue === false ? false : later ? true : null,
		api_name: name,
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
		...(profile.usedCache ? { api_visibility: "public" } : profile.eventIds && { show_api: true }),
	};
}
