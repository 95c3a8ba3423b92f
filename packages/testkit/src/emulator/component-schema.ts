import type { ChatForm } from "./chat-forms.ts";
import type { EmulatedComponent } from "./component.ts";
import type { VersionProfile } from "./version-profile.ts";

/** What `/info` and the config say of the type of a component's values: a JSON schema, cut down to what clients read. */
export function apiInfo(profile: VersionProfile, chatForm: ChatForm, component: EmulatedComponent): object {
	const { type, choices, fileCount } = component;
	switch (type) {
		case "textbox":
		case "radio":
		case "dropdown":
			return { type: "string", ...(choices !== undefined && { enum: choices }) };
		case "number":
		case "slider":
			return { type: "number" };
		case "checkbox":
			return { type: "boolean" };
		case "checkboxgroup":
			return { type: "array", items: { type: "string", ...(choices !== undefined && { enum: choices }) } };
		case "chatbot":
			return chatbotInfo(profile, chatForm);
		case "file":
		case "image":
		case "audio":
			return fileCount === "multiple" ? { type: "array", items: fileInfo(profile, type) } : fileInfo(profile, type);
		case "multimodaltextbox":
			return {
				type: "object",
				title: "MultimodalData",
				properties: { text: { type: "string" }, files: { type: "array", items: fileInfo(profile, "file") } },
			};
		default:
			return { type: {}, description: "any valid json" };
	}
}

function fileInfo(profile: VersionProfile, type: string): object {
	if (profile.fileForm === "name") {
		return type === "image"
			? { type: "string", description: "base64 representation of an image" }
			: { type: "object", properties: { name: { type: "string" }, data: { type: "string" } } };
	}
	return { type: "object", title: type === "image" ? "ImageData" : "FileData", properties: { path: { type: "string" }, url: {} } };
}

function chatbotInfo(profile: VersionProfile, chatForm: ChatForm): object {
	if (profile.protocol === "websocket") return { type: {}, description: "any valid json" };
	if (chatForm === "messages") return { items: { type: "object" }, title: "ChatbotDataMessages", type: "array" };
	return {
		items: { maxItems: 2, minItems: 2, type: "array" },
		title: profile.chatMessages === "absent" ? "ChatbotData" : "ChatbotDataTuples",
		type: "array",
	};
}
