import type { ModelInfo } from "@spaceport/core";

import { createProvider, type SpaceProvider, type SpaceProviderOptions } from "./define-space-provider.ts";
import { spaceAddress } from "./locate/space-url.ts";
import { parts } from "./parts/parts.ts";
import { loadForAttempt } from "./provider/load-for-attempt.ts";

/** What a provider for a Space of which nothing else is known can be made with. */
export interface ChatSpaceOptions extends SpaceProviderOptions {
	/** The function that chats, or several of which the Space may have one. Its inputs and outputs are still found out. @default it is found out */
	readonly api?: string | readonly string[];
	/** What it offers. @default one model, called as the last part of the Space's name in lower case */
	readonly models?: readonly ModelInfo[];
}

/**
 * Makes a provider for any chat Space, without code about it. At the first request it finds out how the Space is chatted with, from what that says about its functions, and
 * again when the app was started anew: Gradio's ChatInterface, apps with a message, a Chatbot and whatever else in any order, apps in which one function takes the
 * message and the next one answers, and functions of text to text. System prompt, temperature, number of tokens and the like go where the Space has an input
 * for them; every other input keeps its default. It does no I/O here.
 *
 * @param space - `owner/name`, the URL of its page at the hub, or the URL of a Gradio server
 * @param options - token, address, the function's name
 * @returns the provider. Asked, it throws `unsupported`, whose message says what the Space has, where that is no chat or several that fit equally
 * @throws InvalidRequestError where the Space, the token or a header is not well-formed
 *
 * @example
 * ```ts
 * import { createSpaceport } from "@spaceport/core";
 * import { createSpaceProvider } from "@spaceport/gradio-space";
 *
 * const spaceport = createSpaceport({ providers: [createSpaceProvider("owner/name")] });
 * const { text } = await spaceport.complete({ messages: "What is the capital of France?" });
 * ```
 */
export function createSpaceProvider(space: string, options: ChatSpaceOptions = {}): SpaceProvider {
	const { api, models = [{ id: modelId(space), history: true }], ...rest } = options;
	const name = options.name ?? models[0]?.id ?? modelId(space);
	return createProvider({ name, space, models }, rest, async (caller, request, wait) => {
		const { chatTurn } = await loadForAttempt("recognising chats", parts.chatTurn, wait.signal);
		return chatTurn(caller, request, api, wait);
	});
}

/** The last part of `owner/name`; for another address, what stands for it. */
function modelId(space: string): string {
	const { id, url } = spaceAddress(space);
	if (id !== undefined) return id.slice(id.lastIndexOf("/") + 1).toLowerCase();
	const { hostname, port } = new URL(url);
	return `${hostname.replace(/\.hf\.space$/, "")}${port === "" ? "" : `-${port}`}`;
}
