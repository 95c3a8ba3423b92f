// A new process that asks through @gradio/client: `gradio-client.mjs <address of the Space> <question>`. It prints the first piece of text and ends.
import { Client } from "@gradio/client";

const [baseUrl, question] = process.argv.slice(2);
const app = await Client.connect(baseUrl);
for await (const event of app.submit("/model_chat", [question, [], ""])) {
	if (event.type !== "data") continue;
	process.stdout.write(event.data[1][0][1]);
	process.exit();
}
