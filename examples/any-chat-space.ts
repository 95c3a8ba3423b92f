/**
 * Chats with any Space that is a chat, without code about it: how it is asked is found out from what it says about its functions. Two questions, so that the second one
 * shows that the first is remembered.
 *
 *     node --conditions=@spaceport/source examples/any-chat-space.ts http://127.0.0.1:7860 "My name is Ada." "What is my name?"
 */
import { type ChatMessage, createSpaceport, isSpaceportError } from "@spaceport/core";
import { createSpaceProvider } from "@spaceport/gradio-space";

const [space, ...questions] = process.argv.slice(2);
if (space === undefined) {
	console.error("Say where the Space is: an address, or owner/name.");
	process.exit(2);
}

const spaceport = createSpaceport({ providers: [createSpaceProvider(space)] });
const messages: ChatMessage[] = [];

try {
	for (const content of questions.length === 0 ? ["Hello"] : questions) {
		messages.push({ role: "user", content });
		const stream = spaceport.stream({ messages });
		for await (const text of stream.textStream) process.stdout.write(text);
		process.stdout.write("\n");
		messages.push({ role: "assistant", content: (await stream.completion).text });
	}
} catch (error) {
	if (!isSpaceportError(error)) throw error;
	console.error([error.message, error.hint].filter(Boolean).join("\n"));
	process.exitCode = 1;
}
