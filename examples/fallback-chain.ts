/**
 * Asks a Space on Hugging Face, and a model on this machine where the Space cannot answer. Who answers makes no difference to the caller.
 *
 *     node --conditions=@spaceport/source examples/fallback-chain.ts "What is the capital of France?"
 *
 * SPACE_URL leads to another Gradio server with the same function.
 */
import { createChain, createSpaceport } from "@spaceport/core";
import { createLocal } from "@spaceport/provider-local";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";

const question = process.argv.slice(2).join(" ") || "What is the capital of France?";
const { SPACE_URL: baseUrl } = process.env;

const chain = createChain({
	name: "default",
	providers: [createQwen2_72b(baseUrl === undefined ? {} : { baseUrl }), createLocal()],
	retry: { retries: 1 },
});
const spaceport = createSpaceport({ chains: [chain] });

// Nobody is named, so the chain "default" is asked.
const stream = spaceport.stream({ messages: question });
for await (const text of stream.textStream) process.stdout.write(text);
process.stdout.write("\n");

// The whole answer knows how it came about.
const { provider, attempts } = await stream.completion;
for (const { number, provider, error, durationMs } of attempts) {
	console.error(`${number}. ${provider}: ${error === undefined ? "answered" : error.message} (${Math.round(durationMs)} ms)`);
}
console.error(`The answer came from ${provider}.`);
