import type { ProviderRequest } from "@spaceport/core";
import { readChatbot, sentTurns } from "@spaceport/gradio-space";

/** The answer so far: the second output is the whole conversation, and its last turn is the new one. */
export function fromData(data: readonly unknown[], request: ProviderRequest, final = false): string | undefined {
	return readChatbot(data[1], sentTurns(request), final);
}
