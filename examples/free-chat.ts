/**
 * Asks whoever answers without an account, and says who gets the question before it goes there.
 *
 *     node --conditions=@spaceport/source examples/free-chat.ts [--without <name>] "What is the capital of France?"
 *
 * ENDPOINT_URL leads to another server in place of OVHcloud's.
 */
import { parseArgs } from "node:util";
import { createSpaceport } from "@spaceport/core";
import { createFreeChat } from "@spaceport/free-chat";
import { createOVHcloud } from "@spaceport/provider-openai";

const { values, positionals } = parseArgs({ options: { without: { type: "string", multiple: true } }, allowPositionals: true });
const question = positionals.join(" ") || "What is the capital of France?";
const { ENDPOINT_URL: baseUrl } = process.env;

const chain = createFreeChat({
	without: values.without,
	...(baseUrl !== undefined && { providers: { ovhcloud: createOVHcloud({ baseUrl }) } }),
	onRecipient({ title, model, leavesMachine, privacy }) {
		console.error(`${title} (${model}) is asked. ${leavesMachine === false ? "Nothing leaves this machine." : privacy.note}`);
	},
});
console.error(`Who may be asked: ${chain.recipients.map(({ provider, model }) => `${provider} (${model})`).join(", ")}.`);

// It is the only one there, so nobody has to be named.
const stream = createSpaceport({ chains: [chain] }).stream({ messages: question });
for await (const text of stream.textStream) process.stdout.write(text);
process.stdout.write("\n");

const { provider, model } = await stream.completion;
console.error(`${provider} (${model}) has answered.`);
