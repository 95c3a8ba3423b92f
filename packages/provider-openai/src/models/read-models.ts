import type { ModelInfo } from "@spaceport/core";
import { asFields, asList, asText, type Fields } from "@spaceport/http";

/**
 * The models of a server's list, in whichever form: OpenAI's `data`, `models` as Ollama and Google have it, `result`, or a list alone.
 *
 * @param json - what the server gave
 * @returns undefined where it is no list of models
 */
export function readModels(json: unknown): readonly ModelInfo[] | undefined {
	const top = asFields(json);
	const list = asList(json) ?? asList(top?.data) ?? asList(top?.models) ?? asList(top?.result);
	if (list === undefined) return undefined;
	const models = new Map<string, ModelInfo>();
	for (const item of list) {
		const model = readModel(item);
		if (model !== undefined && !models.has(model.id)) models.set(model.id, model);
	}
	return [...models.values()];
}

function readModel(item: unknown): ModelInfo | undefined {
	const fields = asFields(item) ?? {};
	const given = asText(fields.id);
	// Cloudflare has a number of its own there.
	const id = asText(item) ?? (isUuid(given) ? asText(fields.name) : undefined) ?? given ?? asText(fields.name) ?? asText(fields.model);
	if (id === undefined || id === "") return undefined;
	const contextTokens = findContext(fields);
	const vision = seesImages(fields);
	const tools = callsTools(fields);
	const kind = kindOf(id, fields);
	return {
		id,
		...(contextTokens !== undefined && { contextTokens }),
		...(vision !== undefined && { vision }),
		...(tools !== undefined && { tools }),
		...(kind === "embeddings" && { embeddings: true }),
		...(kind === "images" && { images: true }),
	};
}

function isUuid(id: string | undefined): boolean {
	return id !== undefined && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id);
}

/** Names of the size of a context, as servers write them. */
const contexts = [
	"context_length",
	"context_window",
	"max_context_length",
	"max_model_len",
	"context_size",
	"max_input_tokens",
	"loaded_context_length",
];

function findContext(fields: Fields): number | undefined {
	const places = [fields, asFields(fields.meta) ?? {}, asFields(fields.top_provider) ?? {}];
	for (const place of places) {
		for (const name of [...contexts, "n_ctx"]) {
			const value = place[name];
			if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
		}
	}
	return undefined;
}

function seesImages(fields: Fields): boolean | undefined {
	const architecture = asFields(fields.architecture);
	const inputs = asList(architecture?.input_modalities) ?? asList(fields.input_modalities) ?? asList(asFields(fields.modalities)?.input);
	if (inputs !== undefined) return inputs.includes("image");
	const { vision } = asFields(fields.capabilities) ?? {};
	return typeof vision === "boolean" ? vision : undefined;
}

function callsTools(fields: Fields): boolean | undefined {
	const parameters = asList(fields.supported_parameters);
	if (parameters !== undefined) return parameters.includes("tools");
	const { function_calling: calling, tools } = asFields(fields.capabilities) ?? {};
	const said = calling ?? tools;
	return typeof said === "boolean" ? said : undefined;
}

/** What a model makes, where that can be told: by what the server says of it, else by its name. */
export type ModelKind = "chat" | "embeddings" | "images" | "other";

const names: readonly (readonly [ModelKind, RegExp])[] = [
	["embeddings", /embed|(?:^|[/_-])(?:bge|gte|e5|minilm|nomic|arctic|voyage)(?=[-_.:\d]|$)/],
	[
		"other",
		/rerank|whisper|(?:^|[/_-])(?:tts|asr|stt)(?=[-_.:\d]|$)|speech|transcri|moderation|guard|realtime|audio|davinci-002|babbage-002/,
	],
	["images", /dall-e|(?:^|[/_-])(?:flux|sdxl)(?=[-_.:\d]|$)|stable-diffusion|gpt-image|imagen/],
];

function kindOf(id: string, fields: Fields): ModelKind {
	const { completion_chat: chats } = asFields(fields.capabilities) ?? {};
	if (chats === true) return "chat";
	if (chats === false) return "other";
	const said = [fields.type, fields.task, asFields(fields.task)?.name, asFields(fields.architecture)?.modality]
		.map((one) => asText(one)?.toLowerCase() ?? "")
		.join(" ");
	if (/embedding/.test(said)) return "embeddings";
	if (/\b(?:chat|llm|vlm|text-generation|text->text|language)\b/.test(said)) return "chat";
	if (/\b(?:image|text-to-image)\b/.test(said) && !/image->text|image-text/.test(said)) return "images";
	if (/rerank|speech|audio|moderation|transcri/.test(said)) return "other";
	return names.find(([, pattern]) => pattern.test(id.toLowerCase()))?.[0] ?? "chat";
}

/**
 * The first model of a list that chats.
 *
 * @param models - as `readModels` gave them
 */
export function firstChatModel(models: readonly ModelInfo[]): ModelInfo | undefined {
	return models.find((model) => model.embeddings !== true && model.images !== true && kindOf(model.id, {}) === "chat");
}
