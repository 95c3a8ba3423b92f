/**
 * Makes a provider out of a Space of one's own: where it is, which function is called, how a request becomes its inputs, how its outputs become text.
 *
 *     node --conditions=@spaceport/source examples/own-space.ts http://127.0.0.1:7860 "Hello"
 *
 * The function takes one text and gives one text, which may grow while it runs. In Python:
 *
 *     demo = gr.Interface(fn=answer, inputs="textbox", outputs="textbox", api_name="text_stream")
 */
import { createSpaceport } from "@spaceport/core";
import { defineSpaceProvider } from "@spaceport/gradio-space";

const [baseUrl, ...words] = process.argv.slice(2);
if (baseUrl === undefined) {
	console.error("Say where the Space is: an address, or owner/name.");
	process.exit(2);
}

const createOwnSpace = defineSpaceProvider({
	name: "own-space",
	space: "owner/name",
	api: "/text_stream",
	models: [{ id: "own-model" }],
	toData: (request, call) => [call.conversation(request).prompt],
	fromData: ([text]) => (typeof text === "string" ? text : undefined),
});

const spaceport = createSpaceport({ providers: [createOwnSpace({ baseUrl })] });

for await (const chunk of spaceport.stream({ messages: words.join(" ") || "Hello" })) {
	if (chunk.type === "text-delta") process.stdout.write(chunk.text);
	else if (chunk.type === "queue-update") console.error(`In the queue: ${chunk.position} before this one.`);
}
process.stdout.write("\n");
