import {
	type AttemptContext,
	type ChatMessage,
	compileHistory,
	conversation,
	messageText,
	type ProviderRequest,
	systemPrompt,
} from "@spaceport/core";

import type { SpaceConversation } from "../provider/space-conversation.ts";
import type { ChatInput, NumberRange } from "./chat-plan.ts";
import type { InputSetting } from "./input-roles.ts";

/** What the inputs of a turn are written from. */
export interface InputSource {
	readonly request: ProviderRequest;
	readonly conversation: SpaceConversation;
	/** The images and files of the last message. */
	readonly files: () => readonly unknown[];
	/** The outputs of the calls before, by their place. */
	readonly outputs: (call: number) => readonly unknown[];
	readonly unsupported: AttemptContext["unsupported"];
}

/**
 * The value of an input for a request.
 *
 * @param input - what it gets
 * @param source - the request, and what there is already
 */
export function writeInput(input: ChatInput, { request, conversation: written, files, outputs, unsupported }: InputSource): unknown {
	switch (input.kind) {
		case "message":
			return input.multimodal ? { text: written.prompt, files: files() } : written.prompt;
		case "messages":
			return listOf(request);
		case "history":
			return written.history ?? [];
		case "system":
			return systemPrompt(request) || input.value;
		case "setting":
			return settingOf(input.setting, request[input.setting], input, unsupported) ?? input.value;
		case "random-seed":
			return request.seed === undefined ? input.value : false;
		case "media":
			return files()[0] ?? null;
		case "output":
			return outputs(input.call)[input.index];
		case "value":
			return input.value;
	}
}

/** A setting as the input takes it: within its limits, and without a fraction where it has whole numbers. */
function settingOf(
	setting: InputSetting,
	asked: number | undefined,
	{ minimum = -Infinity, maximum = Infinity, step }: NumberRange,
	unsupported: AttemptContext["unsupported"],
): number | undefined {
	if (asked === undefined) return undefined;
	const taken = Math.min(Math.max(asked, minimum), maximum);
	if (taken !== asked) unsupported(setting, `${setting} is ${taken} in place of ${asked}, since it takes ${minimum} to ${maximum}.`);
	return Number.isInteger(step) || setting === "maxTokens" ? Math.round(taken) : taken;
}

/** The messages as chat APIs have them. Tools have no place there, so a conversation in which they speak is one message. */
function listOf(request: ProviderRequest): readonly { readonly role: string; readonly content: string }[] {
	const turns = conversation(request);
	if (request.messages.some(hasTools) || turns.at(-1)?.role !== "user") return [{ role: "user", content: compileHistory(request) }];
	const system = systemPrompt(request);
	return [
		...(system === "" ? [] : [{ role: "system", content: system }]),
		...turns.map((message) => ({ role: message.role, content: messageText(message) })),
	];
}

function hasTools({ role, content }: ChatMessage): boolean {
	return role === "tool" || (typeof content !== "string" && content.some(({ type }) => type === "tool-call" || type === "tool-result"));
}
