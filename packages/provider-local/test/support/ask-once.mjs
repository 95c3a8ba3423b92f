// Asks the local model one question in a process of its own, prints the answer, and leaves the process to end by itself.
import { createLocal } from "../../src/index.ts";

const local = createLocal({ offline: true });
const messages = [{ role: "user", content: "What is the capital of France?" }];
for await (const chunk of local.createAsyncGenerator({ model: "", messages })) {
	if (chunk.type === "text-delta") process.stdout.write(chunk.text);
}
