/**
 * Asks a model by its name, and prints the answer as it comes.
 *
 *     node --conditions=@spaceport/source examples/hello.ts "What is the capital of France?"
 */
import { createSpaceport } from "@spaceport/core";
import { createLocal } from "@spaceport/provider-local";

const question = process.argv.slice(2).join(" ") || "What is the capital of France?";

// "local" runs a small model on this machine. The first request downloads it (98 MB).
const spaceport = createSpaceport({ providers: [createLocal()] });

for await (const text of spaceport.stream({ model: "local", messages: question }).textStream) {
	process.stdout.write(text);
}
process.stdout.write("\n");
