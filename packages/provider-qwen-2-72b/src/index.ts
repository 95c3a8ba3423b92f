import { defineSpaceProvider, type SpaceProvider, type SpaceProviderOptions } from "@spaceport/gradio-space";

import { fromData } from "./from-data.ts";
import { toData } from "./to-data.ts";

/** What {@link createQwen2_72b} takes. */
export type Qwen2_72bOptions = SpaceProviderOptions;

/**
 * Makes the provider for Qwen2-72B-Instruct, asked through the Space Qwen/Qwen2-72B-Instruct. It does no I/O.
 *
 * @param options - token, address, headers
 * @throws InvalidRequestError where `baseUrl`, the token or a header is not well-formed
 *
 * @example
 * ```ts
 * import { createSpaceport } from "@spaceport/core";
 * import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";
 *
 * const spaceport = createSpaceport({ providers: [createQwen2_72b({ token: "hf_…" })] });
 * const { text } = await spaceport.complete({ messages: "What is the capital of France?" });
 * ```
 */
export const createQwen2_72b: (options?: Qwen2_72bOptions) => SpaceProvider = defineSpaceProvider({
	name: "qwen-2-72b",
	space: "Qwen/Qwen2-72B-Instruct",
	api: "/model_chat",
	models: [{ id: "qwen-2-72b", aliases: ["qwen-qwen2-72b-instruct"], history: true }],
	fallback: { fnIndex: 0, triggerId: 11, parameters: ["textbox", "chatbot", "textbox"] },
	toData,
	fromData,
});

/** The provider with its defaults: no token, at the Space itself. */
export const qwen2_72b: SpaceProvider = createQwen2_72b();

// Configuration files name a package; its default export is the factory.
export default createQwen2_72b;
