// A new process that does nothing but fetch, and knows the Space already: `floor.mjs <address of the Space> <question>`. It prints the first piece of text and ends.
const [baseUrl, question] = process.argv.slice(2);
const queue = `${baseUrl}/gradio_api/queue`;
const session = Math.random().toString(36).slice(2);
await fetch(`${queue}/join`, {
	method: "POST",
	headers: { "content-type": "application/json" },
	body: JSON.stringify({ data: [question, [], ""], fn_index: 0, session_hash: session }),
}).then((response) => response.json());
const { body } = await fetch(`${queue}/data?session_hash=${session}`);
const reader = body.getReader();
const decoder = new TextDecoder();
let rest = "";
reading: while (true) {
	const { done, value } = await reader.read();
	if (done) throw new Error("The stream ended.");
	rest += decoder.decode(value, { stream: true });
	for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
		const message = JSON.parse(rest.slice("data: ".length, end));
		rest = rest.slice(end + 2);
		if (message.msg !== "process_generating") continue;
		process.stdout.write(message.output.data[1][0][1]);
		break reading;
	}
}
process.exit();
