import type { ChatSettings } from "@spaceport/core";

import type { ChatParameter } from "./chat-function.ts";

/** A setting of a request that an input of a Space may take. */
export type InputSetting = keyof Pick<ChatSettings, "maxTokens" | "temperature" | "topP" | "seed">;

/** What an input of a chat is for. */
export type InputRole =
	/** The new question, or what could be it. */
	| "text"
	| "history"
	/** A list of messages with roles. */
	| "messages"
	| "system"
	/** What the caller alone knows, such as a key. */
	| "secret"
	| InputSetting
	/** Whether the seed is drawn anew each time. */
	| "random-seed"
	/** An image, a sound or a file. */
	| "media"
	/** Anything else: it keeps its default. */
	| "control";

const textKinds: readonly string[] = ["textbox", "multimodaltextbox", "textarea", "text", "code"];
const numberKinds: readonly string[] = ["slider", "number"];
const mediaKinds: readonly string[] = [
	"image",
	"imageeditor",
	"sketchpad",
	"paint",
	"audio",
	"microphone",
	"video",
	"file",
	"uploadbutton",
	"gallery",
	"model3d",
];

const patterns: Readonly<Record<InputSetting, RegExp>> = {
	maxTokens:
		/\bmax(?:imum)? (?:(?:new|output|response|generated|answer|number of|of) )*(?:tokens?|len(?:gth)?)\b|\bnum(?:ber of)? tokens\b|^(?:new )?tokens$|最大|最长|생성 길이/,
	temperature: /\btemp(?:erature)?\b|温度|온도/,
	topP: /\btop ?p\b|\bnucleus\b/,
	seed: /\bseed\b/,
};

const system =
	/\bsys(?:tem)?\b|\bsysprompt|\bsystem ?prompt|\bpre ?prompt\b|\bpersona(?:lity)?\b|\bbot role\b|系统|系統|システム|시스템|систем/;
const secret =
	/\bapi ?key\b|\b(?:access|auth|hf|hugging ?face|openai|bearer) ?(?:token|key)\b|^(?:token|key)$|\bpassword\b|\bsecret\b|密钥/;
const optional = /\boptional\b/;

/** What is longer is no name, and patterns over it take their time. */
const longestWords = 200;

/** Both words that a Space has for an input, in one spelling: `maxNewTokens`, `max_new_tokens` and "Max new tokens" are the same. */
export function wordsOf({ name, label }: Pick<ChatParameter, "name"> & { readonly label?: string }): readonly string[] {
	return [name, label ?? ""].map((words) =>
		words
			.slice(0, longestWords)
			.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
			.toLowerCase()
			.replaceAll(/[\s_\-:/()[\]]+/g, " ")
			.trim(),
	);
}

/**
 * What an input is for, by its kind, its name and its label. A text that is neither a system prompt nor a secret may be the question.
 *
 * @param parameter - the input
 */
export function inputRole(parameter: ChatParameter): InputRole {
	const { component, hidden } = parameter;
	const words = wordsOf(parameter);
	const says = (pattern: RegExp): boolean => words.some((each) => pattern.test(each));
	if (hidden) return "control";
	if (component === "chatbot") return "history";
	if (component === "json" && says(/^messages$|^conversation$|^chat$/)) return "messages";
	if (textKinds.includes(component)) {
		if (says(system)) return "system";
		return says(secret) && !says(optional) ? "secret" : "text";
	}
	if (numberKinds.includes(component)) {
		for (const setting of Object.keys(patterns) as InputSetting[]) if (says(patterns[setting])) return setting;
		return "control";
	}
	if (component === "checkbox" && says(/\brand(?:om(?:i[sz]ed?)?)?\b.*\bseed\b/)) return "random-seed";
	return mediaKinds.includes(component) ? "media" : "control";
}
