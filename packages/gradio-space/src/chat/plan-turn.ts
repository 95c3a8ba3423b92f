import { type ChatSettings, conversation, type ProviderRequest } from "@spaceport/core";

import { chatbotTurns, isUserTurn } from "../decode/chatbot-turns.ts";
import { readChatbot } from "../decode/read-chatbot.ts";
import type { SpacePart } from "../files/part-file.ts";
import type { SpaceCall } from "../provider/space-call.ts";
import { type SpaceConversation, sentTurns, spaceConversation } from "../provider/space-conversation.ts";
import type { SpaceTurn } from "../provider/space-turn.ts";
import type { ChatCall, ChatInput, ChatPlan } from "./chat-plan.ts";
import { readAnswer } from "./read-answer.ts";
import { writeInput } from "./write-input.ts";

/**
 * What a plan makes of a request.
 *
 * @param plan - how the Space is chatted with
 * @param request - what is asked
 */
export function planTurn(plan: ChatPlan, request: ProviderRequest): SpaceTurn {
	const { calls, answer, chatbot } = plan.withHistory !== undefined && conversation(request).length > 1 ? plan.withHistory : plan;
	const inputs = calls.flatMap((call) => call.inputs);
	const system = inputs.some(({ kind }) => kind === "system" || kind === "messages") ? "leave-out" : "include";
	const parts = [...new Set(inputs.flatMap(partsOf))];
	let written: SpaceConversation | undefined;

	function toData({ inputs: wanted }: ChatCall, call: SpaceCall): readonly unknown[] {
		const { version, outputs, unsupported } = call;
		// Once for all calls of the turn: the message may be one's, and the history another one's.
		written ??= spaceConversation(
			request,
			{ inputs: chatbot === undefined ? [] : [chatbot], version },
			{ system, ...(chatbot === undefined ? {} : { historyIndex: 0 }) },
			parts,
		);
		const source = {
			request,
			conversation: written,
			unsupported,
			files: () => call.files(request),
			outputs: (before: number) => outputs[stepName(before)] ?? [],
		};
		return wanted.map((input) => writeInput(input, source));
	}

	const steps = calls.slice(0, -1).map((call, index) => ({
		name: stepName(index),
		api: call.api,
		...(call.fallback === undefined ? {} : { fallback: call.fallback }),
		toData: (_: ProviderRequest, spaceCall: SpaceCall) => toData(call, spaceCall),
	}));
	const last = calls.at(-1) as ChatCall;
	return {
		api: last.api,
		...(last.fallback === undefined ? {} : { fallback: last.fallback }),
		steps,
		settings: inputs.flatMap((input): (keyof ChatSettings)[] => (input.kind === "setting" ? [input.setting] : [])),
		parts,
		toData: (_, spaceCall) => toData(last, spaceCall),
		fromData: (data, _, final, found) => {
			const value = data[answer.index];
			const text = answer.kind === "chatbot" ? readChatbot(value, sentTurns(request), final) : readAnswer(value);
			const images = final ? found.images(answer.kind === "chatbot" ? lastAnswer(value) : value) : [];
			return images.length === 0 ? text : [...(text === undefined ? [] : [{ type: "text-delta" as const, text }]), ...images];
		},
	};
}

function partsOf(input: ChatInput): readonly SpacePart[] {
	if (input.kind === "media") return input.accepts;
	return input.kind === "message" && input.multimodal ? ["image", "file"] : [];
}

/** What the assistant said last: the user may have sent pictures too. */
function lastAnswer(value: unknown): unknown {
	const turns = chatbotTurns(value) ?? [];
	const at = turns.findLastIndex(isUserTurn);
	const last = turns[at];
	return [Array.isArray(last) ? last.slice(1) : undefined, ...turns.slice(at + 1)];
}

function stepName(call: number): string {
	return `call ${call + 1}`;
}
