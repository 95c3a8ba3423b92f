import { type ProviderRequest, systemPrompt } from "@spaceport/core";
import type { SpaceCall } from "@spaceport/gradio-space";

/**
 * The inputs of `/model_chat`: the question, the earlier turns in the form that this Space's Chatbot takes, the system prompt (the empty string where there
 * is none).
 */
export function toData(request: ProviderRequest, call: SpaceCall): readonly unknown[] {
	const { prompt, history } = call.conversation(request, { historyIndex: 1, system: "leave-out" });
	return [prompt, history, systemPrompt(request)];
}
