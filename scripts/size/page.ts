/** The page whose size is held: it asks one provider through a chain, and shows the answer as it comes. */
import { type ChatMessage, createSpaceport } from "@spaceport/core";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";

const spaceport = createSpaceport({ providers: [createQwen2_72b()], chains: { default: ["qwen-2-72b"] } });

/** Asks, and gives each piece of the answer to `show`. */
export type Ask = (messages: readonly ChatMessage[], show: (text: string) => void) => Promise<void>;

const ask: Ask = async (messages, show) => {
	for await (const text of spaceport.stream({ messages }).textStream) show(text);
};

// A page has no exports: whoever tests it finds it here.
Object.assign(globalThis, { ask });
