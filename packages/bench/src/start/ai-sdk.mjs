// A new process that asks through the AI SDK: `ai-sdk.mjs <address of the server> <question>`. It prints the first piece of text and ends.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { streamText } from "ai";

const [baseUrl, question] = process.argv.slice(2);
const provider = createOpenAICompatible({ name: "bench", baseURL: `${baseUrl}/v1`, apiKey: "none" });
for await (const text of streamText({ model: provider("bench"), prompt: question, maxRetries: 0 }).textStream) {
	process.stdout.write(text);
	process.exit();
}
