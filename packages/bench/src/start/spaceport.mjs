// A new process that asks through Spaceport: `spaceport.mjs <address of the Space> <question>`. It prints the first piece of text and ends.
import { createSpaceport } from "@spaceport/core";
import { createQwen2_72b } from "@spaceport/provider-qwen-2-72b";

const [baseUrl, question] = process.argv.slice(2);
const spaceport = createSpaceport({ providers: [createQwen2_72b({ baseUrl })], chains: { default: ["qwen-2-72b"] } });
for await (const text of spaceport.stream({ messages: question }).textStream) {
	process.stdout.write(text);
	process.exit();
}
