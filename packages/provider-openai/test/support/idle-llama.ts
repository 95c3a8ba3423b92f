import { setTimeout as wait } from "node:timers/promises";
import type { LlamaServer } from "@spaceport/testkit/openai";

/** Waits until no slot is busy, and tells how many tokens were generated since the server's start. */
export async function idleLlama(llama: LlamaServer): Promise<number> {
	while ((await llama.slots()).some(({ isBusy }) => isBusy)) await wait(10);
	return llama.generatedTokens();
}
