import {
	type AttemptContext,
	type ChatMessage,
	conversation,
	InvalidRequestError,
	messageText,
	type ProviderRequest,
	systemPrompt,
	UnsupportedError,
} from "@spaceport/core";
import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from "node-llama-cpp";
import type { Engine } from "../engine/load-engine.ts";

/**
 * Checks that a request is one that a text model can answer, before anything is loaded.
 *
 * @param unsupported - is told that tools are not called
 * @throws UnsupportedError for tools that must be called, their results, and parts that are not text; InvalidRequestError for a conversation without messages
 */
export function checkRequest(request: ProviderRequest, unsupported: AttemptContext["unsupported"]): void {
	const { tools = [], toolChoice = "auto" } = request;
	if (toolChoice !== "auto" && toolChoice !== "none") {
		throw new UnsupportedError("The local model cannot call tools.", { capability: "tools", hint: "Ask a model that calls tools." });
	}
	if (tools.length > 0 && toolChoice === "auto") unsupported("tools");
	const turns = conversation(request);
	if (turns.some((message) => message.role === "tool")) {
		throw new UnsupportedError("The local model takes no results of tools.", {
			capability: "tools",
			hint: "Ask a model that calls tools.",
		});
	}
	for (const message of turns) messageText(message);
	if (turns.length === 0 && systemPrompt(request) === "") {
		throw new InvalidRequestError("The conversation has no messages.", { path: "messages", hint: "Give at least one user message." });
	}
	for (const stop of stopStrings(request)) {
		if (!stop.isWellFormed()) throw new InvalidRequestError("A stop string has half a surrogate pair.", { path: "stop" });
	}
}

/** The request's stop strings as a list; empty ones stop nothing. */
export function stopStrings(request: Pick<ProviderRequest, "stop">): readonly string[] {
	const list = typeof request.stop === "string" ? [request.stop] : (request.stop ?? []);
	return list.filter((stop) => stop !== "");
}

/**
 * Writes the conversation as the model was trained to read it: with the chat template in the model's own file. What people wrote is
 * never read as the template's marks. Where the last message is the assistant's, the answer goes on from it.
 *
 * @param defaultSystem - the system prompt where the request has none
 */
export function promptTokens(
	engine: Engine,
	model: LlamaModel,
	request: ProviderRequest,
	defaultSystem: string | undefined,
	warn: (text: string) => void,
): Token[] {
	const history = chatHistory(request, defaultSystem);
	const { contextText } = chatWrapper(engine, model, warn).generateContextState({ chatHistory: history });
	return contextText.tokenize(model.tokenizer);
}

function chatHistory(request: ProviderRequest, defaultSystem: string | undefined): ChatHistoryItem[] {
	const history: ChatHistoryItem[] = conversation(request).map((message: ChatMessage) =>
		message.role === "assistant" ? { type: "model", response: [messageText(message)] } : { type: "user", text: messageText(message) },
	);
	const given = systemPrompt(request);
	const system = given === "" ? defaultSystem : given;
	if (system !== undefined) history.unshift({ type: "system", text: system });
	if (history.at(-1)?.type !== "model") history.push({ type: "model", response: [] });
	return history;
}

const wrappers = new WeakMap<LlamaModel, ChatWrapper>();

function chatWrapper(engine: Engine, model: LlamaModel, warn: (text: string) => void): ChatWrapper {
	let wrapper = wrappers.get(model);
	if (wrapper === undefined) {
		wrapper = ownTemplate(engine, model) ?? engine.module.resolveChatWrapper(model);
		wrappers.set(model, wrapper);
	}
	if (wrapper.wrapperName !== "JinjaTemplate") {
		warn(`The model's file has no chat template that can be used; the conversation was written in the form ${wrapper.wrapperName}.`);
	}
	return wrapper;
}

/** The template in the file itself. The engine would rather use a built-in form that it takes for the same; for SmolLM2 it is not the same. */
function ownTemplate(engine: Engine, model: LlamaModel): ChatWrapper | undefined {
	const template = model.fileInfo.metadata.tokenizer?.chat_template;
	if (template === undefined || template.trim() === "") return undefined;
	try {
		return new engine.module.JinjaTemplateChatWrapper({ template, tokenizer: model.tokenizer });
	} catch {
		return undefined;
	}
}
