// A new process that asks through openai: `openai.mjs <address of the server> <question>`. It prints the first piece of text and ends.
import OpenAI from "openai";

const [baseUrl, question] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: "none", maxRetries: 0 });
const stream = await client.chat.completions.create({ model: "bench", messages: [{ role: "user", content: question }], stream: true });
for await (const { choices } of stream) {
	const piece = choices[0]?.delta.content ?? "";
	if (piece === "") continue;
	process.stdout.write(piece);
	process.exit();
}
